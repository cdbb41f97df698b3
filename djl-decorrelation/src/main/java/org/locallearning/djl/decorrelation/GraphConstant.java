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

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;

/** Numbers that may enter the graph of a gradient. */
final class GraphConstant {

    private GraphConstant() {}

    /**
     * Returns a number as an array.
     *
     * <p>On PyTorch, an array made from a Java number borrows Java memory. Where a graph keeps it
     * for backward, as {@code array.mul(number)} makes it do, that memory may be gone by then.
     *
     * @param like an array of the wanted type and manager
     * @param value the number
     * @return the number, in the engine's own memory, of shape (1)
     */
    static NDArray of(NDArray like, double value) {
        return like.getManager().ones(new Shape(1), like.getDataType()).muli(value);
    }
}
