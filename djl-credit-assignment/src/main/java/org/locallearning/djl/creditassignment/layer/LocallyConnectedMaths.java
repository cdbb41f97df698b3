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
import org.locallearning.djl.creditassignment.convolutional.LocallyConnected2d;

/**
 * {@code LocallyConnected2d}: {@code h_p = W_p x_p + b_p} at each position p, weight (positions ·
 * filters, channels, kernel...).
 */
final class LocallyConnectedMaths implements LayerMaths<LocallyConnected2d> {

    /** {@inheritDoc} */
    @Override
    public Parameter getWeight(LocallyConnected2d layer) {
        return layer.getDirectParameters().get("weight");
    }

    /** {@inheritDoc} */
    @Override
    public NDArray inputError(
            LocallyConnected2d layer, LayerPass pass, NDArray delta, NDArray feedback) {
        return LocallyConnected2d.inputError(
                delta,
                pass.input().getShape(),
                feedback,
                layer.getStride(),
                layer.getPadding(),
                layer.getDilation());
    }

    /** {@inheritDoc} */
    @Override
    public NDArray toMatrices(LocallyConnected2d layer, NDArray weight) {
        Shape shape = weight.getShape();
        return weight.reshape(-1, layer.getFilters(), shape.slice(1).size());
    }

    /** An input goes to the filters of the windows that it is in, not to those of all positions. */
    @Override
    public Fan fan(LocallyConnected2d layer, NDArray weight) {
        Shape window = weight.getShape().slice(1);
        return new Fan(window.size(), layer.getFilters() * window.slice(1).size());
    }

    /** {@inheritDoc} */
    @Override
    public NDArray fromMatrices(LocallyConnected2d layer, NDArray matrices, Shape shape) {
        return matrices.reshape(shape);
    }
}
