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

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;

/** What the graph of a gradient holds. */
public final class GradientGraph {

    private GradientGraph() {}

    /**
     * Returns whether a backward pass may come to an array: whether it requires a gradient, or was
     * computed from one that does.
     *
     * @param array the array; left as it is
     * @return true if operations on the array keep their other operands for backward
     */
    public static boolean contains(NDArray array) {
        if (array.hasGradient()) {
            return true;
        }
        try {
            // hasGradient tells of leaves alone, but engines let no array leave a graph
            array.setRequiresGradient(false);
            return false;
        } catch (EngineException e) {
            return true;
        }
    }
}
