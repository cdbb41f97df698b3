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
package org.locallearning.djl.examples.reproduce.ororbia;

import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.output.Counted;
import org.locallearning.djl.examples.report.Diagram;
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
import org.locallearning.djl.zoo.data.DataSets;
import org.locallearning.djl.zoo.data.ImageData;
import org.locallearning.djl.zoo.network.NetworkOptions;
import org.locallearning.djl.zoo.network.Networks;

/**
 * Figure 5: what the layer below the output of a residual net makes of test images, drawn by t-SNE
 * with a colour for each class, after backpropagation and after rec-LRA.
 *
 * <p>The paper looks at the pictures. Here a number stands beside each: the share of images whose
 * nearest neighbour in that layer is of the same class. The first 2000 test images are drawn, by
 * the exact method. {@link ResidualTraining} says how nets are trained; {@code --model
 * pnn-resnet-small} is for machines on which the whole net takes days.
 */
final class TopLayerFigure implements Target {

    private static final List<String> METHODS = List.of("bp", "lra-e-skip");
    private static final String MODEL = "pnn-resnet";
    private static final int IMAGES = 2000;
    private static final int COLUMNS = 2;
    private static final int DECIMALS = 100;

    /**
     * The numbers behind the figure.
     *
     * @param data where the images are from
     * @param model the model
     * @param classes the names of the classes
     * @param runs a run of each method
     */
    record Figure(String data, String model, List<String> classes, List<Run> runs) {}

    /**
     * One method.
     *
     * @param result how it trained
     * @param nearestOfSameClass the share of images whose nearest neighbour in the top layer is of
     *     the same class
     * @param images the images where they are drawn
     */
    record Run(RunResult result, double nearestOfSameClass, List<Drawn> images) {}

    /** An image of a class at a place. */
    record Drawn(int label, double x, double y) {}

    /** Everything that a run depends on. */
    private record RunSettings(
            String data,
            String model,
            String method,
            int seed,
            RunRates rates,
            TrainingPlan plan,
            int images) {}

    /** {@inheritDoc} */
    @Override
    public String name() {
        return "ororbia-figure-5";
    }

    /** {@inheritDoc} */
    @Override
    public String title() {
        return "The top layer of a residual net by t-SNE, after backpropagation and rec-LRA";
    }

    /** {@inheritDoc} */
    @Override
    public String paper() {
        return Paper.source("figure 5");
    }

    /** {@inheritDoc} */
    @Override
    public Duration expectedTime() {
        return Duration.ofDays(3);
    }

    /** {@inheritDoc} */
    @Override
    public Set<String> options() {
        return LearningCurves.optionsWith(ReproduceArguments.PROJECTION);
    }

    /** {@inheritDoc} */
    @Override
    public void run(Reproduction reproduction) throws IOException, TranslateException {
        ReproduceArguments arguments = reproduction.arguments();
        int seed = arguments.seed(1);
        String model = arguments.model(MODEL);
        String dataSet = arguments.dataSet(ResidualTraining.DATA_SETS.get(0));
        List<Method> methods = ResidualTraining.methods(arguments.methods(METHODS));
        TrainingPlan plan = ResidualTraining.plan(arguments, model);
        try (ImageData images = DataSets.load(dataSet, ResidualTraining.data(arguments))) {
            String data = images.getDescription();
            InspectedRuns inspected = InspectedRuns.open(reproduction, images, methods);
            List<Run> runs = new ArrayList<>();
            for (Method method : methods) {
                RunRates rates = RunRates.preset(method, dataSet, model, plan.optimizer());
                RunSettings settings =
                        new RunSettings(data, model, method.name(), seed, rates, plan, IMAGES);
                runs.add(
                        inspected.run(
                                method,
                                settings,
                                Run.class,
                                Run::result,
                                (console, checkpoints) ->
                                        train(
                                                training(reproduction, images, settings),
                                                images,
                                                method,
                                                settings,
                                                console,
                                                checkpoints)));
            }
            Figure figure = new Figure(data, model, images.getClasses(), runs);
            write(reproduction, seed, figure, plan);
        }
    }

    private static TrainingRun training(
            Reproduction reproduction, ImageData images, RunSettings settings) {
        return new TrainingRun(
                reproduction.engine(),
                images,
                () ->
                        Networks.named(settings.model)
                                .create(
                                        NetworkOptions.builder().build(),
                                        images.getSampleShape(),
                                        images.getClasses().size()),
                settings.plan);
    }

    private static Run train(
            TrainingRun training,
            ImageData images,
            Method method,
            RunSettings settings,
            Console console,
            RunCheckpoints checkpoints)
            throws IOException, TranslateException {
        AtomicReference<TopLayer> top = new AtomicReference<>();
        RunResult result =
                training.run(
                        method,
                        settings.seed,
                        settings.rates,
                        console,
                        checkpoints,
                        made -> {},
                        (trained, seed, trainer, made) ->
                                top.set(
                                        TopLayer.of(
                                                trainer,
                                                images,
                                                settings.plan.batch(),
                                                settings.images)));
        if (top.get() == null) {
            throw new IllegalArgumentException(
                    String.format(
                            "The run of %s diverged, and there is no top layer to draw: leave the"
                                    + " method out.",
                            method.name()));
        }
        return drawn(result, top.get(), settings.seed);
    }

    private static Run drawn(RunResult result, TopLayer top, int seed) {
        double[][] places = Tsne.draw(top.values(), seed);
        List<Drawn> images = new ArrayList<>();
        for (int i = 0; i < places.length; i++) {
            images.add(
                    new Drawn(
                            (int) top.classes()[i], rounded(places[i][0]), rounded(places[i][1])));
        }
        return new Run(
                result,
                Tsne.nearestOfSameClass(Tsne.squaredDistances(top.values()), top.classes()),
                images);
    }

    private static double rounded(double place) {
        return Math.rint(DECIMALS * place) / DECIMALS;
    }

    private static void write(Reproduction reproduction, int seed, Figure figure, TrainingPlan plan)
            throws IOException {
        List<List<String>> rows = new ArrayList<>();
        List<Diagram> diagrams = new ArrayList<>();
        for (Run run : figure.runs) {
            rows.add(
                    List.of(
                            run.result.method(),
                            Percent.of(run.nearestOfSameClass),
                            Percent.of(run.result.last().testAccuracy())));
            diagrams.add(diagram(figure, run));
        }
        FigurePage page =
                new FigurePage()
                        .section(
                                "Result",
                                "Test images by what the layer below the output makes of them: near"
                                        + " each other where that is alike. Neighbours are those in"
                                        + " the layer, not in the picture.")
                        .table(
                                List.of("", "nearest neighbour of the same class", "test accuracy"),
                                rows)
                        .figures(COLUMNS, diagrams)
                        .setting("Images", figure.data)
                        .setting(
                                "Training",
                                String.format(
                                        Locale.ROOT,
                                        "%s, %s, batches of %d, %s",
                                        figure.model,
                                        Counted.of(plan.epochs(), "epoch"),
                                        plan.batch(),
                                        plan.optimizerTitle()))
                        .setting(
                                "t-SNE", "exact, perplexity " + Tsne.PERPLEXITY + ", seed " + seed);
        reproduction.write(List.of(seed), figure, page);
        rows.forEach(row -> reproduction.out().println(String.join(" | ", row)));
    }

    private static Diagram diagram(Figure figure, Run run) {
        List<Diagram.Layer> layers = new ArrayList<>();
        for (int label = 0; label < figure.classes.size(); label++) {
            int each = label;
            layers.add(
                    Diagram.Layer.points(
                            figure.classes.get(label),
                            label,
                            run.images.stream()
                                    .filter(image -> image.label == each)
                                    .map(image -> new double[] {image.x, image.y})
                                    .toList()));
        }
        return new Diagram(run.result.method(), "", "", layers);
    }
}
