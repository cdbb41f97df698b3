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

import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import java.lang.reflect.Method;

/**
 * Whether a subclass of one of DJL's containers still computes what the container does, which DJL
 * does not tell.
 */
final class BlockAccess {

    private BlockAccess() {}

    /**
     * Returns whether a block runs its children one after another and does nothing else, as {@code
     * SequentialBlock} and the subclasses that only fill it do (the zoo's {@code Mlp}).
     */
    static boolean isSequential(Block block) {
        return block instanceof SequentialBlock && inheritsForward(block, SequentialBlock.class);
    }

    /** Returns whether a block runs its children side by side and combines them, and no more. */
    static boolean isParallel(Block block) {
        return block instanceof ParallelBlock && inheritsForward(block, ParallelBlock.class);
    }

    private static boolean inheritsForward(Block block, Class<?> container) {
        for (Class<?> type = block.getClass(); type != container; type = type.getSuperclass()) {
            for (Method method : type.getDeclaredMethods()) {
                if (method.getName().startsWith("forward")) {
                    return false;
                }
            }
        }
        return true;
    }
}
