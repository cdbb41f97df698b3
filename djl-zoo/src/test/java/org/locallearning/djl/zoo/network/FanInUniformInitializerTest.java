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

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import org.junit.jupiter.api.Test;
import org.locallearning.djl.decorrelation.Decorrelate;
import org.locallearning.djl.decorrelation.DecorrelatedConv2d;

class FanInUniformInitializerTest {

    @Test
    void weightsAndBiasesAreUniformOnTheLayersOwnFanIn() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Engine.getInstance().setRandomSeed(5);
            SequentialBlock block = net();
            FanInUniformInitializer.setOn(block);
            block.initialize(manager, DataType.FLOAT32, new Shape(1, 6, 8, 8));
            // convolution: 6 channels in 2 groups, 5x3 kernel
            assertUniform(parameter(block, 0, 0), 3 * 5 * 3);
            assertUniform(parameter(block, 0, 1), 3 * 5 * 3);
            // dense: 2000 filters of 4x6 pixels
            assertUniform(parameter(block, 3, 0), 2000 * 4 * 6);
            assertUniform(parameter(block, 3, 1), 2000 * 4 * 6);
        }
    }

    @Test
    void batchNormalisationKeepsItsStart() {
        try (NDManager manager = NDManager.newBaseManager()) {
            SequentialBlock block = net();
            FanInUniformInitializer.setOn(block);
            block.initialize(manager, DataType.FLOAT32, new Shape(1, 6, 8, 8));
            Block norm = block.getChildren().valueAt(1);
            assertEquals(4, norm.getDirectParameters().size());
            for (Parameter parameter : norm.getDirectParameters().values()) {
                float start =
                        switch (parameter.getType()) {
                            case GAMMA, RUNNING_VAR -> 1;
                            default -> 0;
                        };
                assertEquals(start, parameter.getArray().min().getFloat());
                assertEquals(start, parameter.getArray().max().getFloat());
            }
        }
    }

    /** The weight of the layer that was replaced never gets a shape. */
    @Test
    void aLayerInThePlaceOfAnotherLooksAtItsOwnWeight() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Engine.getInstance().setRandomSeed(5);
            Block plain = new SequentialBlock().add(net().getChildren().valueAt(0));
            FanInUniformInitializer.setOn(plain);
            Block decorrelated = Decorrelate.model(plain);

            decorrelated.initialize(manager, DataType.FLOAT32, new Shape(2, 6, 8, 8));

            DecorrelatedConv2d layer = (DecorrelatedConv2d) decorrelated.getChildren().valueAt(0);
            assertUniform(layer.getWeight().getArray(), 3 * 5 * 3);
            assertUniform(layer.getBias().getArray(), 3 * 5 * 3);
        }
    }

    @Test
    void theEngineSeedFixesTheStart() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Engine.getInstance().setRandomSeed(5);
            float[] first = draw(manager);
            Engine.getInstance().setRandomSeed(5);
            assertArrayEquals(first, draw(manager));
        }
    }

    @Test
    void refusesAShapeWithoutFanIn() {
        try (NDManager manager = NDManager.newBaseManager()) {
            IllegalStateException refusal =
                    assertThrows(
                            IllegalStateException.class,
                            () ->
                                    new FanInUniformInitializer()
                                            .initialize(manager, new Shape(3), DataType.FLOAT32));
            assertTrue(refusal.getMessage().contains("(3)"), refusal.getMessage());
        }
    }

    private static float[] draw(NDManager manager) {
        return new FanInUniformInitializer()
                .initialize(manager, new Shape(3, 4), DataType.FLOAT32)
                .toFloatArray();
    }

    private static SequentialBlock net() {
        return new SequentialBlock()
                .add(
                        Conv2d.builder()
                                .setKernelShape(new Shape(5, 3))
                                .setFilters(2000)
                                .optGroups(2)
                                .build())
                .add(BatchNorm.builder().build())
                .add(Blocks.batchFlattenBlock())
                .add(Linear.builder().setUnits(1000).build());
    }

    private static NDArray parameter(SequentialBlock block, int child, int index) {
        return block.getChildren().valueAt(child).getDirectParameters().valueAt(index).getArray();
    }

    /** Compares moments and range with those of the uniform distribution on ±1/√(fan-in). */
    private static void assertUniform(NDArray array, int fanIn) {
        double bound = 1 / Math.sqrt(fanIn);
        double count = array.size();
        double variance = bound * bound / 3;
        assertTrue(count >= 1000);
        assertEquals(0, array.mean().getFloat(), 5 * Math.sqrt(variance / count));
        // the squares' own variance is 4/45 of the bound to the fourth
        assertEquals(
                variance,
                array.square().mean().getFloat(),
                5 * bound * bound * Math.sqrt(4 / 45.0 / count));
        assertTrue(array.abs().max().getFloat() <= bound * (1 + 1e-6));
        assertTrue(array.abs().max().getFloat() >= bound * (1 - 20 / count));
    }
}
