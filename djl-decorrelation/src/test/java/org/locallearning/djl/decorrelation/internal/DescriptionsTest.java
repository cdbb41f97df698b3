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
package org.locallearning.djl.decorrelation.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.LambdaBlock;
import ai.djl.training.loss.L2WeightDecay;
import ai.djl.training.loss.Loss;
import ai.djl.training.loss.SimpleCompositeLoss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.CyclicalTracker;
import ai.djl.training.tracker.FixedPerVarTracker;
import ai.djl.training.tracker.LinearTracker;
import ai.djl.training.tracker.ParameterTracker;
import ai.djl.training.tracker.Tracker;
import ai.djl.training.tracker.WarmUpTracker;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** DJL's classes do not print their settings: these are read. */
class DescriptionsTest {

    private static final ParameterTracker RATE = Tracker.fixed(0.0625f);

    /** A part, and what it was built with. */
    static Stream<Arguments> parts() {
        return Stream.of(
                Arguments.of(
                        Optimizer.sgd()
                                .setLearningRateTracker(RATE)
                                .optMomentum(0.375f)
                                .optWeightDecays(0.125f)
                                .optClipGrad(7)
                                .setRescaleGrad(0.5f)
                                .optBeginNumUpdate(13)
                                .build(),
                        List.of("Sgd", "0.0625", "0.375", "0.125", "7.0", "0.5", "13")),
                Arguments.of(
                        Optimizer.nag().setLearningRateTracker(RATE).setMomentum(0.375f).build(),
                        List.of("Nag", "0.0625", "0.375")),
                Arguments.of(
                        Optimizer.adam()
                                .optLearningRateTracker(RATE)
                                .optBeta1(0.375f)
                                .optBeta2(0.625f)
                                .optEpsilon(0.875f)
                                .build(),
                        List.of("Adam", "0.0625", "0.375", "0.625", "0.875")),
                Arguments.of(
                        Optimizer.adamW()
                                .optLearningRateTracker(RATE)
                                .optBeta1(0.375f)
                                .optBeta2(0.625f)
                                .optEpsilon(0.875f)
                                .optWeightDecays(0.125f)
                                .build(),
                        List.of("AdamW", "0.0625", "0.375", "0.625", "0.875", "0.125")),
                Arguments.of(
                        Optimizer.adagrad().optLearningRateTracker(RATE).optEpsilon(0.875f).build(),
                        List.of("Adagrad", "0.0625", "0.875")),
                Arguments.of(
                        Optimizer.rmsprop()
                                .optLearningRateTracker(RATE)
                                .optRho(0.375f)
                                .optMomentum(0.625f)
                                .optEpsilon(0.875f)
                                .optCentered(true)
                                .build(),
                        List.of("RmsProp", "0.0625", "0.375", "0.625", "0.875", "true")),
                Arguments.of(
                        Optimizer.adadelta().optRho(0.375f).optEpsilon(0.875f).build(),
                        List.of("Adadelta", "0.375", "0.875")),
                Arguments.of(
                        Tracker.cosine()
                                .setBaseValue(0.375f)
                                .optFinalValue(0.125f)
                                .setMaxUpdates(77)
                                .build(),
                        List.of("CosineTracker", "0.375", "0.125", "77")),
                Arguments.of(
                        CyclicalTracker.builder()
                                .optBaseValue(0.125f)
                                .optMaxValue(0.375f)
                                .optStepSizeUp(77)
                                .optStepSizeDown(55)
                                .optMode(CyclicalTracker.CyclicalMode.EXP_RANGE)
                                .optGamma(0.875f)
                                .build(),
                        List.of("0.125", "0.375", "77", "55", "ExpRange", "0.875")),
                Arguments.of(
                        Tracker.factor()
                                .setBaseValue(0.375f)
                                .setFactor(0.875f)
                                .optMaxUpdates(77)
                                .build(),
                        List.of("FactorTracker", "0.375", "0.875", "77")),
                Arguments.of(
                        FixedPerVarTracker.builder()
                                .setDefaultValue(0.375f)
                                .put("a parameter", 0.125f)
                                .build(),
                        List.of("FixedPerVarTracker", "0.375", "0.125")),
                Arguments.of(
                        LinearTracker.builder()
                                .setBaseValue(0.375f)
                                .optSlope(0.125f)
                                .optMaxUpdates(77)
                                .build(),
                        List.of("LinearTracker", "0.375", "0.125", "77")),
                Arguments.of(
                        Tracker.multiFactor()
                                .setBaseValue(0.375f)
                                .setSteps(new int[] {3, 77})
                                .optFactor(0.875f)
                                .build(),
                        List.of("MultiFactorTracker", "0.375", "[3, 77]", "0.875")),
                Arguments.of(
                        Tracker.warmUp()
                                .setMainTracker(Tracker.fixed(0.375f))
                                .optWarmUpSteps(77)
                                .optWarmUpBeginValue(0.125f)
                                .optWarmUpMode(WarmUpTracker.Mode.CONSTANT)
                                .build(),
                        List.of("WarmUpTracker", "0.375", "77", "0.125", "CONSTANT")),
                Arguments.of(
                        new SimpleCompositeLoss()
                                .addLoss(Loss.l2Loss("first", 0.375f))
                                .addLoss(Loss.l1Loss("second", 0.125f)),
                        List.of("L2Loss", "first", "0.375", "L1Loss", "second", "0.125")),
                Arguments.of(
                        Loss.softmaxCrossEntropyLoss("loss", 0.375f, -2, false, true),
                        List.of("0.375", "-2", "sparseLabel false", "fromLogit true")));
    }

    @ParameterizedTest
    @MethodSource("parts")
    void everySettingIsRead(Object part, List<String> settings) {
        String text = Descriptions.of(part);
        for (String setting : settings) {
            assertTrue(text.contains(setting), setting + " is not in " + text);
        }
        assertFalse(text.contains("@"), text);
    }

    @Test
    void trainingDoesNotChangeTheDescription() {
        Tracker tracker =
                Tracker.multiFactor()
                        .setBaseValue(0.1f)
                        .setSteps(new int[] {10, 20, 30})
                        .optFactor(0.1f)
                        .build();
        String before = Descriptions.of(tracker);
        assertTrue(before.contains("baseValue 0.1,"), before);
        assertEquals(1e-4f, tracker.getNewValue(100), 1e-10);
        assertEquals(before, Descriptions.of(tracker));
    }

    /** An array has another id in another run, and training changes its values. */
    @Test
    void arraysAreDescribedByShapeAndType() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray weight = manager.ones(new Shape(2, 3));
            NDArray trained = manager.zeros(new Shape(2, 3));
            String text = Descriptions.of(new L2WeightDecay("decay", new NDList(weight), 0.5f));
            assertTrue(text.contains("parameters [(2, 3) float32]"), text);
            assertEquals(
                    text, Descriptions.of(new L2WeightDecay("decay", new NDList(trained), 0.5f)));
        }
    }

    /** Prints its settings, and a lambda among them. */
    private record Rule(double rate, Tracker tracker) {}

    @Test
    void whatIsOfAnotherRunIsLeftOut() {
        assertEquals(
                "Rule[rate=0.5, tracker=" + DescriptionsTest.class.getName() + "]",
                Descriptions.of(new Rule(0.5, step -> 1)));
        Tracker lambda = step -> 1;
        assertEquals("DescriptionsTest", Descriptions.of(lambda));
        assertEquals(
                "LambdaBlock[name DescriptionsTest]",
                Descriptions.of(LambdaBlock.singleton(array -> array)));
        Tracker anonymous =
                new Tracker() {
                    @Override
                    public float getNewValue(int step) {
                        return 1;
                    }
                };
        assertEquals("DescriptionsTest$1", Descriptions.of(anonymous));
    }
}
