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
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.decorrelation.DecorrelatedConv2d;
import org.locallearning.djl.decorrelation.MeanRemoval;
import org.locallearning.djl.decorrelation.internal.HostNumber;

/**
 * {@code DecorrelatedConv2d}: {@code h = W M (p − μ) + b} for each patch p. Feedback weights take
 * the place of W alone; the path through M and through the mean is exact: the transposed
 * convolution with the kernel {@code B M}, less its mean by channel where the mean of the batch was
 * removed.
 */
final class DecorrelatedConvolutionMaths implements LayerMaths<DecorrelatedConv2d> {

    private final ConvolutionMaths convolution = new ConvolutionMaths();

    /** {@inheritDoc} */
    @Override
    public Parameter getWeight(DecorrelatedConv2d layer) {
        return convolution.getWeight(layer);
    }

    /** Copies M, which the training forward uses first and then updates. */
    @Override
    public NDList remember(DecorrelatedConv2d layer, ParameterStore store, NDManager scope) {
        NDArray matrix = store.getValue(layer.getMatrix(), scope.getDevice(), true);
        return new NDList(Autograd.detach(matrix, scope).duplicate());
    }

    /** {@inheritDoc} */
    @Override
    public NDArray inputError(
            DecorrelatedConv2d layer, LayerPass pass, NDArray delta, NDArray feedback) {
        NDArray matrix = pass.remembered().singletonOrThrow();
        NDArray kernel = fold(Autograd.detach(feedback, matrix.getManager()), matrix);
        NDArray error = convolution.inputError(layer, pass, delta, kernel);
        return layer.getOptions().getMean().removal() == MeanRemoval.BATCH ? centre(error) : error;
    }

    /** The engine convolves with the product of W and M. */
    @Override
    public boolean isWeightReadBackward(DecorrelatedConv2d layer, Device device) {
        return false;
    }

    /** {@inheritDoc} */
    @Override
    public NDArray toMatrices(DecorrelatedConv2d layer, NDArray weight) {
        return convolution.toMatrices(layer, weight);
    }

    /** {@inheritDoc} */
    @Override
    public NDArray fromMatrices(DecorrelatedConv2d layer, NDArray matrices, Shape shape) {
        return convolution.fromMatrices(layer, matrices, shape);
    }

    private static NDArray fold(NDArray feedback, NDArray matrix) {
        Shape shape = feedback.getShape();
        boolean acrossGroups =
                matrix.getShape().dimension() == 3
                        && shape.slice(1).size()
                                == matrix.getShape().get(0) * matrix.getShape().get(1);
        if (!acrossGroups) {
            return DecorrelatedConv2d.foldedKernel(feedback, matrix);
        }
        // a kernel without groups meets one M per group of channels
        return feedback.reshape(shape.get(0), matrix.getShape().get(0), matrix.getShape().get(1))
                .swapAxes(0, 1)
                .batchMatMul(matrix)
                .swapAxes(0, 1)
                .reshape(shape);
    }

    /**
     * The backward pass through {@code x − mean(x)}, the mean by channel over batch and positions.
     */
    private static NDArray centre(NDArray error) {
        Shape shape = error.getShape();
        float count = shape.size() / shape.get(1);
        return error.sub(HostNumber.divi(error.sum(new int[] {0, 2, 3}, true), count));
    }
}
