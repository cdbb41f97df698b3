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
package org.locallearning.djl.examples.method;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.locallearning.djl.creditassignment.CreditTrainer;
import org.locallearning.djl.creditassignment.lra.ErrorDifference;
import org.locallearning.djl.creditassignment.lra.ErrorMatrixUpdate;
import org.locallearning.djl.decorrelation.Decorrelating;
import org.locallearning.djl.decorrelation.DecorrelationOptions;
import org.locallearning.djl.decorrelation.RecurrentDecorrelation;
import org.locallearning.djl.zoo.data.DataSets;
import org.locallearning.djl.zoo.network.NetworkOptions;
import org.locallearning.djl.zoo.network.Networks;

class MethodsTest {

    private static final MethodSettings SETTINGS = MethodSettings.preset("mlp");

    static List<Method> methods() {
        return Methods.all();
    }

    @Test
    void namesAreUniqueAndFoundAgain() {
        assertEquals(Methods.names().size(), new HashSet<>(Methods.names()).size());
        for (Method method : Methods.all()) {
            assertSame(method, Methods.named(method.name()));
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void everyMethodCanHaveDecorrelationLayers(Method method) {
        Method decorrelated = Methods.named(method.name() + "+decor");

        assertEquals(method.name() + "+decor", decorrelated.name());
        assertSame(method.trainer(), decorrelated.trainer());
        assertTrue(decorrelated.decorrelated());
        assertFalse(method.decorrelated());
        Block plain = new SequentialBlock().add(Linear.builder().setUnits(2).build());
        DecorrelationOptions options = DecorrelationSettings.DEFAULT.at(1e-3);
        assertSame(plain, method.prepare(plain, options));
        Block prepared = decorrelated.prepare(plain, options);
        assertEquals(2, prepared.getChildren().size());
        assertTrue(prepared.getChildren().get(0).getValue() instanceof Decorrelating);
        assertThrows(
                IllegalArgumentException.class,
                () -> Methods.named(method.name() + "+decor+decor"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mlp", "conv", "ahmad-conv", "resnet20", "vit"})
    void decorrelatedModelsStartFromTheSameWeights(String name) {
        Method method = Methods.named("bp+decor");
        List<float[]> plain = startingWeights(image(name));
        List<float[]> decorrelated =
                startingWeights(
                        method.prepare(image(name), DecorrelationSettings.DEFAULT.at(1e-5)));

        assertEquals(plain.size(), decorrelated.size());
        for (int i = 0; i < plain.size(); ++i) {
            assertArrayEquals(plain.get(i), decorrelated.get(i));
        }
    }

    /** They normalize what every layer gets, whatever stands after it. */
    @ParameterizedTest
    @CsvSource({
        "whitening, conv, 4",
        "batchnorm, resnet20, 23",
        "batchnorm, mlp, 2",
        "batchnorm, vit, 2",
        "ghostnorm, conv, 4"
    })
    void otherLayersStandWhereDecorrelationLayersDo(String suffix, String name, int layers) {
        Method method = Methods.named("fa-sgd+" + suffix);
        assertEquals("fa-sgd+" + suffix, method.name());
        assertFalse(method.decorrelated());
        assertSame(Methods.named("fa").trainer(), method.trainer());
        assertEquals(
                Methods.named("fa-sgd").learningRates().rate("mnist", name, OptimizerKind.SGD),
                method.learningRates().rate("mnist", name, OptimizerKind.SGD));
        Block block = method.prepare(image(name), DecorrelationSettings.DEFAULT.at(1e-5));
        List<Block> before = new ArrayList<>();
        collectBefore(block, before);
        assertEquals(layers, before.size());
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            manager.getEngine().setRandomSeed(1);
            Shape batch = new Shape(40, 3, 32, 32);
            block.initialize(manager, DataType.FLOAT32, batch);
            ParameterStore store = new ParameterStore(manager, false);
            NDArray images = manager.randomNormal(3, 2, batch, DataType.FLOAT32);
            NDList out = block.forward(store, new NDList(images), true);
            assertEquals(new Shape(40, 10), out.singletonOrThrow().getShape());
            // each channel or feature has mean 0 and, where it is that of one part, variance 1
            Shape shape = name.equals("mlp") ? new Shape(40, 3072) : batch;
            NDArray first =
                    before.get(0)
                            .forward(store, new NDList(images.reshape(shape)), true)
                            .singletonOrThrow();
            NDArray byFeature = first.swapAxes(0, 1).reshape(shape.get(1), -1);
            assertEquals(0, byFeature.mean(new int[] {1}).abs().max().getFloat(), 1e-4);
            if (!suffix.equals("whitening")) {
                NDArray variance = byFeature.square().mean(new int[] {1});
                assertEquals(0, variance.sub(1).abs().max().getFloat(), 1e-2);
            }
        }
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        method.prepare(
                                Activation.reluBlock(), DecorrelationSettings.DEFAULT.at(1e-5)));
    }

    @Test
    void recurrentDecorrelationStandsBeforeDenseLayersAlone() {
        Method method = Methods.named("fa+recurrent");
        assertTrue(method.decorrelated());
        assertEquals(
                Methods.named("fa+decor").decorrelationRates().rate("mnist", "mlp"),
                method.decorrelationRates().rate("mnist", "mlp"));
        DecorrelationOptions options = DecorrelationSettings.DEFAULT.at(1e-4);
        List<Block> before = new ArrayList<>();
        collectBefore(method.prepare(image("mlp"), options), before);
        assertEquals(2, before.size());
        assertNotEquals(
                ((RecurrentDecorrelation) before.get(0)).getName(),
                ((RecurrentDecorrelation) before.get(1)).getName());
        for (Block layer : before) {
            RecurrentDecorrelation lateral = assertInstanceOf(RecurrentDecorrelation.class, layer);
            assertEquals(options.toString(), lateral.getOptions().toString());
        }
        String sentence =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> method.prepare(image("conv"), options))
                        .getMessage();
        assertTrue(sentence.startsWith("Recurrent decorrelation is for dense layers"), sentence);
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        method.prepare(
                                image("mlp"), DecorrelationSettings.DEFAULT.withRank(8).at(1e-4)));
    }

    /** The blocks before the weighted layers, in sequences and branches. */
    private static void collectBefore(Block block, List<Block> found) {
        Block previous = null;
        for (Block child : block.getChildren().values()) {
            boolean weighted = child instanceof Linear || child.getClass() == Conv2d.class;
            if (weighted && (block instanceof SequentialBlock)) {
                found.add(previous);
            } else if (block instanceof SequentialBlock || block instanceof ParallelBlock) {
                collectBefore(child, found);
            }
            previous = child;
        }
    }

    private static Block image(String name) {
        return Networks.named(name)
                .create(NetworkOptions.builder().build(), new Shape(3, 32, 32), 10);
    }

    private static List<float[]> startingWeights(Block block) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            manager.getEngine().setRandomSeed(1);
            block.initialize(manager, DataType.FLOAT32, new Shape(2, 3, 32, 32));
            return block.getParameters().values().stream()
                    .filter(Parameter::requiresGradient)
                    .map(parameter -> parameter.getArray().toFloatArray())
                    .toList();
        }
    }

    @Test
    void decorrelationStartsWithTheSettingsOfTheLibrary() {
        assertEquals(
                DecorrelationOptions.builder().build().toString(),
                DecorrelationSettings.DEFAULT.at(DecorrelationRates.USUAL).toString());
    }

    /** Table 2 of Ahmad, "Correlations Are Ruining Your Gradient Descent". */
    @ParameterizedTest
    @CsvSource({
        "cifar10, dense, bp+decor, 1e-4, 1e-5",
        "cifar10, ahmad-conv, bp+decor, 1e-3, 1e-5",
        "cifar100, ahmad-conv, bp+decor, 1e-3, 1e-5",
        "tiny-imagenet, ahmad-conv, bp+decor, 1e-3, 1e-5",
        "cifar10, dense, fa+decor, 1e-4, 1e-6",
        "cifar10, ahmad-conv, fa+decor, 1e-4, 1e-5",
        "cifar100, ahmad-conv, fa+decor, 1e-4, 1e-5",
        "tiny-imagenet, ahmad-conv, fa+decor, 1e-5, 1e-5",
        "cifar10, dense, np+decor, 1e-4, 1e-6"
    })
    void ratesAreThoseOfThePaper(
            String dataset, String model, String name, float learning, double decorrelation) {
        Method method = Methods.named(name);
        assertEquals(learning, method.learningRates().rate(dataset, model, OptimizerKind.ADAM));
        assertEquals(decorrelation, method.decorrelationRates().rate(dataset, model));
        Method plain = Methods.named(name.replace("+decor", ""));
        float plainLearning = name.startsWith("np") ? 1e-5f : learning;
        assertEquals(plainLearning, plain.learningRates().rate(dataset, model, OptimizerKind.ADAM));
    }

    /** The rates of the code of Alonso, Krichmar and Neftci. */
    @ParameterizedTest
    @CsvSource({
        "cifar10, mlp3, bp-sgd, sgd, 0.01",
        "cifar10, mlp3, bp-adam, adam, 1.8e-5",
        "cifar10, mlp3, seqil, sgd, 0.75",
        "cifar10, mlp3, seqil-mq, mq, 3e-5",
        "cifar10, mlp3, seqil-adam, adam, 3e-5",
        "cifar10, alonso-conv, bp-sgd, sgd, 0.014",
        "cifar10, alonso-conv, seqil-mq, mq, 2.2e-4",
        "cifar10, alonso-conv, seqil-adam+decor, adam, 7.5e-5",
        "svhn, mlp3, seqil, sgd, 1",
        "svhn, alonso-conv, seqil, sgd, 0.25",
        "tiny-imagenet, alonso-conv-tiny, bp-adam, adam, 2.5e-4",
        "tiny-imagenet, alonso-conv-tiny, seqil-adam, adam, 7e-5",
        "cifar10, autoencoder, seqil-mq, mq, 1.2e-5"
    })
    void optimizerBehindTheNameIsTheMethodsOwn(
            String dataset, String model, String name, String optimizer, float rate) {
        Method method = Methods.named(name);
        assertEquals(name, method.name());
        OptimizerKind kind = method.optimizer(OptimizerKind.MOMENTUM);
        assertEquals(optimizer, kind.toString());
        assertEquals(rate, method.learningRates().rate(dataset, model, kind));
    }

    @Test
    void otherMethodsTakeTheUsualOptimizer() {
        assertEquals(OptimizerKind.MOMENTUM, Methods.named("fa").optimizer(OptimizerKind.MOMENTUM));
        assertThrows(IllegalArgumentException.class, () -> Methods.named("fa-nosuch"));
        assertThrows(IllegalArgumentException.class, () -> Methods.named("fa+decor-mq"));
    }

    @Test
    void baselineIsTheStockTrainer() {
        try (Model model = model();
                Trainer trainer =
                        Methods.named(Methods.BASELINE)
                                .trainer()
                                .newTrainer(model, config(), 1, SETTINGS)) {
            assertSame(Trainer.class, trainer.getClass());
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void everyMethodMakesATrainer(Method method) {
        try (Model model = model();
                Trainer trainer = method.trainer().newTrainer(model, config(), 1, SETTINGS)) {
            trainer.initialize(new Shape(2, 3));
            assertSame(model, trainer.getModel());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    lra        | β 0.1, γ 1.0, difference ONE_SIDED | σ = 0.05 | update PAPER
                    lra-e      | β 0.1, γ 1.0, difference ONE_SIDED | σ = 0.05 | update LRA_E
                    lra-e-skip | β 0.1, γ 1.0, difference ONE_SIDED | σ = 0.05 | update LRA_E
                    lra-sign   | β 0.5, γ 1.0, difference CENTRAL   | σ = 1.0  | update PAPER
                    """)
    void namesOfAlignmentSayHowItsErrorMatricesLearn(
            String name, String errors, String matrices, String update) {
        try (Model model = model();
                Trainer trainer =
                        Methods.named(name).trainer().newTrainer(model, config(), 0, SETTINGS)) {
            trainer.initialize(new Shape(2, 3));
            String rule = ((CreditTrainer) trainer).getReport().toString();
            for (String part : List.of(errors, matrices, update)) {
                assertTrue(rule.contains(part), rule);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    lra      | LocalRepresentationAlignment(chain, β 0.3, γ 0.5, difference CENTRAL, | update NONE
                    lra-sign | LocalRepresentationAlignment(chain, β 0.3, γ 0.5, difference CENTRAL, | update NONE
                    lra      | norm 1.5, κ [0.5] | update NONE
                    seqil    | T 4, step 0.1, clamp 1.0E9, precisions [1.0, 2.0] | activity decay 0.5
                    fa       | density 0.25 | seed 3
                    dfa      | density 0.25 | seed 3
                    """)
    void settingsReachTheRule(String name, String first, String second) {
        MethodSettings settings =
                new MethodSettings(
                        new InferenceSettings(4, 0.1, 1e9, false, 0.5, List.of(1.0, 2.0)),
                        1,
                        new AlignmentSettings(
                                0.3,
                                0.5,
                                AlignmentSettings.Wiring.CHAIN,
                                ErrorMatrixUpdate.NONE,
                                ErrorDifference.CENTRAL,
                                1.5,
                                List.of(0.5)),
                        0.25);
        try (Model model = model();
                Trainer trainer =
                        Methods.named(name).trainer().newTrainer(model, config(), 3, settings)) {
            trainer.initialize(new Shape(2, 3));
            String rule = ((CreditTrainer) trainer).getReport().toString();
            assertTrue(rule.contains(first) && rule.contains(second), rule);
        }
    }

    /** With one iteration less the weights next to the input stay as they are. */
    @ParameterizedTest
    @ValueSource(strings = {"il", "ipc", "ipc+ghostnorm", "seqil"})
    void leastIterationsCarryErrorsToTheLowestLayer(String name) {
        Method method = Methods.named(name);
        int least = method.leastIterations(4);
        assertTrue(movesTheLowestLayer(method, least));
        assertTrue(least == 1 || !movesTheLowestLayer(method, least - 1));
        assertEquals(1, Methods.named("fa").leastIterations(4));
    }

    private static boolean movesTheLowestLayer(Method method, int iterations) {
        Linear lowest = Linear.builder().setUnits(5).build();
        SequentialBlock plain = new SequentialBlock().add(lowest);
        for (int units : new int[] {5, 4, 2}) {
            plain.add(Activation.tanhBlock()).add(Linear.builder().setUnits(units).build());
        }
        MethodSettings settings = new MethodSettings(new InferenceSettings(iterations, 0.1), 1);
        try (Model model = Model.newInstance("deep", "PyTorch")) {
            model.setBlock(method.prepare(plain, null));
            try (Trainer trainer = method.trainer().newTrainer(model, config(), 1, settings)) {
                trainer.initialize(new Shape(4, 3));
                NDManager manager = trainer.getManager();
                NDList data = new NDList(manager.randomNormal(new Shape(4, 3)));
                NDList labels = new NDList(manager.create(new long[] {0, 1, 1, 0}));
                NDArray weight = lowest.getParameters().get("weight").getArray();
                float[] before = weight.toFloatArray();
                try (GradientCollector collector = trainer.newGradientCollector()) {
                    NDList predictions = trainer.forward(data, labels);
                    collector.backward(trainer.getLoss().evaluate(labels, predictions));
                }
                trainer.step();
                return !Arrays.equals(before, weight.toFloatArray());
            }
        }
    }

    @Test
    void settingsOutOfTheirRangeAreRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new AlignmentSettings(-1.0, null, null, null, null, null, null));
        assertThrows(
                IllegalArgumentException.class,
                () -> new AlignmentSettings(null, 0.0, null, null, null, null, null));
        assertThrows(
                IllegalArgumentException.class,
                () -> new AlignmentSettings(null, null, null, null, null, 0.5, null));
        assertThrows(
                IllegalArgumentException.class,
                () -> new AlignmentSettings(null, null, null, null, null, null, List.of(-1.0)));
        assertThrows(
                IllegalArgumentException.class,
                () -> new InferenceSettings(3, 0.1, 0.0, null, null, null));
        assertThrows(
                IllegalArgumentException.class,
                () -> new InferenceSettings(3, 0.1, null, null, -1.0, null));
        assertThrows(
                IllegalArgumentException.class,
                () -> new InferenceSettings(3, 0.1, null, null, null, List.of(-1.0)));
        InferenceSettings inference = new InferenceSettings(3, 0.1);
        assertThrows(
                IllegalArgumentException.class, () -> new MethodSettings(inference, 1, null, 1.5));
        assertEquals(
                new MethodSettings(inference, 1),
                new MethodSettings(inference, 1, AlignmentSettings.NONE, null));
    }

    @Test
    void variantsAreOfMethods() {
        for (Method method : Methods.all()) {
            method.variantOf().ifPresent(name -> assertTrue(Methods.names().contains(name), name));
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void everyMethodIsDescribedAndHasRatesForEverything(Method method) {
        assertFalse(method.title().isBlank());
        assertTrue(method.description().endsWith("."));
        for (String dataset : DataSets.names()) {
            for (String model : Networks.names()) {
                for (OptimizerKind optimizer : OptimizerKind.values()) {
                    float rate = method.learningRates().rate(dataset, model, optimizer);
                    assertTrue(rate > 0 && rate <= 5, model + " " + optimizer + " " + rate);
                }
            }
        }
    }

    @Test
    void unknownMethodListsTheKnownOnes() {
        String message =
                assertThrows(IllegalArgumentException.class, () -> Methods.named("nosuch"))
                        .getMessage();
        Methods.names().forEach(name -> assertTrue(message.contains(name), message));
    }

    @Test
    void presetSetLastOfThoseThatHoldWins() {
        LearningRates rates =
                LearningRates.of(OptimizerKind.ADAM, 1)
                        .and(OptimizerKind.SGD, 2)
                        .with(LearningRates.ANY, "mlp", OptimizerKind.ADAM, 3)
                        .with("mnist", "mlp", OptimizerKind.ADAM, 4);
        assertEquals(1, rates.rate("mnist", "conv", OptimizerKind.ADAM));
        assertEquals(2, rates.rate("mnist", "mlp", OptimizerKind.SGD));
        assertEquals(3, rates.rate("glyphs", "mlp", OptimizerKind.ADAM));
        assertEquals(4, rates.rate("mnist", "mlp", OptimizerKind.ADAM));
    }

    private static Model model() {
        Model model = Model.newInstance("linear", "PyTorch");
        model.setBlock(Linear.builder().setUnits(2).build());
        return model;
    }

    private static DefaultTrainingConfig config() {
        return new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                .optOptimizer(OptimizerKind.ADAM.create(1e-3f, null));
    }
}
