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
import ai.djl.nn.convolutional.Convolution;
import org.locallearning.djl.creditassignment.internal.TorchScript;

/**
 * {@code Conv1d}, {@code Conv2d} and {@code Conv3d}, with stride, padding, dilation and groups:
 * input (N, in, size...), weight (out, in / groups, kernel...).
 *
 * <p>The error at the input is the transposed convolution of the error at the output.
 */
final class ConvolutionMaths implements LayerMaths<Convolution> {

    /** {@inheritDoc} */
    @Override
    public Parameter getWeight(Convolution layer) {
        return layer.getDirectParameters().get("weight");
    }

    /** {@inheritDoc} */
    @Override
    public NDArray inputError(Convolution layer, LayerPass pass, NDArray delta, NDArray feedback) {
        NDArray input = pass.input();
        // by the weights at hand, since a broadcast error comes through a kernel without groups
        int groups = Math.toIntExact(input.getShape().get(1) / feedback.getShape().get(1));
        return TorchScript.convolutionInputError(
                delta,
                input,
                feedback,
                layer.getStride().getShape(),
                layer.getPadding().getShape(),
                layer.getDilation().getShape(),
                groups);
    }

    /** {@inheritDoc} */
    @Override
    public NDArray toMatrices(Convolution layer, NDArray weight) {
        Shape shape = weight.getShape();
        long groups = layer.getGroups();
        return weight.reshape(groups, shape.get(0) / groups, shape.slice(1).size());
    }

    /** {@inheritDoc} */
    @Override
    public NDArray fromMatrices(Convolution layer, NDArray matrices, Shape shape) {
        return matrices.reshape(shape);
    }
}
