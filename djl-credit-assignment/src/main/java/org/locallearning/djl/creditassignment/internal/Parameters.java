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
package org.locallearning.djl.creditassignment.internal;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.EnumSet;
import java.util.Set;

/** What is to be known of parameters beside what they say themselves. */
public final class Parameters {

    /** What no optimizer changes, whatever {@code freezeParameters(false)} made of its flag. */
    private static final Set<Parameter.Type> STATISTICS =
            EnumSet.of(Parameter.Type.RUNNING_MEAN, Parameter.Type.RUNNING_VAR);

    private static final StackWalker CALLERS =
            StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    private Parameters() {}

    /**
     * Returns whether a parameter is trained.
     *
     * @param parameter the parameter
     * @return true if it is not frozen, and no statistic that a block keeps itself
     */
    public static boolean isLearning(Parameter parameter) {
        return parameter.requiresGradient() && !STATISTICS.contains(parameter.getType());
    }

    /**
     * Returns the class of the block that asks for a parameter; called within {@link
     * ParameterStore#getValue}.
     *
     * @return the class of the innermost block at work
     */
    public static Class<?> askingBlock() {
        return CALLERS.walk(
                frames ->
                        frames.map(StackWalker.StackFrame::getDeclaringClass)
                                .filter(Block.class::isAssignableFrom)
                                .findFirst()
                                .orElse(Block.class));
    }

    /**
     * Returns whether a class is that of a layer, or of a block inside it, rather than of what is
     * around the layer.
     *
     * @param asking the class, see {@link #askingBlock()}
     * @param layer the layer
     * @return true for the layer itself
     */
    public static boolean isOf(Class<?> asking, Block layer) {
        return asking.isInstance(layer)
                || layer.getChildren().values().stream().anyMatch(child -> isOf(asking, child));
    }
}
