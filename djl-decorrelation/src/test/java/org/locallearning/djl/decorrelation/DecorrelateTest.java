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

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.basicmodelzoo.basic.Mlp;
import ai.djl.basicmodelzoo.cv.classification.LeNet;
import ai.djl.basicmodelzoo.cv.classification.ResNetV1;
import ai.djl.modality.nlp.DefaultVocabulary;
import ai.djl.modality.nlp.embedding.TrainableWordEmbedding;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv1d;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.convolutional.Conv2dTranspose;
import ai.djl.nn.core.Linear;
import ai.djl.nn.transformer.IdEmbedding;
import ai.djl.nn.transformer.ScaledDotProductAttentionBlock;
import ai.djl.nn.transformer.TransformerEncoderBlock;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.NormalInitializer;
import ai.djl.util.PairList;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Putting decorrelation into models of DJL's blocks, and taking it out. */
class DecorrelateTest extends ArrayTest {

    DecorrelateTest() {
        super(21);
    }

    @Test
    void everyWeightedLayerOfAResidualNetworkIsConverted() {
        Shape input = new Shape(4, 3, 16, 16);
        Block plain = resNet();
        plain.initialize(manager, DataType.FLOAT64, input);
        NDArray images = manager.randomNormal(0, 1, input, DataType.FLOAT64);
        NDArray evaluated = forward(plain, images, false);
        NDArray trained = forward(plain, images, true);

        DecorrelationReport report = Decorrelate.builder().build().convert(plain);
        long weighted =
                plain.getParameters().stream().filter(p -> p.getKey().endsWith("weight")).count();
        assertEquals(weighted, report.converted().size());
        assertTrue(report.skipped().isEmpty(), report.toString());
        assertTrue(report.matrixValues() > 0 && report.multiplyAdds(4) > 0);
        assertTrue(report.toString().contains("01SequentialBlock"), report.toString());

        // the running statistics of batch normalization are shared, so evaluate the original anew
        evaluated = forward(plain, images, false);
        assertClose(evaluated, forward(report.block(), images, false), 1e-12);
        NDArray converted =
                forward(Decorrelate.builder().build().convert(plain).block(), images, true);
        assertClose(trained, converted, 1e-9);
    }

    @Test
    void conversionLeavesTheOriginalAsItIs() {
        Block plain = mlp();
        plain.initialize(manager, DataType.FLOAT32, new Shape(2, 6));
        Block converted = Decorrelate.model(plain);
        assertNotSame(plain, converted);
        assertEquals(3, plain.getChildren().size());
        assertEquals(5, converted.getChildren().size());
        assertEquals("01Decorrelation", converted.getChildren().get(0).getKey());
        assertSame(
                plain.getChildren().get(0).getValue(), converted.getChildren().get(1).getValue());
        assertTrue(converted.isInitialized());
    }

    @Test
    void modelNotYetInitializedGetsTheDefaults() {
        Block converted = Decorrelate.model(mlp());
        Decorrelation first = (Decorrelation) converted.getChildren().get(0).getValue();
        assertEquals(MeanRemoval.BATCH, first.getOptions().getMean().removal());
        Block trained = mlp();
        trained.initialize(manager, DataType.FLOAT32, new Shape(2, 6));
        first = (Decorrelation) Decorrelate.model(trained).getChildren().get(0).getValue();
        assertEquals(MeanRemoval.NONE, first.getOptions().getMean().removal());
    }

    @Test
    void settingsOfSeveralLayersChooseAMeanOnlyWhereOneWasChosen() {
        Block trained = mlp();
        trained.initialize(manager, DataType.FLOAT32, new Shape(2, 6));
        DecorrelationOptions none = DecorrelationOptions.builder().optRate(1e-3).build();
        DecorrelationOptions chosen = none.toBuilder().optMean(MeanRemoval.BATCH).build();
        for (DecorrelationOptions options : List.of(none, chosen, chosen.toBuilder().build())) {
            Block converted =
                    Decorrelate.builder().optOptions(options).build().convert(trained).block();
            Decorrelation first = (Decorrelation) converted.getChildren().get(0).getValue();
            assertEquals(MeanRemoval.BATCH, options.getMean().removal());
            assertEquals(
                    options == none ? MeanRemoval.NONE : MeanRemoval.BATCH,
                    first.getOptions().getMean().removal());
        }
    }

    @Test
    void newLayersOnTopOfTrainedOnesGetTheDefaults() {
        Block base = mlp();
        base.initialize(manager, DataType.FLOAT32, new Shape(2, 6));
        Block head = Linear.builder().setUnits(2).build();
        DecorrelationReport report =
                Decorrelate.builder().build().convert(new SequentialBlock().addAll(base, head));
        assertEquals(
                List.of(MeanRemoval.NONE, MeanRemoval.NONE, MeanRemoval.BATCH),
                report.converted().stream()
                        .map(entry -> entry.layer().getOptions().getMean().removal())
                        .toList());
    }

    @Test
    void meanIsNotLoadedIntoALayerThatWouldNotRemoveIt() throws Exception {
        for (boolean image : new boolean[] {false, true}) {
            Shape input = image ? new Shape(6, 2, 5, 5) : new Shape(6, 4);
            Block saved = Decorrelate.model(linearOrConvolution(image));
            saved.initialize(manager, DataType.FLOAT64, input);
            byte[] untrained = saved(saved);
            forward(saved, random(input).add(1), true);
            byte[] trained = saved(saved);

            Block initialized = linearOrConvolution(image);
            initialized.initialize(manager, DataType.FLOAT64, input);
            Block converted = Decorrelate.model(initialized);
            load(converted, untrained);
            Exception e =
                    assertThrows(MalformedModelException.class, () -> load(converted, trained));
            assertTrue(e.getMessage().contains("holds a mean"), e.getMessage());
            assertTrue(e.getMessage().contains("optMean"), e.getMessage());

            Block removing =
                    Decorrelate.builder()
                            .optMean(MeanRemoval.RUNNING)
                            .build()
                            .convert(initialized)
                            .block();
            load(removing, trained);
            NDArray images = random(input);
            assertClose(forward(saved, images, false), forward(removing, images, false), 0);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void fullMatrixIsNotLoadedIntoATriangularLayer(boolean image) throws Exception {
        Shape input = image ? new Shape(6, 2, 5, 5) : new Shape(6, 4);
        byte[][] saved = new byte[2][];
        for (int triangular = 0; triangular < 2; ++triangular) {
            Block model = triangular(image, triangular == 1);
            model.initialize(manager, DataType.FLOAT64, input);
            forward(model, random(input), true);
            saved[triangular] = saved(model);
        }
        load(triangular(image, false), saved[1]);
        load(triangular(image, true), saved[1]);
        Block layer = triangular(image, true);
        Exception e = assertThrows(MalformedModelException.class, () -> load(layer, saved[0]));
        assertTrue(e.getMessage().contains("not triangular"), e.getMessage());
        assertTrue(e.getMessage().contains("optTriangular"), e.getMessage());
    }

    private static Block triangular(boolean image, boolean triangular) {
        return Decorrelate.builder()
                .optOptions(DecorrelationOptions.builder().optTriangular(triangular).build())
                .build()
                .convert(linearOrConvolution(image))
                .block();
    }

    private static Block linearOrConvolution(boolean image) {
        return image
                ? Conv2d.builder().setKernelShape(new Shape(2, 2)).setFilters(3).build()
                : Linear.builder().setUnits(3).build();
    }

    private static byte[] saved(Block block) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        block.saveParameters(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private void load(Block block, byte[] saved) throws IOException, MalformedModelException {
        block.loadParameters(manager, new DataInputStream(new ByteArrayInputStream(saved)));
    }

    @Test
    void loadedModelConvertsAndItsConversionLoads(@TempDir Path folder) throws Exception {
        NDArray input = manager.randomNormal(new Shape(6, 1, 28, 28));
        NDArray expected;
        try (Model plain = Model.newInstance("plain")) {
            plain.setBlock(LeNet.builder().build());
            plain.getBlock().initialize(plain.getNDManager(), DataType.FLOAT32, input.getShape());
            expected = forward(plain.getBlock(), input, false);
            plain.save(folder, "plain");
        }
        try (Model model = Model.newInstance("plain")) {
            model.setBlock(LeNet.builder().build());
            model.load(folder, "plain");
            model.setBlock(Decorrelate.model(model.getBlock()));
            assertClose(expected, forward(model.getBlock(), input, false), 1e-5);
            for (int i = 0; i < 3; ++i) {
                forward(model.getBlock(), input, true);
            }
            expected = forward(model.getBlock(), input, false);
            model.save(folder, "decorrelated");
        }
        try (Model model = Model.newInstance("decorrelated")) {
            DecorrelationOptions options =
                    DecorrelationOptions.builder().optMean(MeanRemoval.NONE).build();
            Decorrelate converter = Decorrelate.builder().optOptions(options).build();
            model.setBlock(converter.convert(LeNet.builder().build()).block());
            model.load(folder, "decorrelated");
            assertClose(expected, forward(model.getBlock(), input, false), 0);
        }
    }

    @Test
    void pathsSelectTheLayers() {
        SequentialBlock inner =
                new SequentialBlock()
                        .add(Linear.builder().setUnits(5).build())
                        .add(Linear.builder().setUnits(4).build());
        Block model = new SequentialBlock().add(inner).add(Linear.builder().setUnits(3).build());
        assertEquals(
                List.of("01SequentialBlock/01Linear", "01SequentialBlock/02Linear"),
                paths(Decorrelate.builder().optInclude("01*/*").build().convert(model)));
        assertEquals(
                List.of("02Linear"),
                paths(Decorrelate.builder().optExclude("01**").build().convert(model)));
        DecorrelationReport report =
                Decorrelate.builder()
                        .optInclude("**")
                        .optExclude("**/02Linear")
                        .optExclude("02Linear")
                        .build()
                        .convert(model);
        assertEquals(List.of("01SequentialBlock/01Linear"), paths(report));
        assertEquals(2, report.skipped().size());
        assertEquals("not selected", report.skipped().get(0).reason());
        Exception e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> Decorrelate.builder().optInclude("99*").build().convert(model));
        assertTrue(e.getMessage().contains("99*"), e.getMessage());
    }

    @Test
    void othersAreReported() {
        Block model =
                new SequentialBlock()
                        .add(Conv1d.builder().setKernelShape(new Shape(2)).setFilters(3).build())
                        .add(new Opaque(Linear.builder().setUnits(2).build()))
                        .add(Blocks.batchFlattenBlock())
                        .add(Linear.builder().setUnits(3).build());
        DecorrelationReport report = Decorrelate.builder().build().convert(model);
        assertEquals(List.of("04Linear"), paths(report));
        assertEquals(
                List.of("01Conv1d", "02Opaque"),
                report.skipped().stream().map(DecorrelationReport.Skipped::path).toList());
        DecorrelationReport again =
                Decorrelate.builder()
                        .build()
                        .convert(
                                new SequentialBlock()
                                        .add(report.block())
                                        .add(Linear.builder().setUnits(2).build()));
        assertTrue(again.toString().contains("decorrelated already"), again.toString());
    }

    @Test
    void subclassesThatInheritTheirForwardAreWalked() {
        Block mlp = new Mlp(6, 3, new int[] {5, 4});
        mlp.initialize(manager, DataType.FLOAT64, new Shape(8, 6));
        NDArray input = random(8, 6);
        NDArray expected = forward(mlp, input, false);
        DecorrelationReport report = Decorrelate.builder().build().convert(mlp);
        assertEquals(3, report.converted().size());
        assertTrue(report.skipped().isEmpty(), report.toString());
        assertClose(expected, forward(report.block(), input, false), 1e-13);

        Block convolution =
                new SequentialBlock()
                        .add(
                                new Conv2d(
                                        Conv2d.builder()
                                                .setKernelShape(new Shape(2, 2))
                                                .setFilters(3)) {});
        assertEquals(1, Decorrelate.builder().build().convert(convolution).converted().size());

        Block mixed =
                new SequentialBlock()
                        .add(new Mlp(6, 4, new int[] {5}))
                        .add(Linear.builder().setUnits(3).build());
        assertEquals(3, Decorrelate.builder().build().convert(mixed).converted().size());
        // one with a forward of its own is another function
        SequentialBlock doubling =
                new SequentialBlock() {
                    @Override
                    protected NDList forwardInternal(
                            ParameterStore store,
                            NDList inputs,
                            boolean training,
                            PairList<String, Object> params) {
                        NDList once = super.forwardInternal(store, inputs, training, params);
                        return super.forwardInternal(store, once, training, params);
                    }
                };
        doubling.add(Linear.builder().setUnits(6).build());
        Block model = new SequentialBlock().add(doubling).add(mlp);
        DecorrelationReport partly = Decorrelate.builder().build().convert(model);
        assertEquals(3, partly.converted().size());
        assertEquals(1, partly.skipped().size());
    }

    @Test
    void whatIsLeftOutIsLoggedInOneLine() {
        Block model =
                new SequentialBlock()
                        .add(new Opaque(new TransformerEncoderBlock(8, 2, 16, 0, Activation::relu)))
                        .add(new Opaque(Linear.builder().setUnits(2).build()))
                        .add(Linear.builder().setUnits(4).build())
                        .add(Linear.builder().setUnits(3).build());
        String log =
                logged(
                        () -> {
                            DecorrelationReport report =
                                    Decorrelate.builder()
                                            .optExclude("04Linear")
                                            .build()
                                            .convert(model);
                            assertEquals(
                                    "not supported: its own code calls 6 Linear",
                                    report.skipped().get(0).reason());
                        });
        assertEquals(1, log.lines().count(), log);
        assertTrue(log.contains("01Opaque"), log);
        assertTrue(log.contains("6 Linear"), log);
        assertTrue(log.contains("02Opaque (not supported: its own code calls 1 Linear)"), log);
        // what was asked for is not news
        assertTrue(!log.contains("04Linear"), log);
        assertEquals("", logged(() -> Decorrelate.model(mlp())));
    }

    /** DJL's engine has none: there is nothing to fold back into. */
    @Test
    void transposedConvolutionsAreLeftWithTheReason() {
        Block transposed =
                Conv2dTranspose.builder().setKernelShape(new Shape(2, 2)).setFilters(3).build();
        Block model =
                new SequentialBlock()
                        .add(Conv2d.builder().setKernelShape(new Shape(2, 2)).setFilters(2).build())
                        .add(transposed);
        DecorrelationReport report = Decorrelate.builder().build().convert(model);
        assertEquals(List.of("01Conv2d"), paths(report));
        assertEquals("02Conv2dTranspose", report.skipped().get(0).path());
        assertTrue(report.skipped().get(0).reason().contains("transposed"), report.toString());
        transposed.initialize(manager, DataType.FLOAT32, new Shape(2, 3, 4, 4));
        assertThrows(
                UnsupportedOperationException.class,
                () -> forward(transposed, manager.ones(new Shape(2, 3, 4, 4)), false));
    }

    /**
     * Ids have no correlation to remove; what is looked up by them is decorrelated where it goes.
     */
    @Test
    void embeddingsAreNamedInTheReportAndNotInTheLog() {
        Block[] embeddings = {
            new IdEmbedding.Builder().setDictionarySize(4).setEmbeddingSize(3).build(),
            TrainableWordEmbedding.builder()
                    .setEmbeddingSize(3)
                    .setVocabulary(DefaultVocabulary.builder().add(List.of("a", "b", "c")).build())
                    .optUseDefault(false)
                    .optUnknownToken("a")
                    .build()
        };
        for (Block embedding : embeddings) {
            Block model =
                    new SequentialBlock().add(embedding).add(Linear.builder().setUnits(2).build());
            String log =
                    logged(
                            () -> {
                                DecorrelationReport report =
                                        Decorrelate.builder().build().convert(model);
                                assertEquals(List.of("02Linear"), paths(report));
                                String reason = report.skipped().get(0).reason();
                                assertTrue(reason.startsWith("an embedding"), reason);
                            });
            assertEquals("", log);
        }
    }

    private static String logged(Runnable program) {
        PrintStream error = System.err;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            program.run();
        } finally {
            System.setErr(error);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void layerInTwoPlacesHasOneMatrixAndFoldsToOneWeight() {
        Linear twice = Linear.builder().setUnits(5).build();
        Block model = new SequentialBlock().add(twice).add(Activation::tanh).add(twice).add(mlp());
        DecorrelationOptions options =
                DecorrelationOptions.builder()
                        .optRate(0.02)
                        .optMean(MeanRemoval.NONE)
                        .optCost(Cost.full().withSampleFraction(1))
                        .build();
        DecorrelationReport report =
                Decorrelate.builder().optOptions(options).build().convert(model);
        report.block().initialize(manager, DataType.FLOAT64, new Shape(9, 5));
        assertEquals(4, report.converted().size());
        assertSame(report.converted().get(0).layer(), report.converted().get(1).layer());
        assertEquals(3 * 25, report.matrixValues());
        NDArray input = random(9, 5);
        for (int i = 0; i < 5; ++i) {
            forward(report.block(), input, true);
        }
        Block folded = Decorrelate.foldForOriginal(report.block());
        assertSame(folded.getChildren().get(0).getValue(), folded.getChildren().get(2).getValue());
        assertClose(forward(report.block(), input, false), forward(folded, input, false), 1e-12);
    }

    /**
     * A branch has a sequence in its place while it is decorrelated, a sequence has one layer more.
     */
    @Test
    void layerInASequenceAndInABranchFoldsToTheStructureOfTheOriginal() {
        Linear twice = Linear.builder().setUnits(5).build();
        Block sequence = new SequentialBlock().add(twice).add(Activation::tanh);
        Block branches =
                new ParallelBlock(found -> found.get(0), List.of(twice, Blocks.identityBlock()));
        Block single = new SequentialBlock().add(twice);
        for (List<Block> order :
                List.of(
                        List.of(sequence, branches),
                        List.of(branches, sequence),
                        List.of(branches, single),
                        List.of(single, branches))) {
            Block model = new SequentialBlock().add(order.get(0)).add(order.get(1));
            Block converted = Decorrelate.model(model);
            converted.initialize(manager, DataType.FLOAT64, new Shape(9, 5));
            Block folded = Decorrelate.foldForOriginal(converted);
            assertEquals(structure(model), structure(folded));
        }
    }

    private static String structure(Block block) {
        return block.getClass().getSimpleName()
                + block.getChildren().values().stream().map(DecorrelateTest::structure).toList();
    }

    @Test
    void layerInTwoPlacesThatCannotShareAWeightIsRefusedWithBothPaths() {
        Linear twice = Linear.builder().setUnits(5).build();
        Block model = new SequentialBlock().add(twice).add(Activation::tanh).add(twice);
        Block hidden = new SequentialBlock().add(twice).add(new Opaque(twice));
        for (Block block : new Block[] {model, hidden}) {
            Exception e =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> Decorrelate.builder().optExclude("03*").build().convert(block));
            assertTrue(e.getMessage().contains("'01Linear'"), e.getMessage());
            assertTrue(
                    e.getMessage().contains(block == model ? "'03Linear'" : "'02Opaque/01child'"),
                    e.getMessage());
        }
        Block byHand =
                new SequentialBlock()
                        .add(Decorrelation.builder().build())
                        .add(twice)
                        .add(Decorrelation.builder().build())
                        .add(twice);
        Block half =
                new SequentialBlock().add(Decorrelation.builder().build()).addAll(twice, twice);
        for (Block block : new Block[] {byHand, half}) {
            block.initialize(manager, DataType.FLOAT64, new Shape(9, 5));
            Exception e =
                    assertThrows(IllegalArgumentException.class, () -> Decorrelate.fold(block));
            assertTrue(e.getMessage().contains("'02Linear'"), e.getMessage());
            assertTrue(
                    e.getMessage().contains(block == half ? "'03Linear'" : "'04Linear'"),
                    e.getMessage());
        }
    }

    @Test
    void attentionInTwoPlacesOfWhichOneIsExcludedIsRefused() {
        Block twice =
                ScaledDotProductAttentionBlock.builder()
                        .setEmbeddingSize(8)
                        .setHeadCount(2)
                        .build();
        Block model = new SequentialBlock().addAll(twice, twice);
        for (String path : List.of("01", "02")) {
            Decorrelate half =
                    Decorrelate.builder()
                            .optExclude(path + "ScaledDotProductAttentionBlock")
                            .build();
            Exception e = assertThrows(IllegalArgumentException.class, () -> half.convert(model));
            assertTrue(e.getMessage().contains("'01ScaledDot"), e.getMessage());
            assertTrue(e.getMessage().contains("'02ScaledDot"), e.getMessage());
        }
        assertEquals(2, Decorrelate.builder().build().convert(model).converted().size());
    }

    @Test
    void foldForOriginalNamesWhatWouldNotLoad() {
        SequentialBlock model =
                new SequentialBlock()
                        .add(
                                Conv2d.builder()
                                        .setKernelShape(new Shape(3, 3))
                                        .optPadding(new Shape(1, 1))
                                        .setFilters(2)
                                        .build())
                        .add(Blocks.batchFlattenBlock())
                        .add(Linear.builder().setUnits(3).optBias(false).build());
        for (MeanRemoval removal : MeanRemoval.values()) {
            Block decorrelated =
                    Decorrelate.builder().optMean(removal).build().convert(model).block();
            decorrelated.initialize(manager, DataType.FLOAT64, new Shape(4, 1, 6, 6));
            forward(decorrelated, random(4, 1, 6, 6).add(1), true);
            if (removal == MeanRemoval.NONE) {
                Block folded = Decorrelate.foldForOriginal(decorrelated);
                assertEquals(shape(model), shape(folded));
                continue;
            }
            Exception e =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> Decorrelate.foldForOriginal(decorrelated));
            assertTrue(e.getMessage().contains("'01DecorrelatedConv2d'"), e.getMessage());
            assertTrue(e.getMessage().contains("'04Linear' has a bias"), e.getMessage());
            assertTrue(e.getMessage().contains("MeanRemoval.NONE"), e.getMessage());
            String log = logged(() -> Decorrelate.fold(decorrelated));
            assertEquals(1, log.lines().count(), log);
            assertTrue(log.contains("'01DecorrelatedConv2d'"), log);
        }
    }

    @Test
    void linearLayersRightAfterConvolutionsHaveAMatrixOfTheirOwn() {
        Block model =
                new SequentialBlock()
                        .add(Conv2d.builder().setKernelShape(new Shape(2, 2)).setFilters(2).build())
                        .add(Linear.builder().setUnits(3).build());
        Block convolutions = Decorrelate.builder().optExclude("02*").build().convert(model).block();
        assertEquals(
                List.of("02Linear"), paths(Decorrelate.builder().build().convert(convolutions)));
    }

    @Test
    void rootMayBeASingleLayer() {
        Linear linear = Linear.builder().setUnits(3).build();
        linear.initialize(manager, DataType.FLOAT32, new Shape(2, 4));
        DecorrelationReport report = Decorrelate.builder().build().convert(linear);
        assertEquals("Linear", report.converted().get(0).path());
        NDArray input = manager.randomNormal(new Shape(2, 4));
        assertClose(forward(linear, input, false), forward(report.block(), input, false), 1e-6);
        assertInstanceOf(Linear.class, Decorrelate.fold(report.block()));

        Conv2d convolution = Conv2d.builder().setKernelShape(new Shape(2, 2)).setFilters(3).build();
        assertInstanceOf(DecorrelatedConv2d.class, Decorrelate.model(convolution));
    }

    @Test
    void pairOfASingleLayerFoldsInALongerSequenceToo() {
        SequentialBlock pair = (SequentialBlock) Decorrelate.model(linearOrConvolution(false));
        Block before = Linear.builder().setUnits(4).build();
        Block after = Linear.builder().setUnits(2).build();
        List<SequentialBlock> longer =
                List.of(
                        new SequentialBlock().addAll(pair.getChildren().values()).add(after),
                        new SequentialBlock().add(before).addAll(pair.getChildren().values()),
                        pair.add(Activation::tanh).add(after));
        for (SequentialBlock block : longer) {
            block.initialize(manager, DataType.FLOAT64, new Shape(6, 4));
            NDArray input = random(6, 4);
            forward(block, input, true);
            Block folded = Decorrelate.fold(block);
            assertEquals(block.getChildren().size() - 1, folded.getChildren().size());
            assertClose(forward(block, input, false), forward(folded, input, false), 1e-12);
        }
    }

    @Test
    void sequencesThatReturnWhatIsBetweenKeepTheirOutputs() {
        SequentialBlock model =
                new SequentialBlock()
                        .add(Linear.builder().setUnits(4).build())
                        .add(Linear.builder().setUnits(3).build());
        model.setReturnIntermediate(true);
        model.initialize(manager, DataType.FLOAT64, new Shape(2, 5));
        NDList input = new NDList(manager.randomNormal(0, 1, new Shape(2, 5), DataType.FLOAT64));
        Block converted = Decorrelate.model(model);
        NDList expected = model.forward(store, input, false);
        NDList actual = converted.forward(store, input, false);
        assertEquals(2, actual.size());
        assertClose(expected.get(0), actual.get(0), 1e-14);
        Block folded = Decorrelate.fold(converted);
        assertEquals(2, folded.forward(store, input, false).size());
        assertInstanceOf(Linear.class, folded.getChildren().get(0).getValue());
    }

    @Test
    void weightedBranchesOfAParallelBlockAreConvertedAndFolded() {
        ParallelBlock model =
                new ParallelBlock(
                        outputs ->
                                new NDList(
                                        outputs.get(0)
                                                .singletonOrThrow()
                                                .add(outputs.get(1).singletonOrThrow())),
                        List.of(
                                Linear.builder().setUnits(4).build(),
                                new SequentialBlock().add(Linear.builder().setUnits(4).build())));
        model.initialize(manager, DataType.FLOAT64, new Shape(9, 5));
        NDArray input = manager.randomNormal(0, 1, new Shape(9, 5), DataType.FLOAT64);
        DecorrelationOptions options =
                DecorrelationOptions.builder()
                        .optRate(0.02)
                        .optCost(Cost.full().withSampleFraction(1))
                        .build();
        Block converted = Decorrelate.builder().optOptions(options).build().convert(model).block();
        assertClose(forward(model, input, false), forward(converted, input, false), 1e-13);
        for (int i = 0; i < 5; ++i) {
            forward(converted, input, true);
        }
        Block folded = Decorrelate.fold(converted);
        assertClose(forward(converted, input, false), forward(folded, input, false), 1e-12);
        assertEquals(shape(model), shape(folded));
    }

    @Test
    void everyMeanAndPaddingFoldsExactly() {
        Shape input = new Shape(5, 4, 9, 8);
        NDArray images = manager.randomNormal(0.7f, 1, input, DataType.FLOAT64);
        for (MeanRemoval removal : MeanRemoval.values()) {
            for (int padding : new int[] {0, 1}) {
                for (int groups : new int[] {1, 2}) {
                    for (boolean bias : new boolean[] {true, false}) {
                        Block model =
                                new SequentialBlock()
                                        .add(
                                                Conv2d.builder()
                                                        .setKernelShape(new Shape(3, 3))
                                                        .setFilters(6)
                                                        .optPadding(new Shape(padding, 2 * padding))
                                                        .optStride(new Shape(2, 1))
                                                        .optDilation(new Shape(1, 2))
                                                        .optGroups(groups)
                                                        .optBias(bias)
                                                        .build())
                                        .add(Activation::tanh)
                                        .add(Blocks.batchFlattenBlock())
                                        .add(Linear.builder().setUnits(3).optBias(bias).build());
                        // biases that are not 0 as they begin
                        model.setInitializer(new NormalInitializer(0.3f), Parameter.Type.BIAS);
                        DecorrelationOptions options =
                                DecorrelationOptions.builder()
                                        .optRate(0.001)
                                        .optCost(Cost.full().withSampleFraction(1))
                                        .optMean(removal)
                                        .build();
                        Block decorrelated =
                                Decorrelate.builder()
                                        .optOptions(options)
                                        .build()
                                        .convert(model)
                                        .block();
                        decorrelated.initialize(manager, DataType.FLOAT64, input);
                        for (int i = 0; i < 3; ++i) {
                            forward(decorrelated, images, true);
                        }
                        Block folded = Decorrelate.fold(decorrelated);
                        assertClose(
                                forward(decorrelated, images, false),
                                forward(folded, images, false),
                                1e-11);
                        boolean exception = removal != MeanRemoval.NONE && (padding > 0 || !bias);
                        assertEquals(!exception, shape(model).equals(shape(folded)));
                    }
                }
            }
        }
    }

    @Test
    void lonelyDecorrelationFoldsToALinearLayer() {
        Block model =
                new SequentialBlock().add(Decorrelation.builder().build()).add(Activation::tanh);
        model.initialize(manager, DataType.FLOAT64, new Shape(9, 5));
        NDArray input = manager.randomNormal(0.4f, 1, new Shape(9, 5), DataType.FLOAT64);
        forward(model, input, true);
        Block folded = Decorrelate.fold(model);
        Block linear = folded.getChildren().get(0).getValue();
        assertInstanceOf(Linear.class, linear);
        assertTrue(linear.getParameters().get("weight").requiresGradient());
        assertClose(forward(model, input, false), forward(folded, input, false), 1e-13);
        model.freezeParameters(true);
        Block frozen = Decorrelate.fold(model).getChildren().get(0).getValue();
        assertFalse(frozen.getParameters().get("weight").requiresGradient());
    }

    @Test
    void foldingNamesWhatItCannotRebuild() {
        Block model = new SequentialBlock().add(new Opaque(Decorrelation.builder().build()));
        assertThrows(IllegalStateException.class, () -> Decorrelate.fold(model));
        model.initialize(manager, DataType.FLOAT32, new Shape(2, 3));
        Exception e = assertThrows(IllegalArgumentException.class, () -> Decorrelate.fold(model));
        assertTrue(e.getMessage().contains("'01Opaque'"), e.getMessage());
        Exception single =
                assertThrows(
                        IllegalStateException.class, () -> Decorrelation.builder().build().fold());
        assertTrue(single.getMessage().contains("not initialized"), single.getMessage());
    }

    @Test
    void modelsWithoutWeightsAreRefusedInASentence() {
        Block model = new SequentialBlock().add(Activation::relu);
        String message =
                assertThrows(IllegalArgumentException.class, () -> Decorrelate.model(model))
                        .getMessage();
        assertTrue(message.endsWith(", and nothing else with weights."), message);
        Block alone = new SequentialBlock().add(Linear.builder().setUnits(2).build());
        Decorrelate none = Decorrelate.builder().optExclude("01*").build();
        message =
                assertThrows(IllegalArgumentException.class, () -> none.convert(alone))
                        .getMessage();
        assertTrue(message.endsWith("left alone: 01Linear (not selected)."), message);
    }

    @Test
    void patternsThatMatchNothingAreTold() {
        Block model = new SequentialBlock().add(mlp()).add(Linear.builder().setUnits(2).build());
        Decorrelate misspelt =
                Decorrelate.builder()
                        .optInclude("**")
                        .optInclude("03Linear")
                        .optExclude("01SequentialBlock")
                        .optExclude("02Linear")
                        .build();
        String log = logged(() -> misspelt.convert(model));
        assertEquals(1, log.lines().count(), log);
        assertTrue(log.contains("matches '03Linear', '01SequentialBlock':"), log);
        Decorrelate right =
                Decorrelate.builder().optInclude("**").optExclude("01SequentialBlock/**").build();
        assertEquals("", logged(() -> right.convert(model)));
    }

    @Test
    void frozenWeightsStayFrozen() {
        Conv2d convolution = Conv2d.builder().setKernelShape(new Shape(2, 2)).setFilters(3).build();
        convolution.initialize(manager, DataType.FLOAT32, new Shape(1, 2, 4, 4));
        convolution.freezeParameters(true);
        DecorrelatedConv2d converted = (DecorrelatedConv2d) Decorrelate.model(convolution);
        assertTrue(!converted.getWeight().requiresGradient());
        assertArrayEquals(
                convolution.getParameters().get("weight").getArray().toFloatArray(),
                converted.getWeight().getArray().toFloatArray());
    }

    @Test
    void frozenLayersComputeTheSameInTrainingAndEvaluation() {
        NDArray input = random(9, 5).add(2);
        for (boolean initialized : new boolean[] {false, true}) {
            Block base = mlp();
            if (initialized) {
                base.initialize(manager, DataType.FLOAT64, input.getShape());
            }
            base.freezeParameters(true);
            Decorrelate chosen = Decorrelate.builder().optMean(MeanRemoval.BATCH).build();
            for (Decorrelate each : List.of(chosen, Decorrelate.builder().build())) {
                Block converted = each.convert(base).block();
                converted.initialize(manager, DataType.FLOAT64, input.getShape());
                NDArray plain = forward(base, input, false);
                assertClose(plain, forward(converted, input, true), 1e-14);
                assertClose(plain, forward(converted, input, false), 1e-14);
            }
        }
        Block trained = Decorrelate.model(mlp());
        trained.initialize(manager, DataType.FLOAT64, input.getShape());
        forward(trained, input, true);
        Block frozen = mlp();
        frozen.freezeParameters(true);
        Block loaded = Decorrelate.model(frozen);
        assertDoesNotThrow(() -> load(loaded, saved(trained)));
        NDArray expected = forward(trained, input, false);
        assertClose(expected, forward(loaded, input, false), 0);
        assertClose(expected, forward(loaded, input, true), 0);
    }

    @Test
    void foldedLayersHaveFrozenWhatWasFrozen() {
        for (boolean image : new boolean[] {false, true}) {
            for (boolean weight : new boolean[] {false, true}) {
                for (boolean bias : new boolean[] {false, true}) {
                    for (MeanRemoval removal : List.of(MeanRemoval.NONE, MeanRemoval.BATCH)) {
                        Shape input = image ? new Shape(6, 2, 5, 5) : new Shape(6, 4);
                        Block plain = linearOrConvolution(image);
                        plain.initialize(manager, DataType.FLOAT64, input);
                        plain.getDirectParameters().get("weight").freeze(weight);
                        plain.getDirectParameters().get("bias").freeze(bias);
                        Block converted =
                                Decorrelate.builder()
                                        .optMean(removal)
                                        .build()
                                        .convert(plain)
                                        .block();
                        forward(converted, random(input).add(1), true);
                        PairList<String, Parameter> folded =
                                Decorrelate.fold(converted).getDirectParameters();
                        assertEquals(weight, !folded.get("weight").requiresGradient());
                        assertEquals(bias, !folded.get("bias").requiresGradient());
                    }
                }
            }
        }
    }

    @Test
    void frozenBaseStaysFrozenWhenItIsConvertedAndFolded() {
        Block base = mlp();
        base.initialize(manager, DataType.FLOAT64, new Shape(9, 5));
        base.freezeParameters(true);
        DecorrelationReport report =
                Decorrelate.builder()
                        .optRate(0.02)
                        .build()
                        .convert(new SequentialBlock().add(base).add(mlp()));
        report.block().initialize(manager, DataType.FLOAT64, new Shape(9, 5));
        NDArray input = random(9, 5);
        forward(report.block(), input, true);
        for (int i = 0; i < 4; ++i) {
            NDArray matrix = report.converted().get(i).layer().getMatrix().getArray();
            double moved = matrix.sub(eye((int) matrix.getShape().get(0))).abs().max().getDouble();
            assertEquals(i < 2, moved == 0, "layer " + i);
        }
        Block folded = Decorrelate.fold(report.block());
        for (int i = 0; i < 2; ++i) {
            Block part = folded.getChildren().get(i).getValue();
            boolean learns = i == 1;
            part.getParameters()
                    .forEach(p -> assertEquals(learns, p.getValue().requiresGradient()));
        }
    }

    private static Block mlp() {
        return new SequentialBlock()
                .add(Linear.builder().setUnits(5).build())
                .add(Activation::relu)
                .add(Linear.builder().setUnits(3).build());
    }

    private static Block resNet() {
        return ResNetV1.builder()
                .setImageShape(new Shape(3, 16, 16))
                .setNumLayers(8)
                .setOutSize(4)
                .build();
    }

    private static List<String> paths(DecorrelationReport report) {
        return report.converted().stream().map(DecorrelationReport.Converted::path).toList();
    }

    /** The tree of types and parameter shapes, which decides whether a file loads. */
    private static String shape(Block block) {
        StringBuilder description = new StringBuilder(block.getClass().getSimpleName());
        block.getDirectParameters().forEach(p -> description.append(' ').append(p.getKey()));
        block.getChildren()
                .forEach(c -> description.append('(').append(shape(c.getValue())).append(')'));
        return description.toString();
    }

    private NDArray forward(Block block, NDArray input, boolean training) {
        return block.forward(store, new NDList(input), training).singletonOrThrow();
    }

    /** A composite that no converter can look into. */
    private static final class Opaque extends AbstractBlock {

        private final Block child;

        Opaque(Block child) {
            super((byte) 1);
            this.child = addChildBlock("child", child);
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore parameterStore,
                NDList inputs,
                boolean training,
                PairList<String, Object> params) {
            return child.forward(parameterStore, inputs, training, params);
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return child.getOutputShapes(inputShapes);
        }

        @Override
        protected void initializeChildBlocks(
                NDManager manager, DataType dataType, Shape... inputShapes) {
            child.initialize(manager, dataType, inputShapes);
        }
    }
}
