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
package org.locallearning.djl.creditassignment.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.convolutional.Conv1d;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.convolutional.Conv3d;
import ai.djl.nn.convolutional.Convolution;
import ai.djl.nn.core.Linear;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.convolutional.LocallyConnected2d;

/** Sending an error back through weights is the adjoint of sending an input forward. */
class LayerMathsTest {

    /**
     * A weighted layer to test.
     *
     * @param name the name, for the test's title
     * @param layer the layer
     * @param input the shape of its input
     * @param weight the shape of its weight
     */
    record LayerCase(String name, Block layer, Shape input, Shape weight) {

        NDArray forward(NDArray input, NDArray weight) {
            if (layer instanceof Linear) {
                return Linear.linear(input, weight).singletonOrThrow();
            }
            Convolution convolution = (Convolution) layer;
            return input.getNDArrayInternal()
                    .convolution(
                            input,
                            weight,
                            null,
                            convolution.getStride(),
                            convolution.getPadding(),
                            convolution.getDilation(),
                            convolution.getGroups())
                    .singletonOrThrow();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<LayerCase> layers() {
        return List.of(
                new LayerCase(
                        "linear",
                        Linear.builder().setUnits(5).build(),
                        new Shape(3, 7),
                        new Shape(5, 7)),
                new LayerCase(
                        "linear on sequences",
                        Linear.builder().setUnits(5).build(),
                        new Shape(3, 4, 7),
                        new Shape(5, 7)),
                new LayerCase(
                        "conv1d, stride and dilation",
                        Conv1d.builder()
                                .setFilters(4)
                                .setKernelShape(new Shape(3))
                                .optStride(new Shape(2))
                                .optDilation(new Shape(2))
                                .optPadding(new Shape(1))
                                .build(),
                        new Shape(2, 3, 14),
                        new Shape(4, 3, 3)),
                new LayerCase(
                        "conv2d, plain",
                        conv2d(1, 0, 1, 1),
                        new Shape(2, 4, 9, 8),
                        new Shape(6, 4, 3, 3)),
                new LayerCase(
                        "conv2d, padding",
                        conv2d(1, 2, 1, 1),
                        new Shape(2, 4, 9, 8),
                        new Shape(6, 4, 3, 3)),
                new LayerCase(
                        "conv2d, stride that leaves a rest",
                        conv2d(3, 1, 1, 1),
                        new Shape(2, 4, 10, 9),
                        new Shape(6, 4, 3, 3)),
                new LayerCase(
                        "conv2d, dilation",
                        conv2d(1, 1, 2, 1),
                        new Shape(2, 4, 9, 8),
                        new Shape(6, 4, 3, 3)),
                new LayerCase(
                        "conv2d, groups",
                        conv2d(1, 1, 1, 2),
                        new Shape(2, 4, 9, 8),
                        new Shape(6, 2, 3, 3)),
                new LayerCase(
                        "conv2d, depthwise",
                        conv2d(1, 1, 1, 6),
                        new Shape(2, 6, 9, 8),
                        new Shape(6, 1, 3, 3)),
                new LayerCase(
                        "conv2d, all of it, not square",
                        Conv2d.builder()
                                .setFilters(6)
                                .setKernelShape(new Shape(3, 2))
                                .optStride(new Shape(2, 3))
                                .optPadding(new Shape(2, 1))
                                .optDilation(new Shape(1, 2))
                                .optGroups(2)
                                .build(),
                        new Shape(2, 4, 11, 13),
                        new Shape(6, 2, 3, 2)),
                new LayerCase(
                        "conv3d, stride and padding",
                        Conv3d.builder()
                                .setFilters(3)
                                .setKernelShape(new Shape(2, 3, 2))
                                .optStride(new Shape(1, 2, 2))
                                .optPadding(new Shape(1, 0, 1))
                                .build(),
                        new Shape(2, 2, 4, 7, 6),
                        new Shape(3, 2, 2, 3, 2)));
    }

    private static Conv2d conv2d(int stride, int padding, int dilation, int groups) {
        return Conv2d.builder()
                .setFilters(6)
                .setKernelShape(new Shape(3, 3))
                .optStride(new Shape(stride, stride))
                .optPadding(new Shape(padding, padding))
                .optDilation(new Shape(dilation, dilation))
                .optGroups(groups)
                .build();
    }

    @BeforeEach
    void seed() {
        Engine.getEngine("PyTorch").setRandomSeed(5);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void inputErrorIsTheAdjointOfTheForward(LayerCase layer) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray input = manager.randomNormal(0, 1, layer.input(), DataType.FLOAT64);
            NDArray feedback = manager.randomNormal(0, 1, layer.weight(), DataType.FLOAT64);
            NDArray output = layer.forward(input, feedback);
            NDArray delta = manager.randomNormal(0, 1, output.getShape(), DataType.FLOAT64);

            NDArray error = inputError(layer.layer(), input, delta, feedback);

            assertEquals(layer.input(), error.getShape());
            double above = output.mul(delta).sum().getDouble();
            double below = input.mul(error).sum().getDouble();
            assertTrue(Math.abs(above) > 1e-3);
            assertEquals(above, below, 1e-10 * Math.abs(above));
        }
    }

    @Test
    void convolutionOfOneByOneIsLinearAtEveryPosition() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Block convolution =
                    Conv2d.builder().setFilters(5).setKernelShape(new Shape(1, 1)).build();
            Block linear = Linear.builder().setUnits(5).build();
            NDArray input = manager.randomNormal(0, 1, new Shape(2, 3, 4, 6), DataType.FLOAT64);
            NDArray delta = manager.randomNormal(0, 1, new Shape(2, 5, 4, 6), DataType.FLOAT64);
            NDArray feedback = manager.randomNormal(0, 1, new Shape(5, 3), DataType.FLOAT64);

            NDArray byConvolution =
                    inputError(convolution, input, delta, feedback.reshape(5, 3, 1, 1));
            NDArray byLinear =
                    inputError(
                                    linear,
                                    input.transpose(0, 2, 3, 1),
                                    delta.transpose(0, 2, 3, 1),
                                    feedback)
                            .transpose(0, 3, 1, 2);

            assertArrayEquals(byLinear.toDoubleArray(), byConvolution.toDoubleArray(), 1e-12);
        }
    }

    private static NDArray inputError(Block layer, NDArray input, NDArray delta, NDArray feedback) {
        return LayerTable.standard()
                .mathsOf(layer)
                .orElseThrow()
                .inputError(layer, new LayerPass(input, new NDList()), delta, feedback);
    }

    /** At 6 by 6 places, 3 filters of 3 by 3 pixels of 2 channels: no input goes to all places. */
    @Test
    void anInputOfALocallyConnectedLayerGoesToTheFiltersOfItsWindows() {
        LocallyConnected2d layer =
                LocallyConnected2d.builder().setFilters(3).setKernelShape(new Shape(3, 3)).build();
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            layer.initialize(manager, DataType.FLOAT32, new Shape(1, 2, 8, 8));
            NDArray weight = layer.getDirectParameters().get("weight").getArray();
            assertEquals(new Shape(108, 2, 3, 3), weight.getShape());
            assertEquals(new Fan(18, 27), new LocallyConnectedMaths().fan(layer, weight));
        }
    }
}
