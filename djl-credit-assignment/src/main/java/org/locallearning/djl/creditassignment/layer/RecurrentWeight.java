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
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import java.util.List;

/**
 * One weight of a recurrent block, which has several: {@code i2h} of shape (gates · state, input)
 * and {@code h2h} of shape (gates · state, state), for each layer and direction. Through {@code
 * h2h} the error goes back in time.
 *
 * <p>The block is one call of the engine's, so that no rule walks into it: weights are known as
 * those of layers inside a piece.
 *
 * @param parameter the name of the weight
 */
record RecurrentWeight(String parameter) implements LayerMaths<Block> {

    /** Returns one for each weight of a block. */
    static List<RecurrentWeight> of(Block block) {
        return block.getDirectParameters().values().stream()
                .filter(parameter -> parameter.getType() == Parameter.Type.WEIGHT)
                .map(parameter -> new RecurrentWeight(parameter.getName()))
                .toList();
    }

    /** {@inheritDoc} */
    @Override
    public Parameter getWeight(Block layer) {
        return layer.getDirectParameters().get(parameter);
    }

    /** On a GPU the engine packs the weights of all layers into an array of its own. */
    @Override
    public boolean isWeightReadBackward(Block layer, Device device) {
        return !device.isGpu();
    }

    /** {@inheritDoc} */
    @Override
    public NDArray inputError(Block layer, LayerPass pass, NDArray delta, NDArray feedback) {
        throw new UnsupportedOperationException(
                "A recurrent block is differentiated as a whole, not weight by weight.");
    }

    /** {@inheritDoc} */
    @Override
    public NDArray toMatrices(Block layer, NDArray weight) {
        return weight.expandDims(0);
    }

    /** {@inheritDoc} */
    @Override
    public NDArray fromMatrices(Block layer, NDArray matrices, Shape shape) {
        return matrices.reshape(shape);
    }
}
