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
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.optimizer.Sgd;
import ai.djl.training.tracker.Tracker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.rule.Backpropagation;
import org.locallearning.djl.creditassignment.rule.WeightMirror;
import org.locallearning.djl.emulation.EmulatedCalls;
import org.locallearning.djl.emulation.EmulatedGpus;

/** The contract on GPUs for the rules of this module. */
@Tag(EmulatedGpus.TAG)
class DeviceContractTest extends DeviceContract {

    @Override
    protected List<RuleCase> rules() {
        return RuleCase.all();
    }

    static Stream<RuleCase> errorRules() {
        return RuleCase.sendingErrors().stream();
    }

    @ParameterizedTest
    @MethodSource("errorRules")
    void noDeviceWaitsForAnother(RuleCase rule) {
        Device[] both = {Device.gpu(0), Device.gpu(1)};
        try (TrainingRun run = start(rule, NetworkCase.twoHiddenLayers(), both)) {
            run.train(0, 2);
            List<Long> waits = new ArrayList<>();
            run.assign(() -> waits.add(EmulatedCalls.counts().waits()), 2, 3);
            // after the forward and the loss of one part, and of the other
            assertEquals(waits.get(0), waits.get(3));
        }
    }

    @Test
    void aLossOnTheSecondDeviceThatIsNotFiniteStopsTraining() {
        Device[] both = {Device.gpu(0), Device.gpu(1)};
        RuleCase rule = RuleCase.sendingErrors().get(0);
        try (TrainingRun run = start(rule, NetworkCase.twoHiddenLayers(), both)) {
            run.train(0, 1).assign(1);
            ParameterStore store = ((CreditTrainer) run.trainer()).getParameterStore();
            Parameter weight = run.model().getBlock().getParameters().valueAt(0);
            store.getValue(weight, both[1], true).stopGradient().muli(Float.NaN);
            NonFiniteLossException thrown =
                    assertThrows(NonFiniteLossException.class, () -> run.assign(2, 3));
            assertTrue(thrown.getMessage().contains("gpu(1)"), thrown.getMessage());
            assertTrue(
                    thrown.getMessage().contains("parameter 01Linear_weight"), thrown.getMessage());
            assertThrows(IllegalStateException.class, run.trainer()::step);
        }
    }

    @Test
    void aLossThatIsNotFiniteOnTheSecondDeviceNamesTheLayer() {
        Device[] both = {Device.gpu(0), Device.gpu(1)};
        RuleCase rule = RuleCase.sendingErrors().get(0);
        NetworkCase network = NetworkCase.twoHiddenLayers();
        try (TrainingRun run = start(rule, network, both);
                NDManager manager = run.trainer().getManager().newSubManager()) {
            run.train(0, 1);
            // finite parameters, whose products are beyond what single precision holds
            set(run, 3, both[1], 10);
            set(run, 4, both[1], 3e38f);
            NonFiniteLossException thrown =
                    assertThrows(
                            NonFiniteLossException.class,
                            () -> backwardOnAll(run, network, manager));
            assertTrue(thrown.getMessage().contains("gpu(1)"), thrown.getMessage());
            assertTrue(
                    thrown.getMessage().contains("in the output of layer 05Linear"),
                    thrown.getMessage());
            // the parts of a batch are one batch
            assertTrue(thrown.getMessage().contains("in batch 2 "), thrown.getMessage());
        }
    }

    @Test
    void productsAreThoseOfAllPartsOfABatch() {
        RuleCase rule = RuleCase.sendingErrors().get(0);
        NetworkCase network = NetworkCase.twoHiddenLayers();
        List<Long> adds = new ArrayList<>();
        for (int parts : new int[] {1, 2}) {
            Device[] devices = {Device.gpu(0), Device.gpu(1)};
            try (TrainingRun run = start(rule, network, Arrays.copyOf(devices, parts))) {
                run.train(0, 1).assign(parts == 1 ? new int[] {2} : new int[] {2, 3});
                adds.add(((CreditTrainer) run.trainer()).getMatrixProducts().multiplyAdds());
            }
        }
        assertEquals(2 * adds.get(0), adds.get(1));
    }

    @Test
    void mirrorsLearnTheFirstWeightsOnEveryDevice() {
        WeightMirror mirror = WeightMirror.builder().optInitialPhases(5).build();
        Device[] both = {Device.gpu(0), Device.gpu(1)};
        RuleCase rule = new RuleCase("weight mirror", mirror);
        try (TrainingRun run = start(rule, NetworkCase.twoHiddenLayers(), both)) {
            run.assign(0, 1);
            CreditTrainer trainer = (CreditTrainer) run.trainer();
            Map<String, Parameter> mirrors = trainer.getAssigner().getParameters();
            assertFalse(mirrors.isEmpty());
            mirrors.forEach(
                    (path, parameter) ->
                            assertArrayEquals(
                                    valuesOn(both[0], trainer, parameter),
                                    valuesOn(both[1], trainer, parameter),
                                    path));
        }
    }

    static Stream<Named<Supplier<Optimizer>>> optimizersThatRemember() {
        return Stream.of(
                Named.of("momentum", () -> sgd(Tracker.fixed(0.1f)).optMomentum(0.9f).build()),
                Named.of("falling rate", () -> sgd(falling()).build()),
                Named.of("Adam", () -> Optimizer.adam().optLearningRateTracker(falling()).build()));
    }

    private static Sgd.Builder sgd(Tracker rate) {
        return Optimizer.sgd().setLearningRateTracker(rate);
    }

    private static Tracker falling() {
        return Tracker.factor().setBaseValue(0.1f).setFactor(0.5f).build();
    }

    /** DJL's own server steps on each device, and counts a step for each. */
    @ParameterizedTest
    @MethodSource("optimizersThatRemember")
    void twoDevicesStepOnceByTheSumOfTheirGradients(Supplier<Optimizer> optimizer) {
        Map<String, double[]> expected = afterSteps(optimizer.get(), Device.gpu(0));
        Map<String, double[]> actual = afterSteps(optimizer.get(), Device.gpu(0), Device.gpu(1));
        expected.forEach((path, values) -> assertArrayEquals(values, actual.get(path), 1e-7, path));
    }

    /** Two batches a step, on one device or on two, in double precision. */
    private static Map<String, double[]> afterSteps(Optimizer optimizer, Device... devices) {
        LossCase loss = LossCase.softmaxCrossEntropy();
        DefaultTrainingConfig config =
                TrainingRun.config(loss).optDevices(devices).optOptimizer(optimizer);
        NetworkCase network = NetworkCase.twoHiddenLayers();
        try (TrainingRun run =
                TrainingRun.start(
                        network,
                        DataType.FLOAT64,
                        loss,
                        config,
                        Backpropagation.builder().build()::newTrainer)) {
            CreditTrainer trainer = (CreditTrainer) run.trainer();
            for (int step = 0; step < 4; step++) {
                run.assign(2 * step, 2 * step + 1);
                trainer.step();
            }
            for (Parameter parameter : run.model().getBlock().getParameters().values()) {
                float[] first = valuesOn(devices[0], trainer, parameter);
                for (Device device : devices) {
                    assertArrayEquals(first, valuesOn(device, trainer, parameter));
                }
            }
            trainer.getParameterStore().sync();
            return run.parameters();
        }
    }

    private static float[] valuesOn(Device device, CreditTrainer trainer, Parameter parameter) {
        NDArray value = trainer.getParameterStore().getValue(parameter, device, true);
        try (NDArray here = value.toDevice(Device.cpu(), true);
                NDArray read = here.toType(DataType.FLOAT32, true)) {
            return read.toFloatArray();
        }
    }

    private static void set(TrainingRun run, int parameter, Device device, float value) {
        ParameterStore store = ((CreditTrainer) run.trainer()).getParameterStore();
        Parameter changed = run.model().getBlock().getParameters().valueAt(parameter);
        NDArray array = store.getValue(changed, device, true).stopGradient();
        array.set(new NDIndex("..."), value);
    }

    /** Keeps the parts of the batch open, as EasyTrain does. */
    private static void backwardOnAll(TrainingRun run, NetworkCase network, NDManager manager) {
        try (GradientCollector collector = run.trainer().newGradientCollector()) {
            for (Device device : run.trainer().getDevices()) {
                NDManager there = manager.newSubManager(device);
                NDList data = new NDList(there.ones(network.input()));
                NDList labels = new NDList(there.zeros(new Shape(network.input().get(0))));
                NDList predictions = run.trainer().forward(data, labels);
                collector.backward(run.trainer().getLoss().evaluate(labels, predictions));
            }
        }
    }
}
