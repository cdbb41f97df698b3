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

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.metric.Metrics;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.TrainingResult;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.evaluator.Accuracy;
import ai.djl.training.listener.EarlyStoppingListener;
import ai.djl.training.listener.SaveModelTrainingListener;
import ai.djl.training.listener.TrainingListener;
import ai.djl.training.listener.TrainingListenerAdapter;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** DJL's own loop around every rule: optimizers, listeners, evaluators, metrics, memory. */
class TrainingLoopTest {

    private static final int BATCH = 8;
    private static final int SAMPLES = 64;
    private static final int EPOCHS = 16;

    /** An optimizer of DJL's that works on the PyTorch engine. */
    record OptimizerCase(String name, Supplier<Optimizer> optimizer) {
        @Override
        public String toString() {
            return name;
        }
    }

    @BeforeAll
    static void keepTheLogReadable() {
        System.setProperty("disableProgressBar", "true");
    }

    static List<OptimizerCase> optimizers() {
        Tracker rate = Tracker.fixed(0.01f);
        return List.of(
                new OptimizerCase(
                        "Sgd with momentum",
                        () ->
                                Optimizer.sgd()
                                        .setLearningRateTracker(rate)
                                        .optMomentum(0.9f)
                                        .build()),
                new OptimizerCase(
                        "Adam", () -> Optimizer.adam().optLearningRateTracker(rate).build()),
                new OptimizerCase(
                        "AdamW", () -> Optimizer.adamW().optLearningRateTracker(rate).build()));
    }

    static Stream<Arguments> rulesWithOptimizers() {
        return RuleCase.all().stream()
                .flatMap(rule -> optimizers().stream().map(other -> Arguments.of(rule, other)));
    }

    @ParameterizedTest
    @MethodSource("rulesWithOptimizers")
    void fitLearnsWithListenersEvaluatorsAndMetrics(
            RuleCase rule, OptimizerCase optimizer, @TempDir Path folder) throws Exception {
        DefaultTrainingConfig config =
                config(optimizer)
                        .addTrainingListeners(TrainingListener.Defaults.logging(1))
                        .addTrainingListeners(
                                new SaveModelTrainingListener(folder.toString(), "kept", 1));
        Metrics metrics = new Metrics();
        TrainingResult result = fit(rule, vectors(), config, metrics, EPOCHS);
        assertEquals(EPOCHS, result.getEpoch());
        double first =
                metrics.getMetric("train_epoch_SoftmaxCrossEntropyLoss")
                        .get(0)
                        .getValue()
                        .doubleValue();
        assertTrue(result.getTrainLoss() < 0.7 * first, result.getTrainLoss() + " of " + first);
        assertTrue(result.getValidateEvaluation("Accuracy") > 0.6, result.toString());
        assertEquals(EPOCHS * SAMPLES / BATCH, metrics.getMetric("forward").size());
        assertEquals(EPOCHS * SAMPLES / BATCH, metrics.getMetric("step").size());
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(EPOCHS, files.count());
        }
    }

    @ParameterizedTest
    @MethodSource("rules")
    void earlyStoppingStops(RuleCase rule) throws Exception {
        DefaultTrainingConfig config =
                config(optimizers().get(0))
                        .addTrainingListeners(TrainingListener.Defaults.basic())
                        .addTrainingListeners(
                                EarlyStoppingListener.builder()
                                        .optEarlyStopPctImprovement(100)
                                        .optEpochPatience(1)
                                        .build());
        EarlyStoppingListener.EarlyStoppedException stopped =
                assertThrows(
                        EarlyStoppingListener.EarlyStoppedException.class,
                        () -> fit(rule, vectors(), config, new Metrics(), 5));
        assertTrue(stopped.getStopEpoch() <= 2, stopped.getMessage());
    }

    static List<RuleCase> rules() {
        return RuleCase.all();
    }

    static Stream<Arguments> rulesOnNetworks() {
        return RuleCase.all().stream()
                .flatMap(
                        rule ->
                                NetworkCase.small().stream()
                                        .map(network -> Arguments.of(rule, network)));
    }

    @ParameterizedTest
    @MethodSource("rulesOnNetworks")
    void managedArraysDoNotGrow(RuleCase rule, NetworkCase network) throws Exception {
        ManagedArrays managed = new ManagedArrays();
        // Adam keeps state of its own, made in the first epoch
        DefaultTrainingConfig config = config(optimizers().get(1)).addTrainingListeners(managed);
        fit(rule, network, config, new Metrics(), 4);
        assertEquals(4, managed.afterEpochs.size());
        assertEquals(managed.afterEpochs.get(0), managed.afterEpochs.get(3));
    }

    /** Counts arrays that are open at the end of each epoch. */
    private static final class ManagedArrays extends TrainingListenerAdapter {

        private final List<List<Integer>> afterEpochs = new ArrayList<>();

        @Override
        public void onEpoch(Trainer trainer) {
            NDManager base = trainer.getManager().getEngine().newBaseManager();
            afterEpochs.add(
                    List.of(
                            trainer.getModel().getNDManager().getManagedArrays().size(),
                            base.getParentManager().getManagedArrays().size(),
                            trainer.getManager().getManagedArrays().size()));
            base.close();
        }
    }

    private static DefaultTrainingConfig config(OptimizerCase optimizer) {
        return new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                .optOptimizer(optimizer.optimizer().get())
                .addEvaluator(new Accuracy());
    }

    private static NetworkCase vectors() {
        return NetworkCase.twoHiddenLayers().withBatch(BATCH);
    }

    private static TrainingResult fit(
            RuleCase rule,
            NetworkCase network,
            DefaultTrainingConfig config,
            Metrics metrics,
            int epochs)
            throws Exception {
        Engine.getEngine("PyTorch").setRandomSeed(1);
        try (Model model = Model.newInstance("model", "PyTorch");
                NDManager manager = NDManager.newBaseManager("PyTorch")) {
            model.setBlock(network.block().get());
            try (Trainer trainer = rule.rule().newTrainer(model, config)) {
                trainer.setMetrics(metrics);
                trainer.initialize(network.input());
                Dataset dataset = dataset(manager, network);
                EasyTrain.fit(trainer, epochs, dataset, dataset);
                return trainer.getTrainingResult();
            }
        }
    }

    /** Normal noise, with labels that a linear map of it decides. */
    private static Dataset dataset(NDManager manager, NetworkCase network) {
        Shape shape = new Shape(SAMPLES).addAll(network.input().slice(1));
        NDArray data = manager.randomNormal(0, 1, shape, DataType.FLOAT32);
        Shape teacher = new Shape(shape.slice(1).size(), network.classes());
        NDArray labels =
                data.reshape(SAMPLES, -1)
                        .matMul(manager.randomNormal(0, 1, teacher, DataType.FLOAT32))
                        .argMax(1);
        return new ArrayDataset.Builder()
                .setData(data)
                .optLabels(labels)
                .setSampling(BATCH, true)
                .build();
    }
}
