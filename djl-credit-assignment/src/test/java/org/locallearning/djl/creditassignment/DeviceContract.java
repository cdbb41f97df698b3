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
package org.locallearning.djl.creditassignment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.training.DefaultTrainingConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.alignment.AlignmentListener;
import org.locallearning.djl.emulation.EmulatedCalls;
import org.locallearning.djl.emulation.EmulatedGpus;

/** What every rule keeps to on GPUs. The numbers are those of the CPU, to the bit. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class DeviceContract {

    static {
        EmulatedGpus.install(2);
    }

    private static final Device FIRST = Device.gpu(0);
    private static final Device SECOND = Device.gpu(1);
    private static final int WARM_UP = 2;

    /** The rules to test, in each of their forms. */
    protected abstract List<RuleCase> rules();

    /** How often a step of a rule may wait for the device. */
    protected int waitsOf(RuleCase rule) {
        return 1;
    }

    /** How often a step of a rule may wait whose loss is not to be checked. */
    protected int waitsWithoutLoss(RuleCase rule) {
        return 0;
    }

    private static List<NetworkCase> networks() {
        return NetworkCase.small().stream()
                .filter(each -> List.of("mlp", "convolutions").contains(each.name()))
                .toList();
    }

    Stream<Arguments> rulesOnNetworks() {
        return RuleContract.pairs(rules(), networks());
    }

    Stream<Arguments> rulesOnDecorrelatedNetworks() {
        return RuleContract.pairs(
                rules(),
                NetworkCase.decorrelated().stream()
                        .filter(each -> each.name().matches("decorrelated (mlp|convolutions)"))
                        .toList());
    }

    /** Starts a run on some devices. */
    protected static TrainingRun start(
            Gradients.TrainerFactory rule, NetworkCase network, Device... devices) {
        LossCase loss = LossCase.softmaxCrossEntropy();
        DefaultTrainingConfig config = TrainingRun.config(loss).optDevices(devices);
        return TrainingRun.start(network, DataType.FLOAT32, loss, config, rule);
    }

    private static Map<String, double[]> afterSteps(
            RuleCase rule, NetworkCase network, int steps, Device... devices) {
        try (TrainingRun run = start(rule, network, devices)) {
            for (int step = 0; step < steps; step++) {
                run.assign(2 * step, 2 * step + 1);
                run.trainer().step();
            }
            // a model that is on none of the devices gets the parameters when the trainer is closed
            ((CreditTrainer) run.trainer()).getParameterStore().sync();
            return run.parameters();
        }
    }

    private static void assertSame(Map<String, double[]> expected, Map<String, double[]> actual) {
        expected.forEach((path, values) -> assertArrayEquals(values, actual.get(path), 1e-6, path));
    }

    @ParameterizedTest
    @MethodSource("rulesOnNetworks")
    void twoDevicesTakeTheStepsOfOne(RuleCase rule, NetworkCase network) {
        assertSame(
                afterSteps(rule, network, 2, FIRST), afterSteps(rule, network, 2, FIRST, SECOND));
    }

    /** DJL's store would give each of two devices the arrays of the other. */
    @ParameterizedTest
    @MethodSource("rulesAlone")
    void devicesComeInAnyOrder(RuleCase rule) {
        NetworkCase network = NetworkCase.twoHiddenLayers();
        assertSame(
                afterSteps(rule, network, 2, FIRST, SECOND),
                afterSteps(rule, network, 2, SECOND, FIRST));
        assertSame(
                afterSteps(rule, network, 2, FIRST, Device.cpu()),
                afterSteps(rule, network, 2, Device.cpu(), FIRST));
    }

    @ParameterizedTest
    @MethodSource("rulesOnNetworks")
    protected void trainsBesideTheDeviceOfItsModel(RuleCase rule, NetworkCase network) {
        Map<String, double[]> expected = afterSteps(rule, network, 2, FIRST);
        assertSame(expected, afterSteps(rule, network, 2, SECOND));
        assertSame(expected, afterSteps(rule, network, 2, Device.cpu()));
    }

    Stream<RuleCase> rulesAlone() {
        return rules().stream();
    }

    /** DJL tells the parameter's own array alone, which may be on none of the devices. */
    @ParameterizedTest
    @MethodSource("rulesAlone")
    void freezingReachesEveryDevice(RuleCase rule) {
        Map<String, double[]> expected = withFrozenOutput(rule, FIRST);
        assertSame(expected, withFrozenOutput(rule, FIRST, SECOND));
        assertSame(expected, withFrozenOutput(rule, SECOND));
    }

    private static Map<String, double[]> withFrozenOutput(RuleCase rule, Device... devices) {
        try (TrainingRun run = start(rule, NetworkCase.twoHiddenLayers(), devices)) {
            Block output = run.model().getBlock().getChildren().get("05Linear");
            for (int step = 0; step < 6; step++) {
                output.freezeParameters(step > 0 && step < 5);
                run.assign(2 * step, 2 * step + 1);
                run.trainer().step();
            }
            ((CreditTrainer) run.trainer()).getParameterStore().sync();
            return run.parameters();
        }
    }

    @ParameterizedTest
    @MethodSource("rulesOnDecorrelatedNetworks")
    void decorrelatesOnTwoDevices(RuleCase rule, NetworkCase network) {
        afterSteps(rule, network, 3, FIRST, SECOND)
                .forEach(
                        (path, values) ->
                                assertTrue(Arrays.stream(values).allMatch(Double::isFinite), path));
    }

    @ParameterizedTest
    @MethodSource("rulesOnNetworks")
    void comparesWithBackpropagationOnTwoDevices(RuleCase rule, NetworkCase network) {
        AlignmentListener alignments = new AlignmentListener(1);
        LossCase loss = LossCase.softmaxCrossEntropy();
        DefaultTrainingConfig config =
                TrainingRun.config(loss)
                        .optDevices(new Device[] {FIRST, SECOND})
                        .addTrainingListeners(alignments);
        try (TrainingRun run = TrainingRun.start(network, DataType.FLOAT32, loss, config, rule)) {
            run.assign(0, 1);
            assertFalse(alignments.getAlignments().isEmpty());
        }
    }

    @ParameterizedTest
    @MethodSource("rulesOnNetworks")
    protected void aStepWaitsOnceAndSendsNothing(RuleCase rule, NetworkCase network) {
        assertWaits(waitsOf(rule), rule, network, run -> {});
    }

    @ParameterizedTest
    @MethodSource("rulesOnDecorrelatedNetworks")
    void aStepWithDecorrelationWaitsOnce(RuleCase rule, NetworkCase network) {
        assertWaits(waitsOf(rule), rule, network, run -> {});
    }

    @ParameterizedTest
    @MethodSource({"rulesOnNetworks", "rulesOnDecorrelatedNetworks"})
    void aStepWhoseLossIsNotCheckedDoesNotWait(RuleCase rule, NetworkCase network) {
        assertWaits(
                waitsWithoutLoss(rule),
                rule,
                network,
                run -> ((CreditTrainer) run.trainer()).setLossCheckInterval(0));
    }

    /** Compares what one step waits for and sends, after some others. */
    protected static void assertWaits(
            int most,
            Gradients.TrainerFactory rule,
            NetworkCase network,
            Consumer<TrainingRun> settings) {
        try (TrainingRun run = start(rule, network, FIRST)) {
            settings.accept(run);
            run.train(0, WARM_UP);
            // the test's own labels are sent before the count
            EmulatedCalls.Counts[] before = new EmulatedCalls.Counts[1];
            run.assign(
                    () -> {
                        if (before[0] == null) {
                            before[0] = EmulatedCalls.counts();
                            EmulatedCalls.takeWaits();
                            EmulatedCalls.takeSent();
                        }
                    },
                    WARM_UP);
            run.trainer().step();
            EmulatedCalls.Counts counted = EmulatedCalls.counts().since(before[0]);
            String where = EmulatedCalls.takeWaits() + ", " + EmulatedCalls.takeSent();
            assertTrue(counted.waits() <= most, where);
            assertEquals(0, counted.sent(), where);
        }
    }

    @ParameterizedTest
    @MethodSource("rulesOnNetworks")
    void nothingIsLeftOnTheDevice(RuleCase rule, NetworkCase network) {
        try (TrainingRun run = start(rule, network, FIRST)) {
            run.train(0, WARM_UP);
            long before = EmulatedCalls.tensorsOn(0);
            run.train(WARM_UP, WARM_UP + 3);
            assertEquals(before, EmulatedCalls.tensorsOn(0));
        }
    }
}
