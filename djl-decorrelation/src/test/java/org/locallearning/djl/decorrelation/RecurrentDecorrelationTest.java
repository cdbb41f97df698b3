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
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The lateral form against the feedforward form, and against Földiák's rule. */
class RecurrentDecorrelationTest extends ArrayTest {

    RecurrentDecorrelationTest() {
        super(17);
    }

    @Test
    void dynamicsSettleAtTheInverse() {
        NDArray lateral = lateral(5);
        NDArray input = random(7, 5);
        NDArray expected = input.matMul(lateral.inverse().transpose());
        NDArray settled = RecurrentDecorrelation.settle(input, lateral, 0.2, 400);
        assertEquals(0, expected.sub(settled).abs().max().getDouble(), 1e-12);
    }

    @ParameterizedTest
    @CsvSource({"SCALAR", "UNITWISE", "NONE"})
    void localRuleFollowsTheInverseToSecondOrder(Gain gain) {
        DecorrelationOptions options = DecorrelationOptions.builder().optGain(gain).build();
        NDArray inverse = lateral(4).inverse();
        NDArray input = random(1, 4);
        double[] deviations = new double[2];
        double[] rates = {1e-3, 1e-4};
        for (int i = 0; i < 2; ++i) {
            NDArray matrix = inverse.duplicate();
            NDArray lateral = inverse.inverse();
            NDArray output = input.matMul(matrix.transpose());
            DecorrelationRule.update(matrix, input, output, rates[i], options);
            LateralRule.LOCAL.update(lateral, input, output, rates[i], options);
            deviations[i] = matrix.inverse().sub(lateral).abs().max().getDouble();
            // Sherman and Morrison's exact inverse of the same update
            double power = output.square().sum().getDouble();
            NDArray outer = output.transpose().matMul(output);
            NDArray exact =
                    inverse.inverse()
                            .matMul(eye(4).add(outer.mul(rates[i] / (1 - rates[i] * power))))
                            .div(manager.create(gains(input, output, gain)).reshape(1, -1));
            assertEquals(0, matrix.inverse().sub(exact).abs().max().getDouble(), 1e-10);
        }
        // a tenth of the rate leaves a hundredth of the deviation
        assertTrue(deviations[0] > 0);
        assertEquals(0.01, deviations[1] / deviations[0], 1e-3);
    }

    /** One sample, fewer and more of them than units. */
    @ParameterizedTest
    @CsvSource({
        "SCALAR, 1",
        "UNITWISE, 1",
        "NONE, 1",
        "SCALAR, 3",
        "UNITWISE, 3",
        "MEAN_OF_RATIOS, 3",
        "SCALAR, 9",
        "UNITWISE, 9",
        "NONE, 9"
    })
    void exactRuleIsTheInverseAtAnyRate(Gain gain, int rows) {
        DecorrelationOptions options = DecorrelationOptions.builder().optGain(gain).build();
        NDArray lateral = lateral(5);
        NDArray matrix = lateral.inverse();
        for (int step = 0; step < 3; ++step) {
            NDArray input = random(rows, 5);
            NDArray output = input.matMul(matrix.transpose());
            double applied = DecorrelationRule.update(matrix, input, output, 0.07, options);
            assertEquals(
                    applied,
                    LateralRule.EXACT.update(lateral, input, output, 0.07, options),
                    1e-12);
            assertEquals(0, matrix.matMul(lateral).sub(eye(5)).abs().max().getDouble(), 1e-11);
        }
    }

    private static double[] gains(NDArray input, NDArray output, Gain gain) {
        return SlowRule.gain(rows(input), rows(output), gain);
    }

    @ParameterizedTest
    @CsvSource({"LOCAL, 0.02", "EXACT, 1e-6"})
    void layerFollowsTheFeedforwardLayer(LateralRule rule, double tolerance) {
        DecorrelationOptions options =
                DecorrelationOptions.builder()
                        .optRate(1e-3)
                        .optCost(Cost.full().withSampleFraction(1))
                        .build();
        RecurrentDecorrelation recurrent =
                RecurrentDecorrelation.builder()
                        .optRule(rule)
                        .optSteps(200)
                        .optOptions(options)
                        .build();
        Decorrelation feedforward = Decorrelation.builder().optOptions(options).build();
        recurrent.initialize(manager, DataType.FLOAT64, new Shape(40, 4));
        feedforward.initialize(manager, DataType.FLOAT64, new Shape(40, 4));
        NDArray mixing = random(4, 4);
        for (int step = 0; step < 200; ++step) {
            NDList input = new NDList(random(40, 4).matMul(mixing));
            NDArray expected = feedforward.forward(store, input, true).singletonOrThrow();
            NDArray actual = recurrent.forward(store, input, true).singletonOrThrow();
            assertEquals(0, expected.sub(actual).abs().max().getDouble(), tolerance);
        }
        NDArray moved = feedforward.getMatrix().getArray().sub(eye(4));
        assertTrue(moved.abs().max().getDouble() > 0.1);
    }

    @Test
    void foldiakIsTheSlowLoopAndLosesActivity() {
        DecorrelationOptions options = DecorrelationOptions.builder().optGain(Gain.SCALAR).build();
        NDArray lateral = lateral(4);
        NDArray outputs = random(9, 4);
        double[][] expected = rows(lateral);
        double[][] moments = SlowRule.secondMoments(rows(outputs));
        for (int i = 0; i < 4; ++i) {
            for (int j = 0; j < 4; ++j) {
                expected[i][j] += i == j ? 0 : 0.1 * moments[i][j];
            }
        }
        LateralRule.FOLDIAK.update(lateral, outputs, outputs, 0.1, options);
        assertClose(expected, rows(lateral), 1e-14);

        NDArray data = random(300, 3).add(random(300, 1).mul(1.5));
        data = data.sub(data.mean(new int[] {0}));
        double before = data.square().sum().getDouble();
        double[] energy = new double[LateralRule.values().length];
        double[] loss = new double[LateralRule.values().length];
        for (LateralRule rule : LateralRule.values()) {
            NDArray matrix = eye(3);
            for (int step = 0; step < 2000; ++step) {
                NDArray settled = data.matMul(matrix.inverse().transpose());
                rule.update(matrix, data, settled, 0.02, options);
                settled.close();
            }
            NDArray settled = data.matMul(matrix.inverse().transpose());
            energy[rule.ordinal()] = settled.square().sum().getDouble() / before;
            loss[rule.ordinal()] = CorrelationStatistics.decorrelationLoss(settled);
        }
        assertTrue(loss[LateralRule.LOCAL.ordinal()] < 1e-3, "local " + loss[0]);
        assertTrue(loss[LateralRule.FOLDIAK.ordinal()] < 1e-3, "Foldiak " + loss[1]);
        // at the fixed point (1 + rate c) / g = 1 for the common variance c of the outputs
        double c = energy[LateralRule.LOCAL.ordinal()] * before / 900;
        double kept = 1 / ((1 + 0.02 * c) * (1 + 0.02 * c));
        assertEquals(kept, energy[LateralRule.LOCAL.ordinal()], 1e-4);
        assertTrue(kept > 0.7);
        // R = I + a (11' - I) and outputs of variance d, from d (1 + 2 a)^2 = 7.75 and d (1 - a)^2
        // = 1, the eigenvalues of the data's covariance: d = 2.54 of 3.25
        assertEquals(0.78, energy[LateralRule.FOLDIAK.ordinal()], 0.03);
    }

    /**
     * Evaluation makes its steps from {@code x}, and ends at the fixed point only if it has time.
     */
    @ParameterizedTest
    @CsvSource({"1, 0.2", "3, 0.2", "50, 0.2", "7, 1.5"})
    void foldedLayerHasTheStepsOfEvaluation(int steps, double timeStep) {
        RecurrentDecorrelation layer =
                RecurrentDecorrelation.builder().optSteps(steps).optTimeStep(timeStep).build();
        layer.initialize(manager, DataType.FLOAT64, new Shape(6, 3));
        layer.getMatrix().getArray().set(new double[] {0.1, 0, 0, 0, 1, 0.4, 0, 0, 1.5});
        NDArray input = random(6, 3);
        NDArray expected = layer.forward(store, new NDList(input), false).singletonOrThrow();
        NDArray actual = layer.fold().forward(store, new NDList(input), false).singletonOrThrow();
        assertEquals(0, expected.sub(actual).abs().max().getDouble(), 1e-9);
        // the first unit by hand: dt sum of (1 - dt 0.1)^i over the steps, and (1 - dt 0.1)^steps
        double carry = Math.pow(1 - timeStep * 0.1, steps);
        double first = (1 - carry) / 0.1 + carry;
        assertEquals(first * input.getDouble(2, 0), actual.getDouble(2, 0), 1e-9);
    }

    @Test
    void settingsThatDoNotApplyAreRefused() {
        DecorrelationOptions options = DecorrelationOptions.builder().optDiagonal(false).build();
        Exception e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> RecurrentDecorrelation.builder().optOptions(options).build());
        assertTrue(e.getMessage().contains("diagonal=false"), e.getMessage());
        assertThrows(
                IllegalArgumentException.class, () -> RecurrentDecorrelation.builder().optSteps(0));
        assertThrows(
                IllegalArgumentException.class,
                () -> RecurrentDecorrelation.builder().optTimeStep(0));
    }

    /** A matrix with eigenvalues near 1. */
    private NDArray lateral(int n) {
        return eye(n).add(random(n, n).mul(0.1));
    }
}
