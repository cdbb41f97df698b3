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

import ai.djl.ndarray.NDList;
import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import java.util.List;
import java.util.function.Function;

/**
 * The function by which a parallel block combines its branches, and parallel blocks with other
 * branches.
 *
 * <p>A parallel block shows its branches but neither that function nor a way to replace a branch.
 * Without {@link PrivateFields} every residual network would be out of reach.
 */
public final class ParallelBranches {

    private ParallelBranches() {}

    /**
     * Returns a parallel block with other branches and the same combination.
     *
     * @param block the original, left as it is
     * @param branches the new branches
     * @return the new block
     */
    public static ParallelBlock replace(ParallelBlock block, List<Block> branches) {
        return new ParallelBlock(combination(block), branches);
    }

    /**
     * Returns the function that combines the outputs of the branches.
     *
     * @param block the block
     * @return the function
     * @throws IllegalStateException if this version of DJL keeps it elsewhere
     */
    @SuppressWarnings("unchecked") // the declared type of the field
    public static Function<List<NDList>, NDList> combination(ParallelBlock block) {
        return (Function<List<NDList>, NDList>)
                PrivateFields.read(ParallelBlock.class, block, "function");
    }
}
