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
package org.locallearning.djl.creditassignment.rule;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.MalformedModelException;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.listener.TrainingListenerAdapter;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.FixedPerVarTracker;
import ai.djl.training.tracker.ParameterTracker;
import ai.djl.training.tracker.Tracker;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.CreditAssignment;
import org.locallearning.djl.creditassignment.CreditListener;
import org.locallearning.djl.creditassignment.CreditTrainer;
import org.locallearning.djl.creditassignment.Gradients;
import org.locallearning.djl.creditassignment.LayerCredit;
import org.locallearning.djl.creditassignment.LossCase;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.TrainingRun;
import org.locallearning.djl.creditassignment.alignment.Angles;
import org.locallearning.djl.creditassignment.layer.LayerTable;
import org.locallearning.djl.creditassignment.optimizer.ProjectedOptimizer;
import org.locallearning.djl.creditassignment.tape.Layer;

/** Feedback weights that learn come to the weights as their equations say. */
class LearnedFeedbackTest {

    private static final NetworkCase NETWORK = NetworkCase.twoHiddenLayers();

    private static final float RATE = 0.125f;

    /** Follows the difference of weight and feedback weight in the output layer. */
    private static final class Difference extends TrainingListenerAdapter
            implements CreditListener {

        final List<double[]> history = new ArrayList<>();

        @Override
        public boolean wantsComparison(CreditTrainer trainer) {
            return true;
        }

        @Override
        public void onCredit(CreditTrainer trainer, List<LayerCredit> layers) {
            LayerCredit output = layers.get(layers.size() - 1);
            try (NDArray difference = output.weight().sub(output.feedback().orElseThrow())) {
                history.add(difference.toDoubleArray());
            }
        }
    }

    private static List<double[]> train(CreditAssignment rule, Optimizer optimizer, int steps) {
        Difference difference = new Difference();
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(LossCase.softmaxCrossEntropy().loss().get())
                        .optOptimizer(optimizer)
                        .addTrainingListeners(difference);
        try (TrainingRun run =
                TrainingRun.start(
                        NETWORK,
                        DataType.FLOAT64,
                        LossCase.softmaxCrossEntropy(),
                        config,
                        rule::newTrainer)) {
            run.train(0, steps);
        }
        return difference.history;
    }

    static Stream<Arguments> optimizers() {
        Tracker rate = Tracker.fixed(RATE);
        return Stream.of(
                Arguments.of("descent", Optimizer.sgd().setLearningRateTracker(rate).build()),
                Arguments.of(
                        "momentum",
                        Optimizer.sgd().setLearningRateTracker(rate).optMomentum(0.9f).build()),
                Arguments.of(
                        "Adam",
                        Optimizer.adam().optLearningRateTracker(Tracker.fixed(0.01f)).build()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("optimizers")
    void kolenPollackForgetsTheDifferenceByTheSameFactor(String name, Optimizer optimizer) {
        double decay = 0.02;
        int steps = 60;
        List<double[]> history =
                train(KolenPollack.builder().optDecay(decay).build(), optimizer, steps);
        for (int t = 0; t < steps; t++) {
            double factor = Math.pow(1 - decay, t);
            double[] expected = history.get(0).clone();
            for (int i = 0; i < expected.length; i++) {
                expected[i] *= factor;
            }
            assertArrayEquals(expected, history.get(t), 1e-13, "step " + t);
        }
    }

    @Test
    void kolenPollackRefusesARateOfTheWeightAlone() {
        Block block = NETWORK.block().get();
        ParameterTracker rates =
                FixedPerVarTracker.builder()
                        .setDefaultValue(0)
                        .put(block.getParameters().get("05Linear_weight").getId(), 0.5f)
                        .build();
        LossCase loss = LossCase.softmaxCrossEntropy();
        DefaultTrainingConfig config =
                TrainingRun.config(loss)
                        .optOptimizer(Optimizer.sgd().setLearningRateTracker(rates).build());
        NetworkCase network = new NetworkCase("mlp", () -> block, NETWORK.input(), 4);
        try (TrainingRun run =
                TrainingRun.start(
                        network,
                        DataType.FLOAT32,
                        loss,
                        config,
                        KolenPollack.builder().build()::newTrainer)) {
            run.assign(0);
            Map<String, double[]> before = run.parameters();
            String refused =
                    assertThrows(IllegalStateException.class, run.trainer()::step).getMessage();
            assertTrue(refused.contains("05Linear_weight another rate"), refused);
            before.forEach(
                    (path, values) -> assertArrayEquals(values, run.parameters().get(path), path));
        }
    }

    /** As loops do that clip gradients by their norm, or mask those of pruned weights. */
    @Test
    void gradientsThatTheLoopChangesMoveBothAlike() {
        double decay = 0.02;
        int steps = 8;
        try (TrainingRun run = kolenPollack(NETWORK, decay)) {
            run.train(0, 1);
            Map<String, double[]> first = differences(run);
            for (int t = 1; t <= steps; t++) {
                run.assign(t);
                for (Parameter parameter : run.model().getBlock().getParameters().values()) {
                    try (NDArray gradient = parameter.getArray().getGradient()) {
                        gradient.muli(0.25);
                    }
                }
                run.trainer().step();
            }
            assertShrunk(first, differences(run), Math.pow(1 - decay, steps));
        }
    }

    @Test
    void aWeightInTwoPlacesDecaysOnceAStep() {
        double decay = 0.02;
        int steps = 8;
        NetworkCase network =
                new NetworkCase("shared", LearnedFeedbackTest::withSharedLayer, new Shape(6, 9), 4);
        try (TrainingRun run = kolenPollack(network, decay)) {
            run.train(0, 1);
            Map<String, double[]> first = differences(run);
            assertEquals(
                    Set.of("03Linear_weight", "05Linear_weight", "07Linear_weight"),
                    first.keySet());
            run.train(1, 1 + steps);
            assertShrunk(first, differences(run), Math.pow(1 - decay, steps));
        }
    }

    private static TrainingRun kolenPollack(NetworkCase network, double decay) {
        return kolenPollack(network, decay, sgd());
    }

    private static TrainingRun kolenPollack(
            NetworkCase network, double decay, Optimizer optimizer) {
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(LossCase.softmaxCrossEntropy().loss().get())
                        .optOptimizer(optimizer);
        CreditAssignment rule = KolenPollack.builder().optDecay(decay).build();
        return TrainingRun.start(
                network,
                DataType.FLOAT64,
                LossCase.softmaxCrossEntropy(),
                config,
                rule::newTrainer);
    }

    private static void assertShrunk(
            Map<String, double[]> first, Map<String, double[]> last, double factor) {
        last.forEach(
                (path, values) -> {
                    double[] expected = first.get(path).clone();
                    for (int i = 0; i < expected.length; i++) {
                        expected[i] *= factor;
                    }
                    assertArrayEquals(expected, values, 1e-13, path);
                });
    }

    private static Block withSharedLayer() {
        Block shared = NetworkCase.linear(7);
        return new SequentialBlock()
                .add(NetworkCase.linear(7))
                .add(Activation.tanhBlock())
                .add(shared)
                .add(Activation.tanhBlock())
                .add(shared)
                .add(Activation.tanhBlock())
                .add(NetworkCase.linear(4));
    }

    /** W - B by the path of W. */
    private static Map<String, double[]> differences(TrainingRun run) {
        Map<String, double[]> differences = new HashMap<>();
        ((CreditTrainer) run.trainer())
                .getRuleParameters()
                .forEach(
                        (path, feedback) -> {
                            NDArray weight =
                                    run.model().getBlock().getParameters().get(path).getArray();
                            try (NDArray difference = weight.stopGradient().sub(feedback)) {
                                differences.put(path, difference.toDoubleArray());
                            }
                        });
        return differences;
    }

    static Stream<Arguments> scheduledOptimizers() {
        Tracker descent = update -> rate(RATE, update);
        Tracker small = update -> rate(0.01f, update);
        Optimizer sgd = Optimizer.sgd().setLearningRateTracker(descent).build();
        return Stream.of(
                Arguments.of("descent", sgd),
                Arguments.of(
                        "momentum",
                        Optimizer.sgd().setLearningRateTracker(descent).optMomentum(0.5f).build()),
                Arguments.of("Adam", Optimizer.adam().optLearningRateTracker(small).build()),
                Arguments.of("AdamW", adamW(small)),
                Arguments.of(
                        "projected",
                        ProjectedOptimizer.builder().setOptimizer(sgd()).optRadius(0.5).build()));
    }

    private static Optimizer sgd() {
        return Optimizer.sgd()
                .setLearningRateTracker((Tracker) update -> rate(RATE, update))
                .build();
    }

    private static Optimizer adamW(Tracker rate) {
        return Optimizer.adamW().optLearningRateTracker(rate).optWeightDecays(0).build();
    }

    /** The whole rate in ten steps, an eighth in ten more, then none. */
    private static float rate(float whole, int update) {
        return update <= 10 ? whole : update <= 20 ? whole / 8 : 0;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("scheduledOptimizers")
    void decayFollowsTheScheduleOfTheLearningRate(String name, Optimizer optimizer) {
        double decay = 0.02;
        List<double[]> history =
                train(KolenPollack.builder().optDecay(decay).build(), optimizer, 25);
        double factor = 1;
        for (int t = 0; t < 25; t++) {
            double[] expected = history.get(0).clone();
            for (int i = 0; i < expected.length; i++) {
                expected[i] *= factor;
            }
            assertArrayEquals(expected, history.get(t), 1e-13, "step " + t);
            factor *= t < 10 ? 1 - decay : t < 20 ? 1 - decay / 8 : 1;
        }
    }

    @Test
    void nothingMovesAtALearningRateOfZero() {
        try (TrainingRun run = kolenPollack(NETWORK, 0.1)) {
            Map<String, double[]> before = run.train(0, 20).parameters();
            Map<String, double[]> after = run.train(20, 23).parameters();
            before.forEach((path, values) -> assertArrayEquals(values, after.get(path), path));
        }
    }

    /** Gradient descent with a rate that is no tracker's. */
    private static final class Hidden extends Optimizer {

        Hidden() {
            super(new Settings());
        }

        @Override
        public void update(String parameterId, NDArray weight, NDArray grad) {
            try (NDArray alias = weight.stopGradient();
                    NDArray step = grad.mul(RATE)) {
                alias.subi(step);
            }
            try (NDArray gradient = weight.getGradient()) {
                gradient.set(new NDIndex("..."), 0f);
            }
        }

        private static final class Settings extends OptimizerBuilder<Settings> {
            @Override
            protected Settings self() {
                return this;
            }
        }
    }

    @Test
    void saysOnceThatTheDecayFollowsNoSchedule() {
        PrintStream standard = System.err;
        ByteArrayOutputStream captured = new ByteArrayOutputStream();
        System.setErr(new PrintStream(captured, true, StandardCharsets.UTF_8));
        List<double[]> history;
        try {
            history = train(KolenPollack.builder().optDecay(0.02).build(), new Hidden(), 3);
            train(KolenPollack.builder().optDecay(0.02).build(), sgd(), 3);
            train(KolenPollack.builder().optDecay(0).build(), new Hidden(), 3);
        } finally {
            System.setErr(standard);
        }
        String log = captured.toString(StandardCharsets.UTF_8);
        assertEquals(2, log.split("does not show its learning rate", -1).length, log);
        for (int i = 0; i < history.get(0).length; i++) {
            assertEquals(0.98 * 0.98 * history.get(0)[i], history.get(2)[i], 1e-13);
        }
    }

    @Test
    void weightDecayOfTheOptimizerForgetsTheDifferenceToo() {
        float weightDecay = 0.25f;
        int steps = 40;
        List<double[]> history =
                train(
                        KolenPollack.builder().optDecay(0).build(),
                        Optimizer.sgd()
                                .setLearningRateTracker(Tracker.fixed(RATE))
                                .optWeightDecays(weightDecay)
                                .build(),
                        steps);
        double factor = Math.pow(1 - RATE * weightDecay, steps - 1);
        double[] last = history.get(steps - 1);
        for (int i = 0; i < last.length; i++) {
            assertEquals(factor * history.get(0)[i], last[i], 1e-13);
        }
    }

    @Test
    void theFirstBatchIsFeedbackAlignment() {
        CreditAssignment fixed =
                FeedbackAlignment.builder()
                        .optFeedback(FeedbackDistribution.fanInUniform().seeded(3))
                        .build();
        Gradients expected = Gradients.of(NETWORK, fixed::newTrainer);
        assertEquals(
                0,
                Gradients.of(NETWORK, KolenPollack.builder().optSeed(3).build()::newTrainer)
                        .distanceTo(expected));
        assertEquals(
                0,
                Gradients.of(NETWORK, WeightMirror.builder().optSeed(3).build()::newTrainer)
                        .distanceTo(expected));
    }

    @Test
    void feedbackOfFrozenWeightsStays(@TempDir Path folder) throws Exception {
        Gradients.TrainerFactory freezing =
                (model, config) -> {
                    for (String path : List.of("03Linear_weight", "05Linear_weight")) {
                        model.getBlock().getParameters().get(path).freeze(true);
                    }
                    return KolenPollack.builder().optDecay(0.1).build().newTrainer(model, config);
                };
        try (TrainingRun run = TrainingRun.start(NETWORK, freezing)) {
            CreditTrainer trainer = (CreditTrainer) run.trainer();
            run.train(0, 1);
            trainer.saveState(folder.resolve("early"));
            run.train(1, 4);
            trainer.saveState(folder.resolve("late"));
            assertEquals(-1, Files.mismatch(folder.resolve("early"), folder.resolve("late")));
            run.model().getBlock().getParameters().get("05Linear_weight").freeze(false);
            run.train(4, 5);
            trainer.saveState(folder.resolve("late"));
            assertTrue(Files.mismatch(folder.resolve("early"), folder.resolve("late")) > 0);
        }
    }

    static Stream<Arguments> movingOptimizers() {
        Tracker rate = Tracker.fixed(RATE);
        return Stream.of(
                Arguments.of(
                        "momentum",
                        Optimizer.sgd().setLearningRateTracker(rate).optMomentum(0.9f).build(),
                        1e-12),
                // DJL counts the updates of all parameters together: one more may be on its count
                // between those of a weight that has paused and of B
                Arguments.of(
                        "Adam",
                        Optimizer.adam().optLearningRateTracker(Tracker.fixed(0.01f)).build(),
                        1e-3),
                // which shrinks the difference, too
                Arguments.of(
                        "weight decay",
                        Optimizer.sgd().setLearningRateTracker(rate).optWeightDecays(0.1f).build(),
                        0.1));
    }

    /** Momentum and decay move what has no gradient, where no error passes the layer any more. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("movingOptimizers")
    void feedbackOfWeightsThatAreFrozenLaterStays(
            String name, Optimizer optimizer, double tolerance) {
        try (TrainingRun run = kolenPollack(NETWORK, 0.1, optimizer)) {
            run.train(0, 3);
            freeze(run, true, "01Linear", "03Linear");
            Map<String, double[]> before = feedback(run);
            run.train(3, 8);
            assertArrayEquals(before.get("03Linear_weight"), feedback(run).get("03Linear_weight"));
            freeze(run, false, "01Linear", "03Linear");
            run.train(8, 9);
            Map<String, double[]> first = differences(run);
            run.train(9, 13);
            assertEquals(
                    Math.pow(0.9, 4),
                    norm(differences(run).get("03Linear_weight"))
                            / norm(first.get("03Linear_weight")),
                    tolerance);
        }
    }

    private static void freeze(TrainingRun run, boolean frozen, String... paths) {
        for (String path : paths) {
            run.model().getBlock().getChildren().get(path).freezeParameters(frozen);
        }
    }

    private static Map<String, double[]> feedback(TrainingRun run) {
        Map<String, double[]> values = new HashMap<>();
        ((CreditTrainer) run.trainer())
                .getRuleParameters()
                .forEach((path, feedback) -> values.put(path, feedback.toDoubleArray()));
        return values;
    }

    private static double norm(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value * value;
        }
        return Math.sqrt(sum);
    }

    /** Noise that is a function of its shape: the same numbers again and again. */
    private static RandomSource noise(BiFunction<NDManager, Shape, NDArray> numbers) {
        return new RandomSource() {
            @Override
            public NDArray normal(NDManager manager, Shape shape, DataType type) {
                return numbers.apply(manager, shape).toType(type, false);
            }

            @Override
            public NDArray uniform(
                    NDManager manager, double low, double high, Shape shape, DataType type) {
                throw new UnsupportedOperationException();
            }
        };
    }

    /** Equation 11: B moves by α / n Σ (W ξ) ξᵀ − α B. */
    @Test
    void aMirrorPhaseIsTheMeanOverItsNoise() {
        double[][] noise = {{1, -2, 0.5}, {0.25, 3, -1}};
        double[] draws = Stream.of(noise).flatMapToDouble(Arrays::stream).toArray();
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            double[] w = {0.3, -0.7, 1.1, 0.2, 0.9, -0.4};
            double[] b = {1, 2, 3, 4, 5, 6};
            NDArray weight = manager.create(w, new Shape(2, 3));
            NDArray feedback = manager.create(b, new Shape(2, 3));
            WeightMirror.mirror(
                    linear(2),
                    feedback,
                    weight,
                    0.25,
                    2,
                    noise((scope, shape) -> scope.create(draws, shape)));
            double[] expected = new double[6];
            for (int i = 0; i < 2; i++) {
                for (int j = 0; j < 3; j++) {
                    double sum = 0;
                    for (double[] one : noise) {
                        double answer = 0;
                        for (int k = 0; k < 3; k++) {
                            answer += w[3 * i + k] * one[k];
                        }
                        sum += answer * one[j];
                    }
                    expected[3 * i + j] = 0.75 * b[3 * i + j] + 0.25 * sum / 2;
                }
            }
            assertArrayEquals(expected, feedback.toDoubleArray(), 1e-12);
        }
    }

    /** One phase before the first batch, of the noise that was given, and one after each step. */
    @Test
    void initialPhasesAreOfTheGivenNoiseAndOnlyAtFirst() {
        double rate = 0.25;
        // noise of unit variance whose directions are orthogonal: (W ξ) ξᵀ in the mean is W
        RandomSource basis =
                noise(
                        (manager, shape) ->
                                manager.eye(
                                                (int) shape.get(0),
                                                (int) shape.get(1),
                                                0,
                                                DataType.FLOAT64)
                                        .mul(Math.sqrt(shape.get(0))));
        List<double[]> history =
                train(
                        WeightMirror.builder()
                                .optMirrorRate(rate)
                                .optNoiseSamples(64)
                                .optInitialPhases(1)
                                .optRandom(basis)
                                .build(),
                        Optimizer.sgd().setLearningRateTracker(Tracker.fixed(0)).build(),
                        4);
        for (int t = 1; t < 4; t++) {
            for (int i = 0; i < history.get(0).length; i++) {
                assertEquals(Math.pow(1 - rate, t) * history.get(0)[i], history.get(t)[i], 1e-9);
            }
        }
    }

    static Stream<Arguments> weights() {
        return Stream.of(
                Arguments.of("dense", linear(5), new Shape(5, 7)),
                Arguments.of(
                        "convolution",
                        layer(
                                Conv2d.builder()
                                        .setFilters(4)
                                        .setKernelShape(new Shape(2, 2))
                                        .build()),
                        new Shape(4, 3, 2, 2)));
    }

    private static Layer linear(int units) {
        return layer(NetworkCase.linear(units));
    }

    private static Layer layer(Block block) {
        return new Layer("layer", block, LayerTable.standard().mathsOf(block).orElseThrow());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("weights")
    void whiteNoiseShowsTheWeight(String name, Layer layer, Shape shape) {
        Engine.getEngine("PyTorch").setRandomSeed(8);
        double rate = 0.25;
        int samples = 200_000;
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray weight = manager.randomNormal(0, 1, shape, DataType.FLOAT64);
            NDArray feedback = manager.randomNormal(0, 1, shape, DataType.FLOAT64);
            NDArray expected = feedback.mul(1 - rate).add(weight.mul(rate));
            NDArray before = feedback.duplicate();
            WeightMirror.mirror(layer, feedback, weight, rate, samples, RandomSource.ENGINE);
            long outputs = shape.get(0);
            double[] error = feedback.sub(expected).div(rate).reshape(outputs, -1).toDoubleArray();
            double[] values = weight.reshape(outputs, -1).toDoubleArray();
            int inputs = (int) shape.slice(1).size();
            for (int i = 0; i < outputs; i++) {
                double square = 0;
                for (int j = 0; j < inputs; j++) {
                    square += values[i * inputs + j] * values[i * inputs + j];
                }
                for (int j = 0; j < inputs; j++) {
                    // the variance of y ξ for independent normal ξ
                    double own = values[i * inputs + j];
                    double deviation = Math.sqrt((square + own * own) / samples);
                    assertTrue(Math.abs(error[i * inputs + j]) < 4.5 * deviation);
                }
            }
            assertTrue(Angles.degrees(feedback, weight) < Angles.degrees(before, weight));
        }
    }

    @Test
    void mirrorsFollowWeightsUpToTheirNoise() {
        Engine.getEngine("PyTorch").setRandomSeed(9);
        double rate = 0.05;
        int samples = 16;
        int inputs = 300;
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray weight = manager.randomNormal(0, 1, new Shape(200, inputs), DataType.FLOAT32);
            NDArray feedback = weight.neg();
            Layer layer = linear(200);
            for (int i = 0; i < 300; i++) {
                WeightMirror.mirror(layer, feedback, weight, rate, samples, RandomSource.ENGINE);
            }
            double noise = Math.sqrt(rate * inputs / 2 / samples);
            double left = Angles.norm(feedback.sub(weight)) / Angles.norm(weight);
            assertEquals(noise, left, 0.1 * noise);
        }
    }

    @Test
    void initialPhasesComeBeforeTheFirstBatch() {
        // α = 1 and many samples: B is the weight but for the noise, √(d / n) of it
        List<double[]> history =
                train(
                        WeightMirror.builder()
                                .optMirrorRate(1)
                                .optNoiseSamples(100_000)
                                .optInitialPhases(1)
                                .build(),
                        Optimizer.sgd().setLearningRateTracker(Tracker.fixed(RATE)).build(),
                        1);
        double[] difference = history.get(0);
        double square = 0;
        for (double value : difference) {
            square += value * value;
        }
        assertTrue(Math.sqrt(square / difference.length) < 0.01);
    }

    /** The optimizer moves nothing without a gradient, and so does the rule. */
    @Test
    void aSecondStepOfABatchDecaysNothing() {
        CreditAssignment rule = KolenPollack.builder().optDecay(0.1).build();
        try (TrainingRun run = TrainingRun.start(NETWORK, rule::newTrainer)) {
            run.train(0, 1);
            Map<String, double[]> after = run.parameters();
            run.trainer().step();
            run.parameters()
                    .forEach((path, values) -> assertArrayEquals(after.get(path), values, path));
        }
    }

    @Test
    void stateOfAnotherModelIsRefused(@TempDir Path folder) throws Exception {
        CreditAssignment rule = KolenPollack.builder().build();
        Path state = folder.resolve("state");
        try (TrainingRun run = TrainingRun.start(NETWORK, rule::newTrainer)) {
            run.train(0, 1);
            ((CreditTrainer) run.trainer()).saveState(state);
            CreditTrainer trainer = (CreditTrainer) run.trainer();
            assertThrows(IllegalStateException.class, () -> trainer.loadState(state));
        }
        NetworkCase shallow =
                new NetworkCase("shallow", () -> NetworkCase.mlp(4, 12), new Shape(6, 9), 4);
        try (TrainingRun run = TrainingRun.start(shallow, rule::newTrainer)) {
            CreditTrainer trainer = (CreditTrainer) run.trainer();
            assertTrue(
                    assertThrows(MalformedModelException.class, () -> trainer.loadState(state))
                            .getMessage()
                            .contains("05Linear_weight"));
        }
        NetworkCase wider =
                new NetworkCase("wider", () -> NetworkCase.mlp(4, 13, 11), new Shape(6, 9), 4);
        try (TrainingRun run = TrainingRun.start(wider, rule::newTrainer)) {
            CreditTrainer trainer = (CreditTrainer) run.trainer();
            assertTrue(
                    assertThrows(MalformedModelException.class, () -> trainer.loadState(state))
                            .getMessage()
                            .contains("_weight has shape"));
        }
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> KolenPollack.builder().optDecay(1));
        assertThrows(IllegalArgumentException.class, () -> KolenPollack.builder().optDecay(-0.1));
        assertThrows(IllegalArgumentException.class, () -> WeightMirror.builder().optMirrorRate(0));
        assertThrows(
                IllegalArgumentException.class, () -> WeightMirror.builder().optNoiseSamples(0));
        assertThrows(
                IllegalArgumentException.class, () -> WeightMirror.builder().optInitialPhases(-1));
    }
}
