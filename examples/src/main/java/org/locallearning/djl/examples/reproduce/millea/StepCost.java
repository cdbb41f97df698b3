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

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.DoubleStream;
import org.locallearning.djl.decorrelation.boltzmann.BoltzmannTrainer;
import org.locallearning.djl.decorrelation.boltzmann.ReconstructionError;
import org.locallearning.djl.decorrelation.boltzmann.RestrictedBoltzmannMachine;
import org.locallearning.djl.examples.output.TerminalBar;
import org.locallearning.djl.examples.output.TextTable;
import org.locallearning.djl.examples.report.Bars;
import org.locallearning.djl.examples.report.FigurePage;
import org.locallearning.djl.examples.reproduce.Reproduction;
import org.locallearning.djl.examples.reproduce.Target;

/**
 * What a step costs: 784 visible and 500 hidden units, a batch of 100, next to the five matrix
 * products that CD-1 cannot do without, in turn in one run.
 */
final class StepCost implements Target {

    private static final int VISIBLE = 784;
    private static final int HIDDEN = 500;
    private static final int BATCH = 100;
    private static final int WARM_UP = 15;
    private static final int ROUNDS = 41;
    private static final int STEPS_A_TURN = 10;
    private static final float SLOW = 1e-6f;
    private static final String PRODUCTS = "five products";

    /**
     * One way of learning.
     *
     * @param method its name
     * @param milliseconds the median time of a step
     * @param least the least time of a step, which other programs on the machine disturb least
     * @param mean the mean time of a step, with what only some steps do
     * @param ratio the median of its time over that of the five products in the same round
     * @param leastRatio its least time over that of the five products
     */
    record Row(
            String method,
            double milliseconds,
            double least,
            double mean,
            double ratio,
            double leastRatio) {}

    /** {@inheritDoc} */
    @Override
    public String name() {
        return "millea-step";
    }

    /** {@inheritDoc} */
    @Override
    public String title() {
        return "Boltzmann machines: the time of a step next to its matrix products";
    }

    /** {@inheritDoc} */
    @Override
    public String paper() {
        return "Millea, \"Natural Boltzmann Machines\", section 3.1, which asks for a cheap update";
    }

    /** {@inheritDoc} */
    @Override
    public Duration expectedTime() {
        return Duration.ofMinutes(3);
    }

    /** {@inheritDoc} */
    @Override
    public Set<String> options() {
        return Set.of("--seeds", "--methods");
    }

    /** {@inheritDoc} */
    @Override
    public void run(Reproduction reproduction) throws IOException {
        Engine engine = reproduction.engine();
        int seed = reproduction.arguments().seed(1);
        engine.setRandomSeed(seed);
        List<RbmMethod> methods =
                reproduction
                        .arguments()
                        .methods(
                                List.of("cd", "pcd", "centred", "penalty", "whitening", "periodic"))
                        .stream()
                        .map(RbmMethod::named)
                        .toList();
        Map<String, double[]> times = times(reproduction, methods);
        List<Row> rows = new ArrayList<>();
        times.forEach(
                (name, values) -> {
                    double[] ratio = new double[ROUNDS];
                    for (int i = 0; i < ROUNDS; ++i) {
                        ratio[i] = values[i] / times.get(PRODUCTS)[i];
                    }
                    double least = least(values);
                    rows.add(
                            new Row(
                                    name,
                                    median(values),
                                    least,
                                    DoubleStream.of(values).average().orElseThrow(),
                                    median(ratio),
                                    least / least(times.get(PRODUCTS))));
                });
        write(reproduction, List.of(seed), rows);
    }

    private static void write(Reproduction reproduction, List<Integer> seeds, List<Row> rows)
            throws IOException {
        TextTable table =
                new TextTable()
                        .left("method", 13)
                        .right("median, ms", 10)
                        .right("least, ms", 9)
                        .right("mean, ms", 8)
                        .right("ratio", 5)
                        .right("least ratio", 11);
        reproduction.out().println(table.header());
        List<List<String>> cells = new ArrayList<>();
        for (Row row : rows) {
            cells.add(
                    List.of(
                            row.method,
                            text(row.milliseconds),
                            text(row.least),
                            text(row.mean),
                            text(row.ratio),
                            text(row.leastRatio)));
            reproduction.out().println(table.row(cells.get(cells.size() - 1).toArray()));
        }
        FigurePage page =
                new FigurePage()
                        .section(
                                "A step of " + VISIBLE + " x " + HIDDEN + ", batch " + BATCH,
                                "The median of "
                                        + ROUNDS
                                        + " rounds, in each of which every method takes "
                                        + STEPS_A_TURN
                                        + " steps with the optimizer, one after the other; the"
                                        + " ratio is to the five products of the same round. The"
                                        + " mean has the decompositions of periodic whitening in"
                                        + " it, which most rounds are without.")
                        .table(
                                List.of(
                                        "method",
                                        "median, ms",
                                        "least, ms",
                                        "mean, ms",
                                        "ratio to the products",
                                        "ratio of the least"),
                                cells)
                        .figures(
                                List.of(
                                        new Bars(
                                                "Time of a step over that of five products",
                                                "median ratio",
                                                rows.stream().map(Row::method).toList(),
                                                rows.stream().map(Row::ratio).toList(),
                                                ratio ->
                                                        String.format(
                                                                Locale.ROOT, "%.1f", ratio))));
        reproduction.write(seeds, rows, page);
    }

    private static Map<String, double[]> times(Reproduction reproduction, List<RbmMethod> methods) {
        Engine engine = reproduction.engine();
        reproduction
                .out()
                .printf(
                        Locale.ROOT,
                        "Timing %d methods in turn, in %d rounds, of which the first %d are not"
                                + " counted.%n",
                        methods.size(),
                        WARM_UP + ROUNDS,
                        WARM_UP);
        reproduction.out().flush();
        TerminalBar bar = new TerminalBar(reproduction.isTerminal());
        bar.start("rounds", WARM_UP + ROUNDS, 0);
        Map<String, Step> steps = new LinkedHashMap<>();
        Map<String, double[]> times = new LinkedHashMap<>();
        try (NDManager manager = engine.newBaseManager()) {
            NDArray data =
                    manager.randomUniform(0, 1, new Shape(BATCH, VISIBLE))
                            .lt(0.1)
                            .toType(DataType.FLOAT32, false);
            NDArray hidden = manager.randomUniform(0, 1, new Shape(BATCH, HIDDEN));
            NDArray weight = manager.randomNormal(new Shape(VISIBLE, HIDDEN));
            steps.put(PRODUCTS, () -> products(data, hidden, weight));
            for (RbmMethod method : methods) {
                steps.put(method.name(), new Learner(engine, method, data));
            }
            steps.keySet().forEach(name -> times.put(name, new double[ROUNDS]));
            for (int round = -WARM_UP; round < ROUNDS; ++round) {
                for (Map.Entry<String, Step> step : steps.entrySet()) {
                    long start = System.nanoTime();
                    for (int i = 0; i < STEPS_A_TURN; ++i) {
                        step.getValue().take();
                    }
                    if (round >= 0) {
                        times.get(step.getKey())[round] =
                                (System.nanoTime() - start) / 1e6 / STEPS_A_TURN;
                    }
                }
                bar.step("");
            }
        } finally {
            bar.close();
            steps.values().forEach(Step::close);
        }
        return times;
    }

    /** Up twice, down once, and the statistics of both phases. */
    private static void products(NDArray data, NDArray hidden, NDArray weight) {
        try (NDManager scope = data.getManager().newSubManager()) {
            scope.tempAttachAll(data, hidden, weight);
            data.matMul(weight);
            hidden.matMul(weight.transpose());
            data.matMul(weight);
            data.transpose().matMul(hidden);
            data.transpose().matMul(hidden);
        }
    }

    private static double median(double[] values) {
        return DoubleStream.of(values).sorted().toArray()[values.length / 2];
    }

    private static double least(double[] values) {
        return DoubleStream.of(values).min().orElseThrow();
    }

    private static String text(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    /** Something that is timed. */
    @FunctionalInterface
    private interface Step extends AutoCloseable {
        void take();

        @Override
        default void close() {}
    }

    /** A machine that learns one batch over and over, too slowly to change. */
    private static final class Learner implements Step {

        private final Model model;
        private final BoltzmannTrainer trainer;
        private final NDArray data;

        Learner(Engine engine, RbmMethod method, NDArray data) {
            this.data = data;
            model = Model.newInstance(method.name(), engine.getEngineName());
            model.setBlock(RestrictedBoltzmannMachine.builder().setHiddenUnits(HIDDEN).build());
            trainer =
                    method.learning()
                            .newTrainer(
                                    model,
                                    new DefaultTrainingConfig(new ReconstructionError())
                                            .optOptimizer(
                                                    Optimizer.sgd()
                                                            .setLearningRateTracker(
                                                                    Tracker.fixed(SLOW))
                                                            .build()));
            trainer.initialize(data.getShape());
        }

        @Override
        public void take() {
            try (NDManager scope = trainer.getManager().newSubManager()) {
                scope.tempAttachAll(data);
                trainer.forward(new NDList(data));
                trainer.step();
            }
        }

        @Override
        public void close() {
            trainer.close();
            model.close();
        }
    }
}
