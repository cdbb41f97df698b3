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

import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.locallearning.djl.examples.method.InferenceSettings;
import org.locallearning.djl.examples.method.MethodSettings;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.report.Curve;
import org.locallearning.djl.examples.report.Diagram;
import org.locallearning.djl.examples.report.FigurePage;
import org.locallearning.djl.examples.report.Percent;
import org.locallearning.djl.examples.reproduce.LearningCurves;
import org.locallearning.djl.examples.reproduce.ReproduceArguments;
import org.locallearning.djl.examples.reproduce.Reproduction;
import org.locallearning.djl.examples.reproduce.Target;
import org.locallearning.djl.examples.results.EpochResult;
import org.locallearning.djl.examples.results.Results;
import org.locallearning.djl.examples.results.RunResult;
import org.locallearning.djl.examples.training.Experiment;
import org.locallearning.djl.zoo.network.NetworkOptions;

/**
 * Figure 4: the best test accuracy over the number of iterations of inference, sequential and
 * simultaneous, both with Adam.
 *
 * <p>As in appendix A.5: 3072-4x1024-10 on CIFAR-10, 45 epochs, five seeds, T from 1 to 5, with the
 * learning rate and the step of inference that the authors' code has for every T.
 */
final class IterationSweep implements Target {

    private static final int EPOCHS = 45;
    private static final String MODEL = "mlp3";
    private static final int[] HIDDEN = {1024, 1024, 1024, 1024};

    /** One line of the figure, its settings for T = 1, 2, …. */
    private record Line(String method, double[] rates, double[] steps) {}

    private static final List<Line> LINES =
            List.of(
                    new Line(
                            "seqil-adam",
                            new double[] {1e-4, 5e-5, 5e-5, 5e-5, 5e-5},
                            new double[] {0.05, 0.05, 0.05, 0.05, 0.05}),
                    new Line(
                            "il-adam",
                            new double[] {1e-4, 1e-4, 1e-4, 5e-5, 5e-5},
                            new double[] {0.1, 0.02, 0.02, 0.05, 0.05}));

    /** {@inheritDoc} */
    @Override
    public String name() {
        return "alonso-figure-4";
    }

    /** {@inheritDoc} */
    @Override
    public String title() {
        return "Accuracy over the iterations of inference, sequential and simultaneous";
    }

    /** {@inheritDoc} */
    @Override
    public String paper() {
        return Paper.source("figure 4");
    }

    /** {@inheritDoc} */
    @Override
    public Duration expectedTime() {
        return Duration.ofHours(37);
    }

    /** {@inheritDoc} */
    @Override
    public Set<String> options() {
        Set<String> options = new HashSet<>(LearningCurves.optionsWithout("--methods", "--model"));
        options.add(ReproduceArguments.ITERATIONS);
        return options;
    }

    /** {@inheritDoc} */
    @Override
    public void run(Reproduction reproduction) throws IOException, TranslateException {
        ReproduceArguments arguments = reproduction.arguments();
        LearningCurves curves = new LearningCurves(reproduction);
        String dataset = arguments.dataSet(Paper.CIFAR10);
        Map<String, Map<Double, List<Double>>> best = new TreeMap<>();
        List<Integer> all = IntStream.rangeClosed(1, LINES.get(0).rates.length).boxed().toList();
        for (int t : arguments.iterations(all)) {
            for (Line line : LINES) {
                Results results = curves.run(part(arguments, dataset, line, t));
                double iterations = t;
                for (RunResult run : results.runsOf(line.method)) {
                    best.computeIfAbsent(line.method, method -> new TreeMap<>())
                            .computeIfAbsent(iterations, x -> new ArrayList<>())
                            .add(best(run));
                }
            }
        }
        List<Curve> accuracies = new ArrayList<>();
        for (Line line : LINES) {
            accuracies.add(
                    Curve.of(curves.named(line.method), best.getOrDefault(line.method, Map.of())));
        }
        write(reproduction, dataset, accuracies);
    }

    private static LearningCurves.Part part(
            ReproduceArguments arguments, String dataset, Line line, int t) {
        MethodSettings settings =
                new MethodSettings(new InferenceSettings(t, line.steps[t - 1]), 1);
        return new LearningCurves.Part(
                dataset + " " + line.method + " T" + t,
                new Experiment(
                                dataset,
                                Paper.dataOptions(arguments, dataset, MODEL),
                                MODEL,
                                NetworkOptions.builder().optHidden(HIDDEN).build(),
                                List.of(Methods.named(line.method)),
                                arguments.seeds(Paper.SEEDS),
                                PredictiveLearning.plan(arguments.epochs(EPOCHS), settings))
                        .withLearningRates(method -> (float) line.rates[t - 1]));
    }

    private static double best(RunResult run) {
        return 100
                * run.epochs().stream().mapToDouble(EpochResult::testAccuracy).max().orElseThrow();
    }

    private static void write(Reproduction reproduction, String dataset, List<Curve> accuracies)
            throws IOException {
        StringBuilder text = new StringBuilder("Best test accuracy");
        for (Curve curve : accuracies) {
            text.append(text.length() < 20 ? ": " : "; ").append(curve.name());
            for (Curve.Point point : curve.points()) {
                text.append(String.format(Locale.ROOT, ", T = %.0f ", point.x()))
                        .append(Percent.of(point.y().mean() / 100));
            }
        }
        text.append('.');
        String abscissa = "iterations of inference, T";
        FigurePage page =
                new FigurePage()
                        .section("Result", text.toString())
                        .figures(
                                List.of(
                                        Diagram.curves(
                                                "Best test accuracy on " + dataset,
                                                abscissa,
                                                "in %",
                                                accuracies,
                                                v -> String.format(Locale.ROOT, "%.2f %%", v))));
        reproduction.write(reproduction.arguments().seeds(Paper.SEEDS), accuracies, page);
        reproduction.out().println(text);
    }
}
