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
package org.locallearning.djl.zoo.network;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.pooling.Pool;
import org.locallearning.djl.creditassignment.convolutional.LocallyConnected2d;

/** Networks of convolutions, each with its activation, and dense layers after them. */
final class ConvolutionalNetworks {

    private static final int[] LENET_FILTERS = {8, 16};
    private static final int[] LENET_HIDDEN = {128};
    private static final int[] AHMAD_FILTERS = {32, 64};
    private static final int[] AHMAD_HIDDEN = {1000};

    private ConvolutionalNetworks() {}

    /** 5x5 convolutions with 2x2 average pooling after each. */
    static Block leNet(NetworkOptions options, int classes) {
        SequentialBlock block = new SequentialBlock();
        Shape padding = new Shape(2, 2);
        for (int filters : LENET_FILTERS) {
            block.add(
                            Conv2d.builder()
                                    .setKernelShape(new Shape(5, 5))
                                    .setFilters(filters)
                                    .optPadding(padding)
                                    .build())
                    .add(Activations.of(options, Activations.LEAKY_RELU))
                    .add(Pool.avgPool2dBlock(new Shape(2, 2), new Shape(2, 2)));
            padding = new Shape(0, 0);
        }
        block.add(Blocks.batchFlattenBlock());
        return DenseNetworks.addDense(
                block, options, Activations.LEAKY_RELU, LENET_HIDDEN, classes);
    }

    /** Pairs of 3x3 convolutions with 2x2 maximum pooling after each pair. */
    static Block ahmadConv(NetworkOptions options, int padding, int classes) {
        SequentialBlock block = new SequentialBlock();
        for (int filters : AHMAD_FILTERS) {
            for (int layer = 0; layer < 2; layer++) {
                block.add(
                                Conv2d.builder()
                                        .setKernelShape(new Shape(3, 3))
                                        .setFilters(filters)
                                        .optPadding(new Shape(padding, padding))
                                        .build())
                        .add(Activations.of(options, Activations.LEAKY_RELU));
            }
            block.add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)));
        }
        block.add(Blocks.batchFlattenBlock());
        return DenseNetworks.addDense(
                block, options, Activations.LEAKY_RELU, AHMAD_HIDDEN, classes);
    }

    /** Receptive fields without shared weights in the first layer, dense layers after it. */
    static Architecture.Factory local(int filters, int side, int... hidden) {
        return (options, imageShape, classes) -> {
            SequentialBlock block =
                    new SequentialBlock()
                            .add(
                                    LocallyConnected2d.builder()
                                            .setFilters(filters)
                                            .setKernelShape(new Shape(side, side))
                                            .build())
                            .add(Activations.of(options, Activations.TANH))
                            .add(Blocks.batchFlattenBlock());
            return DenseNetworks.addDense(block, options, Activations.TANH, hidden, classes);
        };
    }

    /** 5x5 convolutions and a last one of 3x3, all with stride 2 in place of pooling. */
    static Architecture.Factory strided(int... filters) {
        return (options, imageShape, classes) -> {
            SequentialBlock block = new SequentialBlock();
            for (int layer = 0; layer < filters.length; layer++) {
                int side = layer < filters.length - 1 ? 5 : 3;
                block.add(
                                Conv2d.builder()
                                        .setKernelShape(new Shape(side, side))
                                        .setFilters(filters[layer])
                                        .optStride(new Shape(2, 2))
                                        .build())
                        .add(Activations.of(options, Activations.RELU));
            }
            block.add(Blocks.batchFlattenBlock());
            return DenseNetworks.addDense(block, options, Activations.RELU, new int[0], classes);
        };
    }
}
