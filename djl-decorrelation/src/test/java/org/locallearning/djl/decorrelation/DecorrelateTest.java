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
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.basicmodelzoo.cv.classification.LeNet;
import ai.djl.basicmodelzoo.cv.classification.ResNetV1;
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
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv1d;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        Shape input = new Shape(5, 4, 8, 8);
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
                                                        .optPadding(new Shape(padding, padding))
                                                        .optGroups(groups)
                                                        .optBias(bias)
                                                        .build())
                                        .add(Activation::tanh)
                                        .add(Blocks.batchFlattenBlock())
                                        .add(Linear.builder().setUnits(3).optBias(bias).build());
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
        assertInstanceOf(Linear.class, folded.getChildren().get(0).getValue());
        assertClose(forward(model, input, false), forward(folded, input, false), 1e-13);
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
