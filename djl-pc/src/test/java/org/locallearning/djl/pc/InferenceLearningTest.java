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
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.metric.Metrics;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.listener.TrainingListenerAdapter;
import ai.djl.training.loss.Loss;
import ai.djl.training.loss.SoftmaxCrossEntropyLoss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.util.Pair;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.CreditListener;
import org.locallearning.djl.creditassignment.CreditTrainer;
import org.locallearning.djl.creditassignment.LayerCredit;
import org.locallearning.djl.creditassignment.LossCase;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.NonFiniteLossException;
import org.locallearning.djl.creditassignment.TrainingRun;
import org.locallearning.djl.creditassignment.alignment.AlignmentListener;
import org.locallearning.djl.creditassignment.rule.Backpropagation;

/** Inference learning on DJL's models, and what it says about input that it cannot use. */
class InferenceLearningTest {

    record Training(NetworkCase network, InferenceSchedule schedule) {
        @Override
        public String toString() {
            return network + ", " + schedule;
        }
    }

    static List<Training> trainings() {
        List<Training> trainings = new ArrayList<>();
        for (NetworkCase network : NetworkCase.small()) {
            for (InferenceSchedule schedule : InferenceSchedule.values()) {
                trainings.add(new Training(network, schedule));
            }
        }
        return trainings;
    }

    @ParameterizedTest
    @MethodSource("trainings")
    void reducesTheLossOfEveryNetwork(Training training) {
        InferenceLearning rule =
                InferenceLearning.builder().optSchedule(training.schedule).optIterations(5).build();
        NetworkCase network = training.network;
        Engine.getEngine("PyTorch").setRandomSeed(7);
        try (Model model = Model.newInstance("loss", "PyTorch")) {
            model.setBlock(network.block().get());
            DefaultTrainingConfig config =
                    new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                            .optOptimizer(
                                    Optimizer.adam()
                                            .optLearningRateTracker(Tracker.fixed(0.003f))
                                            .build());
            try (Trainer trainer = rule.newTrainer(model, config);
                    NDManager manager = model.getNDManager().newSubManager()) {
                trainer.initialize(network.input());
                NDArray data = manager.randomNormal(network.input());
                NDArray labels =
                        manager.arange((int) network.input().get(0))
                                .mod(network.classes())
                                .toType(DataType.INT64, false);
                double before = average(trainer, data, labels, 3);
                average(trainer, data, labels, 40);
                int arrays = arrays(model, trainer);
                double after = average(trainer, data, labels, 3);
                assertTrue(after < 0.8 * before, training + ": " + before + " to " + after);
                assertEquals(arrays, arrays(model, trainer), "arrays after more batches");
            }
        }
    }

    private static double average(Trainer trainer, NDArray data, NDArray labels, int steps) {
        double sum = 0;
        for (int i = 0; i < steps; i++) {
            try (NDManager batch = trainer.getManager().newSubManager()) {
                NDArray copy = data.duplicate();
                copy.attach(batch);
                NDArray labelCopy = labels.duplicate();
                labelCopy.attach(batch);
                sum += assign(trainer, copy, labelCopy);
            }
            trainer.step();
        }
        return sum / steps;
    }

    private static double assign(Trainer trainer, NDArray data, NDArray labels) {
        try (GradientCollector collector = trainer.newGradientCollector()) {
            NDList predictions = trainer.forward(new NDList(data), new NDList(labels));
            NDArray loss = trainer.getLoss().evaluate(new NDList(labels), predictions);
            collector.backward(loss);
            return loss.getFloat();
        }
    }

    private static int arrays(Model model, Trainer trainer) {
        NDManager system = NDManager.newBaseManager().getParentManager();
        return model.getNDManager().getManagedArrays().size()
                + trainer.getManager().getManagedArrays().size()
                + system.getManagedArrays().size();
    }

    @Test
    void runningStatisticsChangeOnceABatch() {
        float[] stock = statistics(Model::newTrainer);
        assertArrayEquals(
                stock, statistics(InferenceLearning.builder().build()::newTrainer), 1e-6f);
    }

    private static float[] statistics(BiFunction<Model, DefaultTrainingConfig, Trainer> factory) {
        Engine.getEngine("PyTorch").setRandomSeed(4);
        try (Model model = Model.newInstance("statistics", "PyTorch")) {
            model.setBlock(
                    new SequentialBlock()
                            .add(linear(6))
                            .add(BatchNorm.builder().build())
                            .add(Activation::relu)
                            .add(linear(5))
                            .add(BatchNorm.builder().build())
                            .add(linear(3)));
            try (Trainer trainer = trainer(model, factory, Loss.softmaxCrossEntropyLoss());
                    NDManager manager = trainer.getManager().newSubManager()) {
                trainer.initialize(new Shape(8, 4));
                NDArray data = manager.randomNormal(new Shape(8, 4));
                assign(trainer, data, manager.arange(8).mod(3));
                List<Float> all = new ArrayList<>();
                for (Pair<String, Parameter> parameter : model.getBlock().getParameters()) {
                    if (parameter.getKey().contains("running")) {
                        for (float value : parameter.getValue().getArray().toFloatArray()) {
                            all.add(value);
                        }
                    }
                }
                assertEquals(22, all.size());
                float[] values = new float[all.size()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = all.get(i);
                }
                return values;
            }
        }
    }

    @Test
    void dropoutDropsTheSameUnitsInEveryIteration() {
        // a unit that is dropped gets no error at all, whatever the iteration
        try (Model model = Model.newInstance("dropout", "PyTorch")) {
            model.setBlock(
                    new SequentialBlock()
                            .add(linear(40))
                            .add(Activation::tanh)
                            .add(Dropout.builder().optRate(0.5f).build())
                            .add(linear(3)));
            try (Trainer trainer =
                            trainer(
                                    model,
                                    InferenceLearning.builder().optIterations(6).build()
                                            ::newTrainer,
                                    Loss.softmaxCrossEntropyLoss());
                    NDManager manager = trainer.getManager().newSubManager()) {
                trainer.initialize(new Shape(1, 4));
                assign(trainer, manager.ones(new Shape(1, 4)), manager.zeros(new Shape(1)));
                float[] gradient =
                        model.getBlock()
                                .getParameters()
                                .get("01Linear_bias")
                                .getArray()
                                .getGradient()
                                .toFloatArray();
                int dropped = 0;
                for (float value : gradient) {
                    dropped += value == 0 ? 1 : 0;
                }
                assertTrue(dropped > 8 && dropped < 32, dropped + " of 40 dropped");
            }
        }
    }

    @Test
    void frozenLayersStayAndLayersAboveLearn() {
        PlainNet plain = new PlainNet(new Random(3), false, PlainNet.Output.SOFTMAX, 4, 6, 5, 3);
        try (DenseNet net = inferred(plain, InferenceLearning.builder())) {
            net.model.getBlock().getChildren().get(0).getValue().freezeParameters(true);
            net.model.getBlock().getChildren().get(2).getValue().freezeParameters(true);
            List<double[]> before = net.values();
            net.assign(new double[][] {{1, 2, 3, 4}}, new double[][] {{0, 1, 0}});
            net.trainer.step();
            List<double[]> after = net.values();
            for (int i = 0; i < 4; i++) {
                assertArrayEquals(before.get(i), after.get(i));
            }
            assertFalse(Arrays.equals(before.get(4), after.get(4)));
        }
    }

    @Test
    void alignmentWithBackpropagationIsMeasured() {
        PlainNet plain = new PlainNet(new Random(3), false, PlainNet.Output.SOFTMAX, 4, 6, 5, 3);
        Function<InferenceLearning.Builder, List<Double>> angles =
                builder -> {
                    AlignmentListener listener = new AlignmentListener(1);
                    try (DenseNet net =
                            new DenseNet(
                                    plain,
                                    DataType.FLOAT64,
                                    0.1f,
                                    (model, config) ->
                                            builder.build()
                                                    .newTrainer(
                                                            model,
                                                            config.addTrainingListeners(
                                                                    listener)))) {
                        net.assign(new double[][] {{1, 2, 3, 4}}, new double[][] {{0, 1, 0}});
                    }
                    List<Double> measured = new ArrayList<>();
                    listener.getAlignments().forEach(a -> measured.add(a.gradientAngle()));
                    return measured;
                };
        List<Double> inferred = angles.apply(InferenceLearning.builder().optStepSize(0.01));
        assertEquals(3, inferred.size());
        inferred.forEach(angle -> assertTrue(angle < 5, "angle " + angle));
    }

    @Test
    void freeEnergyIsAMetric() {
        PlainNet plain = new PlainNet(new Random(3), false, PlainNet.Output.SOFTMAX, 4, 6, 3);
        try (DenseNet net = inferred(plain, InferenceLearning.builder().optIterations(2))) {
            CreditTrainer trainer = (CreditTrainer) net.trainer;
            assertTrue(InferenceLearning.getFreeEnergy(trainer).isEmpty());
            Metrics metrics = new Metrics();
            trainer.setMetrics(metrics);
            FreeEnergyListener listener = new FreeEnergyListener(2);
            for (int batch = 0; batch < 3; batch++) {
                net.assign(new double[][] {{1, 2, 3, 4}}, new double[][] {{0, 1, 0}});
                listener.onTrainingBatch(trainer, null);
            }
            FreeEnergy energy = InferenceLearning.getFreeEnergy(trainer).orElseThrow();
            assertEquals(List.of("01Linear", "03Linear"), energy.getStages());
            assertEquals(3, energy.getStates());
            assertEquals(2, metrics.getMetric("free_energy_2").size());
            assertEquals(
                    energy.get(1, 0),
                    metrics.getMetric("free_energy_1_01Linear").get(1).getValue().doubleValue(),
                    1e-12);
            assertThrows(IllegalArgumentException.class, () -> new FreeEnergyListener(0));
        }
    }

    @Test
    void freeEnergyThatNobodyMeasuresOrKeepsIsRefused() {
        FreeEnergyListener listener = new FreeEnergyListener(1);
        NetworkCase network = NetworkCase.twoHiddenLayers();
        try (TrainingRun run =
                TrainingRun.start(network, InferenceLearning.builder().build()::newTrainer)) {
            assertRefused(listener, run, "trainer.setMetrics");
        }
        try (TrainingRun run =
                TrainingRun.start(network, Backpropagation.builder().build()::newTrainer)) {
            assertRefused(listener, run, "leave the listener out");
        }
    }

    private static void assertRefused(FreeEnergyListener listener, TrainingRun run, String remedy) {
        String message =
                assertThrows(
                                IllegalStateException.class,
                                () -> listener.onTrainingBatch(run.trainer(), null))
                        .getMessage();
        assertTrue(message.contains(remedy), message);
    }

    /** The gradients that a listener gets, by the path of the weight. */
    private static final class Assigned extends TrainingListenerAdapter implements CreditListener {

        private final Map<String, double[]> gradients = new HashMap<>();

        @Override
        public boolean wantsComparison(CreditTrainer trainer) {
            return true;
        }

        @Override
        public void onCredit(CreditTrainer trainer, List<LayerCredit> layers) {
            for (LayerCredit layer : layers) {
                gradients.put(layer.layer().weightPath(), layer.gradient().toDoubleArray());
            }
        }
    }

    /** Also where weights move in every iteration. */
    @ParameterizedTest
    @EnumSource(InferenceSchedule.class)
    void listenersGetTheGradientsOfTheWholeStep(InferenceSchedule schedule) {
        Assigned assigned = new Assigned();
        LossCase loss = LossCase.softmaxCrossEntropy();
        float rate = 0.125f;
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(loss.loss().get())
                        .optOptimizer(
                                Optimizer.sgd().setLearningRateTracker(Tracker.fixed(rate)).build())
                        .addTrainingListeners(assigned);
        InferenceLearning rule =
                InferenceLearning.builder().optSchedule(schedule).optIterations(4).build();
        try (TrainingRun run =
                TrainingRun.start(
                        NetworkCase.twoHiddenLayers(),
                        DataType.FLOAT64,
                        loss,
                        config,
                        rule::newTrainer)) {
            Map<String, double[]> before = run.parameters();
            run.train(0, 1);
            assertEquals(3, assigned.gradients.size());
            assigned.gradients.forEach(
                    (path, gradient) -> {
                        double[] moved = run.parameters().get(path);
                        for (int i = 0; i < moved.length; i++) {
                            moved[i] = (before.get(path)[i] - moved[i]) / rate;
                        }
                        assertArrayEquals(moved, gradient, 1e-12, path);
                    });
        }
    }

    @ParameterizedTest
    @EnumSource(InferenceSchedule.class)
    void saysWhereInferenceBreaksDown(InferenceSchedule schedule) {
        PlainNet plain = new PlainNet(new Random(3), true, PlainNet.Output.IDENTITY, 4, 6, 5, 3);
        InferenceLearning.Builder builder =
                InferenceLearning.builder()
                        .optSchedule(schedule)
                        .optIterations(30)
                        .optStepDecay(false)
                        .optPrecisions(1e100, 1e100, 1e100);
        try (DenseNet net = inferred(plain, builder)) {
            List<double[]> before = net.values();
            NonFiniteLossException broken = assertBroken(net, -3);
            assertTrue(broken.getMessage().contains("of 30 iterations"), broken.getMessage());
            assertTrue(broken.getMessage().contains("Linear"), broken.getMessage());
            // the first iteration is finite and moves weights, if they move in iterations
            boolean moved = schedule == InferenceSchedule.INCREMENTAL;
            assertEquals(
                    moved,
                    broken.getMessage().contains("from an earlier checkpoint"),
                    broken.getMessage());
            if (!moved) {
                assertUntouched(net, before, broken);
            }
            assertEquals(!moved, DenseNet.distance(net.values(), before) == 0);
        }
    }

    private static NonFiniteLossException assertBroken(DenseNet net, double lastLabel) {
        double[][] data = {{1, 2, 3, 4}};
        double[][] labels = {{5, 1, lastLabel}};
        return assertThrows(NonFiniteLossException.class, () -> net.assign(data, labels));
    }

    private static void assertUntouched(
            DenseNet net, List<double[]> before, NonFiniteLossException broken) {
        assertTrue(broken.getMessage().contains("No gradients were left"), broken.getMessage());
        net.gradients().forEach(g -> assertArrayEquals(new double[g.length], g));
        assertEquals(0, DenseNet.distance(net.values(), before));
    }

    @ParameterizedTest
    @EnumSource(InferenceSchedule.class)
    void inferenceThatCannotBeginLeavesTheModelAlone(InferenceSchedule schedule) {
        PlainNet plain = new PlainNet(new Random(3), true, PlainNet.Output.IDENTITY, 4, 6, 5, 3);
        InferenceLearning.Builder builder =
                InferenceLearning.builder()
                        .optSchedule(schedule)
                        .optIterations(3)
                        .optPrecisions(1, 1, Double.MAX_VALUE);
        try (DenseNet net = inferred(plain, builder)) {
            List<double[]> before = net.values();
            NonFiniteLossException broken = assertBroken(net, -30);
            assertTrue(broken.getMessage().contains("after 0 of 3"), broken.getMessage());
            assertUntouched(net, before, broken);
        }
    }

    @Test
    void refusesSettingsOutOfRange() {
        InferenceLearning.Builder builder = InferenceLearning.builder();
        assertMessage("at least 1 iteration", () -> builder.optIterations(0));
        assertMessage("at most 2", () -> builder.optStepSize(0));
        assertMessage("at most 2", () -> builder.optStepSize(2.5));
        assertMessage("at most 2", () -> builder.optStepSize(Double.NaN));
        assertMessage("above 0", () -> builder.optClamp(0));
        assertMessage("above 0", () -> builder.optClamp(Double.NaN));
        assertMessage("precision", () -> builder.optPrecisions(1, -1));
        assertMessage("activity decay", () -> builder.optActivityDecay(-1));
        assertMessage(
                "INCREMENTAL",
                () ->
                        builder.optFixedPredictions(true)
                                .optSchedule(InferenceSchedule.INCREMENTAL)
                                .build());
    }

    @Test
    void refusesPrecisionsForAnotherNetwork() {
        PlainNet plain = new PlainNet(new Random(3), true, PlainNet.Output.SOFTMAX, 4, 6, 3);
        try (DenseNet net = inferred(plain, InferenceLearning.builder().optPrecisions(1, 1, 1))) {
            assertMessage(
                    "has 2 stages",
                    () -> net.assign(new double[][] {{1, 2, 3, 4}}, new double[][] {{0, 1, 0}}));
        }
    }

    @Test
    void refusesLabelsThatTheOutputCannotTake() {
        double[][] x = {{1, 2, 3, 4}};
        PlainNet sigmoid = new PlainNet(new Random(3), true, PlainNet.Output.SIGMOID, 4, 6, 3);
        try (DenseNet net = inferred(sigmoid, InferenceLearning.builder())) {
            assertMessage(
                    "labels are from 0.0 to 255.0",
                    () -> net.assign(x, new double[][] {{0, 9, 255}}));
        }
        PlainNet softmax = new PlainNet(new Random(3), true, PlainNet.Output.SOFTMAX, 4, 6, 3);
        try (DenseNet net = inferred(softmax, InferenceLearning.builder())) {
            assertMessage("sum to 1", () -> net.assign(x, new double[][] {{0.5, 0.25, 0.5}}));
            assertMessage(
                    "labels are from -0.5 to 1.0",
                    () -> net.assign(x, new double[][] {{-0.5, 1, 0.5}}));
        }
    }

    @Test
    void probabilitiesSumAlongTheAxisOfTheClasses() {
        float[] probabilities = {0.5f, 1, 0.25f, 0.5f, 0, 0.75f, 0, 0, 0.75f, 1, 1, 0.25f};
        try (Model model = Model.newInstance("positions", "PyTorch")) {
            Shape shape = new Shape(2, 2, 3);
            model.setBlock(
                    new SequentialBlock()
                            .add(linear(5))
                            .add(linear(6))
                            .addSingleton(scores -> scores.reshape(shape)));
            for (int axis : new int[] {1, 2}) {
                Loss loss = new SoftmaxCrossEntropyLoss("positions", 1, axis, false, true);
                try (Trainer trainer =
                                trainer(
                                        model,
                                        InferenceLearning.builder().build()::newTrainer,
                                        loss);
                        NDManager manager = trainer.getManager().newSubManager()) {
                    trainer.initialize(new Shape(2, 4));
                    NDArray data = manager.ones(new Shape(2, 4));
                    // DJL's loss takes them in the shape of predictions, or flattened
                    for (Shape given : new Shape[] {shape, new Shape(2, 6)}) {
                        NDArray labels = manager.create(probabilities, given);
                        if (axis == 1) {
                            assign(trainer, data, labels);
                        } else {
                            assertMessage("sum to 1", () -> assign(trainer, data, labels));
                        }
                    }
                }
            }
        }
    }

    @Test
    void refusesClassesThatAreNoNumbersOfClasses() {
        try (Model model = Model.newInstance("classes", "PyTorch")) {
            model.setBlock(new SequentialBlock().add(linear(5)).add(linear(3)));
            try (Trainer trainer =
                            trainer(
                                    model,
                                    InferenceLearning.builder().build()::newTrainer,
                                    new SoftmaxCrossEntropyLoss());
                    NDManager manager = trainer.getManager().newSubManager()) {
                trainer.initialize(new Shape(2, 4));
                NDArray data = manager.ones(new Shape(2, 4));
                NDArray labels = manager.create(new float[] {0, 1.5f});
                assertMessage("number of a class", () -> assign(trainer, data, labels));
            }
        }
    }

    @Test
    void refusesABatchWithoutLabels() {
        PlainNet plain = new PlainNet(new Random(3), true, PlainNet.Output.IDENTITY, 4, 6, 3);
        try (DenseNet net = inferred(plain, InferenceLearning.builder());
                NDManager manager = net.trainer.getManager().newSubManager();
                GradientCollector collector = net.trainer.newGradientCollector()) {
            NDArray data = manager.ones(new Shape(2, 4), DataType.FLOAT64);
            NDArray loss = net.trainer.forward(new NDList(data)).head().square().mean();
            IllegalStateException refused =
                    assertThrows(IllegalStateException.class, () -> collector.backward(loss));
            assertTrue(refused.getMessage().contains("no labels"), refused.getMessage());
        }
    }

    /** The share of wrong answers, which is flat wherever it can be differentiated. */
    private static final class ErrorRate extends Loss {

        ErrorRate() {
            super("ErrorRate");
        }

        @Override
        public NDArray evaluate(NDList labels, NDList predictions) {
            NDArray answers = predictions.head().argMax(1);
            NDArray wrong = answers.neq(labels.head().toType(answers.getDataType(), false));
            return wrong.toType(DataType.FLOAT32, false).mean();
        }
    }

    @Test
    void refusesALossThatCannotClampTheOutput() {
        try (Model model = Model.newInstance("flat", "PyTorch")) {
            model.setBlock(new SequentialBlock().add(linear(5)).add(linear(3)));
            try (Trainer trainer =
                            trainer(
                                    model,
                                    InferenceLearning.builder().build()::newTrainer,
                                    new ErrorRate());
                    NDManager manager = trainer.getManager().newSubManager()) {
                trainer.initialize(new Shape(2, 4));
                NDArray data = manager.ones(new Shape(2, 4));
                NDArray labels = manager.create(new float[] {0, 1});
                assertMessage("is ErrorRate", () -> assign(trainer, data, labels));
                // a loss of the caller's own says nothing about the one that clamps
                try (GradientCollector collector = trainer.newGradientCollector()) {
                    NDList predictions = trainer.forward(new NDList(data), new NDList(labels));
                    NDArray other = predictions.head().square().mean();
                    IllegalStateException refused =
                            assertThrows(
                                    IllegalStateException.class, () -> collector.backward(other));
                    assertTrue(
                            refused.getMessage().contains("trainer's own loss (ErrorRate)"),
                            refused.getMessage());
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "SIMULTANEOUS, 1, 'lowest 2 of 4 layers, which will learn nothing; take at least 3'",
        "SIMULTANEOUS, 2, 'lowest 1 of 4 layers, which will learn nothing; take at least 3'",
        "SIMULTANEOUS, 3, ''",
        "INCREMENTAL, 3, 'lowest 1 of 4 layers, which will learn nothing; take at least 4'",
        "INCREMENTAL, 4, ''",
        "SEQUENTIAL, 1, ''"
    })
    void warnsOnceOfLayersThatNoErrorReaches(
            InferenceSchedule schedule, int iterations, String warning) {
        PlainNet plain = new PlainNet(new Random(3), true, PlainNet.Output.SOFTMAX, 4, 6, 6, 6, 3);
        PrintStream standard = System.err;
        ByteArrayOutputStream captured = new ByteArrayOutputStream();
        System.setErr(new PrintStream(captured, true, StandardCharsets.UTF_8));
        int silent = 0;
        try (DenseNet net =
                inferred(
                        plain,
                        InferenceLearning.builder()
                                .optSchedule(schedule)
                                .optIterations(iterations))) {
            List<double[]> before = net.values();
            for (int batch = 0; batch < 2; batch++) {
                net.assign(new double[][] {{1, 2, 3, 4}}, new double[][] {{0, 1, 0}});
                net.trainer.step();
            }
            List<double[]> after = net.values();
            for (int i = 0; i < before.size(); i++) {
                silent += Arrays.equals(before.get(i), after.get(i)) ? 1 : 0;
            }
        } finally {
            System.setErr(standard);
        }
        String log = captured.toString(StandardCharsets.UTF_8);
        assertEquals(warning.isEmpty() ? 1 : 2, log.split("no error reaches", -1).length, log);
        assertTrue(log.contains(warning), log);
        // a weight and a bias per layer; what the warning counts is what really is silent
        int warned = warning.isEmpty() ? 0 : Integer.parseInt(warning.split(" ")[1]);
        assertEquals(2 * warned, silent);
    }

    @Test
    void saysItsSettings() {
        assertEquals(
                "InferenceLearning(SEQUENTIAL, T 3, step 0.05 / (1 + t), clamp 100.0, precisions 1,"
                        + " activity decay 0.0, predictions inferred)",
                InferenceLearning.builder().build().toString());
        assertEquals(
                "InferenceLearning(SIMULTANEOUS, T 9, step 0.5, clamp full, precisions [1.0, 2.0],"
                        + " activity decay 0.1, predictions fixed)",
                InferenceLearning.builder()
                        .optSchedule(InferenceSchedule.SIMULTANEOUS)
                        .optIterations(9)
                        .optStepSize(0.5)
                        .optStepDecay(false)
                        .optFullClamp()
                        .optPrecisions(1, 2)
                        .optActivityDecay(0.1)
                        .optFixedPredictions(true)
                        .build()
                        .toString());
        assertTrue(
                InferenceLearning.builder()
                        .optBacktracking(false)
                        .build()
                        .toString()
                        .contains(", no backtracking"));
    }

    @Test
    void warnsOnceOfStepsThatRaiseTheFreeEnergyAndNamesOneThatDoesNot() {
        String guarded = logOfTwoBatches(2, true);
        assertEquals(2, guarded.split("raised the free energy", -1).length, guarded);
        double smaller = Double.parseDouble(guarded.split("optStepSize\\(")[1].split("\\)")[0]);
        assertTrue(guarded.contains("inferred again with " + smaller), guarded);
        assertEquals("", logOfTwoBatches(smaller, true));
        assertTrue(logOfTwoBatches(2 * smaller, true).contains("raised the free energy"));

        String unguarded = logOfTwoBatches(2, false);
        assertEquals(2, unguarded.split("raised the free energy", -1).length, unguarded);
        assertTrue(unguarded.contains("optBacktracking(true)"), unguarded);
        assertEquals("", logOfTwoBatches(smaller, false));
    }

    private static String logOfTwoBatches(double step, boolean backtracking) {
        PlainNet plain = new PlainNet(new Random(3), false, PlainNet.Output.SOFTMAX, 4, 6, 6, 3);
        for (double[][] layer : plain.weights) {
            for (double[] row : layer) {
                Arrays.setAll(row, i -> 4 * row[i]);
            }
        }
        return log(
                () -> {
                    try (DenseNet net =
                            inferred(
                                    plain,
                                    InferenceLearning.builder()
                                            .optStepSize(step)
                                            .optStepDecay(false)
                                            .optBacktracking(backtracking))) {
                        for (int batch = 0; batch < 2; batch++) {
                            net.assign(new double[][] {{1, 2, 3, 4}}, new double[][] {{0, 1, 0}});
                        }
                    }
                });
    }

    private static String log(Runnable runnable) {
        PrintStream standard = System.err;
        ByteArrayOutputStream captured = new ByteArrayOutputStream();
        System.setErr(new PrintStream(captured, true, StandardCharsets.UTF_8));
        try {
            runnable.run();
        } finally {
            System.setErr(standard);
        }
        return captured.toString(StandardCharsets.UTF_8);
    }

    @Test
    void leavesActivitiesAloneWhereNoStepLowersTheFreeEnergy() {
        // noise that is drawn anew each time the output layer runs, but for the forward pass and
        // the
        // check that blocks repeat themselves
        AtomicInteger runs = new AtomicInteger();
        Block noise =
                new LambdaBlock(
                        arrays -> {
                            NDArray h = arrays.singletonOrThrow();
                            NDArray wrong = h.zerosLike();
                            wrong.set(new NDIndex(":, 0"), runs.getAndIncrement() < 2 ? 0 : 50);
                            return new NDList(h.add(wrong));
                        });
        try (Model model = Model.newInstance("noise", "PyTorch")) {
            model.setBlock(
                    new SequentialBlock()
                            .add(linear(5))
                            .add(Activation::tanh)
                            .add(linear(3))
                            .add(noise));
            try (Trainer trainer =
                            trainer(
                                    model,
                                    InferenceLearning.builder().build()::newTrainer,
                                    Loss.softmaxCrossEntropyLoss());
                    NDManager manager = trainer.getManager().newSubManager()) {
                trainer.initialize(new Shape(2, 4));
                runs.set(0);
                NDArray data = manager.ones(new Shape(2, 4));
                String log = log(() -> assign(trainer, data, manager.ones(new Shape(2))));
                assertTrue(log.contains("only the last layer learned"), log);
                assertEquals(0, size(model, "01Linear_weight"));
                assertTrue(size(model, "03Linear_weight") > 0);
            }
        }
    }

    private static double size(Model model, String parameter) {
        NDArray weight = model.getBlock().getParameters().get(parameter).getArray();
        try (NDArray gradient = weight.getGradient()) {
            return gradient.abs().sum().getFloat();
        }
    }

    private static void assertMessage(String part, Executable executable) {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, executable);
        assertTrue(refused.getMessage().contains(part), refused.getMessage());
    }

    private static DenseNet inferred(PlainNet plain, InferenceLearning.Builder builder) {
        return new DenseNet(plain, DataType.FLOAT64, 0.1f, builder.build()::newTrainer);
    }

    private static Block linear(int units) {
        return Linear.builder().setUnits(units).build();
    }

    private static Trainer trainer(
            Model model, BiFunction<Model, DefaultTrainingConfig, Trainer> factory, Loss loss) {
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(loss)
                        .optOptimizer(
                                Optimizer.sgd()
                                        .setLearningRateTracker(Tracker.fixed(0.1f))
                                        .build());
        return factory.apply(model, config);
    }
}
