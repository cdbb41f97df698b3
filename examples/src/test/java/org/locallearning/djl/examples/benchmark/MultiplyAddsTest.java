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
package org.locallearning.djl.examples.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import org.junit.jupiter.api.Test;
import org.locallearning.djl.decorrelation.Cost;
import org.locallearning.djl.decorrelation.Decorrelate;
import org.locallearning.djl.decorrelation.DecorrelationOptions;
import org.locallearning.djl.examples.method.ErrorPath;

class MultiplyAddsTest {

    private static final int BATCH = 5;

    @Test
    void countsDenseLayers() {
        Block block =
                new SequentialBlock()
                        .add(Linear.builder().setUnits(3).build())
                        .add(Activation.reluBlock())
                        .add(Linear.builder().setUnits(4).build())
                        .add(Linear.builder().setUnits(2).build());

        // 7-3-4-2: forward and weight gradient in three layers, the error through two
        assertEquals(
                BATCH * (2 * (7 * 3 + 3 * 4 + 4 * 2) + 3 * 4 + 4 * 2),
                count(block, new Shape(BATCH, 7), ErrorPath.LAYER_BY_LAYER, 2));
        // the error of 2 outputs to 3 and to 4 units
        assertEquals(
                BATCH * (2 * (7 * 3 + 3 * 4 + 4 * 2) + 2 * 3 + 2 * 4),
                count(block, new Shape(BATCH, 7), ErrorPath.DIRECT, 2));
    }

    @Test
    void countsConvolutionsWithStridePaddingAndGroups() {
        Block block =
                new SequentialBlock()
                        .add(
                                Conv2d.builder()
                                        .setKernelShape(new Shape(3, 3))
                                        .setFilters(4)
                                        .optGroups(2)
                                        .optPadding(new Shape(1, 1))
                                        .optStride(new Shape(2, 2))
                                        .build())
                        .add(Blocks.batchFlattenBlock())
                        .add(Linear.builder().setUnits(10).build());

        // 6 channels of 8x8 become 4 of 4x4; each output sees 3 channels of 3x3
        int convolution = 4 * 4 * 4 * (3 * 3 * 3);
        int dense = 4 * 4 * 4 * 10;
        assertEquals(
                BATCH * (2 * (convolution + dense) + dense),
                count(block, new Shape(BATCH, 6, 8, 8), ErrorPath.LAYER_BY_LAYER, 10));
    }

    @Test
    void countsWhatDecorrelationAdds() {
        DecorrelationOptions options =
                DecorrelationOptions.builder().optCost(Cost.full().withSampleFraction(1)).build();
        Block plain =
                new SequentialBlock()
                        .add(Linear.builder().setUnits(4).build())
                        .add(Linear.builder().setUnits(2).build());
        Block block = Decorrelate.builder().optOptions(options).build().convert(plain).block();

        int weights = 2 * (7 * 4 + 4 * 2) + 4 * 2;
        // forward through both matrices, and the way of the error through the second alone
        int matrices = 7 * 7 + 4 * 4 + 4 * 4;
        // 5 rows are fewer than 7 features: two products of 5x7x7; of 4 features they are more
        int learning = 2 * BATCH * 7 * 7 + BATCH * 4 * 4 + 4 * 4 * 4;
        assertEquals(
                BATCH * (weights + matrices) + learning,
                count(block, new Shape(BATCH, 7), ErrorPath.LAYER_BY_LAYER, 2));
    }

    @Test
    void errorThatGoesDirectlyPassesThroughNoDecorrelation() {
        DecorrelationOptions options =
                DecorrelationOptions.builder().optCost(Cost.full().withSampleFraction(1)).build();
        Block plain =
                new SequentialBlock()
                        .add(Linear.builder().setUnits(4).build())
                        .add(Linear.builder().setUnits(2).build());
        Block block = Decorrelate.builder().optOptions(options).build().convert(plain).block();

        int weights = 2 * (7 * 4 + 4 * 2) + 4 * 2;
        int learning = 2 * BATCH * 7 * 7 + BATCH * 4 * 4 + 4 * 4 * 4;
        assertEquals(
                BATCH * (weights + 7 * 7 + 4 * 4) + learning,
                count(block, new Shape(BATCH, 7), ErrorPath.DIRECT, 2));
    }

    /** As many products as inference learning counts itself: 2L + 2T(L − 1). */
    @Test
    void inferenceTakesTwoProductsPerLayerAndIteration() {
        Block block =
                new SequentialBlock()
                        .add(Linear.builder().setUnits(4).build())
                        .add(Linear.builder().setUnits(2).build());
        assertEquals(
                BATCH * (2 * 7 * 4 + (2 + 2 * 3) * 4 * 2),
                count(block, new Shape(BATCH, 7), ErrorPath.INFERENCE, 2));
    }

    private static long count(Block block, Shape input, ErrorPath path, int classes) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            if (!block.isInitialized()) {
                block.initialize(manager, DataType.FLOAT32, input);
            }
            return MultiplyAdds.ofStep(block, path, 3, classes);
        } finally {
            block.clear();
        }
    }
}
