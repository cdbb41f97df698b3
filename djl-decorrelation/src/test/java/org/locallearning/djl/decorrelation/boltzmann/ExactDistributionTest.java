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
import static org.junit.jupiter.api.Assertions.assertThrows;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The sum over hidden states against the sum over all joint states, and finite differences. */
class ExactDistributionTest {

    private static final double STEP = 1e-5;

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
        Engine.getInstance().setRandomSeed(3);
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void agreesWithTheSumOverAllJointStates() {
        for (int seed = 0; seed < 4; ++seed) {
            SlowMachine slow = SlowMachine.random(5, 3, 1.5, seed);
            try (ExactDistribution exact = ExactDistribution.of(slow.parameters(manager))) {
                assertEquals(Math.log(slow.partition()), exact.logPartition(), 1e-12);
                assertArrayEquals(slow.means(), exact.means().toVector().toDoubleArray(), 1e-12);
                assertMatrix(slow.fisher(), exact.fisher(), 1e-12);
            }
        }
    }

    @Test
    void isOfTheParametersAsTheyWereWhenItWasMade() {
        BoltzmannParameters parameters = SlowMachine.random(5, 3, 1.5, 1).parameters(manager);
        NDArray data = manager.ones(new Shape(2, 5), DataType.FLOAT64);
        int arrays = manager.getManagedArrays().size();
        try (ExactDistribution exact = ExactDistribution.of(parameters)) {
            double before = exact.logLikelihood(data);
            parameters.weight().addi(3);
            parameters.visibleBias().addi(3);
            assertEquals(before, exact.logLikelihood(data));
        }
        assertEquals(arrays, manager.getManagedArrays().size());
    }

    @Test
    void runsOfHiddenStatesAddUp() {
        // more states than fit into one run, of units without connections: all in closed form
        int visible = 600;
        int hidden = 12;
        Random random = new Random(1);
        double[] a = random.doubles(visible).toArray();
        double[] b = random.doubles(hidden).toArray();
        BoltzmannParameters parameters =
                new BoltzmannParameters(
                        manager.zeros(new Shape(visible, hidden), DataType.FLOAT64),
                        manager.create(a),
                        manager.create(b),
                        VisibleUnits.BINARY);
        double expected = 0;
        for (double each : a) {
            expected += Math.log1p(Math.exp(each));
        }
        for (double each : b) {
            expected += Math.log1p(Math.exp(each));
        }
        try (ExactDistribution exact = ExactDistribution.of(parameters)) {
            assertEquals(expected, exact.logPartition(), 1e-9);
            double[] means = exact.means().hidden().toDoubleArray();
            for (int j = 0; j < hidden; ++j) {
                assertEquals(1 / (1 + Math.exp(-b[j])), means[j], 1e-12);
            }
        }
    }

    @Test
    void fisherIsTheHessianOfLogZAndTheJacobianOfTheMeans() {
        SlowMachine machine = SlowMachine.random(4, 3, 1, 7);
        int size = machine.theta().length;
        try (ExactDistribution exact = ExactDistribution.of(machine.parameters(manager))) {
            double[][] fisher = rows(exact.fisher());
            double[] means = exact.means().toVector().toDoubleArray();
            for (int t = 0; t < size; ++t) {
                try (ExactDistribution up =
                                ExactDistribution.of(machine.moved(t, STEP).parameters(manager));
                        ExactDistribution down =
                                ExactDistribution.of(machine.moved(t, -STEP).parameters(manager))) {
                    double slope = (up.logPartition() - down.logPartition()) / (2 * STEP);
                    assertEquals(means[t], slope, 1e-9);
                    double[] above = up.means().toVector().toDoubleArray();
                    double[] below = down.means().toVector().toDoubleArray();
                    for (int s = 0; s < size; ++s) {
                        assertEquals(fisher[s][t], (above[s] - below[s]) / (2 * STEP), 1e-9);
                    }
                }
            }
        }
    }

    @Test
    void marginalFisherIsTheMeanSquareOfTheSlopesOfLogLikelihood() {
        SlowMachine machine = SlowMachine.random(4, 3, 1, 8);
        int size = machine.theta().length;
        double[] marginal = machine.marginal();
        double[][] slopes = new double[size][marginal.length];
        for (int t = 0; t < size; ++t) {
            double[] above = machine.moved(t, STEP).marginal();
            double[] below = machine.moved(t, -STEP).marginal();
            for (int v = 0; v < marginal.length; ++v) {
                slopes[t][v] = (Math.log(above[v]) - Math.log(below[v])) / (2 * STEP);
            }
        }
        double[][] expected = new double[size][size];
        for (int s = 0; s < size; ++s) {
            for (int t = 0; t < size; ++t) {
                for (int v = 0; v < marginal.length; ++v) {
                    expected[s][t] += marginal[v] * slopes[s][v] * slopes[t][v];
                }
            }
        }
        try (ExactDistribution exact = ExactDistribution.of(machine.parameters(manager))) {
            assertMatrix(expected, exact.marginalFisher(), 1e-9);
            // the hidden units know more than the visible ones
            NDArray more = exact.fisher().sub(exact.marginalFisher());
            Random random = new Random(2);
            for (int i = 0; i < 20; ++i) {
                NDArray direction = manager.create(random.doubles(size, -1, 1).toArray());
                assertTrue(direction.matMul(more.matMul(direction)).getDouble() > 0);
            }
        }
    }

    @Test
    void marginalFisherTakesFewBinaryUnits() {
        for (VisibleUnits units : VisibleUnits.values()) {
            int visible = units == VisibleUnits.BINARY ? 25 : 3;
            BoltzmannParameters parameters =
                    new BoltzmannParameters(
                            manager.zeros(new Shape(visible, 2), DataType.FLOAT64),
                            manager.zeros(new Shape(visible), DataType.FLOAT64),
                            manager.zeros(new Shape(2), DataType.FLOAT64),
                            units);
            try (ExactDistribution exact = ExactDistribution.of(parameters)) {
                String sentence =
                        assertThrows(IllegalArgumentException.class, exact::marginalFisher)
                                .getMessage();
                assertTrue(sentence.contains("not " + visible + " that are"), sentence);
            }
        }
    }

    @Test
    void fisherIsSymmetricAndNowhereNegative() {
        Random random = new Random(5);
        SlowMachine machine = SlowMachine.random(5, 4, 2, 9);
        try (ExactDistribution exact = ExactDistribution.of(machine.parameters(manager))) {
            NDArray fisher = exact.fisher();
            assertEquals(0, fisher.sub(fisher.transpose()).abs().max().getDouble(), 1e-15);
            int size = (int) fisher.getShape().get(0);
            for (int i = 0; i < 50; ++i) {
                NDArray direction =
                        manager.create(random.doubles(size, -1, 1).toArray()).duplicate();
                assertTrue(direction.matMul(fisher.matMul(direction)).getDouble() > -1e-12);
            }
        }
    }

    @Test
    void unitsWithoutConnectionsVaryOnTheirOwn() {
        SlowMachine connected = SlowMachine.random(4, 3, 1, 2);
        SlowMachine machine =
                new SlowMachine(new double[4][3], connected.visibleBias, connected.hiddenBias);
        double[] theta = machine.theta();
        try (ExactDistribution exact = ExactDistribution.of(machine.parameters(manager))) {
            double[][] fisher = rows(exact.fisher());
            for (int s = 0; s < 7; ++s) {
                for (int t = 0; t < 7; ++t) {
                    double mean = 1 / (1 + Math.exp(-theta[s]));
                    assertEquals(s == t ? mean * (1 - mean) : 0, fisher[s][t], 1e-15);
                }
            }
        }
    }

    @Test
    void secondMomentsLessTheProductOfMeansAreTheFisherMatrix() {
        SlowMachine machine = SlowMachine.random(5, 3, 1, 4);
        try (ExactDistribution exact = ExactDistribution.of(machine.parameters(manager))) {
            NDArray mean = exact.means().toVector();
            NDArray difference = exact.secondMoments().sub(SufficientStatistics.outer(mean, mean));
            assertEquals(0, difference.sub(exact.fisher()).abs().max().getDouble(), 1e-14);
        }
    }

    @Test
    void gradientIsTheSlopeOfTheLogLikelihood() {
        SlowMachine machine = SlowMachine.random(4, 3, 1, 11);
        NDArray data = rows(new double[] {0, 1, 1, 0}, new double[] {1, 1, 0, 0}, bits(4, 13));
        double[] shares = new double[16];
        shares[0b0110] = shares[0b0011] = shares[13] = 1.0 / 3;
        try (ExactDistribution exact = ExactDistribution.of(machine.parameters(manager))) {
            assertEquals(machine.logLikelihood(shares), exact.logLikelihood(data), 1e-12);
            double[] gradient = exact.gradient(data).toVector().toDoubleArray();
            for (int t = 0; t < gradient.length; ++t) {
                double slope =
                        (machine.moved(t, STEP).logLikelihood(shares)
                                        - machine.moved(t, -STEP).logLikelihood(shares))
                                / (2 * STEP);
                assertEquals(slope, gradient[t], 1e-9);
            }
        }
    }

    @Test
    void covarianceNormGradientIsItsSlope() {
        SlowMachine machine = SlowMachine.random(4, 3, 1.2, 13);
        try (ExactDistribution exact = ExactDistribution.of(machine.parameters(manager))) {
            assertEquals(
                    machine.covarianceNorm(), exact.covariance().square().sum().getDouble(), 1e-14);
            double[] gradient = exact.covarianceNormGradient().toVector().toDoubleArray();
            for (int t = 0; t < gradient.length; ++t) {
                double slope =
                        (machine.moved(t, STEP).covarianceNorm()
                                        - machine.moved(t, -STEP).covarianceNorm())
                                / (2 * STEP);
                assertEquals(slope, gradient[t], 1e-9, "parameter " + t);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(CovarianceBlock.class)
    void gradientOfEveryBlocksNormIsItsSlope(CovarianceBlock block) {
        SlowMachine machine = SlowMachine.random(4, 3, 1.2, 14);
        try (ExactDistribution exact = ExactDistribution.of(machine.parameters(manager))) {
            assertEquals(machine.covarianceNorm(block), norm(exact.covariance(block)), 1e-14);
            double[] gradient = exact.covarianceNormGradient(block).toVector().toDoubleArray();
            for (int t = 0; t < gradient.length; ++t) {
                double slope =
                        (machine.moved(t, STEP).covarianceNorm(block)
                                        - machine.moved(t, -STEP).covarianceNorm(block))
                                / (2 * STEP);
                assertEquals(slope, gradient[t], 1e-8, "parameter " + t);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(CovarianceBlock.class)
    void gaussianMachineHasTheSlopesOfItsBlocks(CovarianceBlock block) {
        double[] theta = SlowMachine.random(4, 3, 0.7, 18).theta();
        double[] gradient;
        try (ExactDistribution exact = ExactDistribution.of(gaussian(theta))) {
            gradient = exact.covarianceNormGradient(block).toVector().toDoubleArray();
        }
        for (int t = 0; t < theta.length; ++t) {
            double[] more = theta.clone();
            double[] less = theta.clone();
            more[t] += STEP;
            less[t] -= STEP;
            try (ExactDistribution up = ExactDistribution.of(gaussian(more));
                    ExactDistribution down = ExactDistribution.of(gaussian(less))) {
                double slope =
                        (norm(up.covariance(block)) - norm(down.covariance(block))) / (2 * STEP);
                assertEquals(slope, gradient[t], 1e-6, "parameter " + t);
            }
        }
    }

    @Test
    void gaussianMachineFollowsItsClosedForms() {
        // derivatives of log Z do not depend on how the visible units are summed over
        double[] theta = SlowMachine.random(4, 3, 0.7, 17).theta();
        double[] gradient;
        double[][] fisher;
        double[] penalty;
        try (ExactDistribution exact = ExactDistribution.of(gaussian(theta))) {
            gradient = exact.means().toVector().toDoubleArray();
            fisher = rows(exact.fisher());
            penalty = exact.covarianceNormGradient().toVector().toDoubleArray();
        }
        for (int t = 0; t < theta.length; ++t) {
            double[] more = theta.clone();
            double[] less = theta.clone();
            more[t] += STEP;
            less[t] -= STEP;
            try (ExactDistribution up = ExactDistribution.of(gaussian(more));
                    ExactDistribution down = ExactDistribution.of(gaussian(less))) {
                assertEquals(
                        gradient[t], (up.logPartition() - down.logPartition()) / (2 * STEP), 1e-8);
                double[] above = up.means().toVector().toDoubleArray();
                double[] below = down.means().toVector().toDoubleArray();
                for (int s = 0; s < theta.length; ++s) {
                    assertEquals(fisher[s][t], (above[s] - below[s]) / (2 * STEP), 1e-7);
                }
                double slope = (norm(up.covariance()) - norm(down.covariance())) / (2 * STEP);
                assertEquals(penalty[t], slope, 1e-7);
            }
        }
    }

    @Test
    void gaussianDensityIsAMixtureOfNormalDensities() {
        // one visible and one hidden unit: p(v) = Σ_h p(h) N(v; a + w h, 1)
        double a = 0.3;
        double b = -0.4;
        double w = 1.7;
        BoltzmannParameters parameters =
                new BoltzmannParameters(
                        manager.create(new double[] {w}, new Shape(1, 1)),
                        manager.create(new double[] {a}),
                        manager.create(new double[] {b}),
                        VisibleUnits.GAUSSIAN);
        double on = 1 / (1 + Math.exp(-(b + a * w + w * w / 2)));
        try (ExactDistribution exact = ExactDistribution.of(parameters)) {
            for (double v : new double[] {-2, 0, 0.5, 3}) {
                double expected = (1 - on) * normal(v - a) + on * normal(v - a - w);
                NDArray data = manager.create(new double[] {v}, new Shape(1, 1));
                assertEquals(Math.log(expected), exact.logLikelihood(data), 1e-12);
            }
        }
    }

    @Test
    void samplesHaveTheModelsMeans() {
        SlowMachine machine = SlowMachine.random(5, 3, 1, 19);
        try (ExactDistribution exact = ExactDistribution.of(machine.parameters(manager))) {
            int rows = 40_000;
            double[] sampled = exact.sample(rows).mean(new int[] {0}).toDoubleArray();
            double[] means = exact.means().visible().toDoubleArray();
            for (int i = 0; i < means.length; ++i) {
                double deviation = Math.sqrt(means[i] * (1 - means[i]) / rows);
                assertEquals(means[i], sampled[i], 5 * deviation);
            }
        }
    }

    @Test
    void dampedInverseInverts() {
        SlowMachine machine = SlowMachine.random(4, 3, 1, 23);
        try (ExactDistribution exact = ExactDistribution.of(machine.parameters(manager))) {
            NDArray fisher = exact.fisher();
            int size = (int) fisher.getShape().get(0);
            NDArray eye = manager.eye(size, size, 0, DataType.FLOAT64);
            NDArray product =
                    fisher.add(eye.mul(0.01)).matMul(ExactDistribution.dampedInverse(fisher, 0.01));
            assertEquals(0, product.sub(eye).abs().max().getDouble(), 1e-10);
        }
    }

    @Test
    void badInputIsNamed() {
        BoltzmannParameters large =
                new BoltzmannParameters(
                        manager.zeros(new Shape(784, 30)),
                        manager.zeros(new Shape(784)),
                        manager.zeros(new Shape(30)),
                        VisibleUnits.BINARY);
        String message = message(() -> ExactDistribution.of(large));
        assertTrue(message.contains("30 hidden units") && message.contains("8.00 GiB"), message);
        assertTrue(message.contains("24 units with 128 MiB"), message);
        assertTrue(message(() -> ExactDistribution.checkHidden(25)).contains("256 MiB"));
        assertTrue(message(() -> ExactDistribution.checkHidden(500)).contains("e+142 GiB"));

        BoltzmannParameters wide =
                new BoltzmannParameters(
                        manager.zeros(new Shape(2000, 10)),
                        manager.zeros(new Shape(2000)),
                        manager.zeros(new Shape(10)),
                        VisibleUnits.BINARY);
        try (ExactDistribution exact = ExactDistribution.of(wide)) {
            String size = message(exact::fisher);
            assertTrue(size.contains("22010 rows") && size.contains("3.6 GiB"), size);
        }

        SlowMachine machine = SlowMachine.random(3, 2, 1, 1);
        // a unit that is always off
        machine.visibleBias[0] = -1e3;
        machine.weight[0] = new double[2];
        try (ExactDistribution exact = ExactDistribution.of(machine.parameters(manager))) {
            NDArray fisher = exact.fisher();
            Exception singular =
                    assertThrows(
                            IllegalStateException.class,
                            () -> ExactDistribution.dampedInverse(fisher, 0));
            assertTrue(singular.getMessage().contains("damping 0.0"), singular.getMessage());
        }

        machine.hiddenBias[1] = Double.NaN;
        BoltzmannParameters broken = machine.parameters(manager);
        Exception nan =
                assertThrows(IllegalStateException.class, () -> ExactDistribution.of(broken));
        assertTrue(nan.getMessage().contains("NaN"), nan.getMessage());
    }

    private static String message(org.junit.jupiter.api.function.Executable executable) {
        return assertThrows(IllegalArgumentException.class, executable).getMessage();
    }

    private BoltzmannParameters gaussian(double[] theta) {
        BoltzmannParameters binary = SlowMachine.random(4, 3, 1, 0).with(theta).parameters(manager);
        return new BoltzmannParameters(
                binary.weight(), binary.visibleBias(), binary.hiddenBias(), VisibleUnits.GAUSSIAN);
    }

    private static double norm(NDArray matrix) {
        return matrix.square().sum().getDouble();
    }

    private static double normal(double x) {
        return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }

    private static double[] bits(int size, int state) {
        return SlowMachine.bits(state, size);
    }

    private NDArray rows(double[]... rows) {
        return manager.create(rows);
    }

    private static double[][] rows(NDArray matrix) {
        int columns = (int) matrix.getShape().get(1);
        double[] flat = matrix.toDoubleArray();
        double[][] rows = new double[flat.length / columns][columns];
        for (int i = 0; i < rows.length; ++i) {
            System.arraycopy(flat, i * columns, rows[i], 0, columns);
        }
        return rows;
    }

    private static void assertMatrix(double[][] expected, NDArray actual, double tolerance) {
        double[][] rows = rows(actual);
        for (int i = 0; i < expected.length; ++i) {
            assertArrayEquals(expected[i], rows[i], tolerance, "row " + i);
        }
    }
}
