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
package org.locallearning.djl.creditassignment.pseudoconv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PerturbativeResNetTest {

    private NDManager manager;

    @BeforeEach
    void open() {
        Engine.getEngine("PyTorch").setRandomSeed(11);
        manager = NDManager.newBaseManager("PyTorch");
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest
    @EnumSource(PerturbativeResNet.Layers.class)
    void predictsAClassForEachImage(PerturbativeResNet.Layers layers) {
        Block block = builder(8, 8).optLayers(layers).build();
        assertEquals(new Shape(2, 7), run(block, new Shape(2, 3, 8, 8)).getShape());
    }

    @ParameterizedTest
    @EnumSource(PerturbativeResNet.Layers.class)
    void oddSidesAreNotHalved(PerturbativeResNet.Layers layers) {
        Block block = builder(14, 8).optBlocks(1, 1, 1).optLayers(layers).build();
        assertEquals(new Shape(2, 7), run(block, new Shape(2, 3, 14, 14)).getShape());
        if (layers == PerturbativeResNet.Layers.PSEUDO_CONVOLUTION) {
            // 14 and 14 in the first stage, 14 and then 7 in the second, 7 and 7 in the third
            long[] sides =
                    block.getParameters().values().stream()
                            .filter(parameter -> parameter.getName().equals("noiseMaps"))
                            .mapToLong(parameter -> parameter.getArray().getShape().get(2))
                            .toArray();
            assertArrayEquals(new long[] {14, 14, 14, 7, 7, 7}, sides);
        }
    }

    @Test
    void largeImagesArePooledByTheStem() {
        Block block = builder(64, 8).build();
        assertEquals(new Shape(1, 7), run(block, new Shape(1, 3, 64, 64)).getShape());
        // stride 2 and pooling leave a quarter of 64 pixels
        Shape first =
                block.getParameters().stream()
                        .map(entry -> entry.getValue())
                        .filter(parameter -> parameter.getName().equals("noiseMaps"))
                        .findFirst()
                        .orElseThrow()
                        .getArray()
                        .getShape();
        assertEquals(new Shape(8, 1, 16, 16), first);
    }

    @Test
    void countsLearnedParameters() {
        // stem 3·8·9 + BN 16; block of 8: 2·(BN 16 + 8·8 + 8) + 2 BN 32; block of 16: BN 16 + 8·16
        // + 16, BN 32, BN 32 + 16·16 + 16, BN 32, shortcut 8·16 + BN 32; dense 16·7 + 7
        long expected =
                216
                        + 16
                        + 2 * (16 + 64 + 8)
                        + 32
                        + (16 + 128 + 16)
                        + 32
                        + (32 + 256 + 16)
                        + 32
                        + (128 + 32)
                        + 16 * 7
                        + 7;
        assertEquals(expected, learned(builder(8, 8).build()));
        assertEquals(
                expected,
                learned(
                        builder(8, 8)
                                .optLayers(PerturbativeResNet.Layers.POINTWISE_CONVOLUTION)
                                .build()));
    }

    @Test
    void theWideNetworkHasTheSameFiltersAndWholeKernels() {
        // stem 3·8·9 + BN 16; block of 8: two of 8·8·9 and BN 16; block of 16: 8·16·9 and 16·16·9,
        // two BN 32, shortcut 8·16 + BN 32; dense 16·7 + 7
        long expected =
                216 + 16 + 2 * (576 + 16) + (1152 + 32) + (2304 + 32) + (128 + 32) + 16 * 7 + 7;
        assertEquals(
                expected,
                learned(
                        builder(8, 8)
                                .optLayers(PerturbativeResNet.Layers.WIDE_CONVOLUTION)
                                .build()));
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16, 24})
    void ordinaryNetworkHasMostNearlyAsManyParameters(int filters) {
        long wanted = learned(builder(8, filters).build());
        Block matched =
                builder(8, filters).optLayers(PerturbativeResNet.Layers.CONVOLUTION).build();
        long found = learned(matched);
        long width = matched.getParameters().get(0).getValue().getArray().getShape().get(0);
        // the next widths on both sides, counted by hand: stem, blocks and dense layer
        for (long other : new long[] {width - 1, width + 1}) {
            long w = other;
            long count =
                    27 * w
                            + 2 * w
                            + 18 * w * w
                            + 4 * w
                            + 18 * w * w
                            + 36 * w * w
                            + 8 * w
                            + (2 * w * w + 4 * w)
                            + 14 * w
                            + 7;
            assertTrue(
                    Math.abs(found - wanted) <= Math.abs(count - wanted),
                    found + " of " + width + " filters against " + wanted + ", " + count);
        }
    }

    @Test
    void countingLeavesTheEnginesGeneratorAlone() {
        Engine.getEngine("PyTorch").setRandomSeed(5);
        float expected = manager.randomUniform(0, 1, new Shape(1)).getFloat();
        Engine.getEngine("PyTorch").setRandomSeed(5);
        builder(8, 16).optLayers(PerturbativeResNet.Layers.CONVOLUTION).build();
        assertEquals(expected, manager.randomUniform(0, 1, new Shape(1)).getFloat());
    }

    @Test
    void seedDecidesAndLayersDiffer() {
        Block one = builder(8, 8).optSeed(3).build();
        Block same = builder(8, 8).optSeed(3).build();
        one.initialize(manager, DataType.FLOAT32, new Shape(1, 3, 8, 8));
        same.initialize(manager, DataType.FLOAT32, new Shape(1, 3, 8, 8));
        float[][] maps = maps(one);
        assertEquals(4, maps.length);
        for (int i = 0; i < maps.length; i++) {
            assertArrayEquals(maps[i], maps(same)[i]);
            for (int j = 0; j < i; j++) {
                assertTrue(maps[i][0] != maps[j][0], i + " and " + j);
            }
        }
    }

    @Test
    void refusesWhatItCannotBuild() {
        assertThrows(
                IllegalArgumentException.class,
                () -> PerturbativeResNet.builder().setOutSize(3).build());
        assertThrows(
                IllegalArgumentException.class,
                () -> PerturbativeResNet.builder().setImageShape(new Shape(3, 8, 8)).build());
        assertThrows(IllegalArgumentException.class, () -> builder(8, 8).optBlocks(1, 0).build());
    }

    private static PerturbativeResNet.Builder builder(int side, int filters) {
        return PerturbativeResNet.builder()
                .setImageShape(new Shape(3, side, side))
                .setOutSize(7)
                .optFilters(filters)
                .optBlocks(1, 1);
    }

    private long learned(Block block) {
        block.initialize(manager, DataType.FLOAT32, new Shape(1, 3, 8, 8));
        return block.getParameters().values().stream()
                .filter(Parameter::requiresGradient)
                .mapToLong(parameter -> parameter.getArray().size())
                .sum();
    }

    private static float[][] maps(Block block) {
        return block.getParameters().values().stream()
                .filter(parameter -> parameter.getName().equals("noiseMaps"))
                .map(parameter -> parameter.getArray().toFloatArray())
                .toArray(float[][]::new);
    }

    private NDArray run(Block block, Shape input) {
        block.initialize(manager, DataType.FLOAT32, input);
        ParameterStore store = new ParameterStore(manager, false);
        NDArray images = manager.randomNormal(0, 1, input, DataType.FLOAT32);
        return block.forward(store, new NDList(images), false).singletonOrThrow();
    }
}
