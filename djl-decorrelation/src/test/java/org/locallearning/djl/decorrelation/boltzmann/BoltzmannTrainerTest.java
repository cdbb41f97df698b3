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
package org.locallearning.djl.decorrelation.boltzmann;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.metric.Metrics;
import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.listener.EvaluatorTrainingListener;
import ai.djl.training.listener.TrainingListener;
import ai.djl.training.listener.TrainingListenerAdapter;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Training through DJL's own loop, listeners and optimizers, and what it refuses. */
class BoltzmannTrainerTest {

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
        Engine.getInstance().setRandomSeed(31);
    }

    @AfterEach
    void close() {
        manager.close();
    }

    /** One of each kind of negative phase, direction and penalty. */
    static List<BoltzmannLearning> everyKind() {
        return List.of(
                BoltzmannLearning.builder().build(),
                BoltzmannLearning.builder()
                        .optNegativePhase(new PersistentContrastiveDivergence(2, 7))
                        .optDirection(new CentredGradient())
                        .optWeightDecay(1e-4)
                        .build(),
                BoltzmannLearning.builder()
                        .optNegativePhase(new ExactExpectation())
                        .optDirection(new NaturalGradient(0.01, 2))
                        .optPenalty(new ExactCovariancePenalty(0.1))
                        .build(),
                BoltzmannLearning.builder()
                        .optNegativePhase(new PersistentContrastiveDivergence(1, 14))
                        .optDirection(IncrementalWhitening.builder().build())
                        .optPenalty(CovariancePenalty.builder().build())
                        .build(),
                BoltzmannLearning.builder()
                        .optNegativePhase(new ContrastiveDivergence(2))
                        .optDirection(PeriodicWhitening.builder().optInterval(3).build())
                        .build());
    }

    /** Whitened directions are longer than gradients, by the inverse of two variances. */
    private static float rate(BoltzmannLearning learning) {
        return learning.toString().contains("Whitening") ? 0.03f : 0.2f;
    }

    /** Data with labels and data without give the same machine and the same errors. */
    @Test
    void learnsWithoutLabels() throws Exception {
        NDArray pictures = BarsAndStripes.pictures(manager);
        ArrayDataset unlabelled =
                new ArrayDataset.Builder().setData(pictures).setSampling(4, false).build();
        List<float[]> weights = new ArrayList<>();
        List<Float> errors = new ArrayList<>();
        for (Dataset data : List.of(unlabelled, BarsAndStripes.dataset(manager, 4, false))) {
            Engine.getInstance().setRandomSeed(5);
            RestrictedBoltzmannMachine machine =
                    RestrictedBoltzmannMachine.builder().setHiddenUnits(6).build();
            DefaultTrainingConfig config =
                    config(0.1f).addTrainingListeners(new EvaluatorTrainingListener());
            try (Model model = model(machine);
                    Trainer trainer =
                            BoltzmannLearning.builder().build().newTrainer(model, config)) {
                trainer.initialize(new Shape(4, BarsAndStripes.UNITS));
                EasyTrain.fit(trainer, 3, data, data);
                weights.add(
                        machine.getBoltzmannParameters()
                                .weight()
                                .toType(DataType.FLOAT32, false)
                                .toFloatArray());
                errors.add(trainer.getTrainingResult().getValidateLoss());
            }
        }
        assertArrayEquals(weights.get(1), weights.get(0));
        assertEquals(errors.get(1), errors.get(0));
        assertTrue(errors.get(0) > 0);
    }

    @Test
    void momentumAndDecayAreThoseOfTheirDefinition() {
        float rate = 0.1f;
        float momentum = 0.5f;
        double decay = 0.01;
        NDArray data = BarsAndStripes.pictures(manager);
        BoltzmannLearning learning =
                BoltzmannLearning.builder()
                        .optNegativePhase(new ExactExpectation())
                        .optWeightDecay(decay)
                        .build();
        try (Model model = model(machine(3))) {
            Optimizer sgd =
                    Optimizer.sgd()
                            .setLearningRateTracker(Tracker.fixed(rate))
                            .optMomentum(momentum)
                            .build();
            try (Trainer trainer =
                    learning.newTrainer(
                            model,
                            new DefaultTrainingConfig(new ReconstructionError())
                                    .optOptimizer(sgd))) {
                trainer.initialize(data.getShape());
                double[] theta = theta(model);
                double[] velocity = new double[theta.length];
                for (int step = 0; step < 3; ++step) {
                    try (ExactDistribution exact =
                            ExactDistribution.of(block(model).getBoltzmannParameters())) {
                        double[] gradient = exact.gradient(data).toVector().toDoubleArray();
                        for (int t = 0; t < theta.length; ++t) {
                            double shrink = t < 9 + 3 ? 0 : decay * theta[t];
                            velocity[t] = momentum * velocity[t] + gradient[t] - shrink;
                            theta[t] += rate * velocity[t];
                        }
                    }
                    trainer.forward(new NDList(data));
                    trainer.step();
                    // the optimizer's numbers are float
                    assertArrayEquals(theta, theta(model), 1e-7, "step " + step);
                }
            }
        }
    }

    /** A penalty that takes the whole of the gradient leaves the decay as it is. */
    @Test
    void penaltyDoesNotTakeTheDecayAway() {
        float rate = 0.1f;
        double decay = 0.5;
        NDArray data = BarsAndStripes.pictures(manager);
        List<double[]> thetas = new ArrayList<>();
        double[] start = null;
        for (double each : new double[] {0, decay}) {
            Engine.getInstance().setRandomSeed(5);
            BoltzmannLearning learning =
                    BoltzmannLearning.builder()
                            .optNegativePhase(new ExactExpectation())
                            .optPenalty(new ExactCovariancePenalty(0.75))
                            .optWeightDecay(each)
                            .build();
            try (Model model = model(machine(3));
                    Trainer trainer =
                            learning.newTrainer(
                                    model,
                                    new DefaultTrainingConfig(new ReconstructionError())
                                            .optOptimizer(
                                                    Optimizer.sgd()
                                                            .setLearningRateTracker(
                                                                    Tracker.fixed(rate))
                                                            .build()))) {
                trainer.initialize(data.getShape());
                start = theta(model);
                trainer.forward(new NDList(data));
                trainer.step();
                thetas.add(theta(model));
            }
        }
        double[] expected = thetas.get(0).clone();
        for (int t = 9 + 3; t < expected.length; t++) {
            expected[t] -= rate * decay * start[t];
        }
        assertArrayEquals(expected, thetas.get(1), 1e-6);
    }

    @ParameterizedTest
    @MethodSource("everyKind")
    void trainsThroughTheLoopOfDjl(BoltzmannLearning learning) throws Exception {
        Dataset pictures = BarsAndStripes.dataset(manager, 14, true);
        LogLikelihoodListener likelihood =
                LogLikelihoodListener.builder().setData(pictures).optInterval(200).build();
        Metrics metrics = new Metrics();
        try (Model model = model(machine(6))) {
            DefaultTrainingConfig config =
                    config(rate(learning))
                            .addTrainingListeners(TrainingListener.Defaults.basic())
                            .addTrainingListeners(likelihood);
            double before;
            double after;
            try (BoltzmannTrainer trainer = learning.newTrainer(model, config)) {
                trainer.setMetrics(metrics);
                trainer.initialize(new Shape(14, 9));
                before = logLikelihood(model);
                EasyTrain.fit(trainer, 1000, pictures, pictures);
                after = logLikelihood(model);
                assertEquals(after, likelihood.getLogLikelihoods().get(4), 1e-9);
                assertEquals(5, metrics.getMetric(LogLikelihoodListener.METRIC).size());
                assertTrue(metrics.hasMetric("train_epoch_ReconstructionError"));
                assertTrue(metrics.hasMetric("validate_epoch_ReconstructionError"));
                assertTrue(metrics.hasMetric("step"));
                assertTrue(trainer.getTrainingResult().getTrainLoss() < 0.25);
            }
            assertTrue(after > before + 0.4, learning + ": from " + before + " to " + after);
            assertTrue(after <= BarsAndStripes.BEST, learning + ": " + after);
        }
    }

    @ParameterizedTest
    @MethodSource("everyKind")
    void goesOnWhereItStopped(BoltzmannLearning learning, @TempDir Path folder) throws Exception {
        NDArray data = BarsAndStripes.pictures(manager);
        Path state = folder.resolve("state");
        ByteArrayOutputStream parameters = new ByteArrayOutputStream();
        double[] expected;
        try (Model model = model(machine(4));
                BoltzmannTrainer trainer = learning.newTrainer(model, config(0.05f))) {
            trainer.initialize(data.getShape());
            batches(trainer, data, 5);
            model.getBlock().saveParameters(new DataOutputStream(parameters));
            trainer.saveState(state);
            Engine.getInstance().setRandomSeed(77);
            batches(trainer, data, 5);
            expected = theta(model);
        }
        try (Model model = model(machine(4));
                BoltzmannTrainer trainer = learning.newTrainer(model, config(0.05f))) {
            model.getBlock()
                    .loadParameters(
                            model.getNDManager(),
                            new DataInputStream(
                                    new ByteArrayInputStream(parameters.toByteArray())));
            trainer.initialize(data.getShape());
            trainer.loadState(state);
            Engine.getInstance().setRandomSeed(77);
            batches(trainer, data, 5);
            assertArrayEquals(expected, theta(model));
        }
        try (var files = Files.list(folder)) {
            assertEquals(1, files.count());
        }
    }

    @ParameterizedTest
    @MethodSource("everyKind")
    void memoryStaysFlat(BoltzmannLearning learning) throws Exception {
        Dataset pictures = BarsAndStripes.dataset(manager, 14, false);
        try (Model model = model(machine(4));
                BoltzmannTrainer trainer = learning.newTrainer(model, config(0.01f))) {
            trainer.initialize(new Shape(14, 9));
            EasyTrain.fit(trainer, 20, pictures, pictures);
            int before = arrays(trainer);
            EasyTrain.fit(trainer, 40, pictures, pictures);
            assertEquals(before, arrays(trainer));
        }
    }

    private static int arrays(Trainer trainer) {
        BaseNDManager system = (BaseNDManager) trainer.getModel().getNDManager().getParentManager();
        return count((BaseNDManager) trainer.getManager())
                + count((BaseNDManager) trainer.getModel().getNDManager())
                + count(system);
    }

    private static int count(BaseNDManager manager) {
        return manager.getManagedArrays().size();
    }

    @Test
    void gaussianUnitsLearnTheMeansOfRealNumbers() throws Exception {
        NDArray data =
                manager.randomNormal(0, 1, new Shape(400, 5), DataType.FLOAT64)
                        .add(manager.create(new double[] {1, -1, 0, 2, 0.5}));
        RestrictedBoltzmannMachine machine =
                RestrictedBoltzmannMachine.builder()
                        .setHiddenUnits(3)
                        .optVisibleUnits(VisibleUnits.GAUSSIAN)
                        .build();
        try (Model model = model(machine);
                BoltzmannTrainer trainer =
                        BoltzmannLearning.builder().build().newTrainer(model, config(0.1f))) {
            trainer.initialize(data.getShape());
            batches(trainer, data, 300);
            try (ExactDistribution exact = ExactDistribution.of(machine.getBoltzmannParameters())) {
                double[] means = exact.means().visible().toDoubleArray();
                double[] expected = data.mean(new int[] {0}).toDoubleArray();
                assertArrayEquals(expected, means, 0.15);
            }
        }
    }

    @Test
    void frozenParametersStay() {
        NDArray data = BarsAndStripes.pictures(manager);
        try (Model model = model(machine(4));
                BoltzmannTrainer trainer =
                        BoltzmannLearning.builder().build().newTrainer(model, config(0.1f))) {
            trainer.initialize(data.getShape());
            model.getBlock().freezeParameters(true, p -> p.getName().equals("visibleBias"));
            batches(trainer, data, 3);
            double[] theta = theta(model);
            for (int i = 0; i < 9; ++i) {
                assertEquals(0, theta[i]);
            }
            assertTrue(Math.abs(theta[9]) > 0);
        }
    }

    static Stream<Arguments> directionsAndFrozen() {
        return Stream.of(
                        new PlainGradient(),
                        new CentredGradient(),
                        new NaturalGradient(0.01, 1),
                        IncrementalWhitening.builder().build(),
                        PeriodicWhitening.builder().optInterval(3).build())
                .flatMap(
                        direction ->
                                Stream.of(
                                                "weight",
                                                "visibleBias",
                                                "hiddenBias",
                                                "visibleBias hiddenBias",
                                                "weight hiddenBias",
                                                "visibleBias weight",
                                                "weight visibleBias hiddenBias")
                                        .map(frozen -> Arguments.of(direction, frozen)));
    }

    private static BoltzmannLearning exactly(GradientDirection direction) {
        return BoltzmannLearning.builder()
                .optNegativePhase(new ExactExpectation())
                .optDirection(direction)
                .build();
    }

    private static void freeze(Model model, String frozen) {
        List<String> names = List.of(frozen.split(" "));
        model.getBlock().freezeParameters(true, p -> names.contains(p.getName()));
    }

    /** A direction makes up in one parameter for what it changes in another. */
    @ParameterizedTest
    @MethodSource("directionsAndFrozen")
    void noStepGoesDownWhereAParameterIsFrozen(GradientDirection direction, String frozen) {
        NDArray data = BarsAndStripes.pictures(manager);
        BoltzmannLearning learning = exactly(direction);
        try (Model model = model(machine(4));
                BoltzmannTrainer trainer = learning.newTrainer(model, config(0.002f))) {
            trainer.initialize(data.getShape());
            // a machine whose units are not balanced
            for (Parameter parameter : model.getBlock().getParameters().values()) {
                NDArray value = parameter.getArray();
                value.addi(manager.randomNormal(0, 0.7f, value.getShape(), value.getDataType()));
            }
            freeze(model, frozen);
            double before = logLikelihood(model);
            for (int step = 0; step < 10; step++) {
                batches(trainer, data, 1);
                double after = logLikelihood(model);
                assertTrue(after > before - 1e-7, step + ": " + before + " to " + after);
                before = after;
            }
        }
    }

    /** Only weights make centred biases differ from plain ones. */
    @Test
    void frozenWeightsDoNotChangeTheStepsOfCentredBiases() {
        NDArray data = BarsAndStripes.pictures(manager);
        List<double[]> thetas = new ArrayList<>();
        for (GradientDirection direction : List.of(new PlainGradient(), new CentredGradient())) {
            Engine.getInstance().setRandomSeed(5);
            BoltzmannLearning learning = exactly(direction);
            try (Model model = model(machine(4));
                    BoltzmannTrainer trainer = learning.newTrainer(model, config(0.1f))) {
                trainer.initialize(data.getShape());
                freeze(model, "weight");
                batches(trainer, data, 5);
                thetas.add(theta(model));
            }
        }
        assertArrayEquals(thetas.get(0), thetas.get(1), 1e-12);
    }

    @Test
    void aNaturalGradientBesideFrozenPartsGoesOnWhereItStopped(@TempDir Path folder)
            throws Exception {
        NDArray data = BarsAndStripes.pictures(manager);
        Path state = folder.resolve("state");
        // the inverse of the first batch serves for all
        BoltzmannLearning learning =
                BoltzmannLearning.builder()
                        .optNegativePhase(new ExactExpectation())
                        .optDirection(new NaturalGradient(0.01, 10))
                        .build();
        List<double[]> thetas = new ArrayList<>();
        for (boolean interrupted : new boolean[] {false, true}) {
            Engine.getInstance().setRandomSeed(5);
            try (Model model = model(machine(4))) {
                model.getBlock()
                        .initialize(model.getNDManager(), DataType.FLOAT64, data.getShape());
                freeze(model, "hiddenBias");
                try (BoltzmannTrainer trainer = learning.newTrainer(model, config(0.1f))) {
                    batches(trainer, data, interrupted ? 3 : 6);
                    trainer.saveState(state);
                }
                if (interrupted) {
                    try (BoltzmannTrainer trainer = learning.newTrainer(model, config(0.1f))) {
                        trainer.loadState(state);
                        batches(trainer, data, 3);
                    }
                }
                thetas.add(theta(model));
            }
        }
        assertArrayEquals(thetas.get(0), thetas.get(1));
    }

    /** Negated twice, the direction of the first parameter would lead it back and further. */
    @Test
    void aStepThatFailedIsNotTakenAgain() {
        NDArray data = BarsAndStripes.pictures(manager);
        AtomicInteger asked = new AtomicInteger();
        Tracker tracker =
                step -> {
                    // for the weights, visible and hidden biases of the first step, and so on
                    if (asked.incrementAndGet() == 5) {
                        throw new IllegalStateException("once");
                    }
                    return 0.1f;
                };
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(new ReconstructionError())
                        .optOptimizer(Optimizer.sgd().setLearningRateTracker(tracker).build());
        BoltzmannLearning learning =
                BoltzmannLearning.builder().optNegativePhase(new ExactExpectation()).build();
        try (Model model = model(machine(4));
                BoltzmannTrainer trainer = learning.newTrainer(model, config)) {
            trainer.initialize(data.getShape());
            batches(trainer, data, 1);
            double[] expected = theta(model);
            try (ExactDistribution exact =
                    ExactDistribution.of(block(model).getBoltzmannParameters())) {
                double[] gradient = exact.gradient(data).toVector().toDoubleArray();
                for (int t = 9 + 4; t < expected.length; ++t) {
                    // the optimizer's rate is float
                    expected[t] += 0.1f * gradient[t];
                }
            }
            int before = count((BaseNDManager) trainer.getManager());
            trainer.forward(new NDList(data));
            String message = assertThrows(IllegalStateException.class, trainer::step).getMessage();
            assertEquals("once", message);
            assertEquals(before, count((BaseNDManager) trainer.getManager()));
            assertFalse(trainer.isStepPending());
            message = assertThrows(IllegalStateException.class, trainer::step).getMessage();
            assertTrue(message.contains("no direction to step in"), message);
            assertArrayEquals(expected, theta(model), 1e-7);
            batches(trainer, data, 1);
        }
    }

    /** Its means would be NaN, and stay in the chains and offsets of the trainer. */
    @ParameterizedTest
    @EnumSource(VisibleUnits.class)
    void aBatchWithoutRowsIsRefused(VisibleUnits units) {
        NDArray data = BarsAndStripes.pictures(manager);
        NDList empty = new NDList(manager.zeros(new Shape(0, 9), DataType.FLOAT64));
        BoltzmannLearning learning =
                BoltzmannLearning.builder().optDirection(new CentredGradient()).build();
        RestrictedBoltzmannMachine machine =
                RestrictedBoltzmannMachine.builder()
                        .setHiddenUnits(4)
                        .optVisibleUnits(units)
                        .build();
        try (Model model = model(machine);
                BoltzmannTrainer trainer = learning.newTrainer(model, config(0.01f))) {
            assertTrue(refused(() -> trainer.forward(empty)).contains("(0, 9)"));
            assertFalse(machine.isInitialized());
            batches(trainer, data, 1);
            double[] before = theta(model);
            for (Executable use :
                    List.<Executable>of(
                            () -> trainer.forward(empty), () -> trainer.evaluate(empty))) {
                String message = refused(use);
                assertTrue(message.contains("without rows") && message.contains("(0, 9)"), message);
            }
            assertFalse(trainer.isStepPending());
            assertArrayEquals(before, theta(model));
            batches(trainer, data, 1);
        }
    }

    /** Somebody else's, whose objects print where they are in memory. */
    @Test
    void settingsThatDoNotPrintAreKnownByTheirName(@TempDir Path folder) throws Exception {
        NDArray data = BarsAndStripes.pictures(manager);
        Path file = folder.resolve("state");
        for (boolean load : new boolean[] {false, true}) {
            BoltzmannLearning learning =
                    BoltzmannLearning.builder().optNegativePhase(new OwnPhase()).build();
            try (Model model = model(machine(4));
                    BoltzmannTrainer trainer = learning.newTrainer(model, config(0.1f))) {
                trainer.initialize(data.getShape());
                if (load) {
                    trainer.loadState(file);
                } else {
                    trainer.saveState(file);
                }
            }
        }
    }

    private static final class OwnPhase implements NegativePhase {

        @Override
        public Sampler start(NDManager manager) {
            return new ContrastiveDivergence(1).start(manager);
        }

        @Override
        public boolean startsAtData() {
            return true;
        }
    }

    /** The direction of the first would be lost, and some directions do not add up. */
    @ParameterizedTest
    @MethodSource("everyKind")
    void aSecondForwardBeforeTheStepIsRefused(BoltzmannLearning learning) {
        NDArray data = BarsAndStripes.pictures(manager);
        List<double[]> thetas = new ArrayList<>();
        for (boolean twice : new boolean[] {false, true}) {
            Engine.getInstance().setRandomSeed(5);
            try (Model model = model(machine(4));
                    BoltzmannTrainer trainer = learning.newTrainer(model, config(0.1f))) {
                trainer.initialize(data.getShape());
                trainer.forward(new NDList(data));
                if (twice) {
                    String message =
                            assertThrows(
                                            IllegalStateException.class,
                                            () -> trainer.forward(new NDList(data)))
                                    .getMessage();
                    assertTrue(message.contains("call step after each forward"), message);
                }
                trainer.evaluate(new NDList(data));
                trainer.step();
                batches(trainer, data, 1);
                thetas.add(theta(model));
            }
        }
        assertArrayEquals(thetas.get(0), thetas.get(1));
    }

    /** The machine of the model would stay as it began, and a copy of it learn elsewhere. */
    @Test
    void anotherDeviceThanTheModelsIsRefused() {
        try (Model model = model(machine(4))) {
            DefaultTrainingConfig config =
                    config(0.1f).optDevices(new Device[] {Device.of("gpu", 3)});
            BoltzmannLearning learning = BoltzmannLearning.builder().build();
            String message =
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> learning.newTrainer(model, config))
                            .getMessage();
            assertTrue(message.contains("gpu(3)"), message);
        }
    }

    /** The step would move the machine that was loaded by what another had found. */
    @Test
    void loadingForgetsTheDirection(@TempDir Path folder) throws Exception {
        NDArray data = BarsAndStripes.pictures(manager);
        Path file = folder.resolve("state");
        try (Model model = model(machine(4));
                BoltzmannTrainer trainer =
                        BoltzmannLearning.builder().build().newTrainer(model, config(0.1f))) {
            trainer.initialize(data.getShape());
            trainer.saveState(file);
            trainer.forward(new NDList(data));
            trainer.loadState(file);
            String message = assertThrows(IllegalStateException.class, trainer::step).getMessage();
            assertTrue(message.contains("call forward"), message);
            batches(trainer, data, 1);
        }
    }

    /** The trainer would go on with the machine that it had. */
    @Test
    void loadingUnderATrainerIsRefused(@TempDir Path folder) throws Exception {
        NDArray data = BarsAndStripes.pictures(manager);
        try (Model model = model(machine(4));
                BoltzmannTrainer trainer =
                        BoltzmannLearning.builder().build().newTrainer(model, config(0.1f))) {
            trainer.initialize(data.getShape());
            batches(trainer, data, 2);
            model.save(folder, "saved");
            batches(trainer, data, 2);
            trainer.forward(new NDList(data));
            model.load(folder, "saved");
            for (Executable use :
                    List.<Executable>of(
                            trainer::step,
                            () -> trainer.forward(new NDList(data)),
                            () -> trainer.evaluate(new NDList(data)))) {
                String message = assertThrows(IllegalStateException.class, use).getMessage();
                assertTrue(message.contains("make a new trainer"), message);
            }
        }
    }

    @Test
    void penaltyAndCoordinatesAreReported() {
        NDArray data = BarsAndStripes.pictures(manager);
        BoltzmannLearning learning =
                BoltzmannLearning.builder()
                        .optDirection(IncrementalWhitening.builder().build())
                        .optPenalty(new ExactCovariancePenalty(0.2))
                        .build();
        assertTrue(learning.toString().contains("IncrementalWhitening[rate=0.01"));
        try (Model model = model(machine(4));
                BoltzmannTrainer trainer = learning.newTrainer(model, config(0.1f))) {
            trainer.initialize(data.getShape());
            assertFalse(trainer.getCoordinates().isPresent());
            batches(trainer, data, 2);
            assertEquals(0.2, trainer.getPenaltyWeight());
            WhitenedCoordinates coordinates = trainer.getCoordinates().orElseThrow();
            assertEquals(new Shape(9, 9), coordinates.visibleWhitening().getShape());
            assertEquals(learning, trainer.getLearning());
        }
    }

    @Test
    void badInputIsNamed(@TempDir Path folder) throws Exception {
        BoltzmannLearning learning = BoltzmannLearning.builder().build();
        try (Model model = model(machine(4))) {
            String message =
                    refused(
                            () ->
                                    learning.newTrainer(
                                            model,
                                            new DefaultTrainingConfig(
                                                    Loss.softmaxCrossEntropyLoss())));
            assertTrue(message.contains("new ReconstructionError()"), message);
            try (BoltzmannTrainer trainer = learning.newTrainer(model, config(0.1f))) {
                trainer.initialize(new Shape(2, 9));
                assertTrue(
                        assertThrows(IllegalStateException.class, trainer::step)
                                .getMessage()
                                .contains("forward"));
                NDList outside =
                        new NDList(
                                manager.full(new Shape(2, 9), -0.5f)
                                        .toType(DataType.FLOAT64, false));
                message = refused(() -> trainer.forward(outside));
                assertTrue(message.contains("[0, 1]") && message.contains("-0.5"), message);
                NDList nan =
                        new NDList(
                                manager.full(new Shape(2, 9), Float.NaN)
                                        .toType(DataType.FLOAT64, false));
                assertTrue(refused(() -> trainer.forward(nan)).contains("NaN"));
                NDList wide = new NDList(manager.zeros(new Shape(2, 8)));
                message = refused(() -> trainer.forward(wide));
                assertTrue(message.contains("9 visible") && message.contains("(2, 8)"), message);

                Path file = folder.resolve("other");
                Files.write(file, new byte[] {1, 2, 3, 4, 5});
                assertThrows(MalformedModelException.class, () -> trainer.loadState(file));
                trainer.saveState(file);
                BoltzmannLearning other =
                        BoltzmannLearning.builder().optDirection(new CentredGradient()).build();
                try (BoltzmannTrainer another = other.newTrainer(model, config(0.1f))) {
                    message =
                            assertThrows(
                                            MalformedModelException.class,
                                            () -> another.loadState(file))
                                    .getMessage();
                    assertTrue(message.contains("PlainGradient"), message);
                }
            }
        }
        try (Model model = Model.newInstance("linear")) {
            model.setBlock(Linear.builder().setUnits(2).build());
            String message = refused(() -> learning.newTrainer(model, config(0.1f)));
            assertTrue(message.contains("a Linear"), message);
        }
    }

    @Test
    void stateOfAnotherMachineIsRefused(@TempDir Path folder) throws Exception {
        BoltzmannLearning learning =
                BoltzmannLearning.builder().optDirection(new CentredGradient()).build();
        NDArray data = BarsAndStripes.pictures(manager);
        Path file = folder.resolve("state");
        try (Model model = model(machine(4));
                BoltzmannTrainer trainer = learning.newTrainer(model, config(0.1f))) {
            trainer.initialize(data.getShape());
            batches(trainer, data, 1);
            trainer.saveState(file);
        }
        try (Model model = model(machine(5));
                BoltzmannTrainer trainer = learning.newTrainer(model, config(0.1f))) {
            trainer.initialize(data.getShape());
            String message =
                    assertThrows(MalformedModelException.class, () -> trainer.loadState(file))
                            .getMessage();
            assertTrue(
                    message.contains("9 visible and 4 hidden units, float64")
                            && message.contains("9 visible and 5 hidden units"),
                    message);
        }
    }

    @Test
    void divergenceStopsTrainingAndSavesNothing() {
        NDArray data = BarsAndStripes.pictures(manager);
        boolean[] ended = {false};
        try (Model model = model(machine(4))) {
            DefaultTrainingConfig config =
                    config(0.1f)
                            .addTrainingListeners(
                                    new TrainingListenerAdapter() {
                                        @Override
                                        public void onTrainingEnd(Trainer trainer) {
                                            ended[0] = true;
                                        }
                                    });
            try (BoltzmannTrainer trainer =
                    BoltzmannLearning.builder().build().newTrainer(model, config)) {
                trainer.initialize(data.getShape());
                batches(trainer, data, 1);
                block(model).getBoltzmannParameters().weight().muli(Double.NaN);
                String message =
                        assertThrows(
                                        IllegalStateException.class,
                                        () -> trainer.forward(new NDList(data)))
                                .getMessage();
                assertTrue(
                        message.contains("batch 2") && message.contains("weights are NaN"),
                        message);
                assertThrows(IllegalStateException.class, trainer::step);
            }
            assertFalse(ended[0]);
        }
    }

    @Test
    void likelihoodOfWhatUnitsCannotBeIsRefused() throws Exception {
        NDArray signed = BarsAndStripes.pictures(manager).mul(2).sub(1);
        ArrayDataset data =
                new ArrayDataset.Builder().setData(signed).setSampling(7, false).build();
        ArrayDataset small =
                new ArrayDataset.Builder().setData(signed).setSampling(20, false, true).build();
        try (Model model = model(machine(4))) {
            block(model).initialize(manager, DataType.FLOAT64, signed.getShape());
            try (ExactDistribution exact =
                            ExactDistribution.of(block(model).getBoltzmannParameters());
                    BoltzmannTrainer trainer =
                            BoltzmannLearning.builder().build().newTrainer(model, config(0.1f))) {
                String message = refused(() -> exact.logLikelihood(signed));
                assertTrue(message.contains("values from -1.0 to 1.0"), message);
                LogLikelihoodListener listener =
                        LogLikelihoodListener.builder().setData(data).build();
                message = refused(() -> listener.onEpoch(trainer));
                assertTrue(message.contains("values from -1.0 to 1.0"), message);
                LogLikelihoodListener idle = LogLikelihoodListener.builder().setData(small).build();
                message =
                        assertThrows(IllegalStateException.class, () -> idle.onEpoch(trainer))
                                .getMessage();
                assertTrue(message.contains("no batch"), message);
            }
        }
    }

    private static String refused(org.junit.jupiter.api.function.Executable executable) {
        return assertThrows(IllegalArgumentException.class, executable).getMessage();
    }

    private static void batches(Trainer trainer, NDArray data, int count) {
        for (int i = 0; i < count; ++i) {
            try (NDManager scope = trainer.getManager().newSubManager()) {
                NDArray rows = data.duplicate();
                rows.attach(scope);
                trainer.forward(new NDList(rows));
                trainer.step();
            }
        }
    }

    private static RestrictedBoltzmannMachine machine(int hidden) {
        return RestrictedBoltzmannMachine.builder().setHiddenUnits(hidden).build();
    }

    private static Model model(RestrictedBoltzmannMachine machine) {
        Model model = Model.newInstance("boltzmann");
        model.setDataType(DataType.FLOAT64);
        model.setBlock(machine);
        return model;
    }

    private static RestrictedBoltzmannMachine block(Model model) {
        return (RestrictedBoltzmannMachine) model.getBlock();
    }

    private static DefaultTrainingConfig config(float rate) {
        return new DefaultTrainingConfig(new ReconstructionError())
                .optOptimizer(Optimizer.sgd().setLearningRateTracker(Tracker.fixed(rate)).build());
    }

    private double logLikelihood(Model model) {
        try (ExactDistribution exact =
                ExactDistribution.of(block(model).getBoltzmannParameters())) {
            return exact.logLikelihood(BarsAndStripes.pictures(manager));
        }
    }

    private static double[] theta(Model model) {
        BoltzmannParameters parameters = block(model).getBoltzmannParameters();
        return new SufficientStatistics(
                        parameters.visibleBias(), parameters.hiddenBias(), parameters.weight())
                .toVector()
                .toDoubleArray();
    }

    /** Reads one batch, to be sure that data sets are what the loop takes. */
    @Test
    void picturesComeAsTheLoopTakesThem() throws Exception {
        for (Batch batch : BarsAndStripes.dataset(manager, 14, false).getData(manager)) {
            assertEquals(new Shape(14, 9), batch.getData().head().getShape());
            batch.close();
        }
    }
}
