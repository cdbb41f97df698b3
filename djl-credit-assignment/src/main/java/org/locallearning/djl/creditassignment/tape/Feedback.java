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

import ai.djl.ndarray.NDArray;
import java.util.Optional;

/**
 * How the error passes a weighted layer backward, which is what distinguishes backpropagation,
 * feedback alignment and their relatives.
 *
 * <p>Everything else in the backward pass (activations, pooling, normalization, the sums of a
 * residual net) is differentiated exactly.
 */
@FunctionalInterface
public interface Feedback {

    /** Through the layer's own weights: the exact error of backpropagation. */
    Feedback EXACT =
            (layer, delta) -> {
                try (NDArray weight = layer.getWeight()) {
                    return layer.inputError(delta, weight);
                }
            };

    /**
     * Returns the error at the input of a weighted layer. It is not called for a layer that has
     * nothing to train below it.
     *
     * @param layer the layer and its arrays in this pass
     * @param delta the error at the layer's output, δ = ∂loss/∂h, of the output's shape
     * @return the error at the layer's input, of the input's shape
     */
    NDArray inputError(LayerTrace layer, NDArray delta);

    /**
     * Returns the weights through which the error passes a layer inside a block that is run as one
     * piece. It is called for every such layer, in each backward pass.
     *
     * @param layer the layer
     * @return the weights, of the shape of the layer's own; empty for the layer's own, which is the
     *     default
     */
    default Optional<NDArray> innerFeedback(PassedLayer layer) {
        return Optional.empty();
    }
}
