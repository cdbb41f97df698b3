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

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.listener.EvaluatorTrainingListener;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.ParameterTracker;
import ai.djl.training.tracker.Tracker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.CreditAssignment;
import org.locallearning.djl.creditassignment.CreditTrainer;
import org.locallearning.djl.creditassignment.lra.ErrorMatrixUpdate;
import org.locallearning.djl.creditassignment.lra.LocalRepresentationAlignment;
import org.locallearning.djl.creditassignment.optimizer.PlateauTracker;
import org.locallearning.djl.creditassignment.optimizer.ProjectedOptimizer;
import org.locallearning.djl.creditassignment.rule.Backpropagation;
import org.locallearning.djl.creditassignment.rule.KolenPollack;
import org.locallearning.djl.creditassignment.rule.WeightMirror;

/** What a DJL user expects of any optimizer, whichever trainer drives it. */
class OptimizerContractTest {

    /** Makes an optimizer for a block, with a learning rate and a weight decay. */
    record OptimizerCase(
            String name,
            float rate,
            Factory optimizer,
            BiFunction<Model, DefaultTrainingConfig, Trainer> trainer) {
        @Override
        public String toString() {
            return name;
        }
    }

    interface Factory {
        Optimizer create(Block block, ParameterTracker rate, float decay);
    }

    static List<OptimizerCase> optimizers() {
        Factory sgd =
                (block, rate, decay) ->
                        Optimizer.sgd().setLearningRateTracker(rate).optWeightDecays(decay).build();
        Factory adam =
                (block, rate, decay) ->
                        Optimizer.adam()
                                .optLearningRateTracker(rate)
                                .optWeightDecays(decay)
                                .build();
        Factory mq =
                (block, rate, decay) ->
                        Mq.builder()
                                .setBlock(block)
                                .setLearningRateTracker(rate)
                                .optWeightDecays(decay)
                                .build();
        Factory mqFromGradient =
                (block, rate, decay) ->
                        Mq.builder()
                                .setBlock(block)
                                .setLearningRateTracker(rate)
                                .optInitialAverageFromGradient()
                                .optWeightDecays(decay)
                                .build();
        return List.of(
                new OptimizerCase("sgd", 0.5f, sgd, Model::newTrainer),
                new OptimizerCase("adam", 0.01f, adam, Model::newTrainer),
                new OptimizerCase("mq", 0.003f, mq, Model::newTrainer),
                new OptimizerCase(
                        "mq with a rule",
                        0.003f,
                        mq,
                        Backpropagation.builder().build()::newTrainer),
                new OptimizerCase(
                        "mq from the first gradient", 0.01f, mqFromGradient, Model::newTrainer),
                new OptimizerCase("projected sgd", 0.5f, projected(sgd), Model::newTrainer),
                new OptimizerCase("projected adam", 0.01f, projected(adam), Model::newTrainer),
                new OptimizerCase(
                        "mq, projected, from the first gradient",
                        0.01f,
                        projected(mqFromGradient),
                        Model::newTrainer));
    }

    private static Factory projected(Factory inner) {
        return (block, rate, decay) ->
                ProjectedOptimizer.builder()
                        .setOptimizer(inner.create(block, rate, decay))
                        .optRadius(0.5)
                        .build();
    }

    /** The rules that keep parameters besides the model's. */
    static List<CreditAssignment> rulesWithOwnParameters() {
        return List.of(
                KolenPollack.builder().build(),
                WeightMirror.builder().build(),
                LocalRepresentationAlignment.builder().build(),
                LocalRepresentationAlignment.builder()
                        .optErrorMatrixUpdate(ErrorMatrixUpdate.LRA_E)
                        .build());
    }

    static Stream<Arguments> optimizersAndRules() {
        return rulesWithOwnParameters().stream()
                .flatMap(
                        rule ->
                                optimizers().stream()
                                        .map(optimizer -> Arguments.of(optimizer, rule)));
    }

    @ParameterizedTest
    @MethodSource("optimizersAndRules")
    void updatesWhatARuleKeeps(OptimizerCase optimizer, CreditAssignment rule, @TempDir Path folder)
            throws Exception {
        Tracker rate = Tracker.fixed(optimizer.rate);
        try (Model model = model()) {
            DefaultTrainingConfig config = config(model, optimizer, rate, 0);
            try (CreditTrainer trainer = rule.newTrainer(model, config)) {
                trainer.initialize(new Shape(24, 5));
                double before = train(trainer, 1);
                trainer.saveState(folder.resolve("early"));
                train(trainer, 4);
                int arrays = arrays(model, trainer);
                double after = train(trainer, 35);
                assertEquals(arrays, arrays(model, trainer));
                assertTrue(after < 0.8 * before, before + " to " + after);
                trainer.saveState(folder.resolve("late"));
                assertTrue(
                        Files.mismatch(folder.resolve("early"), folder.resolve("late")) >= 0,
                        "what the rule keeps did not learn");
            }
        }
    }

    @Test
    void everyParameterOfARuleIsAMatrixOfMq() {
        for (CreditAssignment rule : rulesWithOwnParameters()) {
            try (Model model = model()) {
                Mq mq =
                        Mq.builder()
                                .setBlock(model.getBlock())
                                .setLearningRateTracker(Tracker.fixed(0.001f))
                                .build();
                DefaultTrainingConfig config =
                        new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss()).optOptimizer(mq);
                try (Trainer trainer = rule.newTrainer(model, config)) {
                    trainer.initialize(new Shape(24, 5));
                    train(trainer, 2);
                    List<String> names = List.copyOf(mq.getAverages().keySet());
                    assertEquals(List.of("01Linear", "03Linear"), names.subList(0, 2));
                    // mirrors follow noise and have no gradients; the first layer passes no error
                    assertEquals(rule instanceof WeightMirror ? 2 : 3, names.size(), rule + "");
                }
            }
        }
    }

    @Test
    void plateausLeadEveryOptimizer() throws Exception {
        for (OptimizerCase optimizer : optimizers()) {
            PlateauTracker rate =
                    PlateauTracker.builder()
                            .setBaseValue(optimizer.rate)
                            .optFactor(0.5f)
                            .optReductions(3)
                            .optThreshold(0.99)
                            .build();
            try (Model model = model()) {
                DefaultTrainingConfig config =
                        config(model, optimizer, rate, 0)
                                .addTrainingListeners(new EvaluatorTrainingListener(), rate);
                try (Trainer trainer = optimizer.trainer.apply(model, config);
                        NDManager manager = NDManager.newBaseManager("PyTorch")) {
                    trainer.initialize(new Shape(24, 5));
                    ArrayDataset data =
                            new ArrayDataset.Builder()
                                    .setData(data(manager))
                                    .optLabels(labels(manager))
                                    .setSampling(24, false)
                                    .build();
                    // no epoch but the first comes to a hundredth of the loss before it
                    EasyTrain.fit(trainer, 5, data, null);
                    assertEquals(optimizer.rate / 8, rate.getNewValue(9), 1e-9f, optimizer.name);
                    for (float weight : weights(model)) {
                        assertTrue(Float.isFinite(weight), optimizer.name);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void printsItsName(OptimizerCase optimizer) {
        try (Model model = model()) {
            Optimizer made =
                    optimizer.optimizer.create(
                            model.getBlock(), Tracker.fixed(optimizer.rate), 0.25f);
            if (!made.getClass().getPackageName().startsWith("ai.djl")) {
                assertFalse(made.toString().contains("@"), made.toString());
            }
            if (made instanceof Mq) {
                assertTrue(made.toString().contains("weight decay 0.25"), made.toString());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void reducesTheLoss(OptimizerCase optimizer) {
        try (Model model = model();
                Trainer trainer = trainer(model, optimizer, Tracker.fixed(optimizer.rate), 0)) {
            double before = train(trainer, 1);
            double after = train(trainer, 40);
            assertTrue(after < 0.5 * before, before + " to " + after);
        }
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void clearsGradients(OptimizerCase optimizer) {
        try (Model model = model();
                Trainer trainer = trainer(model, optimizer, Tracker.fixed(optimizer.rate), 0)) {
            train(trainer, 2);
            for (Parameter parameter : model.getBlock().getParameters().values()) {
                try (NDArray gradient = parameter.getArray().getGradient()) {
                    assertEquals(0, gradient.abs().sum().getFloat());
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void keepsMemoryFlat(OptimizerCase optimizer) {
        try (Model model = model();
                Trainer trainer = trainer(model, optimizer, Tracker.fixed(optimizer.rate), 0)) {
            train(trainer, 2);
            int arrays = arrays(model, trainer);
            train(trainer, 10);
            assertEquals(arrays, arrays(model, trainer));
        }
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void asksTheTracker(OptimizerCase optimizer) {
        // a rate of zero after the third step
        Tracker tracker = update -> update <= 3 ? optimizer.rate : 0;
        boolean leavesRate = optimizer.name.startsWith("mq");
        try (Model model = model();
                Trainer trainer = trainer(model, optimizer, tracker, 0)) {
            train(trainer, 3);
            float[] before = weights(model);
            train(trainer, 1);
            float[] after = weights(model);
            if (leavesRate) {
                // of MQ's rate the minimum is left
                assertTrue(distance(before, after) < 0.01);
            } else {
                assertArrayEquals(before, after);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void decaysWeights(OptimizerCase optimizer) {
        assertTrue(
                norm(optimizer, 0.5f) < 0.95 * norm(optimizer, 0),
                "weights did not get smaller by weight decay");
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void leavesFrozenParametersAlone(OptimizerCase optimizer) {
        try (Model model = model();
                Trainer trainer = trainer(model, optimizer, Tracker.fixed(optimizer.rate), 0)) {
            Block first = model.getBlock().getChildren().get(0).getValue();
            first.freezeParameters(true);
            float[] before = first.getParameters().get("weight").getArray().toFloatArray();
            train(trainer, 3);
            assertArrayEquals(
                    before, first.getParameters().get("weight").getArray().toFloatArray());
        }
    }

    private static double norm(OptimizerCase optimizer, float decay) {
        try (Model model = model();
                Trainer trainer = trainer(model, optimizer, Tracker.fixed(optimizer.rate), decay)) {
            train(trainer, 40);
            double sum = 0;
            for (float weight : weights(model)) {
                sum += weight * weight;
            }
            return Math.sqrt(sum);
        }
    }

    private static Model model() {
        Engine.getEngine("PyTorch").setRandomSeed(3);
        Model model = Model.newInstance("optimizers", "PyTorch");
        model.setBlock(
                new SequentialBlock()
                        .add(Linear.builder().setUnits(16).build())
                        .add(Activation::tanh)
                        .add(Linear.builder().setUnits(3).build()));
        return model;
    }

    private static Trainer trainer(
            Model model, OptimizerCase optimizer, ParameterTracker rate, float decay) {
        Trainer trainer = optimizer.trainer.apply(model, config(model, optimizer, rate, decay));
        trainer.initialize(new Shape(24, 5));
        return trainer;
    }

    private static DefaultTrainingConfig config(
            Model model, OptimizerCase optimizer, ParameterTracker rate, float decay) {
        return new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                .optOptimizer(optimizer.optimizer.create(model.getBlock(), rate, decay));
    }

    private static NDArray data(NDManager manager) {
        NDArray noise = manager.arange(120).mul(0.37f).sin().reshape(24, 5);
        return noise.add(manager.eye(3).tile(new long[] {8, 2}).get(":, :5"));
    }

    private static NDArray labels(NDManager manager) {
        return manager.arange(24).mod(3).toType(DataType.INT64, false);
    }

    /** Trains on the same learnable batch again and again; returns the last loss. */
    private static double train(Trainer trainer, int steps) {
        double last = 0;
        for (int i = 0; i < steps; i++) {
            try (NDManager manager = trainer.getManager().newSubManager()) {
                NDArray data = data(manager);
                NDArray labels = labels(manager);
                try (GradientCollector collector = trainer.newGradientCollector()) {
                    NDList predictions = trainer.forward(new NDList(data), new NDList(labels));
                    NDArray loss = trainer.getLoss().evaluate(new NDList(labels), predictions);
                    collector.backward(loss);
                    last = loss.getFloat();
                }
                trainer.step();
            }
        }
        return last;
    }

    private static float[] weights(Model model) {
        List<Parameter> parameters = model.getBlock().getParameters().values();
        int size = parameters.stream().mapToInt(p -> (int) p.getArray().size()).sum();
        float[] all = new float[size];
        int at = 0;
        for (Parameter parameter : parameters) {
            float[] values = parameter.getArray().toFloatArray();
            System.arraycopy(values, 0, all, at, values.length);
            at += values.length;
        }
        return all;
    }

    private static double distance(float[] a, float[] b) {
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            largest = Math.max(largest, Math.abs(a[i] - b[i]));
        }
        return largest;
    }

    private static int arrays(Model model, Trainer trainer) {
        NDManager system = NDManager.newBaseManager().getParentManager();
        return Arrays.asList(model.getNDManager(), trainer.getManager(), system).stream()
                .mapToInt(manager -> manager.getManagedArrays().size())
                .sum();
    }
}
