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
package org.locallearning.djl.creditassignment.tape;

import java.util.List;

/**
 * A weighted layer or a block of branches of a sequence, with the activation behind it: where a
 * rule may place errors, or targets, of the network's inside. A multilayer perceptron has one
 * region per layer; a residual net has one per residual block, whose branches have regions of their
 * own.
 *
 * @param path the names of the children that lead to the layer or block, joined as in parameter
 *     names; empty if it is the model
 * @param branches for each branch the regions in it, in the order in which they run; empty for a
 *     weighted layer
 */
public record Region(String path, List<List<Region>> branches) {

    /**
     * Creates a region.
     *
     * @param path the path of its layer or block
     * @param branches the regions of its branches
     */
    public Region {
        branches = List.copyOf(branches);
    }

    /**
     * Returns whether the region is a block of branches.
     *
     * @return true for a residual block and the like, false for a weighted layer
     */
    public boolean isBranched() {
        return !branches.isEmpty();
    }

    /** Returns the path, for messages. */
    @Override
    public String toString() {
        return path.isEmpty() ? "the model" : path;
    }
}
