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

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.listener.TrainingListenerAdapter;
import ai.djl.training.loss.L2WeightDecay;
import ai.djl.training.loss.SimpleCompositeLoss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.util.Pair;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.alignment.AlignmentListener;
import org.locallearning.djl.creditassignment.layer.LayerTable;
import org.locallearning.djl.creditassignment.tape.Network;
import org.locallearning.djl.decorrelation.Decorrelate;

/** What every rule keeps to, on every small network. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class RuleContract {

    /** The rules to test, in each of their forms. */
    protected abstract List<RuleCase> rules();

    Stream<Arguments> rulesOnNetworks() {
        return pairs(rules(), NetworkCase.small());
    }

    static Stream<Arguments> pairs(List<RuleCase> rules, List<?> others) {
        return rules.stream()
                .flatMap(rule -> others.stream().map(other -> Arguments.of(rule, other)));
    }

    @ParameterizedTest
    @MethodSource("rulesOnNetworks")
    void gradientsAreFiniteAndAsManyAsParameters(RuleCase rule, NetworkCase network) {
        Gradients stock = Gradients.of(network, Model::newTrainer);
        Gradients gradients = Gradients.of(network, rule);
        assertEquals(stock.byPath().keySet(), gradients.byPath().keySet());
        gradients
                .byPath()
                .forEach(
                        (path, values) -> {
                            assertEquals(stock.byPath().get(path).length, values.length, path);
                            assertTrue(Arrays.stream(values).allMatch(Double::isFinite), path);
                        });
    }

    @ParameterizedTest
    @MethodSource("rulesOnNetworks")
    void everyWeightGetsAGradient(RuleCase rule, NetworkCase network) {
        Gradients.of(network, rule)
                .byPath()
                .forEach(
                        (path, values) -> {
                            if (path.endsWith("_weight")) {
                                assertTrue(Arrays.stream(values).anyMatch(v -> v != 0), path);
                            }
                        });
    }

    @ParameterizedTest
    @MethodSource("rulesOnNetworks")
    void gradientsAddUpUntilTheStep(RuleCase rule, NetworkCase network) {
        Gradients sum = afterOne(network, rule, 1).plus(afterOne(network, rule, 2));
        try (TrainingRun oneCollector = TrainingRun.start(network, rule);
                TrainingRun twoCollectors = TrainingRun.start(network, rule)) {
            assertEquals(0, oneCollector.assign(1, 2).gradients().distanceTo(sum), 1e-6);
            twoCollectors.assign(1).assign(2);
            assertEquals(0, twoCollectors.gradients().distanceTo(sum), 1e-6);
        }
    }

    Stream<RuleCase> rulesAlone() {
        return rules().stream();
    }

    @ParameterizedTest
    @MethodSource("rulesAlone")
    void gradientsDoNotDependOnCollections(RuleCase rule) {
        Gradients expected = ForcedCollection.without(() -> withNumbers(rule, false));
        for (int i = 0; i < 5; i++) {
            assertEquals(0, withNumbers(rule, true).distanceTo(expected), 1e-5);
        }
    }

    /** A penalty on weights is differentiated with the loss, whatever the rule makes of errors. */
    @ParameterizedTest
    @MethodSource("rulesAlone")
    void penaltyInTheLossAddsItsGradientOnce(RuleCase rule) {
        NetworkCase network = NetworkCase.twoHiddenLayers();
        LossCase plain = LossCase.softmaxCrossEntropy();
        NDList penalized = new NDList();
        float share = 0.25f;
        LossCase both =
                new LossCase(
                        "with a penalty",
                        () ->
                                new SimpleCompositeLoss()
                                        .addLoss(plain.loss().get())
                                        .addLoss(new L2WeightDecay("L2", penalized, share)),
                        plain.labels());
        // in which a change of the loss is not lost beside the penalty
        DataType type = DataType.FLOAT64;
        Gradients expected;
        Map<String, double[]> values;
        DefaultTrainingConfig config = TrainingRun.config(plain);
        try (TrainingRun run = TrainingRun.start(network, type, plain, config, rule)) {
            values = run.parameters();
            expected = run.assign(0).gradients();
        }
        config = TrainingRun.config(both);
        try (TrainingRun run = TrainingRun.start(network, type, both, config, rule)) {
            for (Pair<String, Parameter> each : run.model().getBlock().getParameters()) {
                if (each.getKey().endsWith("_weight")) {
                    penalized.add(each.getValue().getArray());
                }
            }
            Map<String, double[]> actual = run.assign(0).gradients().byPath();
            expected.byPath()
                    .forEach(
                            (path, gradient) -> {
                                boolean isPenalized = path.endsWith("_weight");
                                double[] weights = values.get(path);
                                for (int i = 0; i < gradient.length; i++) {
                                    double more = isPenalized ? 2 * share * weights[i] : 0;
                                    assertEquals(gradient[i] + more, actual.get(path)[i], 1e-5);
                                }
                            });
        }
    }

    /** Trains a network whose blocks and loss compute with Java numbers. */
    private static Gradients withNumbers(RuleCase rule, boolean collections) {
        NetworkCase network =
                new NetworkCase(
                        "with numbers",
                        () ->
                                new SequentialBlock()
                                        .add(NetworkCase.linear(7))
                                        .add(leaky(0.3f))
                                        .add(NetworkCase.linear(6))
                                        .add(leaky(0.1f))
                                        .add(NetworkCase.linear(4)),
                        new Shape(6, 5),
                        4);
        LossCase loss =
                LossCase.all().stream()
                        .filter(each -> "L2".equals(each.name()))
                        .findFirst()
                        .orElseThrow();
        DefaultTrainingConfig config = TrainingRun.config(loss);
        try (TrainingRun run = TrainingRun.start(network, DataType.FLOAT32, loss, config, rule)) {
            return run.assign(() -> collect(collections), 0).gradients();
        }
    }

    private static void collect(boolean collections) {
        if (collections) {
            ForcedCollection.run();
        }
    }

    private static Block leaky(float slope) {
        return LambdaBlock.singleton(x -> x.maximum(x.mul(slope)).pow(1));
    }

    private static Gradients afterOne(NetworkCase network, RuleCase rule, int batch) {
        try (TrainingRun run = TrainingRun.start(network, rule)) {
            return run.assign(batch).gradients();
        }
    }

    Stream<Arguments> rulesOnSingleSamples() {
        // normalization over a batch is not defined for one vector
        return pairs(
                rules(),
                NetworkCase.small().stream()
                        .filter(network -> !"dropout".equals(network.name()))
                        .map(network -> network.withBatch(1))
                        .toList());
    }

    @ParameterizedTest
    @MethodSource("rulesOnSingleSamples")
    void learnsFromASingleSample(RuleCase rule, NetworkCase network) {
        try (TrainingRun run = TrainingRun.start(network, rule)) {
            Map<String, double[]> before = run.parameters();
            Map<String, double[]> after = run.train(0, 1).parameters();
            before.forEach(
                    (path, values) -> {
                        double[] trained = after.get(path);
                        assertTrue(Arrays.stream(trained).allMatch(Double::isFinite), path);
                        if (path.endsWith("_weight")) {
                            assertFalse(Arrays.equals(values, trained), path);
                        }
                    });
        }
    }

    Stream<Arguments> rulesWhoseWeightsBlowUp() {
        return pairs(rules(), List.of(NetworkCase.rectified(), decorrelated()))
                .flatMap(
                        each ->
                                Stream.of(false, true)
                                        .map(
                                                measured ->
                                                        Arguments.of(
                                                                each.get()[0],
                                                                each.get()[1],
                                                                measured)));
    }

    private static NetworkCase decorrelated() {
        NetworkCase plain = NetworkCase.rectified();
        return new NetworkCase(
                "decorrelated " + plain.name(),
                () -> Decorrelate.model(plain.block().get()),
                plain.input(),
                plain.classes());
    }

    /** Listeners that are told so save the model. */
    @ParameterizedTest
    @MethodSource("rulesWhoseWeightsBlowUp")
    void listenersAreNotToldThatABrokenModelWasTrained(
            RuleCase rule, NetworkCase network, boolean measured) {
        LossCase loss = LossCase.softmaxCrossEntropy();
        AtomicBoolean told = new AtomicBoolean();
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(loss.loss().get())
                        .optOptimizer(
                                Optimizer.sgd()
                                        .setLearningRateTracker(Tracker.fixed(1e25f))
                                        .build())
                        .addTrainingListeners(
                                new TrainingListenerAdapter() {
                                    @Override
                                    public void onTrainingEnd(Trainer trainer) {
                                        told.set(true);
                                    }
                                });
        if (measured) {
            config.addTrainingListeners(new AlignmentListener(1));
        }
        try (TrainingRun run = TrainingRun.start(network, DataType.FLOAT32, loss, config, rule)) {
            assertThrows(RuntimeException.class, () -> run.train(0, 20));
            assertThrows(IllegalStateException.class, run.trainer()::step);
        }
        assertFalse(told.get());
    }

    @ParameterizedTest
    @MethodSource("rulesOnNetworks")
    void evaluationIsThePlainBlock(RuleCase rule, NetworkCase network) {
        try (TrainingRun run = TrainingRun.start(network, rule).train(0, 2);
                NDManager manager = run.trainer().getManager().newSubManager()) {
            NDArray data = manager.randomNormal(0, 1, network.input(), DataType.FLOAT32);
            ParameterStore store = new ParameterStore(manager, false);
            NDArray expected =
                    run.model()
                            .getBlock()
                            .forward(store, new NDList(data), false)
                            .singletonOrThrow();
            NDArray actual = run.trainer().evaluate(new NDList(data)).singletonOrThrow();
            assertArrayEquals(expected.toFloatArray(), actual.toFloatArray());
        }
    }

    @ParameterizedTest
    @MethodSource("rulesOnNetworks")
    void frozenParametersStay(RuleCase rule, NetworkCase network) {
        String frozen =
                Network.of(network.block().get(), LayerTable.standard()).getLayers().stream()
                        .skip(1)
                        .findFirst()
                        .orElseThrow()
                        .path();
        Gradients.TrainerFactory freezing =
                (model, config) -> {
                    for (Pair<String, Parameter> parameter : model.getBlock().getParameters()) {
                        if (parameter.getKey().startsWith(frozen)) {
                            parameter.getValue().freeze(true);
                        }
                    }
                    return rule.apply(model, config);
                };
        try (TrainingRun run = TrainingRun.start(network, freezing)) {
            Map<String, double[]> before = run.parameters();
            Map<String, double[]> after = run.train(0, 3).parameters();
            before.forEach(
                    (path, values) -> {
                        boolean stayed = Arrays.equals(values, after.get(path));
                        if (path.startsWith(frozen)) {
                            assertTrue(stayed, path);
                        } else if (path.endsWith("_weight")) {
                            assertFalse(stayed, path);
                        }
                    });
        }
    }

    @ParameterizedTest
    @MethodSource("rulesOnNetworks")
    void sameSeedSameWeights(RuleCase rule, NetworkCase network) {
        try (TrainingRun one = TrainingRun.start(network, rule);
                TrainingRun other = TrainingRun.start(network, rule)) {
            assertSame(one.train(0, 5).parameters(), other.train(0, 5).parameters());
        }
    }

    @ParameterizedTest
    @MethodSource("rulesOnNetworks")
    void goesOnAfterLoadingAsIfItHadNotStopped(
            RuleCase rule, NetworkCase network, @TempDir Path folder) throws Exception {
        Map<String, double[]> expected;
        try (TrainingRun run = TrainingRun.start(network, rule)) {
            expected = run.train(0, 6).parameters();
        }
        try (TrainingRun run = TrainingRun.start(network, rule)) {
            run.train(0, 3).save(folder);
        }
        try (TrainingRun run = TrainingRun.resume(network, folder, rule)) {
            assertSame(expected, run.train(3, 6).parameters());
        }
    }

    @ParameterizedTest
    @MethodSource("rulesOnNetworks")
    void savedModelsAreForTheStockTrainer(RuleCase rule, NetworkCase network, @TempDir Path folder)
            throws Exception {
        float[] expected;
        try (TrainingRun run = TrainingRun.start(network, rule)) {
            run.train(0, 2).save(folder);
            expected = run.predict();
        }
        try (TrainingRun stock = TrainingRun.resume(network, folder, Model::newTrainer)) {
            assertArrayEquals(expected, stock.predict());
            stock.train(2, 3);
        }
    }

    private static void assertSame(Map<String, double[]> expected, Map<String, double[]> actual) {
        assertEquals(expected.keySet(), actual.keySet());
        expected.forEach((path, values) -> assertArrayEquals(values, actual.get(path), path));
    }
}
