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
package org.locallearning.djl.decorrelation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.transformer.BertBlock;
import ai.djl.nn.transformer.BertPretrainingBlock;
import ai.djl.nn.transformer.BertPretrainingLoss;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.util.Pair;
import ai.djl.util.PairList;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** DJL's BERT and the heads that it is pretrained with, decorrelated and folded again. */
class DecorrelatedBertTest extends ArrayTest {

    private static final int BATCH = 5;
    private static final int TOKENS = 6;
    private static final int WIDTH = 8;
    private static final int HIDDEN = 12;
    private static final int WORDS = 11;
    private static final int MASKED = 2;
    private static final int LAYERS = 2;
    private static final Shape IDS = new Shape(BATCH, TOKENS);

    DecorrelatedBertTest() {
        super(43);
    }

    static Stream<Arguments> blocksAndMeans() {
        return Stream.of(Kind.values())
                .flatMap(
                        kind ->
                                Stream.of(MeanRemoval.values())
                                        .map(mean -> Arguments.of(kind, mean)));
    }

    private enum Kind {
        BERT(3, 4 * LAYERS + 1),
        PRETRAINING(4, 4 * LAYERS + 3);

        private final int inputs;
        private final int layers;

        Kind(int inputs, int layers) {
            this.inputs = inputs;
            this.layers = layers;
        }

        Block make() {
            return this == BERT ? builder().build() : new BertPretrainingBlock(builder());
        }

        Shape[] shapes() {
            Shape[] all = {IDS, IDS, IDS, new Shape(BATCH, MASKED)};
            return Arrays.copyOf(all, inputs);
        }
    }

    private static BertBlock.Builder builder() {
        return BertBlock.builder()
                .setTokenDictionarySize(WORDS)
                .optTypeDictionarySize(3)
                .optEmbeddingSize(WIDTH)
                .optTransformerBlockCount(LAYERS)
                .optAttentionHeadCount(2)
                .optHiddenSize(HIDDEN)
                .optHiddenDropoutProbability(0.2f)
                .optMaxSequenceLength(TOKENS);
    }

    private static Decorrelate.Builder converter() {
        return Decorrelate.builder().optRate(0.02).optCost(Cost.full().withSampleFraction(1));
    }

    @ParameterizedTest
    @MethodSource("blocksAndMeans")
    void convertedAndFoldedBlocksComputeTheSame(Kind kind, MeanRemoval mean) {
        for (DataType type : new DataType[] {DataType.FLOAT64, DataType.FLOAT32}) {
            double tolerance = type == DataType.FLOAT64 ? 1e-11 : 1e-4;
            Block plain = initialized(kind, type);
            DecorrelationReport report = converter().optMean(mean).build().convert(plain);
            Block converted = report.block();
            assertEquals(kind.layers, report.converted().size());
            NDList inputs = inputs(kind);
            assertSameOutputs(forward(plain, inputs), forward(converted, inputs), tolerance);
            for (int step = 0; step < 2; ++step) {
                converted.forward(store, inputs(kind), true);
            }
            Block folded = Decorrelate.foldForOriginal(converted);
            assertEquals(plain.getClass(), folded.getClass());
            assertEquals(shapes(plain), shapes(folded));
            assertSameOutputs(forward(converted, inputs), forward(folded, inputs), tolerance);
            for (DecorrelationReport.Converted entry : report.converted()) {
                NDArray matrix = entry.layer().getMatrix().getArray();
                NDArray identity = manager.eye((int) matrix.getShape().get(0)).toType(type, false);
                assertFalse(matrix.allClose(identity), entry.path());
            }
        }
    }

    /** With matrices that stay the identity, dropout too drops what it drops in DJL's block. */
    @ParameterizedTest
    @MethodSource("blocksAndMeans")
    void gradientsWithoutLearningAreThoseOfThePlainBlock(Kind kind, MeanRemoval mean) {
        if (mean == MeanRemoval.BATCH) {
            return; // another function in training
        }
        Block plain = initialized(kind, DataType.FLOAT64);
        Block converted =
                Decorrelate.builder().optRate(0).optMean(mean).build().convert(plain).block();
        NDList inputs = inputs(kind);
        NDList outputs = forward(plain, inputs);
        NDList cotangents = new NDList(random(outputs.get(0).getShape()));
        cotangents.add(random(outputs.get(1).getShape()));
        List<NDArray> expected = gradients(plain, inputs, cotangents);
        List<NDArray> actual = gradients(converted, inputs, cotangents);
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < expected.size(); ++i) {
            assertClose(expected.get(i), actual.get(i), 1e-11);
        }
    }

    /** By parameter, as their order is another where decorrelation layers stand among them. */
    private List<NDArray> gradients(Block block, NDList inputs, NDList cotangents) {
        Engine.getInstance().setRandomSeed(7);
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            NDList outputs = block.forward(store, inputs, true);
            NDArray first = outputs.get(0).mul(cotangents.get(0)).sum();
            collector.backward(first.add(outputs.get(1).mul(cotangents.get(1)).sum()));
        }
        List<NDArray> gradients = new ArrayList<>();
        for (Pair<String, Parameter> entry : block.getParameters()) {
            if (entry.getValue().requiresGradient()) {
                NDArray gradient = entry.getValue().getArray().getGradient();
                gradients.add(gradient.duplicate());
                gradient.set(new NDIndex("..."), 0);
            }
        }
        return gradients;
    }

    /** Three tokens in each of two sequences and all six in the others; one pooled token each. */
    @Test
    void everyLayerSeesTheTokensAlone() {
        DecorrelationReport report =
                converter().build().convert(initialized(Kind.PRETRAINING, DataType.FLOAT64));
        List<Long> rows = new ArrayList<>();
        for (DecorrelationReport.Converted entry : report.converted()) {
            entry.layer()
                    .addObserver(
                            (layer, block, before, after) -> rows.add(before.getShape().get(0)));
        }
        report.block().forward(store, inputs(Kind.PRETRAINING), true);
        List<Long> expected = new ArrayList<>(Collections.nCopies(4 * LAYERS, 2 * 3 + 3 * 6L));
        // BERT's pooling, the sentences, and the masked words
        expected.addAll(List.of((long) BATCH, (long) BATCH, (long) BATCH * MASKED));
        assertEquals(expected, rows);
    }

    @Test
    void reportNamesEveryLayerAndPatternsLeaveOut() {
        Block plain = initialized(Kind.PRETRAINING, DataType.FLOAT64);
        DecorrelationReport all = converter().build().convert(plain);
        List<String> paths = paths(all);
        assertEquals("01Bert/05transformer_0/01selfAttention", paths.get(0));
        assertEquals("01Bert/06transformer_1/03outputBlock/03Linear", paths.get(7));
        assertEquals(
                List.of(
                        "01Bert/07poolingProjection",
                        "02BertMaskedLanguageModelBlock/01sequenceProjection",
                        "03BertNextSentenceBlock/01binaryClassifier"),
                paths.subList(8, paths.size()));
        List<String> left = all.skipped().stream().map(s -> s.path()).toList();
        assertEquals(List.of("01Bert/01tokenEmbedding", "01Bert/02typeEmbedding"), left);
        assertTrue(all.skipped().get(0).reason().contains("embedding"), all.toString());
        NDList inputs = inputs(Kind.PRETRAINING);
        List<String> patterns =
                List.of("01Bert/**", "0[23]*/**", "01Bert/05*/**", paths.get(5), paths.get(8));
        for (String pattern : patterns) {
            DecorrelationReport report = converter().optExclude(pattern).build().convert(plain);
            assertEquals(
                    paths.stream().filter(path -> !PathPattern.of(pattern).matches(path)).toList(),
                    paths(report));
            report.block().forward(store, inputs, true);
            Block folded = Decorrelate.foldForOriginal(report.block());
            assertEquals(shapes(plain), shapes(folded));
            assertSameOutputs(forward(report.block(), inputs), forward(folded, inputs), 1e-11);
        }
    }

    @Test
    void anotherConversionDecorrelatesWhatTheFirstLeftOut() {
        Block plain = initialized(Kind.PRETRAINING, DataType.FLOAT64);
        DecorrelationReport whole = converter().build().convert(plain);
        NDList inputs = inputs(Kind.PRETRAINING);
        Block block = plain;
        List<String> converted = new ArrayList<>();
        for (String pattern : List.of("01Bert/05*/**", "01Bert/07*", "02*/**", "03*/**", "**")) {
            Decorrelate some =
                    converter()
                            .optInclude(pattern)
                            .optBudget(10, Kind.PRETRAINING.shapes())
                            .build();
            DecorrelationReport report = some.convert(block);
            converted.addAll(paths(report));
            block = report.block();
            assertSameOutputs(forward(plain, inputs), forward(block, inputs), 1e-12);
        }
        assertEquals(paths(whole).size(), converted.size());
        assertEquals(Set.copyOf(paths(whole)), Set.copyOf(converted));
        assertEquals(shapes(whole.block()), shapes(block));
        block.forward(store, inputs, true);
        Block folded = Decorrelate.foldForOriginal(block);
        assertEquals(shapes(plain), shapes(folded));
        assertSameOutputs(forward(block, inputs), forward(folded, inputs), 1e-11);
    }

    @Test
    void savedModelsLoad(@TempDir Path folder) throws Exception {
        NDList inputs = inputs(Kind.BERT);
        NDArray expected;
        try (Model model = model(classifier())) {
            model.getBlock().initialize(model.getNDManager(), DataType.FLOAT32, IDS, IDS, IDS);
            model.setBlock(converter().build().convert(model.getBlock()).block());
            model.getBlock().forward(store, inputs, true);
            expected = forward(model.getBlock(), inputs).singletonOrThrow();
            model.save(folder, "decorrelated");
            model.setBlock(Decorrelate.foldForOriginal(model.getBlock()));
            model.save(folder, "folded");
        }
        try (Model model = model(classifier())) {
            model.load(folder, "folded");
            assertClose(expected, forward(model.getBlock(), inputs).head(), 1e-4);
            // and what was loaded can be converted
            Block again = converter().build().convert(model.getBlock()).block();
            assertClose(expected, forward(again, inputs).head(), 1e-4);
        }
        Decorrelate withoutMean = converter().optMean(MeanRemoval.NONE).build();
        try (Model model = model(withoutMean.convert(classifier()).block())) {
            model.load(folder, "decorrelated");
            assertClose(expected, forward(model.getBlock(), inputs).head(), 0);
            model.getBlock().forward(store, inputs, true);
            Block folded = Decorrelate.fold(model.getBlock());
            assertClose(
                    forward(model.getBlock(), inputs).head(), forward(folded, inputs).head(), 1e-4);
        }
    }

    /** As every decorrelation layer does by its contract. */
    @Test
    void memoryStaysFlat() {
        try (Model model = model(Decorrelate.model(Kind.PRETRAINING.make()));
                Trainer trainer =
                        model.newTrainer(new DefaultTrainingConfig(new BertPretrainingLoss()))) {
            trainer.initialize(Kind.PRETRAINING.shapes());
            step(trainer);
            step(trainer);
            int held = model.getNDManager().getManagedArrays().size();
            for (int i = 0; i < 8; ++i) {
                step(trainer);
            }
            assertEquals(held, model.getNDManager().getManagedArrays().size());
        }
    }

    private void step(Trainer trainer) {
        try (NDManager batch = trainer.getManager().newSubManager();
                GradientCollector collector = trainer.newGradientCollector()) {
            NDList inputs = inputs(batch, Kind.PRETRAINING);
            NDArray words = inputs.get(3);
            NDList labels = new NDList(words.get(":,0").mod(2), words, words.onesLike());
            NDList outputs = trainer.forward(inputs);
            collector.backward(trainer.getLoss().evaluate(labels, outputs));
            trainer.step();
        }
    }

    @Test
    void frozenEncoderLayersKeepTheirMatrices() {
        Block plain = initialized(Kind.BERT, DataType.FLOAT32);
        plain.getChildren().get(4).getValue().freezeParameters(true);
        DecorrelationReport report = converter().build().convert(plain);
        report.block().forward(store, inputs(Kind.BERT), true);
        for (int i = 0; i < Kind.BERT.layers; ++i) {
            NDArray matrix = report.converted().get(i).layer().getMatrix().getArray();
            boolean moved = !matrix.allClose(manager.eye((int) matrix.getShape().get(0)));
            assertEquals(i >= 4, moved, "layer " + i);
        }
        Block folded = Decorrelate.fold(report.block());
        for (Pair<String, Parameter> entry : plain.getParameters()) {
            assertEquals(
                    entry.getValue().requiresGradient(),
                    folded.getParameters().get(entry.getKey()).requiresGradient(),
                    entry.getKey());
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {0, 0.3f})
    void dropoutAndSizesComeBack(float rate) {
        BertBlock plain = builder().optHiddenDropoutProbability(rate).build();
        plain.initialize(manager, DataType.FLOAT32, IDS, IDS, IDS);
        BertBlock folded = (BertBlock) Decorrelate.fold(Decorrelate.model(plain));
        assertEquals(WORDS, folded.getTokenDictionarySize());
        assertEquals(3, folded.getTypeDictionarySize());
        assertEquals(WIDTH, folded.getEmbeddingSize());
        // the same seed drops the same: rates of all are the same
        NDList inputs = inputs(Kind.BERT);
        Engine.getInstance().setRandomSeed(5);
        NDArray expected = plain.forward(store, inputs, true).head();
        Engine.getInstance().setRandomSeed(5);
        assertClose(expected, folded.forward(store, inputs, true).head(), 1e-5);
    }

    /** DJL's block drops the axis of the batch from the pooled token; its heads then fail. */
    @Test
    void aBatchOfOneKeepsItsAxis() {
        Block plain = initialized(Kind.BERT, DataType.FLOAT32);
        Block converted = converter().build().convert(plain).block();
        NDList one = new NDList();
        inputs(Kind.BERT).forEach(array -> one.add(array.get(new NDIndex(":1"))));
        NDList expected = forward(plain, one);
        NDList actual = forward(converted, one);
        assertClose(expected.get(0), actual.get(0), 1e-5);
        assertEquals(new Shape(1, WIDTH), actual.get(1).getShape());
        assertClose(expected.get(1).reshape(1, WIDTH), actual.get(1), 1e-5);
        Shape[] shapes = one.getShapes();
        assertEquals(List.of(converted.getOutputShapes(shapes)), List.of(actual.getShapes()));
    }

    @ParameterizedTest
    @EnumSource
    void outputShapesAreThoseOfTheOutputs(Kind kind) {
        Block converted = Decorrelate.model(initialized(kind, DataType.FLOAT32));
        assertEquals(
                List.of(converted.getOutputShapes(kind.shapes())),
                List.of(forward(converted, inputs(kind)).getShapes()));
    }

    /** The embeddings below the first layer learn, so that an error is wanted of every layer. */
    @ParameterizedTest
    @EnumSource
    void multiplyAddsOfTheBudgetAreThoseOfTheLayers(Kind kind) {
        Block plain = kind.make();
        DecorrelationReport report = converter().build().convert(plain);
        report.block().initialize(manager, DataType.FLOAT32, kind.shapes());
        StepCost cost = new StepCost(plain, kind.shapes());
        Set<Block> layers = Collections.newSetFromMap(new IdentityHashMap<>());
        addAll(plain, layers);
        assertEquals(
                report.multiplyAdds(BATCH),
                cost.decorrelation(layers, width -> Cost.full().withSampleFraction(1)));
        long rows = BATCH * TOKENS;
        long encoder = rows * WIDTH * (4 * WIDTH + 2 * TOKENS + 2 * HIDDEN);
        long forward = LAYERS * encoder + BATCH * WIDTH * WIDTH;
        if (kind == Kind.PRETRAINING) {
            forward += BATCH * MASKED * WIDTH * (WIDTH + WORDS) + 2 * BATCH * WIDTH;
        }
        assertEquals(3 * forward, cost.backpropagation());
        DecorrelationReport within =
                Decorrelate.builder().optBudget(0.9, kind.shapes()).build().convert(kind.make());
        within.block().initialize(manager, DataType.FLOAT32, kind.shapes());
        assertTrue(within.multiplyAdds(BATCH) <= 0.9 * cost.backpropagation());
    }

    @Test
    void aBudgetWithTooFewShapesIsRefused() {
        Decorrelate converter = Decorrelate.builder().optBudget(0.9, IDS).build();
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> converter.convert(Kind.BERT.make()))
                        .getMessage();
        assertTrue(message.startsWith("A BertBlock takes 3 inputs"), message);
        assertTrue(message.contains("optBudget"), message);
    }

    private static void addAll(Block block, Set<Block> all) {
        all.add(block);
        block.getChildren().values().forEach(child -> addAll(child, all));
    }

    @Test
    void otherInputsAreRefused() {
        Block bert = Decorrelate.model(builder().build());
        Shape shorter = new Shape(BATCH, TOKENS - 1);
        for (Shape[] shapes :
                new Shape[][] {
                    {IDS}, {IDS, IDS}, {shorter, shorter, shorter}, {IDS, IDS, shorter}
                }) {
            Exception e =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> bert.initialize(manager, DataType.FLOAT32, shapes));
            assertTrue(e.getMessage().contains("(batch, 6)"), e.getMessage());
        }
        Block pretraining = Decorrelate.model(Kind.PRETRAINING.make());
        Exception e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> pretraining.initialize(manager, DataType.FLOAT32, IDS, IDS, IDS));
        assertTrue(e.getMessage().contains("positions of masked tokens"), e.getMessage());
    }

    /** A classifier as users write them. */
    private static final class HandWritten extends AbstractBlock {

        private final Block bert;
        private final Block head;

        HandWritten(Block bert) {
            this.bert = addChildBlock("bert", bert);
            head = addChildBlock("head", Linear.builder().setUnits(3).build());
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store,
                NDList inputs,
                boolean training,
                PairList<String, Object> params) {
            NDArray pooled = bert.forward(store, inputs, training, params).get(1);
            return head.forward(store, new NDList(pooled), training, params);
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return new Shape[] {new Shape(inputShapes[0].get(0), 3)};
        }

        @Override
        protected void initializeChildBlocks(
                NDManager manager, DataType dataType, Shape... inputShapes) {
            bert.initialize(manager, dataType, inputShapes);
            head.initialize(manager, dataType, bert.getOutputShapes(inputShapes)[1]);
        }
    }

    @Test
    void handWrittenClassifiersAreRefusedByPathAndTakeADecorrelatedBert() {
        Block whole = new HandWritten(builder().build());
        String message =
                assertThrows(IllegalArgumentException.class, () -> Decorrelate.model(whole))
                        .getMessage();
        assertTrue(message.contains("HandWritten (not supported"), message);
        assertTrue(message.contains("Decorrelate.model(child)"), message);
        assertTrue(message.contains("'01bert' (BertBlock), '02head' (Linear)."), message);

        Block bert = converter().build().convert(builder().build()).block();
        Block classifier = new HandWritten(bert);
        classifier.initialize(manager, DataType.FLOAT32, IDS, IDS, IDS);
        NDList inputs = inputs(Kind.BERT);
        classifier.forward(store, inputs, true);
        message =
                assertThrows(IllegalArgumentException.class, () -> Decorrelate.fold(classifier))
                        .getMessage();
        assertTrue(message.contains("HandWritten cannot be rebuilt"), message);
        assertTrue(message.contains("Decorrelate.fold"), message);
        Block plain = assertInstanceOf(BertBlock.class, Decorrelate.fold(bert));
        assertSameOutputs(forward(bert, inputs), forward(plain, inputs), 1e-4);
        // it is decorrelated already
        Block twice = new SequentialBlock().add(bert).add(Linear.builder().setUnits(2).build());
        DecorrelationReport report = Decorrelate.builder().build().convert(twice);
        assertSame(bert, report.block().getChildren().get(0).getValue());
        assertEquals("decorrelated already", report.skipped().get(0).reason());
    }

    private static Block classifier() {
        return new SequentialBlock()
                .add(builder().build())
                .add(outputs -> new NDList(outputs.get(1)))
                .add(Linear.builder().setUnits(3).build());
    }

    private static Model model(Block block) {
        Model model = Model.newInstance("bert");
        model.setBlock(block);
        return model;
    }

    /** A block of random parameters; DJL itself initializes projections in single precision. */
    private Block initialized(Kind kind, DataType type) {
        Block block = kind.make();
        block.setInitializer(
                (parent, shape, ignored) -> parent.randomNormal(0, 0.5f, shape, type),
                Parameter::requiresGradient);
        block.initialize(manager, type, kind.shapes());
        return block;
    }

    /** Two of the sequences have three tokens, the others as many as there may be. */
    private NDList inputs(Kind kind) {
        return inputs(manager, kind);
    }

    private static NDList inputs(NDManager manager, Kind kind) {
        NDArray masks = manager.ones(IDS, DataType.INT64);
        masks.set(new NDIndex("1:3,3:"), 0);
        NDList all =
                new NDList(
                        manager.randomInteger(0, WORDS, IDS, DataType.INT64),
                        manager.randomInteger(0, 3, IDS, DataType.INT64),
                        masks,
                        manager.randomInteger(0, 3, new Shape(BATCH, MASKED), DataType.INT64));
        return all.subNDList(0, kind.inputs);
    }

    private NDList forward(Block block, NDList inputs) {
        return block.forward(store, inputs, false);
    }

    private static void assertSameOutputs(NDList expected, NDList actual, double tolerance) {
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < expected.size(); ++i) {
            assertClose(expected.get(i), actual.get(i), tolerance);
        }
    }

    private static List<String> paths(DecorrelationReport report) {
        return report.converted().stream().map(DecorrelationReport.Converted::path).toList();
    }

    /** The names and shapes of all parameters. */
    private static List<String> shapes(Block block) {
        return block.getParameters().stream()
                .map(entry -> entry.getKey() + entry.getValue().getShape())
                .toList();
    }
}
