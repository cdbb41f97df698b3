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
import ai.djl.nn.Parameter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.locallearning.djl.creditassignment.internal.Parameters;

/**
 * The blocks of a model as they were at some time, with their parameters: a block, and before its
 * next sibling all that it holds.
 */
final class BlockTree {

    private final List<Block> blocks = new ArrayList<>();
    private final Set<Parameter> parameters = new LinkedHashSet<>();

    private BlockTree() {}

    static BlockTree of(Block root) {
        BlockTree tree = new BlockTree();
        tree.collect(root);
        return tree;
    }

    private void collect(Block block) {
        blocks.add(block);
        parameters.addAll(block.getDirectParameters().values());
        block.getChildren().values().forEach(this::collect);
    }

    /** Returns whether another tree has these very blocks, in this order. */
    boolean hasBlocksOf(BlockTree other) {
        boolean same = other.blocks.size() == blocks.size();
        for (int i = 0; same && i < blocks.size(); i++) {
            same = other.blocks.get(i) == blocks.get(i);
        }
        return same;
    }

    /** Returns a parameter to be trained that an earlier tree does not have, if there is one. */
    Optional<Parameter> findAddedTo(BlockTree earlier) {
        return parameters.stream()
                .filter(each -> Parameters.isLearning(each) && !earlier.parameters.contains(each))
                .findFirst();
    }
}
