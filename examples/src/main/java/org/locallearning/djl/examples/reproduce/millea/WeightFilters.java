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
package org.locallearning.djl.examples.reproduce.millea;

import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.locallearning.djl.examples.output.Counted;
import org.locallearning.djl.examples.report.Bitmap;
import org.locallearning.djl.examples.report.FigurePage;
import org.locallearning.djl.examples.reproduce.LearningCurves;
import org.locallearning.djl.examples.reproduce.ReproduceArguments;
import org.locallearning.djl.examples.reproduce.Reproduction;
import org.locallearning.djl.examples.reproduce.Target;
import org.locallearning.djl.zoo.data.DataOptions;

/**
 * Figure 3: the weights of each hidden unit as a picture, with the covariance penalty and without.
 */
final class WeightFilters implements Target {

    private static final List<String> METHODS = List.of("cd", "penalty", "exact-penalty");
    private static final int HIDDEN = 10;
    private static final int EPOCHS = 100;
    private static final int PER_ROW = 5;
    private static final int COLUMNS = 3;

    /**
     * The numbers behind the figure.
     *
     * @param data where the images are from
     * @param epochs the number of epochs
     * @param runs a run of each method
     */
    record Figure(String data, int epochs, List<RbmResult> runs) {}

    /** {@inheritDoc} */
    @Override
    public String name() {
        return "millea-figure-3";
    }

    /** {@inheritDoc} */
    @Override
    public String title() {
        return "The weights of hidden units with the covariance penalty and without";
    }

    /** {@inheritDoc} */
    @Override
    public String paper() {
        return "Millea, \"Natural Boltzmann Machines\", figure 3";
    }

    /** {@inheritDoc} */
    @Override
    public Duration expectedTime() {
        return Duration.ofMinutes(20);
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
        int epochs = arguments.epochs(EPOCHS);
        List<RbmMethod> methods =
                arguments.methods(METHODS).stream().map(RbmMethod::named).toList();
        DataOptions options = RbmData.reduced(arguments);
        String dataSet = arguments.dataSet("mnist");
        RbmRuns runs = new RbmRuns(reproduction);
        try (RbmData data = RbmData.load(reproduction.engine(), dataSet, options, 1)) {
            runs.header(data, HIDDEN);
            List<RbmResult> results = new ArrayList<>();
            for (RbmMethod method : methods) {
                results.add(runs.run(data, HIDDEN, method, method.rate(), seed, epochs, false));
            }
            write(reproduction, List.of(seed), new Figure(data.description(), epochs, results));
        }
    }

    private static void write(Reproduction reproduction, List<Integer> seeds, Figure figure)
            throws IOException {
        List<Bitmap> bitmaps = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        for (RbmResult run : figure.runs) {
            bitmaps.add(
                    Bitmap.filterTiles(run.method(), run.weights().rows(), PER_ROW)
                            .withRemark(RbmMethod.named(run.method()).title()));
            rows.add(
                    List.of(
                            run.method(),
                            String.format(Locale.ROOT, "%.3f", run.last().sparseness()),
                            RbmRuns.nats(run.last().testLogLikelihood()),
                            String.format(Locale.ROOT, "%.1f", 100 * run.last().testError()),
                            String.format(Locale.ROOT, "%.5f", run.last().penaltyWeight())));
        }
        FigurePage page =
                new FigurePage()
                        .section("Result", text(figure))
                        .table(
                                List.of(
                                        "method",
                                        "sparseness",
                                        "test log p, nats",
                                        "test error, %",
                                        "weight of the penalty"),
                                rows)
                        .figures(COLUMNS, bitmaps)
                        .setting("Images", figure.data)
                        .setting(
                                "Training",
                                HIDDEN
                                        + " hidden units, "
                                        + Counted.of(figure.epochs, "epoch")
                                        + ", batches of "
                                        + RbmTraining.BATCH);
        reproduction.write(seeds, figure, page);
        reproduction.out().println(text(figure));
    }

    private static String text(Figure figure) {
        StringBuilder text =
                new StringBuilder("The sparseness of the weights, by Hoyer's measure,");
        for (int i = 0; i < figure.runs.size(); ++i) {
            RbmResult run = figure.runs.get(i);
            text.append(
                    String.format(
                            Locale.ROOT,
                            "%s %.3f under %s",
                            i == 0 ? " is" : ",",
                            run.last().sparseness(),
                            run.method()));
        }
        return text.append(". Each picture is drawn at its own greatest weight, red for positive.")
                .toString();
    }
}
