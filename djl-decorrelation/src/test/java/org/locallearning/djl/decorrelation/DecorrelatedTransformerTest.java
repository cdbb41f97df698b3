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
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.transformer.IdEmbedding;
import ai.djl.nn.transformer.ScaledDotProductAttentionBlock;
import ai.djl.nn.transformer.TransformerEncoderBlock;
import ai.djl.training.GradientCollector;
import ai.djl.util.Pair;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** DJL's attention and encoder layers with decorrelation in them, and without it again. */
class DecorrelatedTransformerTest extends ArrayTest {

    private static final int BATCH = 6;
    private static final int TOKENS = 5;
    private static final int WIDTH = 8;
    private static final Shape INPUT = new Shape(BATCH, TOKENS, WIDTH);

    DecorrelatedTransformerTest() {
        super(41);
    }

    static Stream<Arguments> blocksAndMeans() {
        return Stream.of(true, false)
                .flatMap(
                        encoder ->
                                Stream.of(MeanRemoval.values())
                                        .map(mean -> Arguments.of(encoder, mean)));
    }

    @ParameterizedTest
    @MethodSource("blocksAndMeans")
    void convertedAndFoldedBlocksComputeTheSame(boolean encoder, MeanRemoval mean) {
        for (DataType type : new DataType[] {DataType.FLOAT64, DataType.FLOAT32}) {
            double tolerance = type == DataType.FLOAT64 ? 1e-12 : 1e-5;
            Block plain = initialized(encoder, type);
            Block converted = converter().optMean(mean).build().convert(plain).block();
            for (NDArray mask : masks()) {
                NDList inputs = inputs(input(type), mask);
                assertClose(forward(plain, inputs), forward(converted, inputs), tolerance);
            }
            for (int step = 0; step < 4; ++step) {
                NDArray mask = masks().get(step % masks().size());
                converted.forward(store, inputs(input(type), mask), true);
            }
            Block folded = Decorrelate.foldForOriginal(converted);
            assertSame(plain.getClass(), folded.getClass());
            assertEquals(shapes(plain), shapes(folded));
            for (NDArray mask : masks()) {
                NDList inputs = inputs(input(type), mask);
                assertClose(forward(converted, inputs), forward(folded, inputs), tolerance);
            }
            // the matrices have moved, or nothing was tested
            NDArray before = plain.getParameters().get(0).getValue().getArray();
            NDArray after = folded.getParameters().get(0).getValue().getArray();
            assertFalse(before.allClose(after));
        }
    }

    /** With matrices that stay the identity the gradients are those of the plain block. */
    @ParameterizedTest
    @MethodSource("blocksAndMeans")
    void gradientsWithoutLearningAreThoseOfThePlainBlock(boolean encoder, MeanRemoval mean) {
        if (mean == MeanRemoval.BATCH) {
            return; // another function in training
        }
        Block plain = initialized(encoder, DataType.FLOAT64);
        Block converted =
                Decorrelate.builder().optRate(0).optMean(mean).build().convert(plain).block();
        NDList inputs = inputs(input(DataType.FLOAT64), masks().get(1));
        NDArray cotangent = random(INPUT);
        List<NDArray> expected = gradients(plain, inputs, cotangent);
        // parameters are shared
        assertEquals(expected.size(), plain.getParameters().size() - (encoder ? 4 : 0));
        List<NDArray> actual = gradients(converted, inputs, cotangent);
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < expected.size(); ++i) {
            assertClose(expected.get(i), actual.get(i), 1e-12);
        }
    }

    @Test
    void paddingCountsInNoCovariance() {
        // every sequence has three tokens, and two of padding
        NDArray marks = manager.ones(new Shape(BATCH, TOKENS, TOKENS), DataType.FLOAT64);
        marks.set(new NDIndex(":,:,3:"), 0);
        Block plain = initialized(false, DataType.FLOAT64);
        Block padded = converter().build().convert(plain).block();
        Block alone = converter().build().convert(plain).block();
        for (int step = 0; step < 3; ++step) {
            NDArray batch = random(INPUT);
            padded.forward(store, new NDList(batch, marks), true);
            alone.forward(store, new NDList(batch.get(":,:3")), true);
        }
        for (Pair<String, Parameter> entry : alone.getParameters()) {
            NDArray actual = padded.getParameters().get(entry.getKey()).getArray();
            assertClose(entry.getValue().getArray(), actual, 1e-11);
        }
    }

    @Test
    void everyLayerOfAnEncoderSeesTheTokensAlone() {
        NDArray mask = masks().get(1);
        DecorrelationReport report =
                converter().build().convert(initialized(true, DataType.FLOAT64));
        List<Long> rows = new ArrayList<>();
        report.converted()
                .forEach(
                        entry ->
                                entry.layer()
                                        .addObserver(
                                                (layer, block, before, after) ->
                                                        rows.add(before.getShape().get(0))));
        report.block().forward(store, inputs(input(DataType.FLOAT64), mask), true);
        // two sequences of two tokens, and four of five
        assertEquals(List.of(24L, 24L, 24L, 24L), rows);
    }

    @Test
    void reportNamesEveryLayerAndPatternsLeaveOut() {
        Block plain = initialized(true, DataType.FLOAT32);
        List<String> all =
                List.of(
                        "01selfAttention",
                        "01selfAttention/04resultProjection",
                        "03outputBlock/01Linear",
                        "03outputBlock/03Linear");
        assertEquals(all, paths(converter().build().convert(plain)));
        for (String path : all) {
            DecorrelationReport report = converter().optExclude(path).build().convert(plain);
            List<String> others = new ArrayList<>(all);
            others.remove(path);
            assertEquals(others, paths(report));
            assertEquals(1, report.skipped().size());
            assertEquals(path, report.skipped().get(0).path());
            NDList inputs = new NDList(input(DataType.FLOAT32));
            report.block().forward(store, inputs, true);
            Block folded = Decorrelate.foldForOriginal(report.block());
            assertEquals(shapes(plain), shapes(folded));
            assertClose(forward(report.block(), inputs), forward(folded, inputs), 1e-5);
        }
        Decorrelate none = converter().optExclude("**").build();
        Exception e = assertThrows(IllegalArgumentException.class, () -> none.convert(plain));
        assertTrue(e.getMessage().contains("exclude [**]"), e.getMessage());
    }

    @Test
    void anotherConversionDecorrelatesWhatTheFirstLeftOut() {
        Block plain = initialized(true, DataType.FLOAT64);
        DecorrelationReport whole = converter().build().convert(plain);
        NDList inputs = new NDList(input(DataType.FLOAT64));
        for (String path : paths(whole)) {
            DecorrelationReport first = converter().optExclude(path).build().convert(plain);
            first.block().forward(store, inputs, true);
            DecorrelationReport second = converter().build().convert(first.block());
            assertEquals(1, second.converted().size(), path);
            assertEquals(shapes(whole.block()), shapes(second.block()));
            assertClose(forward(first.block(), inputs), forward(second.block(), inputs), 1e-12);
            List<NDArray> before = matrices(first);
            second.block().forward(store, inputs, true);
            // those of the first conversion are there still, and learn on
            for (int i = 0; i < before.size(); ++i) {
                assertFalse(before.get(i).allClose(matrices(first).get(i)), path);
            }
            Block folded = Decorrelate.foldForOriginal(second.block());
            assertEquals(shapes(plain), shapes(folded));
            assertClose(forward(second.block(), inputs), forward(folded, inputs), 1e-12);
            Decorrelate none = converter().build();
            Exception e =
                    assertThrows(
                            IllegalArgumentException.class, () -> none.convert(second.block()));
            assertTrue(e.getMessage().contains("(decorrelated already)"), e.getMessage());
        }
    }

    private static List<NDArray> matrices(DecorrelationReport report) {
        return report.converted().stream()
                .map(entry -> entry.layer().getMatrix().getArray().duplicate())
                .toList();
    }

    @Test
    void wholeBlocksInTwoPlacesNeedNoSelection() {
        Block decorrelated = converter().build().convert(encoder()).block();
        Block model = new SequentialBlock().add(decorrelated).add(linear()).add(decorrelated);
        DecorrelationReport report =
                converter().optExclude("01Decorrelated*/**").build().convert(model);
        assertEquals(List.of("02Linear"), paths(report));
        assertSame(decorrelated, child(report.block(), 0));
    }

    @Test
    void encoderInTwoPlacesIsOneBlockAndFoldsToOne() {
        Block twice = encoder();
        Block model = new SequentialBlock().addAll(twice, twice);
        Block converted = converter().build().convert(model).block();
        assertSame(child(converted, 0), child(converted, 1));
        converted.initialize(manager, DataType.FLOAT32, INPUT);
        NDList inputs = new NDList(input(DataType.FLOAT32));
        converted.forward(store, inputs, true);
        Block folded = Decorrelate.fold(converted);
        assertSame(child(folded, 0), child(folded, 1));
        assertNotSame(twice, child(folded, 0));
        assertClose(forward(converted, inputs), forward(folded, inputs), 1e-5);
    }

    @Test
    void outputsOfEmbeddingsAreDecorrelated() {
        Block model =
                new SequentialBlock()
                        .add(
                                new IdEmbedding.Builder()
                                        .setDictionarySize(9)
                                        .setEmbeddingSize(WIDTH)
                                        .build())
                        .add(linear())
                        .add(encoder());
        DecorrelationReport report = converter().build().convert(model);
        assertEquals(5, report.converted().size());
        assertEquals("02Linear", report.converted().get(0).path());
        report.block().initialize(manager, DataType.FLOAT32, new Shape(BATCH, TOKENS));
        NDArray words = manager.randomInteger(0, 9, new Shape(BATCH, TOKENS), DataType.INT64);
        NDArray vectors = forward(child(report.block(), 0), new NDList(words)).reshape(-1, WIDTH);
        report.block().forward(store, new NDList(words), true);
        // one row for each word
        double[][] moments =
                SlowRule.secondMoments(
                        rows(
                                vectors.sub(vectors.mean(new int[] {0}))
                                        .toType(DataType.FLOAT64, true)
                                        .reshape(-1, WIDTH)));
        NDArray matrix = report.converted().get(0).layer().getMatrix().getArray();
        double gain = report.converted().get(0).layer().getLastGain();
        for (int i = 0; i < WIDTH; ++i) {
            for (int j = 0; j < WIDTH; ++j) {
                double expected = gain * ((i == j ? 1 : 0) - 0.02 * moments[i][j]);
                assertEquals(expected, matrix.getFloat(i, j), 1e-5);
            }
        }
        Block folded = Decorrelate.foldForOriginal(report.block());
        NDList inputs = new NDList(words);
        assertClose(forward(report.block(), inputs), forward(folded, inputs), 1e-5);
    }

    @Test
    void frozenWeightsKeepTheirMatrix() {
        Block plain = initialized(true, DataType.FLOAT32);
        child(child(plain, 0), 1).freezeParameters(true);
        DecorrelationReport report = converter().build().convert(plain);
        report.block().forward(store, new NDList(input(DataType.FLOAT32)), true);
        for (int i = 0; i < 4; ++i) {
            NDArray matrix = report.converted().get(i).layer().getMatrix().getArray();
            int width = (int) matrix.getShape().get(0);
            boolean moved = !matrix.allClose(manager.eye(width));
            assertEquals(i != 0, moved, "layer " + i);
        }
        Block folded = Decorrelate.fold(report.block());
        for (Pair<String, Parameter> entry : plain.getParameters()) {
            assertEquals(
                    entry.getValue().requiresGradient(),
                    folded.getParameters().get(entry.getKey()).requiresGradient(),
                    entry.getKey());
        }
    }

    @Test
    void savedModelsLoad(@TempDir Path folder) throws Exception {
        NDList inputs = new NDList(input(DataType.FLOAT32));
        NDArray expected;
        try (Model model = model(encoder())) {
            model.getBlock().initialize(model.getNDManager(), DataType.FLOAT32, INPUT);
            model.setBlock(converter().build().convert(model.getBlock()).block());
            model.getBlock().forward(store, inputs, true);
            expected = forward(model.getBlock(), inputs);
            model.save(folder, "decorrelated");
            model.setBlock(Decorrelate.foldForOriginal(model.getBlock()));
            model.save(folder, "folded");
        }
        try (Model model = model(encoder())) {
            model.load(folder, "folded");
            assertClose(expected, forward(model.getBlock(), inputs), 1e-5);
            // and what was loaded can be converted
            Block again = converter().build().convert(model.getBlock()).block();
            assertClose(expected, forward(again, inputs), 1e-5);
        }
        try (Model model = model(encoder())) {
            model.setBlock(
                    converter()
                            .optMean(MeanRemoval.NONE)
                            .build()
                            .convert(model.getBlock())
                            .block());
            model.load(folder, "decorrelated");
            assertClose(expected, forward(model.getBlock(), inputs), 0);
            model.getBlock().forward(store, inputs, true);
            Block folded = Decorrelate.fold(model.getBlock());
            assertClose(forward(model.getBlock(), inputs), forward(folded, inputs), 1e-5);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void masksOfAnotherShapeAreRefused(boolean encoder) {
        Block converted =
                converter().build().convert(initialized(encoder, DataType.FLOAT32)).block();
        NDArray input = input(DataType.FLOAT32);
        for (Shape wrong :
                new Shape[] {
                    new Shape(BATCH, TOKENS), new Shape(BATCH, 1, 1, TOKENS + 1), new Shape(TOKENS)
                }) {
            NDList inputs = new NDList(input, manager.ones(wrong));
            String message =
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> converted.forward(store, inputs, false))
                            .getMessage();
            assertTrue(message.contains("with a mask " + wrong), message);
        }
    }

    @Test
    void attentionToOtherTokensIsLeftOrRefused() {
        ScaledDotProductAttentionBlock cross = attention();
        cross.initialize(manager, DataType.FLOAT32, INPUT, INPUT, INPUT);
        DecorrelationReport report =
                converter().build().convert(new SequentialBlock().add(linear()).add(cross));
        assertEquals(1, report.skipped().size());
        assertTrue(
                report.skipped().get(0).reason().contains("other tokens than its own"),
                report.toString());
        Block converted = converter().build().convert(attention()).block();
        Exception e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> converted.initialize(manager, DataType.FLOAT32, INPUT, INPUT, INPUT));
        assertTrue(e.getMessage().contains("optExclude"), e.getMessage());
    }

    @Test
    void multiplyAddsOfTheBudgetAreThoseOfTheLayers() {
        Block plain = new SequentialBlock().add(linear()).add(encoder());
        DecorrelationReport report = converter().build().convert(plain);
        report.block().initialize(manager, DataType.FLOAT32, INPUT);
        StepCost cost = new StepCost(plain, INPUT);
        Set<Block> layers = Collections.newSetFromMap(new IdentityHashMap<>());
        Block encoder = child(plain, 1);
        layers.add(child(encoder, 0));
        layers.add(attentionOf(encoder).getResultProjection());
        layers.add(child(child(encoder, 2), 0));
        layers.add(child(child(encoder, 2), 2));
        layers.add(child(plain, 0));
        long rows = BATCH * TOKENS;
        long products = rows * WIDTH * (WIDTH + 4 * WIDTH + 2 * TOKENS + 2 * 12);
        assertEquals(3 * products - rows * WIDTH * WIDTH, cost.backpropagation());
        // below the first weights no error is wanted
        assertEquals(
                report.multiplyAdds(BATCH)
                        - report.converted().get(0).layer().getErrorMultiplyAdds(BATCH),
                cost.decorrelation(layers, width -> Cost.full().withSampleFraction(1)));
    }

    private static ScaledDotProductAttentionBlock attentionOf(Block encoder) {
        return assertInstanceOf(ScaledDotProductAttentionBlock.class, child(encoder, 0));
    }

    private static Decorrelate.Builder converter() {
        return Decorrelate.builder().optRate(0.02).optCost(Cost.full().withSampleFraction(1));
    }

    private static Linear linear() {
        return Linear.builder().setUnits(WIDTH).build();
    }

    private static TransformerEncoderBlock encoder() {
        return new TransformerEncoderBlock(WIDTH, 2, 12, 0f, Activation::gelu);
    }

    private static ScaledDotProductAttentionBlock attention() {
        return ScaledDotProductAttentionBlock.builder()
                .setEmbeddingSize(WIDTH)
                .setHeadCount(2)
                .optAttentionProbsDropoutProb(0)
                .build();
    }

    private static Model model(Block block) {
        Model model = Model.newInstance("encoder");
        model.setBlock(new SequentialBlock().add(block));
        return model;
    }

    /** A block of random parameters; DJL itself initializes projections in single precision. */
    private Block initialized(boolean encoder, DataType type) {
        Block block = encoder ? encoder() : attention();
        Block shapes = encoder ? encoder() : attention();
        shapes.initialize(manager, DataType.FLOAT32, INPUT);
        for (int i = 0; i < shapes.getParameters().size(); ++i) {
            Pair<String, Parameter> entry = shapes.getParameters().get(i);
            NDArray values =
                    entry.getKey().contains("unning")
                            ? entry.getValue().getArray().toType(type, true)
                            : manager.randomNormal(0, 0.5f, entry.getValue().getShape(), type);
            block.getParameters().get(i).getValue().setArray(values);
        }
        block.initialize(manager, type, INPUT);
        return block;
    }

    private NDArray input(DataType type) {
        return manager.randomNormal(0.3f, 1, INPUT, type);
    }

    /** No mask; marks that shut padding out of two sequences; the same as offsets. */
    private List<NDArray> masks() {
        NDArray marks = manager.ones(new Shape(BATCH, TOKENS, TOKENS));
        marks.set(new NDIndex("1:3,:,2:"), 0);
        NDArray offsets = marks.sub(1).mul(100000f).reshape(BATCH, 1, TOKENS, TOKENS);
        List<NDArray> masks = new ArrayList<>();
        masks.add(null);
        masks.add(marks);
        masks.add(offsets);
        return masks;
    }

    @Test
    void masksWorkInHalfPrecision() {
        Block plain = initialized(false, DataType.FLOAT32);
        Block rounded = attention();
        for (int i = 0; i < plain.getParameters().size(); ++i) {
            NDArray values = plain.getParameters().get(i).getValue().getArray();
            rounded.getParameters()
                    .get(i)
                    .getValue()
                    .setArray(values.toType(DataType.FLOAT16, true));
        }
        Block precise = Decorrelate.model(plain);
        precise.initialize(manager, DataType.FLOAT32, INPUT);
        Block half = Decorrelate.model(rounded);
        half.initialize(manager, DataType.FLOAT16, INPUT);
        NDArray input = input(DataType.FLOAT32);
        NDArray narrow = input.toType(DataType.FLOAT16, true);
        for (NDArray mask : masks()) {
            NDArray expected = forward(precise, inputs(input, mask));
            NDArray actual = forward(half, inputs(narrow, mask));
            assertEquals(DataType.FLOAT16, actual.getDataType());
            double scale = expected.abs().max().getFloat();
            NDArray difference = actual.toType(DataType.FLOAT32, true).sub(expected);
            assertEquals(0, difference.abs().max().getFloat(), 0.01 * scale);
        }
    }

    private static NDList inputs(NDArray input, NDArray mask) {
        return mask == null ? new NDList(input) : new NDList(input, mask);
    }

    private NDArray forward(Block block, NDList inputs) {
        return block.forward(store, inputs, false).singletonOrThrow();
    }

    private List<NDArray> gradients(Block block, NDList inputs, NDArray cotangent) {
        List<NDArray> gradients = new ArrayList<>();
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            NDArray output = block.forward(store, inputs, true).head();
            collector.backward(output.mul(cotangent).sum());
        }
        for (Parameter parameter : block.getParameters().values()) {
            if (parameter.requiresGradient()) {
                NDArray gradient = parameter.getArray().getGradient();
                gradients.add(gradient.duplicate());
                gradient.set(new NDIndex("..."), 0);
            }
        }
        return gradients;
    }

    private static Block child(Block block, int index) {
        return block.getChildren().get(index).getValue();
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
