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
package org.locallearning.djl.decorrelation;

import ai.djl.ndarray.NDList;
import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import java.lang.reflect.Field;
import java.util.List;
import java.util.function.Function;

/**
 * Builds a parallel block with other branches.
 *
 * <p>A parallel block shows its branches but neither the function that combines them nor a way to
 * replace a branch. The function is read from its private field, the one use of reflection here:
 * without it every residual network would be out of reach of the converter.
 */
final class ParallelBranches {

    private static final String FIELD = "function";

    private ParallelBranches() {}

    /**
     * Returns a parallel block with other branches and the same combination.
     *
     * @param block the original, left as it is
     * @param branches the new branches
     * @return the new block
     */
    static ParallelBlock replace(ParallelBlock block, List<Block> branches) {
        try {
            Field field = ParallelBlock.class.getDeclaredField(FIELD);
            field.setAccessible(true);
            @SuppressWarnings("unchecked")
            Function<List<NDList>, NDList> function =
                    (Function<List<NDList>, NDList>) field.get(block);
            return new ParallelBlock(function, branches);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "This version of DJL keeps the combination of a ParallelBlock elsewhere; build"
                            + " the block by hand with decorrelation layers in its branches.",
                    e);
        }
    }
}
