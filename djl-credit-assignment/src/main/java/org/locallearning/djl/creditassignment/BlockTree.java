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
package org.locallearning.djl.creditassignment;

import ai.djl.nn.Block;
import java.util.ArrayList;
import java.util.List;

/**
 * The blocks of a model as they were at some time: a block, and before its next sibling all that it
 * holds.
 */
final class BlockTree {

    private final List<Block> blocks;

    private BlockTree(List<Block> blocks) {
        this.blocks = blocks;
    }

    static BlockTree of(Block root) {
        List<Block> blocks = new ArrayList<>();
        collect(root, blocks);
        return new BlockTree(blocks);
    }

    /** Returns whether a model still has these very blocks, in this order. */
    boolean isOf(Block root) {
        List<Block> now = of(root).blocks;
        boolean same = now.size() == blocks.size();
        for (int i = 0; same && i < now.size(); i++) {
            same = now.get(i) == blocks.get(i);
        }
        return same;
    }

    private static void collect(Block block, List<Block> all) {
        all.add(block);
        block.getChildren().values().forEach(child -> collect(child, all));
    }
}
