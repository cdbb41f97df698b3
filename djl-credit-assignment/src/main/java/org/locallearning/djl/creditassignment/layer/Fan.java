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
package org.locallearning.djl.creditassignment.layer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;

/**
 * The fan-in and fan-out of a weight, which determine the scale of random weights.
 *
 * @param in the number of inputs summed in one output
 * @param out the number of outputs that one input goes to
 */
public record Fan(long in, long out) {

    /**
     * Returns the fan of a weight that has its outputs first, as PyTorch counts it: {@code in ·
     * kernel} and {@code out · kernel}.
     *
     * @param shape the shape of the weight, (out, in, kernel...)
     * @return the fan
     */
    public static Fan of(Shape shape) {
        long kernel = shape.slice(2).size();
        return new Fan(shape.get(1) * kernel, shape.get(0) * kernel);
    }

    /**
     * Returns the fan of the weight of a layer, wherever it has its outputs: {@link
     * LayerMaths#toMatrices} says where.
     */
    static <B extends Block> Fan of(LayerMaths<B> maths, B layer, NDArray weight) {
        Shape shape = weight.getShape();
        Shape matrices = matrixShape(maths, layer, weight);
        long outputs = matrices.get(0) * matrices.get(1);
        boolean outputsFirst =
                shape.dimension() > 1
                        && shape.get(0) == outputs
                        && shape.slice(1).size() == matrices.get(2);
        return outputsFirst ? of(shape) : new Fan(matrices.get(2), outputs);
    }

    /**
     * Returns the shape of the matrices of a layer.
     *
     * @param <B> the type of block
     * @param maths the maths of the layer
     * @param layer the layer
     * @param weight the weight, or an array of its shape
     * @return (maps, outputs of a map, inputs of a map)
     * @throws IllegalArgumentException if the matrices are not those of the weight
     */
    public static <B extends Block> Shape matrixShape(
            LayerMaths<B> maths, B layer, NDArray weight) {
        try (NDArray matrices = maths.toMatrices(layer, weight)) {
            Shape shape = matrices.getShape();
            if (shape.dimension() != 3 || shape.size() != weight.size()) {
                throw new IllegalArgumentException(
                        String.format(
                                "%s makes matrices of shape %s of a weight of shape %s; they need"
                                        + " the shape (maps, outputs, inputs) and all numbers of"
                                        + " the weight.",
                                maths.getClass().getName(), shape, weight.getShape()));
            }
            return shape;
        }
    }
}
