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

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;

/**
 * What a learning rule needs to know about one kind of weighted layer.
 *
 * <p>{@code h = W x + b} for the linear map that the weight stands for. Parameter gradients follow
 * from {@code x} and the error {@code δ} at {@code h} and are the same for every rule. Rules differ
 * in how the error reaches {@code x}: backpropagation sends it through {@code Wᵀ}, feedback
 * alignment through another array {@code B} of the same shape.
 *
 * @param <B> the type of block
 */
public interface LayerMaths<B extends Block> {

    /**
     * Returns the parameter whose place feedback weights take.
     *
     * @param layer the layer
     * @return the weight
     */
    Parameter getWeight(B layer);

    /**
     * Copies what the backward pass needs and the training forward that follows is going to change.
     * Most layers change nothing.
     *
     * @param layer the layer, initialized
     * @param store where its parameters come from
     * @param scope the manager of the pass, which closes the copies
     * @return the copies
     */
    default NDList remember(B layer, ParameterStore store, NDManager scope) {
        return new NDList();
    }

    /**
     * Sends the error at the output of a layer to its input, through given weights.
     *
     * @param layer the layer
     * @param pass the arrays of the layer in this pass
     * @param delta the error at the output, of the output's shape (N, ...)
     * @param feedback the weights to use in place of the layer's own; of the weight's shape, or
     *     with another number of output units or channels if {@code delta} has that number too
     * @return the error at the input, of the input's shape
     */
    NDArray inputError(B layer, LayerPass pass, NDArray delta, NDArray feedback);

    /**
     * Returns whether the engine's backward pass through the block reads the weight's memory, so
     * that the error goes through its contents at that time. Rules need it for layers inside blocks
     * that are run as one piece.
     *
     * @param layer the layer
     * @param device the device that it runs on
     * @return false if the error goes through something that was made from the weight, such as a
     *     product with another array or a packed copy; true by default
     */
    default boolean isWeightReadBackward(B layer, Device device) {
        return true;
    }

    /**
     * Returns the weight, or an array of its shape, as the matrices of the linear maps that the
     * layer consists of: one for most layers, one for each group of channels, or one for each
     * position that has weights of its own. Fan-in, products and pseudoinverses follow from it, so
     * a weight may have its outputs on any axis.
     *
     * @param layer the layer
     * @param weight an array of the weight's shape
     * @return the same values, of shape (maps, outputs of a map, inputs of a map): for a weight
     *     (out, in) {@code weight.reshape(1, out, in)}, for one (in, out) {@code
     *     weight.transpose().expandDims(0)}
     */
    NDArray toMatrices(B layer, NDArray weight);

    /**
     * Returns the fan of the weight, which the scale of random weights follows from.
     *
     * @param layer the layer
     * @param weight an array of the weight's shape
     * @return the fan; by default that of a weight with its outputs first as PyTorch counts it,
     *     that of the matrices for another
     * @throws IllegalArgumentException if the matrices are not those of the weight
     */
    default Fan fan(B layer, NDArray weight) {
        return Fan.of(this, layer, weight);
    }

    /**
     * Undoes {@link #toMatrices}.
     *
     * @param layer the layer
     * @param matrices an array of shape (maps, outputs of a map, inputs of a map)
     * @param shape the shape of the weight
     * @return the same values in the places that the weight has them
     */
    NDArray fromMatrices(B layer, NDArray matrices, Shape shape);
}
