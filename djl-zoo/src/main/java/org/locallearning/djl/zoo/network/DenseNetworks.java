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

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import java.util.List;

/** Networks of dense layers. */
final class DenseNetworks {

    private DenseNetworks() {}

    /** Hidden layers, each followed by an activation, and an output layer. */
    static Architecture.Factory perceptron(String defaultActivation, int... defaultHidden) {
        return (options, imageShape, outputs) ->
                addDense(
                        new SequentialBlock().add(Blocks.batchFlattenBlock(imageShape.size())),
                        options,
                        defaultActivation,
                        defaultHidden,
                        outputs);
    }

    /** The same without an activation after the last hidden layer. */
    static Block linearTop(
            NetworkOptions options, int[] defaultHidden, Shape imageShape, int classes) {
        SequentialBlock block =
                new SequentialBlock().add(Blocks.batchFlattenBlock(imageShape.size()));
        int[] hidden = options.getHidden().orElse(defaultHidden);
        for (int i = 0; i < hidden.length; ++i) {
            block.add(Linear.builder().setUnits(hidden[i]).build());
            if (i < hidden.length - 1) {
                block.add(Activations.of(options, Activations.LEAKY_RELU));
            }
        }
        return block.add(Linear.builder().setUnits(classes).build());
    }

    /**
     * The output of one layer is added to the input of an activation some layers above, where the
     * sizes are equal.
     */
    static Block residualPerceptron(
            NetworkOptions options,
            int[] defaultHidden,
            int defaultGap,
            Shape imageShape,
            int classes) {
        SequentialBlock block =
                new SequentialBlock().add(Blocks.batchFlattenBlock(imageShape.size()));
        int[] hidden = options.getHidden().orElse(defaultHidden);
        int gap = options.getGap().orElse(defaultGap);
        long added = imageShape.size();
        for (int begin = 0; begin < hidden.length; begin += gap) {
            int end = Math.min(begin + gap, hidden.length);
            SequentialBlock layers = new SequentialBlock();
            for (int i = begin; i < end; i++) {
                if (i > begin) {
                    layers.add(Activations.of(options, Activations.LEAKY_RELU));
                }
                layers.add(Linear.builder().setUnits(hidden[i]).build());
            }
            boolean whole = end - begin == gap && hidden[end - 1] == added;
            block.add(whole ? residual(layers) : layers)
                    .add(Activations.of(options, Activations.LEAKY_RELU));
            added = hidden[end - 1];
        }
        return block.add(Linear.builder().setUnits(classes).build());
    }

    private static Block residual(Block layers) {
        return new ParallelBlock(
                branches ->
                        new NDList(
                                branches.get(0)
                                        .singletonOrThrow()
                                        .add(branches.get(1).singletonOrThrow())),
                List.of(layers, Blocks.identityBlock()));
    }

    /** Puts hidden layers with their activations, and an output layer, after a network. */
    static SequentialBlock addDense(
            SequentialBlock block,
            NetworkOptions options,
            String defaultActivation,
            int[] defaultHidden,
            int outputs) {
        for (int size : options.getHidden().orElse(defaultHidden)) {
            block.add(Linear.builder().setUnits(size).build())
                    .add(Activations.of(options, defaultActivation));
            if (options.getDropout() > 0) {
                block.add(Dropout.builder().optRate(options.getDropout()).build());
            }
        }
        return block.add(Linear.builder().setUnits(outputs).build());
    }
}
