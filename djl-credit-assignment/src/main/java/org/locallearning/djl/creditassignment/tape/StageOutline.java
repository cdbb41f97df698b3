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
import org.locallearning.djl.decorrelation.internal.BlockPath;

/**
 * A {@link Stage} before the network runs: a weighted layer, or a container of branches such as a
 * residual block.
 *
 * @param path the names of the children that lead to the layer or container, joined as in parameter
 *     names; empty if it is the model
 * @param branches the stages of each branch of a container, in the order in which they run; empty
 *     for a weighted layer
 */
public record StageOutline(String path, List<List<StageOutline>> branches) {

    /**
     * Creates an outline.
     *
     * @param path the path of the layer or container
     * @param branches the stages of the branches
     */
    public StageOutline {
        branches = List.copyOf(branches);
    }

    /**
     * Returns whether the stage is a container of branches.
     *
     * @return true for a residual block and the like, false for a weighted layer
     */
    public boolean isBranched() {
        return !branches.isEmpty();
    }

    /** Returns the path, for messages. */
    @Override
    public String toString() {
        return BlockPath.display(path);
    }
}
