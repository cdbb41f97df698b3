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
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.initializer.ConstantInitializer;
import ai.djl.training.listener.SaveModelTrainingListener;
import ai.djl.training.listener.TrainingListenerAdapter;
import ai.djl.training.loss.Loss;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.layer.LayerTable;
import org.locallearning.djl.creditassignment.rule.Backpropagation;
import org.locallearning.djl.creditassignment.rule.FeedbackAlignment;
import org.locallearning.djl.creditassignment.tape.UnknownBlocks;

/** The trainer as a trainer: what it refuses, what it says, and what it shares with DJL's. */
class CreditTrainerTest {

    private static final NetworkCase NETWORK = NetworkCase.twoHiddenLayers();

    private static final CreditAssignment RULE = FeedbackAlignment.builder().build();

    /**
     * A way to a loss that is not finite.
     *
     * @param name the name, for the test's title
     * @param block the network
     * @param damage what is done to the parameters
     * @param input a value of the input
     * @param where what the message has to say
     */
    record NonFiniteCase(
            String name,
            Block block,
            Consumer<Map<String, Parameter>> damage,
            float input,
            String where) {

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<NonFiniteCase> nonFinite() {
        return Stream.of(
                new NonFiniteCase(
                        "a weight that is not a number",
                        NETWORK.block().get(),
                        parameters -> set(parameters.get("03Linear_weight"), Float.NaN),
                        1,
                        "parameter weight of layer 03Linear (Linear)"),
                new NonFiniteCase(
                        "an infinite bias",
                        NETWORK.block().get(),
                        parameters -> set(parameters.get("05Linear_bias"), Float.NEGATIVE_INFINITY),
                        1,
                        "parameter bias of layer 05Linear (Linear)"),
                new NonFiniteCase(
                        "an input that is not a number",
                        NETWORK.block().get(),
                        parameters -> {},
                        Float.NaN,
                        "input 0 of the batch"),
                new NonFiniteCase(
                        "an overflow inside",
                        linear(),
                        parameters -> set(parameters.get("02Linear_weight"), 3e38f),
                        1e3f,
                        "output of layer 02Linear (Linear)"),
                new NonFiniteCase(
                        "a logarithm of negative numbers",
                        new SequentialBlock()
                                .add(NetworkCase.linear(5))
                                .add(list -> new NDList(list.head().square().mul(-1).log()))
                                .add(NetworkCase.linear(4)),
                        parameters -> {},
                        1,
                        "output of layer 02LambdaBlock (LambdaBlock)"));
    }

    private static Block linear() {
        return new SequentialBlock()
                .add(NetworkCase.linear(5))
                .add(NetworkCase.linear(5))
                .add(NetworkCase.linear(4));
    }

    private static void set(Parameter parameter, float value) {
        try (NDArray alias = parameter.getArray().stopGradient()) {
            alias.set(new NDIndex("..."), value);
        }
    }

    @ParameterizedTest
    @MethodSource("nonFinite")
    void aLossThatIsNotFiniteNamesWhereItBegan(NonFiniteCase broken) {
        NetworkCase network = new NetworkCase(broken.name(), broken::block, NETWORK.input(), 4);
        try (TrainingRun run = TrainingRun.start(network, RULE::newTrainer)) {
            broken.damage().accept(byPath(run.model()));
            Map<String, double[]> before = run.parameters();
            NonFiniteLossException thrown =
                    assertThrows(
                            NonFiniteLossException.class, () -> forwardAndBackward(run, broken));
            assertTrue(thrown.getMessage().contains(broken.where()), thrown.getMessage());
            assertTrue(thrown.getMessage().contains("in batch 1"), thrown.getMessage());
            before.forEach(
                    (path, values) -> assertArrayEquals(values, run.parameters().get(path), path));

            IllegalStateException unusable =
                    assertThrows(IllegalStateException.class, run.trainer()::step);
            assertSame(thrown, unusable.getCause());
            unusable = assertThrows(IllegalStateException.class, run::predict);
            assertSame(thrown, unusable.getCause());
            unusable =
                    assertThrows(
                            IllegalStateException.class, () -> forwardAndBackward(run, broken));
            assertSame(thrown, unusable.getCause());
            assertTrue(unusable.getMessage().contains("make a new one"), unusable.getMessage());
        }
    }

    private static void forwardAndBackward(TrainingRun run, NonFiniteCase broken) {
        try (NDManager manager = run.trainer().getManager().newSubManager();
                GradientCollector collector = run.trainer().newGradientCollector()) {
            NDList data = new NDList(manager.full(NETWORK.input(), broken.input()));
            NDList labels = new NDList(manager.zeros(new Shape(6)));
            NDList predictions = run.trainer().forward(data, labels);
            collector.backward(run.trainer().getLoss().evaluate(labels, predictions));
        }
    }

    @Test
    void aLossFunctionThatIsNotFiniteIsSaidToBeTheCause() {
        try (TrainingRun run = TrainingRun.start(NETWORK, RULE::newTrainer);
                NDManager manager = run.trainer().getManager().newSubManager();
                GradientCollector collector = run.trainer().newGradientCollector()) {
            NDList predictions = run.trainer().forward(new NDList(manager.ones(NETWORK.input())));
            NDArray loss = predictions.head().sum().mul(Double.POSITIVE_INFINITY);
            String message =
                    assertThrows(NonFiniteLossException.class, () -> collector.backward(loss))
                            .getMessage();
            assertTrue(message.contains("the loss function's own"), message);
        }
    }

    @Test
    void aGoodCheckpointIsKept(@TempDir Path folder) throws Exception {
        fit(folder, 1);
        Path checkpoint = folder.resolve("best-0000.params");
        byte[] good = Files.readAllBytes(checkpoint);
        assertThrows(NonFiniteLossException.class, () -> fit(folder, Float.NaN));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(checkpoint), files.collect(Collectors.toList()));
        }
        assertArrayEquals(good, Files.readAllBytes(checkpoint));
    }

    /** Trains with a listener that saves when training ends. */
    private static void fit(Path folder, float last) throws Exception {
        SaveModelTrainingListener saver = new SaveModelTrainingListener(folder.toString(), "best");
        saver.setSaveModelCallback(trainer -> trainer.getModel().setProperty("Epoch", "0"));
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                        .addTrainingListeners(saver);
        try (Model model = Model.newInstance("model", "PyTorch");
                NDManager manager = NDManager.newBaseManager("PyTorch")) {
            model.setBlock(NETWORK.block().get());
            NDArray data = manager.ones(new Shape(12, 9));
            data.set(new NDIndex("11"), last);
            ArrayDataset dataset =
                    new ArrayDataset.Builder()
                            .setData(data)
                            .optLabels(manager.zeros(new Shape(12)))
                            .setSampling(6, false)
                            .build();
            try (Trainer trainer = RULE.newTrainer(model, config)) {
                trainer.initialize(NETWORK.input());
                EasyTrain.fit(trainer, 1, dataset, null);
            }
        }
    }

    @Test
    void labelsMayNotBeMissing() {
        try (TrainingRun run = TrainingRun.start(NETWORK, RULE::newTrainer);
                NDManager manager = run.trainer().getManager().newSubManager()) {
            NDList data = new NDList(manager.ones(NETWORK.input()));
            for (NDList none : Arrays.asList(null, new NDList())) {
                String message =
                        assertThrows(
                                        IllegalArgumentException.class,
                                        () -> run.trainer().forward(data, none))
                                .getMessage();
                assertTrue(message.contains("The batch has no labels"), message);
            }
        }
    }

    @Test
    void stepComesAfterBackward() {
        try (TrainingRun run = TrainingRun.start(NETWORK, RULE::newTrainer)) {
            String message =
                    assertThrows(IllegalStateException.class, run.trainer()::step).getMessage();
            assertTrue(message.contains("backward(loss)"), message);
            run.assign(0);
            run.trainer().step();
        }
    }

    @Test
    void backwardComesAfterForward() {
        try (TrainingRun run = TrainingRun.start(NETWORK, RULE::newTrainer);
                NDManager manager = run.trainer().getManager().newSubManager();
                GradientCollector collector = run.trainer().newGradientCollector()) {
            NDList predictions = run.trainer().forward(new NDList(manager.ones(NETWORK.input())));
            NDArray loss = predictions.head().square().sum();
            collector.backward(loss);
            // the first backward has used the forward up
            String message =
                    assertThrows(IllegalStateException.class, () -> collector.backward(loss))
                            .getMessage();
            assertTrue(message.contains("call trainer.forward"), message);
        }
    }

    @Test
    void unknownBlocksAreRefusedByName() {
        CreditAssignment strict =
                FeedbackAlignment.builder().optUnknownBlocks(UnknownBlocks.FAIL).build();
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> TrainingRun.start(withUnknown(), strict::newTrainer))
                        .getMessage();
        assertTrue(message.contains("02UnknownBlock (" + UnknownBlock.class.getName()), message);
        assertTrue(message.contains("optUnknownBlocks(ACCEPT)"), message);
    }

    @ParameterizedTest
    @MethodSource("lenient")
    void unknownBlocksAreDifferentiatedInside(UnknownBlocks policy) {
        NetworkCase network = withUnknown();
        Gradients stock = Gradients.of(network, Model::newTrainer);
        PrintStream standard = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        Gradients gradients;
        try {
            gradients =
                    Gradients.of(
                            network,
                            Backpropagation.builder().optUnknownBlocks(policy).build()::newTrainer);
        } finally {
            System.setErr(standard);
        }
        assertEquals(0, gradients.distanceTo(stock), 1e-5);
        boolean warned = log.toString(StandardCharsets.UTF_8).contains("02UnknownBlock");
        assertEquals(policy == UnknownBlocks.WARN, warned, log.toString(StandardCharsets.UTF_8));
    }

    static List<UnknownBlocks> lenient() {
        return List.of(UnknownBlocks.WARN, UnknownBlocks.ACCEPT);
    }

    @Test
    void aBlockThatIsAddedToTheTableIsKnown() {
        CreditAssignment strict =
                FeedbackAlignment.builder()
                        .optLayers(LayerTable.standard().withExact(UnknownBlock.class))
                        .optUnknownBlocks(UnknownBlocks.FAIL)
                        .build();
        try (TrainingRun run = TrainingRun.start(withUnknown(), strict::newTrainer)) {
            run.train(0, 1);
        }
    }

    private static NetworkCase withUnknown() {
        return new NetworkCase(
                "with an unknown block",
                () ->
                        new SequentialBlock()
                                .add(NetworkCase.linear(5))
                                .add(new UnknownBlock())
                                .add(Activation::tanh)
                                .add(NetworkCase.linear(4)),
                NETWORK.input(),
                4);
    }

    @Test
    void aBlockThatCannotRunOnItsInputIsNamed() {
        try (TrainingRun run = TrainingRun.start(NETWORK, RULE::newTrainer);
                NDManager manager = run.trainer().getManager().newSubManager();
                GradientCollector collector = run.trainer().newGradientCollector()) {
            NDList wrong = new NDList(manager.ones(new Shape(6, 8)));
            String message =
                    assertThrows(IllegalArgumentException.class, () -> run.trainer().forward(wrong))
                            .getMessage();
            assertTrue(message.contains("Layer 01Linear (Linear)"), message);
            assertTrue(message.contains("(6, 8)"), message);
            collector.zeroGradients();
        }
    }

    @Test
    void initializersOfTheConfigurationAreApplied() {
        LossCase loss = LossCase.softmaxCrossEntropy();
        DefaultTrainingConfig config =
                TrainingRun.config(loss)
                        .optInitializer(new ConstantInitializer(0.25f), Parameter.Type.WEIGHT)
                        .optInitializer(new ConstantInitializer(-1), "bias");
        try (TrainingRun run =
                TrainingRun.start(NETWORK, DataType.FLOAT32, loss, config, RULE::newTrainer)) {
            run.parameters()
                    .forEach(
                            (path, values) -> {
                                double expected = path.endsWith("_bias") ? -1 : 0.25;
                                assertTrue(
                                        Arrays.stream(values).allMatch(v -> v == expected), path);
                            });
        }
    }

    @Test
    void loadedModelsAreUnfrozenAsByTheStockTrainer(@TempDir Path folder) throws Exception {
        NetworkCase network =
                NetworkCase.small().stream()
                        .filter(candidate -> "residual".equals(candidate.name()))
                        .findFirst()
                        .orElseThrow();
        NetworkCase frozen =
                new NetworkCase(
                        network.name(),
                        () -> {
                            Block block = network.block().get();
                            block.freezeParameters(true);
                            return block;
                        },
                        network.input(),
                        network.classes());
        try (TrainingRun run = TrainingRun.start(network, RULE::newTrainer)) {
            run.save(folder);
        }
        try (TrainingRun stock = TrainingRun.resume(frozen, folder, Model::newTrainer);
                TrainingRun own = TrainingRun.resume(frozen, folder, RULE::newTrainer)) {
            Map<String, Boolean> expected = learning(stock.model());
            assertTrue(expected.containsValue(true));
            assertTrue(expected.containsValue(false), "running statistics do not learn");
            assertEquals(expected, learning(own.model()));
        }
    }

    private static Map<String, Boolean> learning(Model model) {
        Map<String, Boolean> learning = new TreeMap<>();
        byPath(model)
                .forEach((path, parameter) -> learning.put(path, parameter.requiresGradient()));
        return learning;
    }

    private static Map<String, Parameter> byPath(Model model) {
        Map<String, Parameter> parameters = new TreeMap<>();
        model.getBlock()
                .getParameters()
                .forEach(pair -> parameters.put(pair.getKey(), pair.getValue()));
        return parameters;
    }

    /** As a loop does that goes back to its best model: the trainer would train what it had. */
    @Test
    void loadingUnderATrainerIsRefused(@TempDir Path folder) throws Exception {
        CreditAssignment rule = FeedbackAlignment.builder().build();
        try (TrainingRun run = TrainingRun.start(NETWORK, rule::newTrainer)) {
            run.train(0, 2).save(folder);
            float[] best = run.predict();
            run.train(2, 3).assign(3);
            run.model().load(folder, "saved");
            Stream<Executable> uses =
                    Stream.of(() -> run.trainer().step(), () -> run.assign(4), run::predict);
            uses.forEach(
                    use -> {
                        String message =
                                assertThrows(IllegalStateException.class, use).getMessage();
                        assertTrue(message.contains("Parameter 01Linear_"), message);
                        assertTrue(message.contains("make a new trainer"), message);
                    });
            DefaultTrainingConfig config = TrainingRun.config(LossCase.softmaxCrossEntropy());
            try (Trainer next = rule.newTrainer(run.model(), config);
                    NDManager manager = next.getManager().newSubManager()) {
                next.initialize(NETWORK.input());
                Engine.getEngine("PyTorch").setRandomSeed(17);
                NDArray data = manager.randomNormal(0, 1, NETWORK.input(), DataType.FLOAT32);
                NDArray prediction = next.evaluate(new NDList(data)).singletonOrThrow();
                assertArrayEquals(best, prediction.toFloatArray());
            }
        }
    }

    @Test
    void severalDevicesTrainOneAfterAnother() {
        LossCase loss = LossCase.softmaxCrossEntropy();
        DefaultTrainingConfig one = TrainingRun.config(loss).optExecutorService();
        try (TrainingRun run =
                TrainingRun.start(NETWORK, DataType.FLOAT32, loss, one, RULE::newTrainer)) {
            assertTrue(run.trainer().getExecutorService().isPresent());
        }
        DefaultTrainingConfig two =
                TrainingRun.config(loss)
                        .optExecutorService()
                        .optDevices(new Device[] {Device.gpu(0), Device.gpu(1)});
        try (Model model = Model.newInstance("model", "PyTorch")) {
            model.setBlock(NETWORK.block().get());
            try (Trainer trainer = RULE.newTrainer(model, two)) {
                assertEquals(2, trainer.getDevices().length);
                assertFalse(trainer.getExecutorService().isPresent());
            }
        }
    }

    @Test
    void listenersHearOnceThatTrainingBeginsAndEnds() {
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger ended = new AtomicInteger();
        LossCase loss = LossCase.softmaxCrossEntropy();
        DefaultTrainingConfig config =
                TrainingRun.config(loss)
                        .addTrainingListeners(
                                new TrainingListenerAdapter() {
                                    @Override
                                    public void onTrainingBegin(Trainer trainer) {
                                        begun.incrementAndGet();
                                    }

                                    @Override
                                    public void onTrainingEnd(Trainer trainer) {
                                        ended.incrementAndGet();
                                    }
                                });
        TrainingRun.start(NETWORK, DataType.FLOAT32, loss, config, RULE::newTrainer).close();
        assertEquals(1, begun.get());
        assertEquals(1, ended.get());
    }

    @Test
    void forwardOutsideACollectorIsThePlainBlock() {
        try (TrainingRun run = TrainingRun.start(NETWORK, RULE::newTrainer);
                NDManager manager = run.trainer().getManager().newSubManager()) {
            NDList data = new NDList(manager.ones(NETWORK.input()));
            float[] expected = run.trainer().evaluate(data).head().toFloatArray();
            assertArrayEquals(expected, run.trainer().forward(data).head().toFloatArray());
        }
    }

    static List<RuleCase> rules() {
        return RuleCase.all();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void aStepWithNothingToLearnIsRefused(RuleCase rule) {
        NetworkCase empty =
                new NetworkCase(
                        "no parameters",
                        () -> new SequentialBlock().add(Activation.tanhBlock()),
                        new Shape(6, 4),
                        4);
        try (TrainingRun run = TrainingRun.start(empty, rule)) {
            assertNothingToStepBy(run.assign(0), "no parameters");
        }
        try (TrainingRun run = TrainingRun.start(NETWORK, rule)) {
            run.train(0, 1);
            run.model().getBlock().freezeParameters(true);
            assertNothingToStepBy(run.assign(1), "every parameter of the model is frozen");
        }
    }

    /** As of a generative adversarial network, whose parts are frozen in turn. */
    @Test
    void aFrozenNetworkThatSendsItsErrorOnMayBeStepped() {
        try (TrainingRun run = TrainingRun.start(NETWORK, RULE::newTrainer);
                NDManager manager = run.trainer().getManager().newSubManager()) {
            run.model().getBlock().freezeParameters(true);
            NDArray data = manager.ones(NETWORK.input());
            data.setRequiresGradient(true);
            try (GradientCollector collector = run.trainer().newGradientCollector()) {
                NDList predictions = run.trainer().forward(new NDList(data));
                collector.backward(predictions.head().square().sum());
            }
            assertTrue(data.getGradient().abs().sum().getFloat() > 0);
            assertDoesNotThrow(() -> run.trainer().step());
        }
    }

    private static void assertNothingToStepBy(TrainingRun run, String why) {
        String message =
                assertThrows(IllegalStateException.class, () -> run.trainer().step()).getMessage();
        assertTrue(message.contains("nothing to step by") && message.contains(why), message);
    }

    @Test
    void inputsThatAreNotThereAreRefused() {
        try (TrainingRun run = TrainingRun.start(NETWORK, RULE::newTrainer)) {
            Trainer trainer = run.trainer();
            String none =
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> trainer.forward(new NDList()))
                            .getMessage();
            assertTrue(none.contains("no inputs"), none);
            NDArray closed = trainer.getManager().ones(NETWORK.input());
            closed.close();
            String released =
                    assertThrows(
                                    IllegalStateException.class,
                                    () -> trainer.forward(new NDList(closed)))
                            .getMessage();
            assertTrue(released.contains("Input 0") && released.contains("closed"), released);
        }
    }
}
