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

import ai.djl.ndarray.NDList;
import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.List;
import java.util.function.Function;

/**
 * The two things about DJL's containers that DJL does not tell: the function by which a {@code
 * ParallelBlock} combines its branches, a private field without a getter, and whether a subclass of
 * a container still computes what the container does. All reflection of this package is here.
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

    /** Returns the function by which a parallel block combines the outputs of its branches. */
    @SuppressWarnings("unchecked") // the declared type of the field
    static Function<List<NDList>, NDList> combineFunction(Block parallel) {
        try {
            Field field = ParallelBlock.class.getDeclaredField("function");
            field.setAccessible(true);
            return (Function<List<NDList>, NDList>) field.get(parallel);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "This version of DJL keeps the combining function of a ParallelBlock elsewhere;"
                            + " use the DJL version that this library was built for.",
                    e);
        }
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
