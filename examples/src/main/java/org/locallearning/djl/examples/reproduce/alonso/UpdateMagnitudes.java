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
package org.locallearning.djl.examples.reproduce.alonso;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.translate.TranslateException;
import ai.djl.util.Pair;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.locallearning.djl.examples.commandline.ResumeArguments;
import org.locallearning.djl.examples.method.InferenceSettings;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.MethodSettings;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.method.OptimizerKind;
import org.locallearning.djl.examples.report.Curve;
import org.locallearning.djl.examples.report.Diagram;
import org.locallearning.djl.examples.report.FigurePage;
import org.locallearning.djl.examples.reproduce.Pieces;
import org.locallearning.djl.examples.reproduce.Reproduction;
import org.locallearning.djl.examples.reproduce.Target;
import org.locallearning.djl.examples.training.RunRates;
import org.locallearning.djl.zoo.data.ImageData;
import org.locallearning.djl.zoo.network.NetworkOptions;
import org.locallearning.djl.zoo.network.Networks;

/**
 * Figures 2 and 9: by how much every weight matrix moves in a step, for one method with different
 * optimizers.
 *
 * <p>As in appendix A.5: training on CIFAR-10 with batches of 64, measured from the second tenth of
 * the steps on, {@code mean |ΔW|} over entries and steps; every tenth step is measured. The paper
 * takes 10000 steps, which is 13 epochs. Figure 2 has simultaneous inference, for which this takes
 * the 15 iterations that table 4 gives to it; figure 9 sequential inference.
 */
final class UpdateMagnitudes implements Target {

    private static final int EPOCHS = 13;
    private static final int GREATEST_INTERVAL = 10;
    private static final int LONG_INFERENCE = 15;

    private final String figure;
    private final String model;
    private final List<String> methods;
    private final MethodSettings settings;

    private UpdateMagnitudes(
            String figure, String model, List<String> methods, MethodSettings settings) {
        this.figure = figure;
        this.model = model;
        this.methods = methods;
        this.settings = settings;
    }

    /**
     * Creates figure 2.
     *
     * @return the target of the multilayer perceptron
     */
    public static UpdateMagnitudes figure2() {
        MethodSettings preset = MethodSettings.preset("mlp3");
        return new UpdateMagnitudes(
                "2",
                "mlp3",
                List.of("il", "il-mq", "il-adam"),
                new MethodSettings(
                        new InferenceSettings(LONG_INFERENCE, preset.inference().stepSize()),
                        preset.errorGap()));
    }

    /**
     * Creates figure 9.
     *
     * @return the target of the convolutional network
     */
    public static UpdateMagnitudes figure9() {
        return new UpdateMagnitudes(
                "9",
                "alonso-conv",
                List.of("seqil", "seqil-mq", "seqil-adam"),
                MethodSettings.preset("alonso-conv"));
    }

    /**
     * The numbers behind the figure.
     *
     * @param steps the steps of every training
     * @param iterations the iterations of inference
     * @param magnitudes per method: log10 of the mean absolute update over the number of the
     *     matrix, from the input
     */
    record Figure(int steps, int iterations, List<Curve> magnitudes) {}

    /** Everything that the moves of a seed depend on. */
    private record Settings(
            String data,
            String model,
            String method,
            MethodSettings settings,
            float rate,
            int seed,
            int steps) {}

    /** log10 of the mean absolute change of a weight in a step, by the matrix from the input. */
    private record Moves(double[] values) {}

    /** {@inheritDoc} */
    @Override
    public String name() {
        return "alonso-figure-" + figure;
    }

    /** {@inheritDoc} */
    @Override
    public String title() {
        return "Update magnitude of every weight matrix, by optimizer, in " + model;
    }

    /** {@inheritDoc} */
    @Override
    public String paper() {
        return Paper.source("figure " + figure);
    }

    /** {@inheritDoc} */
    @Override
    public Duration expectedTime() {
        return Duration.ofHours(settings.inference().iterations() >= LONG_INFERENCE ? 11 : 5);
    }

    /** {@inheritDoc} */
    @Override
    public Set<String> options() {
        return Set.of(
                "--epochs",
                "--seeds",
                "--methods",
                "--dataset",
                "--data-repository",
                "--limit",
                ResumeArguments.FRESH);
    }

    /** {@inheritDoc} */
    @Override
    public void run(Reproduction reproduction) throws IOException, TranslateException {
        List<Integer> seeds = reproduction.arguments().seeds(Paper.SEEDS);
        List<Method> trained = Methods.named(reproduction.arguments().methods(methods));
        try (ImageData images = Paper.images(reproduction.arguments(), model)) {
            int steps =
                    Math.toIntExact(
                            reproduction.arguments().epochs(EPOCHS)
                                    * images.getTrainingBatches(Paper.BATCH));
            List<Curve> magnitudes = new ArrayList<>();
            Pieces pieces = new Pieces(reproduction, trained.size() * seeds.size());
            for (Method method : trained) {
                OptimizerKind kind = method.optimizer(OptimizerKind.SGD);
                float rate = RunRates.preset(method, images.getName(), model, kind).learning();
                Map<Double, List<Double>> values = new TreeMap<>();
                for (int seed : seeds) {
                    double[] moves =
                            pieces.get(
                                            method.name() + ", seed " + seed,
                                            new Settings(
                                                    images.getDescription(),
                                                    model,
                                                    method.name(),
                                                    settings,
                                                    rate,
                                                    seed,
                                                    steps),
                                            Moves.class,
                                            steps,
                                            step ->
                                                    measure(
                                                            reproduction,
                                                            images,
                                                            method,
                                                            rate,
                                                            seed,
                                                            steps,
                                                            step))
                                    .values();
                    for (int matrix = 1; matrix <= moves.length; ++matrix) {
                        values.computeIfAbsent((double) matrix, m -> new ArrayList<>())
                                .add(moves[matrix - 1]);
                    }
                }
                magnitudes.add(Curve.of(method.name(), values));
            }
            write(
                    reproduction,
                    seeds,
                    images,
                    new Figure(steps, settings.inference().iterations(), magnitudes));
        }
    }

    private Moves measure(
            Reproduction reproduction,
            ImageData images,
            Method method,
            float rate,
            int seed,
            int steps,
            Runnable stepDone)
            throws IOException, TranslateException {
        Block block =
                Networks.named(model)
                        .create(
                                NetworkOptions.builder().build(),
                                images.getSampleShape(),
                                images.getClasses().size());
        ObservedOptimizer optimizer =
                new ObservedOptimizer(method.optimizer(OptimizerKind.SGD).create(rate, block));
        try (StepwiseTraining training =
                new StepwiseTraining(
                        reproduction.engine(), images, block, method, settings, optimizer, seed)) {
            int first = steps / 10;
            int interval = interval(steps);
            training.train(
                    steps,
                    step -> {
                        optimizer.observe(step > first && (step - first) % interval == 0);
                        stepDone.run();
                    });
            List<Double> moves = new ArrayList<>();
            for (Pair<String, Parameter> parameter : block.getParameters()) {
                if (parameter.getValue().getType() == Parameter.Type.WEIGHT) {
                    double move = optimizer.meanMove(parameter.getValue().getId());
                    moves.add(Paper.log10(move));
                }
            }
            return new Moves(moves.stream().mapToDouble(Double::doubleValue).toArray());
        }
    }

    /** Returns from how many steps one is measured: fewer where there are few. */
    private static int interval(int steps) {
        return Math.max(1, Math.min(GREATEST_INTERVAL, steps / 20));
    }

    private void write(
            Reproduction reproduction, List<Integer> seeds, ImageData images, Figure figure)
            throws IOException {
        FigurePage page =
                new FigurePage()
                        .section("Result", text(figure))
                        .figures(
                                List.of(
                                        Diagram.curves(
                                                "Update magnitude",
                                                "matrix, from the input",
                                                "log10 of the mean absolute change of a weight in"
                                                        + " a step",
                                                figure.magnitudes,
                                                Paper::power)))
                        .setting("Data", images.getDescription())
                        .setting(
                                "Training",
                                String.format(
                                        Locale.ROOT,
                                        "%s, %d steps, batches of %d, T = %d, one step in %d"
                                                + " measured after the first tenth",
                                        model,
                                        figure.steps,
                                        Paper.BATCH,
                                        figure.iterations,
                                        interval(figure.steps)));
        reproduction.write(seeds, figure, page);
        reproduction.out().println(text(figure));
    }

    private static String text(Figure figure) {
        StringBuilder text = new StringBuilder();
        for (Curve curve : figure.magnitudes) {
            List<Double> means = curve.points().stream().map(point -> point.y().mean()).toList();
            double least = means.stream().mapToDouble(m -> m).min().orElseThrow();
            double greatest = means.stream().mapToDouble(m -> m).max().orElseThrow();
            text.append(text.isEmpty() ? "" : " ")
                    .append(
                            String.format(
                                    Locale.ROOT,
                                    "%s moves matrices by %s to %s, a factor of %s apart.",
                                    curve.name(),
                                    Paper.power(least),
                                    Paper.power(greatest),
                                    Paper.power(greatest - least)));
        }
        return text.toString();
    }
}
