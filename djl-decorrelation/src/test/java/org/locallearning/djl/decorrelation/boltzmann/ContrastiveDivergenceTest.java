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
package org.locallearning.djl.decorrelation.boltzmann;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The sampled negative phases against plain loops and against the distribution they draw from. */
class ContrastiveDivergenceTest {

    private static final int VISIBLE = 4;
    private static final int HIDDEN = 3;

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
        Engine.getInstance().setRandomSeed(5);
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void differenceOfPhasesIsThatOfTheirMeans() {
        BoltzmannParameters parameters =
                SlowMachine.random(VISIBLE, HIDDEN, 1, 3).parameters(manager);
        NDArray data = rows(7);
        NDArray chains = rows(3);
        double[] oneProduct =
                Phase.of(parameters, data, data)
                        .minus(Phase.of(parameters, chains, chains))
                        .toVector()
                        .toDoubleArray();
        SufficientStatistics model = Phase.of(parameters, chains, chains).mean();
        double[] twoProducts =
                Phase.of(parameters, data, data).mean().minus(model).toVector().toDoubleArray();
        assertArrayEquals(twoProducts, oneProduct, 1e-15);
        double[] known =
                Phase.of(parameters, data, data)
                        .minus(Phase.of(chains, parameters.hiddenProbabilities(chains), model))
                        .toVector()
                        .toDoubleArray();
        assertArrayEquals(twoProducts, known, 1e-15);
    }

    private NDArray rows(int count) {
        return manager.randomUniform(0, 1, new Shape(count, VISIBLE), DataType.FLOAT64);
    }

    @Test
    void oneStepWithGivenNumbersIsThePlainLoop() {
        SlowMachine machine = SlowMachine.random(VISIBLE, HIDDEN, 1, 3);
        Random random = new Random(8);
        double[][] data = new double[6][];
        double[][] hiddenUniform = new double[6][];
        double[][] visibleUniform = new double[6][];
        double[] expected = new double[machine.theta().length];
        for (int row = 0; row < data.length; ++row) {
            data[row] = SlowMachine.bits(random.nextInt(1 << VISIBLE), VISIBLE);
            hiddenUniform[row] = random.doubles(HIDDEN).toArray();
            visibleUniform[row] = random.doubles(VISIBLE).toArray();
            double[] h = new double[HIDDEN];
            for (int j = 0; j < HIDDEN; ++j) {
                h[j] = hiddenUniform[row][j] < hidden(machine, data[row], j) ? 1 : 0;
            }
            double[] v = new double[VISIBLE];
            for (int i = 0; i < VISIBLE; ++i) {
                v[i] = visibleUniform[row][i] < visible(machine, h, i) ? 1 : 0;
            }
            double[] p = new double[HIDDEN];
            for (int j = 0; j < HIDDEN; ++j) {
                p[j] = hidden(machine, v, j);
            }
            double[] g = machine.statistics(v, p);
            for (int t = 0; t < g.length; ++t) {
                expected[t] += g[t] / data.length;
            }
        }
        Phase phase =
                ContrastiveDivergence.reconstruct(
                        machine.parameters(manager),
                        manager.create(data),
                        manager.create(hiddenUniform),
                        manager.create(visibleUniform));
        assertArrayEquals(expected, phase.mean().toVector().toDoubleArray(), 1e-14);
    }

    @Test
    void expectedUpdateVanishesWhereDataAndModelAgree() {
        SlowMachine machine = SlowMachine.random(VISIBLE, HIDDEN, 1, 21);
        double[] model = machine.marginal();
        double[] expected = expectedUpdate(machine, model);
        assertArrayEquals(new double[expected.length], expected, 1e-15);
        double[] exact = exactGradient(machine, model);
        assertArrayEquals(new double[exact.length], exact, 1e-15);

        double[] other = model.clone();
        other[3] += 0.1;
        other[5] -= Math.min(0.1, other[5]);
        double largest = 0;
        for (double each : expectedUpdate(machine, other)) {
            largest = Math.max(largest, Math.abs(each));
        }
        assertTrue(largest > 1e-3, "update of other data " + largest);
    }

    @Test
    void stepsOfTheSamplerHaveTheExpectedUpdate() {
        SlowMachine machine = SlowMachine.random(VISIBLE, HIDDEN, 1, 21);
        double[] shares = new double[1 << VISIBLE];
        shares[3] = 0.5;
        shares[12] = 0.5;
        double[] expected = expectedUpdate(machine, shares);
        int rows = 40_000;
        double[][] data = new double[rows][];
        for (int row = 0; row < rows; ++row) {
            data[row] = SlowMachine.bits(row % 2 == 0 ? 3 : 12, VISIBLE);
        }
        BoltzmannParameters parameters = machine.parameters(manager);
        NDArray visible = manager.create(data);
        Phase positive = Phase.of(parameters, visible, visible);
        Phase negative = new ContrastiveDivergence(1).start(manager).sample(parameters, positive);
        double[] update = positive.mean().minus(negative.mean()).toVector().toDoubleArray();
        // no statistic varies more than a coin
        assertArrayEquals(expected, update, 5 * 0.5 / Math.sqrt(rows));
    }

    @Test
    void moreStepsComeCloserToTheModel() {
        SlowMachine machine = SlowMachine.random(VISIBLE, HIDDEN, 1, 4);
        BoltzmannParameters parameters = machine.parameters(manager);
        NDArray visible = manager.zeros(new Shape(40_000, VISIBLE), DataType.FLOAT64);
        Phase positive = Phase.of(parameters, visible, visible);
        double near = distance(machine, new ContrastiveDivergence(1), parameters, positive);
        double nearer = distance(machine, new ContrastiveDivergence(20), parameters, positive);
        assertTrue(nearer < 0.02 && near > 3 * nearer, near + " after 1, " + nearer + " after 20");
    }

    @Test
    void persistentChainsReachTheModelWhateverTheData() {
        SlowMachine machine = SlowMachine.random(VISIBLE, HIDDEN, 1, 4);
        BoltzmannParameters parameters = machine.parameters(manager);
        NDArray visible = manager.zeros(new Shape(5, VISIBLE), DataType.FLOAT64);
        Phase positive = Phase.of(parameters, visible, visible);
        NegativePhase.Sampler sampler =
                new PersistentContrastiveDivergence(1, 20_000).start(manager);
        Phase last = null;
        for (int batch = 0; batch < 30; ++batch) {
            last = sampler.sample(parameters, positive);
        }
        assertEquals(20_000, last.visible().getShape().get(0));
        assertArrayEquals(machine.means(), last.mean().toVector().toDoubleArray(), 0.02);
    }

    @Test
    void exactExpectationIsTheModels() {
        SlowMachine machine = SlowMachine.random(VISIBLE, HIDDEN, 1, 6);
        BoltzmannParameters parameters = machine.parameters(manager);
        NDArray visible = manager.zeros(new Shape(7, VISIBLE), DataType.FLOAT64);
        Phase phase =
                new ExactExpectation()
                        .start(manager)
                        .sample(parameters, Phase.of(parameters, visible, visible));
        assertArrayEquals(machine.means(), phase.mean().toVector().toDoubleArray(), 1e-14);
        assertEquals(new Shape(7, VISIBLE), phase.visible().getShape());
        assertEquals(new Shape(7, HIDDEN), phase.hidden().getShape());
    }

    @Test
    void gaussianUnitsAreDrawnAroundTheirMeans() {
        SlowMachine machine = SlowMachine.random(VISIBLE, HIDDEN, 1, 6);
        BoltzmannParameters binary = machine.parameters(manager);
        BoltzmannParameters parameters =
                new BoltzmannParameters(
                        binary.weight(),
                        binary.visibleBias(),
                        binary.hiddenBias(),
                        VisibleUnits.GAUSSIAN);
        NDArray hidden = manager.create(new double[][] {{1, 0, 1}});
        double[] means = parameters.visibleMeans(hidden).toDoubleArray();
        for (int i = 0; i < VISIBLE; ++i) {
            double expected = machine.visibleBias[i] + machine.weight[i][0] + machine.weight[i][2];
            assertEquals(expected, means[i], 1e-14);
        }
        NDArray noise = manager.create(new double[][] {{0.5, -1, 0, 2}});
        double[] sample =
                parameters.sampleVisible(parameters.visibleMeans(hidden), noise).toDoubleArray();
        assertEquals(means[3] + 2, sample[3], 1e-14);
        assertEquals(means[1] - 1, sample[1], 1e-14);
    }

    private double distance(
            SlowMachine machine,
            NegativePhase negative,
            BoltzmannParameters parameters,
            Phase positive) {
        double[] sampled =
                negative.start(manager)
                        .sample(parameters, positive)
                        .mean()
                        .toVector()
                        .toDoubleArray();
        double[] means = machine.means();
        double largest = 0;
        for (int t = 0; t < means.length; ++t) {
            largest = Math.max(largest, Math.abs(means[t] - sampled[t]));
        }
        return largest;
    }

    /**
     * The expectation of the CD-1 update: every outcome of the draws, forced by the numbers they
     * are made from, at its probability.
     */
    private double[] expectedUpdate(SlowMachine machine, double[] shares) {
        BoltzmannParameters parameters = machine.parameters(manager);
        double[] update = new double[machine.theta().length];
        for (int v = 0; v < shares.length; ++v) {
            for (int h = 0; h < 1 << HIDDEN; ++h) {
                for (int w = 0; w < shares.length; ++w) {
                    double[] data = SlowMachine.bits(v, VISIBLE);
                    double[] hidden = SlowMachine.bits(h, HIDDEN);
                    double[] visible = SlowMachine.bits(w, VISIBLE);
                    double chance = shares[v];
                    for (int j = 0; j < HIDDEN; ++j) {
                        double on = hidden(machine, data, j);
                        chance *= hidden[j] == 1 ? on : 1 - on;
                    }
                    for (int i = 0; i < VISIBLE; ++i) {
                        double on = visible(machine, hidden, i);
                        chance *= visible[i] == 1 ? on : 1 - on;
                    }
                    try (NDManager scope = manager.newSubManager()) {
                        NDArray row = scope.create(new double[][] {data});
                        Phase positive = Phase.of(parameters, row, row);
                        Phase negative =
                                ContrastiveDivergence.reconstruct(
                                        parameters,
                                        row,
                                        scope.create(new double[][] {forcing(hidden)}),
                                        scope.create(new double[][] {forcing(visible)}));
                        double[] change =
                                positive.mean().minus(negative.mean()).toVector().toDoubleArray();
                        for (int t = 0; t < change.length; ++t) {
                            update[t] += chance * change[t];
                        }
                    }
                }
            }
        }
        return update;
    }

    /** Numbers from which exactly these states are made: 0 is below every chance, 1 above. */
    private static double[] forcing(double[] states) {
        double[] uniform = new double[states.length];
        for (int i = 0; i < states.length; ++i) {
            uniform[i] = 1 - states[i];
        }
        return uniform;
    }

    private double[] exactGradient(SlowMachine machine, double[] shares) {
        double[] gradient = new double[machine.theta().length];
        for (int v = 0; v < shares.length; ++v) {
            double[] state = SlowMachine.bits(v, VISIBLE);
            try (ExactDistribution exact = ExactDistribution.of(machine.parameters(manager))) {
                double[] one =
                        exact.gradient(manager.create(new double[][] {state}))
                                .toVector()
                                .toDoubleArray();
                for (int t = 0; t < one.length; ++t) {
                    gradient[t] += shares[v] * one[t];
                }
            }
        }
        return gradient;
    }

    private static double hidden(SlowMachine machine, double[] v, int j) {
        double input = machine.hiddenBias[j];
        for (int i = 0; i < v.length; ++i) {
            input += v[i] * machine.weight[i][j];
        }
        return 1 / (1 + Math.exp(-input));
    }

    private static double visible(SlowMachine machine, double[] h, int i) {
        double input = machine.visibleBias[i];
        for (int j = 0; j < h.length; ++j) {
            input += machine.weight[i][j] * h[j];
        }
        return 1 / (1 + Math.exp(-input));
    }
}
