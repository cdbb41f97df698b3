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
import java.util.function.ToDoubleFunction;
import org.locallearning.djl.examples.report.FigurePage;
import org.locallearning.djl.examples.report.HeatMap;
import org.locallearning.djl.examples.report.Percent;
import org.locallearning.djl.examples.reproduce.LearningCurves;
import org.locallearning.djl.examples.reproduce.ReproduceArguments;
import org.locallearning.djl.examples.reproduce.Reproduction;
import org.locallearning.djl.examples.reproduce.Target;
import org.locallearning.djl.zoo.data.DataOptions;

/**
 * Figure 2: the error over the two settings of the covariance penalty, the threshold of its entries
 * and the share of them above it.
 *
 * <p>As in the report, the error is the least of all epochs. It is that of the test images, so the
 * settings are chosen by what they are judged by.
 */
final class PenaltyGrid implements Target {

    private static final List<Double> THRESHOLDS = List.of(0.0001, 0.001, 0.01, 0.1, 0.2);
    private static final List<Double> SHARES = List.of(0.001, 0.01, 0.05, 0.1, 0.3, 0.5, 0.8);
    private static final int HIDDEN = 10;
    private static final int EPOCHS = 100;

    /**
     * One cell of the grid.
     *
     * @param threshold the threshold of an entry's magnitude
     * @param share the share of entries above it from which the penalty's weight grows
     * @param leastTestError the least test error over the epochs, 0 to 1, mean over the seeds
     * @param testLogLikelihood the mean log-likelihood of the test images after the last epoch, in
     *     nats, mean over the seeds
     * @param sparseness the sparseness of the weights after the last epoch, mean over the seeds
     * @param weight the penalty's weight in the last batch, mean over the seeds
     */
    record Cell(
            double threshold,
            double share,
            double leastTestError,
            double testLogLikelihood,
            double sparseness,
            double weight) {}

    /**
     * The numbers behind the figure.
     *
     * @param data where the images are from
     * @param hiddenUnits the number of hidden units
     * @param epochs the number of epochs
     * @param without without the penalty
     * @param cells with it
     */
    record Figure(String data, int hiddenUnits, int epochs, Cell without, List<Cell> cells) {}

    /** {@inheritDoc} */
    @Override
    public String name() {
        return "millea-figure-2";
    }

    /** {@inheritDoc} */
    @Override
    public String title() {
        return "The error over the settings of the covariance penalty";
    }

    /** {@inheritDoc} */
    @Override
    public String paper() {
        return "Millea, \"Natural Boltzmann Machines\", figure 2";
    }

    /** {@inheritDoc} */
    @Override
    public Duration expectedTime() {
        return Duration.ofHours(2);
    }

    /** {@inheritDoc} */
    @Override
    public Set<String> options() {
        return LearningCurves.optionsWithout("--methods", "--model");
    }

    /** {@inheritDoc} */
    @Override
    public void run(Reproduction reproduction) throws IOException, TranslateException {
        ReproduceArguments arguments = reproduction.arguments();
        List<Integer> seeds = arguments.seeds(List.of(1));
        int epochs = arguments.epochs(EPOCHS);
        DataOptions options = RbmData.reduced(arguments);
        String dataSet = arguments.dataSet("mnist");
        RbmRuns runs = new RbmRuns(reproduction);
        try (RbmData data = RbmData.load(reproduction.engine(), dataSet, options, 1)) {
            runs.header(data, HIDDEN);
            Cell without = cell(runs, data, RbmMethod.named("cd"), 0, 0, seeds, epochs);
            List<Cell> cells = new ArrayList<>();
            for (double threshold : THRESHOLDS) {
                for (double share : SHARES) {
                    RbmMethod method = RbmMethod.penalty(threshold, share);
                    cells.add(cell(runs, data, method, threshold, share, seeds, epochs));
                }
            }
            write(
                    reproduction,
                    seeds,
                    new Figure(data.description(), HIDDEN, epochs, without, cells));
        }
    }

    private static Cell cell(
            RbmRuns runs,
            RbmData data,
            RbmMethod method,
            double threshold,
            double share,
            List<Integer> seeds,
            int epochs)
            throws IOException, TranslateException {
        double error = 0;
        double likely = 0;
        double sparseness = 0;
        double weight = 0;
        for (int seed : seeds) {
            RbmResult run = runs.run(data, HIDDEN, method, method.rate(), seed, epochs, true);
            error += run.leastTestError() / seeds.size();
            likely += run.last().testLogLikelihood() / seeds.size();
            sparseness += run.last().sparseness() / seeds.size();
            weight += run.last().penaltyWeight() / seeds.size();
        }
        return new Cell(threshold, share, error, likely, sparseness, weight);
    }

    private static void write(Reproduction reproduction, List<Integer> seeds, Figure figure)
            throws IOException {
        List<List<Double>> percent =
                SHARES.stream()
                        .map(share -> row(figure, share, cell -> 100 * cell.leastTestError))
                        .toList();
        List<String> titles = new ArrayList<>(List.of("share above"));
        THRESHOLDS.forEach(threshold -> titles.add("threshold " + RbmMethod.plain(threshold)));
        String text = text(figure);
        FigurePage page =
                new FigurePage()
                        .section("Result", text)
                        .section("Least test error", "In percent.")
                        .figures(
                                List.of(
                                        new HeatMap(
                                                "Least test error, percent",
                                                "threshold",
                                                "share above the threshold",
                                                THRESHOLDS.stream().map(RbmMethod::plain).toList(),
                                                SHARES.stream().map(RbmMethod::plain).toList(),
                                                percent,
                                                error ->
                                                        String.format(Locale.ROOT, "%.1f", error))))
                        .table(titles, rows(figure, "%.2f", cell -> 100 * cell.leastTestError))
                        .section(
                                "Log-likelihood of the test images",
                                "The mean after the last epoch, in nats.")
                        .table(titles, rows(figure, "%.2f", Cell::testLogLikelihood))
                        .section(
                                "Weight of the penalty",
                                "In the last batch; it starts at 0.00316 and stays within 0.00001"
                                        + " and 1.")
                        .table(titles, rows(figure, "%.5f", Cell::weight))
                        .setting("Images", figure.data)
                        .setting(
                                "Training",
                                String.format(
                                        Locale.ROOT,
                                        "%d hidden units, CD-1, epochs: %d, batches of %d, rate %s;"
                                                + " softmax on the hidden probabilities",
                                        figure.hiddenUnits,
                                        figure.epochs,
                                        RbmTraining.BATCH,
                                        RbmMethod.named("cd").rate()));
        reproduction.write(seeds, figure, page);
        reproduction.out().println(text);
    }

    private static List<Double> row(Figure figure, double share, ToDoubleFunction<Cell> quantity) {
        return figure.cells.stream()
                .filter(cell -> cell.share == share)
                .map(quantity::applyAsDouble)
                .toList();
    }

    private static List<List<String>> rows(
            Figure figure, String format, ToDoubleFunction<Cell> quantity) {
        List<List<String>> rows = new ArrayList<>();
        for (double share : SHARES) {
            List<String> cells = new ArrayList<>(List.of(RbmMethod.plain(share)));
            for (double value : row(figure, share, quantity)) {
                cells.add(String.format(Locale.ROOT, format, value));
            }
            rows.add(cells);
        }
        return rows;
    }

    private static String text(Figure figure) {
        Cell best = figure.cells.get(0);
        Cell worst = best;
        for (Cell cell : figure.cells) {
            best = cell.leastTestError < best.leastTestError ? cell : best;
            worst = cell.leastTestError > worst.leastTestError ? cell : worst;
        }
        return String.format(
                Locale.ROOT,
                "The least error of %d epochs is %s without the penalty; with it from %s (threshold"
                        + " %s, share %s) to %s (threshold %s, share %s). The report names about 55 %%"
                        + " without.",
                figure.epochs,
                Percent.of(figure.without.leastTestError),
                Percent.of(best.leastTestError),
                RbmMethod.plain(best.threshold),
                RbmMethod.plain(best.share),
                Percent.of(worst.leastTestError),
                RbmMethod.plain(worst.threshold),
                RbmMethod.plain(worst.share));
    }
}
