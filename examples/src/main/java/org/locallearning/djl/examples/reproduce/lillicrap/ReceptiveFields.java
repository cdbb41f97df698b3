/*
 * Copyright 2026 the DJL Local Learning authors
 *
 * Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file
 * except in compliance with the License. You may obtain a copy of the License at
 *
 *     http://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software distributed under the
 * License is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND,
 * either express or implied. See the License for the specific language governing permissions
 * and limitations under the License.
 */
package org.locallearning.djl.examples.reproduce.lillicrap;

import ai.djl.ndarray.types.Shape;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.MethodSettings;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.method.OptimizerKind;
import org.locallearning.djl.examples.output.Counted;
import org.locallearning.djl.examples.report.Bitmap;
import org.locallearning.djl.examples.report.FigurePage;
import org.locallearning.djl.examples.report.Percent;
import org.locallearning.djl.examples.reproduce.InspectedRuns;
import org.locallearning.djl.examples.reproduce.LearningCurves;
import org.locallearning.djl.examples.reproduce.ReproduceArguments;
import org.locallearning.djl.examples.reproduce.Reproduction;
import org.locallearning.djl.examples.reproduce.Target;
import org.locallearning.djl.examples.results.RunResult;
import org.locallearning.djl.examples.training.Console;
import org.locallearning.djl.examples.training.RunCheckpoints;
import org.locallearning.djl.examples.training.RunRates;
import org.locallearning.djl.examples.training.TrainingPlan;
import org.locallearning.djl.examples.training.TrainingRun;
import org.locallearning.djl.zoo.data.DataOptions;
import org.locallearning.djl.zoo.data.DataSets;
import org.locallearning.djl.zoo.data.ImageData;
import org.locallearning.djl.zoo.network.NetworkOptions;
import org.locallearning.djl.zoo.network.Networks;
import org.locallearning.djl.zoo.task.Task;

/**
 * Figure 5: what hidden units of a 784-1000-10 net receive from each pixel, before learning and
 * after it.
 *
 * <p>The paper draws 100 units at random; here they are the first 100, which is the same, as
 * nothing tells units apart at the start. Sparse feedback alignment has zeros for half of the
 * entries of B, chosen at random; the supplement does not say how sparse it is. Blue for negative
 * weights and red for positive ones, each unit at its own greatest, where the paper has grey.
 */
final class ReceptiveFields implements Target {

    private static final String MODEL = "dense";
    private static final List<Line> LINES =
            List.of(
                    new Line("bp", "bp", null),
                    new Line("fa", "fa", null),
                    new Line("fa, sparse", "fa", 0.5));
    private static final int HIDDEN = 1000;
    private static final int EPOCHS = 20;
    private static final int SHOWN = 100;
    private static final int PER_ROW = 10;
    private static final int COLUMNS = 2;

    /** One panel: a method, and the share of its feedback weights that are not zero. */
    private record Line(String name, String method, Double density) {}

    /**
     * The numbers behind the figure.
     *
     * @param data where the images are from
     * @param epochs the number of epochs
     * @param runs a run of each method
     */
    record Figure(String data, int epochs, List<Run> runs) {}

    /**
     * The receptive fields of one panel.
     *
     * @param name the panel's name
     * @param result how the net trained
     * @param before the fields before the first step; null where the run diverged in it
     * @param after the fields after the last epoch; null where the run diverged in the first
     */
    record Run(String name, RunResult result, FirstLayer.Fields before, FirstLayer.Fields after) {}

    /** Everything that a run depends on. */
    private record RunSettings(
            String data, String method, int seed, RunRates rates, TrainingPlan plan, int hidden) {}

    /** {@inheritDoc} */
    @Override
    public String name() {
        return "lillicrap-figure-5";
    }

    /** {@inheritDoc} */
    @Override
    public String title() {
        return "Receptive fields of hidden units";
    }

    /** {@inheritDoc} */
    @Override
    public String paper() {
        return Paper.source("figure 5");
    }

    /** {@inheritDoc} */
    @Override
    public Duration expectedTime() {
        return Duration.ofMinutes(10);
    }

    /** {@inheritDoc} */
    @Override
    public Set<String> options() {
        return LearningCurves.optionsWithout("--model");
    }

    /** {@inheritDoc} */
    @Override
    public void run(Reproduction reproduction) throws IOException, TranslateException {
        ReproduceArguments arguments = reproduction.arguments();
        int seed = arguments.seed(1);
        List<String> chosen =
                arguments.methods(LINES.stream().map(Line::method).distinct().toList());
        List<Method> methods = Methods.named(chosen);
        DataOptions options = arguments.dataOptions().optTask(Task.SIGNED_TARGETS).build();
        String dataSet = arguments.dataSet("mnist");
        try (ImageData images = DataSets.load(dataSet, options)) {
            checkSquare(images.getSampleShape());
            String data = images.getDescription();
            InspectedRuns inspected = InspectedRuns.open(reproduction, images, methods);
            List<Run> runs = new ArrayList<>();
            for (Line line : lines(methods)) {
                Method method = Methods.named(line.method);
                TrainingPlan plan = plan(arguments.epochs(EPOCHS), line);
                RunRates rates = RunRates.preset(method, dataSet, MODEL, plan.optimizer());
                RunSettings settings =
                        new RunSettings(data, method.name(), seed, rates, plan, HIDDEN);
                runs.add(
                        inspected.run(
                                method,
                                settings,
                                Run.class,
                                Run::result,
                                (console, checkpoints) ->
                                        train(
                                                reproduction,
                                                images,
                                                line,
                                                settings,
                                                console,
                                                checkpoints)));
            }
            write(reproduction, List.of(seed), new Figure(data, arguments.epochs(EPOCHS), runs));
        }
    }

    private static void checkSquare(Shape sample) {
        if (sample.get(0) != 1 || sample.get(1) != sample.get(2)) {
            throw new IllegalArgumentException(
                    "Receptive fields are drawn for square images of one channel, not of shape "
                            + sample
                            + ": choose mnist, fashion-mnist or glyphs.");
        }
    }

    /** The panels of the paper; of another method, one panel. */
    private static List<Line> lines(List<Method> methods) {
        List<Line> lines = new ArrayList<>();
        for (Method method : methods) {
            List<Line> panels =
                    LINES.stream().filter(line -> line.method.equals(method.name())).toList();
            lines.addAll(
                    panels.isEmpty()
                            ? List.of(new Line(method.name(), method.name(), null))
                            : panels);
        }
        return lines;
    }

    private static TrainingPlan plan(int epochs, Line line) {
        MethodSettings preset = MethodSettings.preset(MODEL);
        return Paper.plan(
                epochs,
                new MethodSettings(
                        preset.inference(), preset.errorGap(), preset.alignment(), line.density));
    }

    private static Run train(
            Reproduction reproduction,
            ImageData images,
            Line line,
            RunSettings settings,
            Console console,
            RunCheckpoints checkpoints)
            throws IOException, TranslateException {
        FirstLayer layer = new FirstLayer(SHOWN, (int) images.getSampleShape().get(1));
        NetworkOptions options =
                NetworkOptions.builder().optHidden(HIDDEN).optActivation("tanh").build();
        TrainingRun training =
                new TrainingRun(
                        reproduction.engine(),
                        images,
                        () ->
                                Networks.named(MODEL)
                                        .create(
                                                options,
                                                images.getSampleShape(),
                                                images.getClasses().size()),
                        settings.plan);
        RunResult result =
                training.run(
                        Methods.named(line.method),
                        settings.seed,
                        settings.rates,
                        console,
                        checkpoints,
                        layer);
        return new Run(line.name, result, layer.before(), layer.after());
    }

    private static void write(Reproduction reproduction, List<Integer> seeds, Figure figure)
            throws IOException {
        reproduction.write(seeds, figure, page(figure));
        rows(figure).forEach(row -> reproduction.out().println(String.join(" | ", row)));
    }

    /** What the net was like before a run that diverged is no result of it. */
    static List<List<String>> rows(Figure figure) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("before learning", smoothness(start(figure)), ""));
        for (Run run : figure.runs) {
            boolean diverged = run.result.diverged();
            rows.add(
                    List.of(
                            run.name,
                            diverged ? "–" : smoothness(run.after),
                            diverged
                                    ? "diverged in epoch " + run.result.divergence().epoch()
                                    : Percent.of(run.result.last().testAccuracy())));
        }
        return rows;
    }

    /** The fields before learning, the same in all runs. */
    private static FirstLayer.Fields start(Figure figure) {
        return figure.runs.stream()
                .map(Run::before)
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "Every run diverged in its first step, and there is nothing"
                                                + " to draw: choose other methods."));
    }

    static FigurePage page(Figure figure) {
        List<Bitmap> bitmaps = new ArrayList<>();
        bitmaps.add(fields("before learning", start(figure)));
        figure.runs.stream()
                .filter(run -> !run.result.diverged())
                .forEach(run -> bitmaps.add(fields(run.name, run.after)));
        return new FigurePage()
                .section(
                        "Result",
                        "Weights from the pixels to the first "
                                + SHOWN
                                + " hidden units, each drawn at its own greatest, red for"
                                + " positive. Neighbours are pixels above or beside each"
                                + " other; the correlation is over the weights of all "
                                + HIDDEN
                                + " units.")
                .table(List.of("", "correlation of neighbours", "test accuracy"), rows(figure))
                .figures(COLUMNS, bitmaps)
                .setting("Images", figure.data)
                .setting(
                        "Training",
                        String.format(
                                Locale.ROOT,
                                "a 784-%d-10 tanh net, %s, batches of %d, %s, %s",
                                HIDDEN,
                                Counted.of(figure.epochs, "epoch"),
                                Paper.BATCH,
                                Task.SIGNED_TARGETS.lossTitle(),
                                OptimizerKind.ADAM.title()));
    }

    private static Bitmap fields(String title, FirstLayer.Fields fields) {
        return Bitmap.filterTiles(title, fields.weights().rows(), PER_ROW);
    }

    private static String smoothness(FirstLayer.Fields fields) {
        return String.format(Locale.ROOT, "%.3f", fields.smoothness());
    }
}
