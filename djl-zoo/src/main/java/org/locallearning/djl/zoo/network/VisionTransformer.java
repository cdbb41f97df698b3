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

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.transformer.TransformerEncoderBlock;
import org.locallearning.djl.zoo.network.Architecture.Choices;

/**
 * A small vision transformer of DJL's blocks, for small images.
 *
 * <p>One strided convolution turns patches of 4x4 pixels into tokens; each gets a learned position;
 * three {@link TransformerEncoderBlock}s follow; the mean over tokens is classified.
 *
 * <p>Dosovitskiy et al., "An Image is Worth 16x16 Words", 2021, with these differences: batch
 * normalization after each part (DJL's encoder) instead of layer normalization before it, the mean
 * of the tokens instead of a class token, and no dropout.
 */
public final class VisionTransformer {

    private static final int PATCH = 4;
    private static final int WIDTH = 64;
    private static final int HEADS = 4;
    private static final int HIDDEN = 128;
    private static final int LAYERS = 3;

    /** Patches of 4x4 pixels, width 64, 4 heads, hidden layers of 128, three layers. */
    public static final Architecture SMALL =
            Architecture.convolutional(
                    "vit",
                    "a small vision transformer: 4x4 patches, three encoder layers of width 64 with"
                            + " 4 heads, mean over tokens",
                    PATCH,
                    Choices.NONE,
                    (options, imageShape, classes) -> create(classes));

    private VisionTransformer() {}

    private static Block create(int classes) {
        Shape patch = new Shape(PATCH, PATCH);
        SequentialBlock block =
                new SequentialBlock()
                        .add(
                                Conv2d.builder()
                                        .setKernelShape(patch)
                                        .optStride(patch)
                                        .setFilters(WIDTH)
                                        .build())
                        .addSingleton(VisionTransformer::tokens)
                        .add(new PositionEmbedding());
        for (int layer = 0; layer < LAYERS; ++layer) {
            block.add(new TransformerEncoderBlock(WIDTH, HEADS, HIDDEN, 0, Activation::gelu));
        }
        return block.addSingleton(tokens -> tokens.mean(new int[] {1}))
                .add(Linear.builder().setUnits(classes).build());
    }

    /** From (batch, channels, height, width) to (batch, height · width, channels). */
    private static NDArray tokens(NDArray images) {
        Shape shape = images.getShape();
        return images.reshape(shape.get(0), shape.get(1), -1).transpose(0, 2, 1);
    }
}
