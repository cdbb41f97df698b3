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
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;

/** {@code Linear}: {@code h = x Wᵀ + b}, input (N, ..., in), weight (out, in). */
final class LinearMaths implements LayerMaths<Linear> {

    /** {@inheritDoc} */
    @Override
    public Parameter getWeight(Linear layer) {
        return layer.getDirectParameters().get("weight");
    }

    /** {@inheritDoc} */
    @Override
    public NDArray inputError(Linear layer, LayerPass pass, NDArray delta, NDArray feedback) {
        return delta.matMul(feedback);
    }

    /** {@inheritDoc} */
    @Override
    public NDArray toMatrices(Linear layer, NDArray weight) {
        return weight.expandDims(0);
    }

    /** {@inheritDoc} */
    @Override
    public NDArray fromMatrices(Linear layer, NDArray matrices, Shape shape) {
        return matrices.reshape(shape);
    }
}
