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
package org.locallearning.djl.pc;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.training.tracker.Tracker;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.locallearning.djl.creditassignment.DeviceContract;
import org.locallearning.djl.creditassignment.Gradients;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.NonFiniteLossException;
import org.locallearning.djl.creditassignment.RuleCase;
import org.locallearning.djl.creditassignment.TrainingRun;
import org.locallearning.djl.emulation.EmulatedGpus;

/** The contract on GPUs for inference learning. */
@Tag(EmulatedGpus.TAG)
class InferenceDeviceTest extends DeviceContract {

    private static final int ITERATIONS = 3;

    private static final RuleCase INCREMENTAL =
            new RuleCase(
                    "incremental",
                    InferenceLearning.builder()
                            .optSchedule(InferenceSchedule.INCREMENTAL)
                            .optIterations(ITERATIONS)
                            .build());

    @Override
    protected List<RuleCase> rules() {
        // a batch whose free energy rises is inferred, and waited for, a second time
        return InferenceContractTest.all(0.1);
    }

    @Test
    void incrementalInferenceRefusesToShareABatch() {
        Device[] two = {Device.gpu(0), Device.gpu(1)};
        IllegalArgumentException refused =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                DeviceContract.start(
                                        INCREMENTAL, NetworkCase.twoHiddenLayers(), two));
        assertTrue(refused.getMessage().contains("optDevices one device"), refused.getMessage());
    }

    @Test
    void incrementalInferenceTrainsBesideTheDeviceOfItsModel() {
        trainsBesideTheDeviceOfItsModel(INCREMENTAL, NetworkCase.twoHiddenLayers());
    }

    @Test
    void theOptimizerWaitsForNothingAndSendsNothing() {
        NetworkCase network = NetworkCase.twoHiddenLayers();
        RuleCase inference = rules().get(0);
        Gradients.TrainerFactory withMq =
                (model, config) ->
                        inference
                                .rule()
                                .newTrainer(
                                        model,
                                        config.optOptimizer(
                                                Mq.builder()
                                                        .setBlock(model.getBlock())
                                                        .setLearningRateTracker(
                                                                Tracker.fixed(0.01f))
                                                        .optWeightDecays(1e-4f)
                                                        .optClipGrad(1)
                                                        .build()));
        DeviceContract.assertWaits(1, withMq, network, run -> {});
    }

    @Test
    void incrementalInferenceWaitsOnce() {
        aStepWaitsOnceAndSendsNothing(INCREMENTAL, NetworkCase.twoHiddenLayers());
    }

    /** It looks at its numbers once, when weights have moved in all iterations but the last. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void incrementalInferenceSaysWhetherWeightsMoved(int iterations) {
        InferenceLearning rule =
                InferenceLearning.builder()
                        .optSchedule(InferenceSchedule.INCREMENTAL)
                        .optIterations(iterations)
                        .optPrecisions(1, 1, Double.MAX_VALUE)
                        .build();
        NetworkCase network = NetworkCase.twoHiddenLayers();
        try (TrainingRun run =
                DeviceContract.start(new RuleCase("broken", rule), network, Device.gpu(0))) {
            NonFiniteLossException broken =
                    assertThrows(NonFiniteLossException.class, () -> run.assign(0, 1));
            String expected =
                    iterations == 1 ? "No gradients were left" : "from an earlier checkpoint";
            assertTrue(broken.getMessage().contains("after 0 of"), broken.getMessage());
            assertTrue(broken.getMessage().contains(expected), broken.getMessage());
        }
    }

    /** It takes smaller steps where the free energy rises. */
    @Override
    protected int waitsWithoutLoss(RuleCase rule) {
        return 1;
    }
}
