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
package org.locallearning.djl.decorrelation.internal;

import ai.djl.modality.nlp.embedding.TrainableTextEmbedding;
import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.AbstractIndexedEmbedding;
import ai.djl.nn.core.Linear;
import ai.djl.nn.transformer.IdEmbedding;
import java.lang.reflect.Method;

/**
 * Whether a subclass of one of DJL's blocks still computes the same function: it does if it
 * inherits every forward method. Converter and learning rules decide alike.
 */
public final class BlockKinds {

    private BlockKinds() {}

    /**
     * Returns whether a block runs its children one after another and does nothing else, as {@code
     * SequentialBlock} and the subclasses that only fill it do (the zoo's {@code Mlp}).
     *
     * @param block the block
     * @return true if it is a sequence
     */
    public static boolean isSequential(Block block) {
        return inheritsForward(block, SequentialBlock.class);
    }

    /**
     * Returns whether a block runs its children side by side and combines them, and no more.
     *
     * @param block the block
     * @return true if it is a parallel block
     */
    public static boolean isParallel(Block block) {
        return inheritsForward(block, ParallelBlock.class);
    }

    /**
     * Returns whether a block computes {@code W x + b}, and no more.
     *
     * @param block the block
     * @return true if it is a linear layer
     */
    public static boolean isLinear(Block block) {
        return inheritsForward(block, Linear.class);
    }

    /**
     * Returns whether a block is a layer that decorrelation stands before.
     *
     * @param block the block
     * @return true if it is a linear layer or a convolution over two dimensions, and no more
     */
    public static boolean isDenseOrConvolution(Block block) {
        return isLinear(block) || inheritsForward(block, Conv2d.class);
    }

    /**
     * Returns whether a block looks up vectors of its own by ids.
     *
     * @param block the block
     * @return true if it is an embedding
     */
    public static boolean isEmbedding(Block block) {
        return block instanceof IdEmbedding
                || block instanceof AbstractIndexedEmbedding
                || block instanceof TrainableTextEmbedding;
    }

    /**
     * Returns whether a block computes what a class does: it is of that class, or of a subclass
     * that declares no forward method.
     *
     * @param block the block
     * @param base the class
     * @return true if it inherits every forward method from the class
     */
    public static boolean inheritsForward(Block block, Class<?> base) {
        if (!base.isInstance(block)) {
            return false;
        }
        for (Class<?> type = block.getClass(); type != base; type = type.getSuperclass()) {
            for (Method method : type.getDeclaredMethods()) {
                if (method.getName().startsWith("forward")) {
                    return false;
                }
            }
        }
        return true;
    }
}
