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
package org.locallearning.djl.decorrelation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The update of M against its formula in plain loops, and against its known fixed points. */
class DecorrelationRuleTest extends ArrayTest {

    DecorrelationRuleTest() {
        super(11);
    }

    @ParameterizedTest
    @CsvSource({
        "SCALAR, true, 0",
        "SCALAR, false, 0",
        "SCALAR, true, 0.3",
        "SCALAR, false, 0.3",
        "MEAN_OF_RATIOS, true, 0",
        "MEAN_OF_RATIOS, false, 0.7",
        "UNITWISE, true, 0",
        "UNITWISE, false, 0.5",
        "NONE, true, 0",
        "NONE, false, 1"
    })
    void updateIsTheFormula(Gain gain, boolean diagonal, double kappa) {
        for (VarianceTerm term : VarianceTerm.values()) {
            for (boolean triangular : new boolean[] {false, true}) {
                updateIsTheFormula(
                        DecorrelationOptions.builder()
                                .optGain(gain)
                                .optDiagonal(diagonal)
                                .optUnitVariance(kappa, term)
                                .optTriangular(triangular)
                                .build());
            }
        }
    }

    private void updateIsTheFormula(DecorrelationOptions options) {
        // fewer rows than features take one way through the product, more the other
        for (int rows : new int[] {4, 20}) {
            NDArray matrix = random(6, 6);
            NDArray inputs = random(rows, 6);
            NDArray outputs = inputs.matMul(matrix.transpose());
            double[][] expected =
                    SlowRule.update(rows(matrix), rows(inputs), rows(outputs), 0.05, options);
            NDArray formula = DecorrelationRule.formula(matrix, inputs, outputs, 0.05, options);
            DecorrelationRule.update(matrix, inputs, outputs, 0.05, options);
            assertClose(expected, rows(matrix), 1e-12);
            assertClose(expected, rows(formula), 1e-12);
        }
    }

    /** The update and the loss of decorbp's "standard" form, written out from its code. */
    @Test
    void columnsWithoutGainAndDiagonalAreDecorbp() {
        double kappa = 0.3;
        double rate = 0.01;
        DecorrelationOptions options =
                DecorrelationOptions.builder()
                        .optGain(Gain.NONE)
                        .optMean(MeanRemoval.NONE)
                        .optDiagonal(false)
                        .optUnitVariance(kappa, VarianceTerm.COLUMNS)
                        .build();
        NDArray matrix = random(4, 4);
        NDArray outputs = random(9, 4).matMul(random(4, 4));
        double[][] m = rows(matrix);
        double[][] x = SlowRule.secondMoments(rows(outputs));
        double[][] expected = new double[4][4];
        double loss = 0;
        for (int i = 0; i < 4; ++i) {
            for (int j = 0; j < 4; ++j) {
                double correlations = 0;
                for (int k = 0; k < 4; ++k) {
                    correlations += (i == k ? 0 : x[i][k]) * m[k][j];
                }
                double variances = (x[j][j] - 1) * m[i][j];
                expected[i][j] = m[i][j] - rate * ((1 - kappa) * correlations + kappa * variances);
                loss +=
                        i == j
                                ? kappa * (x[i][i] - 1) * (x[i][i] - 1) / 16
                                : (1 - kappa) * x[i][j] * x[i][j] / 16;
            }
        }
        assertEquals(loss, DecorrelationRule.loss(outputs, kappa), 1e-12);
        DecorrelationRule.update(matrix, outputs, outputs, rate, options);
        assertClose(expected, rows(matrix), 1e-13);
    }

    /** What is left off the diagonal is not the difference of two sums that are far greater. */
    @Test
    void lossKeepsSmallCorrelationsInSinglePrecision() {
        float r = 1e-4f;
        float[][] rows = {{1, 1 + r}, {-1, -1 - r}, {1, r - 1}, {-1, 1 - r}};
        // C_12 = C_21 = r, and n = 2
        assertEquals(r * r / 2, DecorrelationRule.loss(manager.create(rows), 0), 1e-11);
    }

    @Test
    void triangularMatrixDecorrelatesAndStaysTriangular() {
        DecorrelationOptions options =
                DecorrelationOptions.builder().optGain(Gain.SCALAR).optTriangular(true).build();
        NDArray data = random(200, 5).matMul(random(5, 5));
        data = data.sub(data.mean(new int[] {0}, true)).div(data.square().mean().sqrt());
        NDArray matrix = eye(5);
        for (int step = 0; step < 4000; ++step) {
            DecorrelationRule.update(matrix, data, data.matMul(matrix.transpose()), 0.05, options);
        }
        double[][] learned = rows(matrix);
        for (int i = 0; i < 5; ++i) {
            for (int j = i + 1; j < 5; ++j) {
                assertEquals(0, learned[i][j]);
            }
        }
        NDArray outputs = data.matMul(matrix.transpose());
        assertEquals(0, CorrelationStatistics.decorrelationLoss(outputs), 1e-8);
    }

    @ParameterizedTest
    @EnumSource(Gain.class)
    void fastUpdateIsTheFormulaForDeadUnitsAndClampedGainsToo(Gain gain) {
        for (VarianceTerm term : VarianceTerm.values()) {
            fastUpdateIsTheFormulaForDeadUnitsAndClampedGainsToo(gain, term);
        }
    }

    private void fastUpdateIsTheFormulaForDeadUnitsAndClampedGainsToo(
            Gain gain, VarianceTerm term) {
        DecorrelationOptions options =
                DecorrelationOptions.builder()
                        .optGain(gain.within(0.9, 1.1))
                        .optDiagonal(false)
                        .optUnitVariance(0.2, term)
                        .build();
        NDArray matrix = eye(5).mul(2);
        NDArray inputs = random(7, 5).mul(manager.create(new double[] {1, 0, 1, 3, 0}));
        NDArray outputs = inputs.matMul(matrix.transpose());
        NDArray formula = DecorrelationRule.formula(matrix, inputs, outputs, 0.05, options);
        DecorrelationRule.update(matrix, inputs, outputs, 0.05, options);
        assertClose(formula, matrix, 1e-12);
        assertEquals(2, formula.getDouble(1, 1), 1e-12);
        assertTrue(Math.abs(formula.getDouble(0, 0) - 2) > 0.01);
    }

    @Test
    void largeMatrixIsUpdatedInRuns() {
        int n = 1500;
        DecorrelationOptions options = DecorrelationOptions.builder().optGain(Gain.SCALAR).build();
        NDArray matrix = eye(n);
        NDArray outputs = random(3, n);
        DecorrelationRule.update(matrix, outputs, outputs, 0.01, options);
        // with M = I the gain is 1 and the update is I - rate C
        NDArray covariance = outputs.transpose().matMul(outputs).div(3);
        NDArray expected = eye(n).sub(covariance.mul(0.01));
        assertEquals(0, expected.sub(matrix).abs().max().getDouble(), 1e-13);
    }

    @Test
    void bothOrdersOfTheProductAgree() {
        DecorrelationOptions options = DecorrelationOptions.builder().optGain(Gain.SCALAR).build();
        NDArray few = random(5, 8);
        // the same covariance at half the weight, from more rows than features
        NDArray many = NDArrays.concat(new NDList(few, few.zerosLike()), 0);
        NDArray start = random(8, 8);
        NDArray byRows = start.duplicate();
        NDArray byCovariance = start.duplicate();
        DecorrelationRule.update(byRows, few, few, 0.1, options);
        DecorrelationRule.update(byCovariance, many, many, 0.2, options);
        assertClose(rows(byRows), rows(byCovariance), 1e-13);
    }

    @ParameterizedTest
    @CsvSource({"SCALAR, 0", "MEAN_OF_RATIOS, 1e-7", "UNITWISE, 0", "NONE, 0"})
    void gainIsOneWhileTheMatrixIsTheIdentity(Gain gain, double tolerance) {
        DecorrelationOptions options = DecorrelationOptions.builder().optGain(gain).build();
        NDArray matrix = eye(4);
        NDArray rows = random(9, 4);
        double applied = DecorrelationRule.update(matrix, rows, rows, 0, options);
        assertEquals(1, applied, tolerance);
    }

    @Test
    void eigenvaluesFollowTheirRecurrence() {
        double[] eigenvalues = {3, 1.5, 0.7, 0.1};
        double rate = 0.05;
        NDArray basis = hadamard();
        NDArray data = hypercube().mul(manager.create(eigenvalues).sqrt()).matMul(basis);
        NDArray matrix = eye(4);
        DecorrelationOptions options = DecorrelationOptions.builder().optGain(Gain.SCALAR).build();
        double total = 5.3;
        for (int step = 0; step < 50; ++step) {
            NDArray outputs = data.matMul(matrix.transpose());
            DecorrelationRule.update(matrix, data, outputs, rate, options);
            double energy = 0;
            for (double value : eigenvalues) {
                energy += value;
            }
            double ratio = eigenvalues[0] / eigenvalues[3];
            for (int i = 0; i < 4; ++i) {
                eigenvalues[i] *= total / energy * Math.pow(1 - rate * eigenvalues[i], 2);
            }
            assertTrue(eigenvalues[0] / eigenvalues[3] < ratio);
            NDArray now = data.matMul(matrix.transpose()).matMul(basis.transpose());
            double[][] covariance = rows(now.transpose().matMul(now).div(16));
            for (int i = 0; i < 4; ++i) {
                for (int j = 0; j < 4; ++j) {
                    assertEquals(i == j ? eigenvalues[i] : 0, covariance[i][j], 1e-13);
                }
            }
        }
    }

    @Test
    void correlationOfTwoUnitsFallsAtEveryStep() {
        NDArray data = random(200, 2).matMul(manager.create(new double[][] {{1, 0.8}, {0, 0.5}}));
        data = data.sub(data.mean(new int[] {0}));
        NDArray matrix = eye(2);
        DecorrelationOptions options = DecorrelationOptions.builder().optGain(Gain.SCALAR).build();
        double before = Math.sqrt(CorrelationStatistics.decorrelationLoss(data));
        assertTrue(before > 0.5);
        for (int step = 0; step < 60; ++step) {
            DecorrelationRule.update(matrix, data, data.matMul(matrix.transpose()), 0.1, options);
            NDArray outputs = data.matMul(matrix.transpose());
            double after = Math.sqrt(CorrelationStatistics.decorrelationLoss(outputs));
            assertTrue(after < before, "step " + step + ": " + after + " after " + before);
            before = after;
        }
    }

    @Test
    void scalarGainKeepsTheEnergyExactly() {
        NDArray matrix = random(5, 5);
        NDArray data = random(40, 5);
        DecorrelationRule.update(
                matrix,
                data,
                data.matMul(matrix.transpose()),
                0,
                DecorrelationOptions.builder().optGain(Gain.SCALAR.within(1e-6, 1e6)).build());
        double energy = data.matMul(matrix.transpose()).square().sum().getDouble();
        assertEquals(data.square().sum().getDouble(), energy, 1e-10);
    }

    @Test
    void anyStartDecorrelatesAndScalarGainWhitensUpToScale() {
        NDArray data = correlated(60, 5);
        NDArray matrix = random(5, 5);
        settle(data, matrix, Gain.SCALAR, 0.05, 5000);
        NDArray outputs = data.matMul(matrix.transpose());
        double loss = CorrelationStatistics.decorrelationLoss(outputs);
        assertTrue(Math.sqrt(loss) < 1e-6, "root mean squared correlation " + Math.sqrt(loss));
        assertEquals(1, CorrelationStatistics.conditionNumber(outputs), 1e-6);
    }

    @Test
    void unitwiseGainKeepsVariancesWhileItDecorrelates() {
        double rate = 0.05;
        NDArray data = correlated(60, 4);
        for (NDArray matrix : new NDArray[] {eye(4), random(4, 4)}) {
            settle(data, matrix, Gain.UNITWISE, rate, 1000);
            double[][] covariance =
                    rows(CorrelationStatistics.covariance(data.matMul(matrix.transpose())));
            double[][] original = rows(CorrelationStatistics.covariance(data));
            for (int i = 0; i < 4; ++i) {
                double kept = 1 - rate * covariance[i][i];
                assertEquals(original[i][i] * kept * kept, covariance[i][i], 1e-6);
                for (int j = 0; j < i; ++j) {
                    assertEquals(0, covariance[i][j], 1e-6);
                }
            }
        }
    }

    @Test
    void unitVarianceTermDrivesVariancesToOne() {
        NDArray data = correlated(60, 4);
        NDArray matrix = eye(4);
        DecorrelationOptions options =
                DecorrelationOptions.builder()
                        .optGain(Gain.NONE)
                        .optDiagonal(false)
                        .optUnitVariance(0.5)
                        .build();
        for (int step = 0; step < 4000; ++step) {
            DecorrelationRule.update(matrix, data, data.matMul(matrix.transpose()), 0.1, options);
        }
        NDArray covariance = CorrelationStatistics.covariance(data.matMul(matrix.transpose()));
        NDArray identity = eye(4);
        assertEquals(0, covariance.sub(identity).abs().max().getDouble(), 1e-6);
    }

    @Test
    void deadUnitsKeepTheirPlace() {
        NDArray data = random(30, 4).mul(manager.create(new double[] {1, 0, 1, 1}));
        for (Gain gain : Gain.values()) {
            NDArray matrix = eye(4);
            DecorrelationOptions options = DecorrelationOptions.builder().optGain(gain).build();
            for (int step = 0; step < 200; ++step) {
                DecorrelationRule.update(
                        matrix, data, data.matMul(matrix.transpose()), 0.05, options);
            }
            double[][] m = rows(matrix);
            assertTrue(m[1][1] > 0.5 && m[1][1] < 5, gain + " left " + m[1][1]);
            for (int other : new int[] {0, 2, 3}) {
                assertEquals(0, m[1][other], 1e-12);
                assertEquals(0, m[other][1], 1e-12);
            }
        }
    }

    @Test
    void rowsOfZerosDoNotCountInTheMeanOfRatios() {
        NDArray few = random(4, 3);
        NDArray outputs = few.mul(0.5);
        NDArray padded = NDArrays.concat(new NDList(few, few.zerosLike()), 0);
        NDArray paddedOutputs = NDArrays.concat(new NDList(outputs, few.zerosLike()), 0);
        ActivitySample half = new ActivitySample(padded, paddedOutputs);
        assertEquals(2, Gain.MEAN_OF_RATIOS.of(half).mean(), 1e-6);
        ActivitySample nothing = new ActivitySample(few.zerosLike(), few.zerosLike());
        assertEquals(1, Gain.MEAN_OF_RATIOS.of(nothing).mean());
        assertEquals(1, Gain.SCALAR.of(nothing).mean());
    }

    @Test
    void gainStaysWithinItsLimits() {
        NDArray data = random(10, 3);
        DecorrelationOptions options =
                DecorrelationOptions.builder().optGain(Gain.MEAN_OF_RATIOS.within(0.5, 2)).build();
        NDArray small = eye(3).mul(0.01);
        double gain =
                DecorrelationRule.update(small, data, data.matMul(small.transpose()), 0, options);
        assertEquals(2, gain);
        NDArray large = eye(3).mul(100);
        gain = DecorrelationRule.update(large, data, data.matMul(large.transpose()), 0, options);
        assertEquals(0.5, gain);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void everyGainStaysWithinItsLimits(Gain gain) {
        NDArray data = random(10, 3);
        DecorrelationOptions options =
                DecorrelationOptions.builder().optGain(gain.within(0.5, 2)).build();
        for (double size : new double[] {0.01, 100}) {
            NDArray matrix = eye(3).mul(size);
            NDArray outputs = data.matMul(matrix.transpose());
            DecorrelationRule.update(matrix, data, outputs, 0, options);
            assertClose(eye(3).mul(size < 1 ? 2 * size : size / 2), matrix, 1e-12);
        }
    }

    private void settle(NDArray data, NDArray matrix, Gain gain, double rate, int steps) {
        DecorrelationOptions options = DecorrelationOptions.builder().optGain(gain).build();
        for (int step = 0; step < steps; ++step) {
            try (NDManager inner = manager.newSubManager()) {
                NDArray outputs = data.matMul(matrix.transpose());
                outputs.attach(inner);
                DecorrelationRule.update(matrix, data, outputs, rate, options);
            }
        }
    }

    private NDArray correlated(int rows, int n) {
        NDArray data = random(rows, n).matMul(random(n, n));
        data = data.sub(data.mean(new int[] {0}));
        // unit mean variance keeps every rate below its stability limit
        return data.div(data.square().mean().sqrt());
    }

    /** All sign patterns: mean 0, covariance I, both exactly. */
    private NDArray hypercube() {
        double[][] rows = new double[16][4];
        for (int i = 0; i < 16; ++i) {
            for (int j = 0; j < 4; ++j) {
                rows[i][j] = (i >> j & 1) == 0 ? -1 : 1;
            }
        }
        return manager.create(rows);
    }

    private NDArray hadamard() {
        return manager.create(
                        new double[][] {
                            {1, 1, 1, 1}, {1, -1, 1, -1}, {1, 1, -1, -1}, {1, -1, -1, 1}
                        })
                .div(2);
    }
}
