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
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.util.PairList;
import java.util.function.Function;

/**
 * The arrays that a matrix consists of for inputs of one width.
 *
 * @param shape the shape of the array that learns, which starts as the identity
 * @param fixed the shapes, by name, of arrays that are found once and start as 0
 * @param binding makes the matrix from its arrays on a device, the one that learns first
 */
record MatrixForm(
        Shape shape, PairList<String, Shape> fixed, Function<NDList, DecorrelationMatrix> binding) {

    /** A form of a single array. */
    static MatrixForm of(Shape shape, Function<NDArray, DecorrelationMatrix> binding) {
        return new MatrixForm(shape, new PairList<>(), list -> binding.apply(list.head()));
    }

    /** The identity, (n, n), or a stack of identities, (blocks, n, n). */
    static NDArray identity(NDManager manager, Shape shape, DataType type) {
        int size = (int) shape.get(shape.dimension() - 1);
        if (shape.dimension() == 2) {
            return manager.eye(size, size, 0, type);
        }
        try (NDArray eye = manager.eye(size, size, 0, type)) {
            NDList copies = new NDList();
            for (long i = 0; i < shape.get(0); ++i) {
                copies.add(eye);
            }
            return NDArrays.stack(copies);
        }
    }
}
