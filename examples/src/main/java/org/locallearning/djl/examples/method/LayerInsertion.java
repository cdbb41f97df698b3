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
package org.locallearning.djl.examples.method;

import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.util.Pair;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.locallearning.djl.decorrelation.internal.BlockKinds;
import org.locallearning.djl.decorrelation.internal.BlockPath;
import org.locallearning.djl.decorrelation.internal.ParallelBranches;

/**
 * Puts a new block before every linear layer and convolution of a model, where decorrelation layers
 * would stand. The new model shares the other blocks with the original.
 */
final class LayerInsertion {

    private final BiFunction<String, Block, Block> before;
    private int count;

    /**
     * Creates an insertion.
     *
     * @param before makes what stands before a layer, of the layer's path and the layer
     */
    LayerInsertion(BiFunction<String, Block, Block> before) {
        this.before = before;
    }

    /**
     * Makes the new model.
     *
     * @param model the model, not yet initialized
     * @return the model with the new blocks
     * @throws IllegalArgumentException if there is no layer to put one before
     */
    Block into(Block model) {
        Block inserted = insert("", model);
        if (count == 0) {
            throw new IllegalArgumentException(
                    "The model has no Linear or Conv2d that a layer could be put before; choose a"
                            + " method without one.");
        }
        return inserted;
    }

    private Block insert(String path, Block block) {
        if (BlockKinds.isSequential(block)) {
            SequentialBlock result = new SequentialBlock();
            boolean keepsNumber = ((SequentialBlock) block).isReturnIntermediate();
            result.setReturnIntermediate(keepsNumber);
            for (Pair<String, Block> child : block.getChildren()) {
                String below = BlockPath.join(path, child.getKey());
                if (BlockKinds.isDenseOrConvolution(child.getValue()) && !keepsNumber) {
                    result.add(newLayer(below, child.getValue())).add(child.getValue());
                } else {
                    result.add(insert(below, child.getValue()));
                }
            }
            return result;
        }
        if (BlockKinds.isParallel(block)) {
            List<Block> branches = new ArrayList<>();
            for (Pair<String, Block> branch : block.getChildren()) {
                branches.add(insert(BlockPath.join(path, branch.getKey()), branch.getValue()));
            }
            return ParallelBranches.replace((ParallelBlock) block, branches);
        }
        return BlockKinds.isDenseOrConvolution(block)
                ? new SequentialBlock().add(newLayer(path, block)).add(block)
                : block;
    }

    private Block newLayer(String path, Block weighted) {
        ++count;
        return before.apply(path, weighted);
    }
}
