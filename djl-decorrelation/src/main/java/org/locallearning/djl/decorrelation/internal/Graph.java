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

/** What is recorded to be differentiated. */
public final class Graph {

    private Graph() {}

    /**
     * Returns whether an array depends on something that wants a gradient. {@code hasGradient}
     * tells of leaves alone.
     *
     * @param array the array; left as it is
     * @return true if a backward pass may come to it
     */
    public static boolean holds(NDArray array) {
        if (!array.getDataType().isFloating()) {
            return false;
        }
        if (array.hasGradient()) {
            return true;
        }
        try {
            // engines let no array leave a graph: 10 microseconds, far less than a copy
            array.setRequiresGradient(false);
            return false;
        } catch (EngineException e) {
            return true;
        }
    }

    /**
     * Returns whether what is made of an array now is recorded: it wants a gradient, and this
     * thread records.
     *
     * @param array the array; left as it is
     * @return true if results are to be differentiated with respect to it
     */
    public static boolean records(NDArray array) {
        try (NDArray view = array.expandDims(0)) {
            return holds(view);
        }
    }
}
