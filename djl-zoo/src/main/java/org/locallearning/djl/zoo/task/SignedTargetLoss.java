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
package org.locallearning.djl.zoo.task;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.loss.Loss;

/**
 * The squared error to targets that are 0.9 for the class and −0.9 for all others, as in Lillicrap
 * et al. (2016): half the sum over outputs, averaged over the batch. Labels are class indices (N)
 * or (N, 1), predictions (N, classes); other numbers of labels, such as those of one-hot vectors,
 * are refused with an {@link IllegalArgumentException}.
 *
 * <p>The gradient at the outputs is {@code (y − y*) / N}, the error of the paper's equations up to
 * the mean.
 */
public final class SignedTargetLoss extends Loss {

    /** The target of the right output; the others have its negative. */
    public static final float LEVEL = 0.9f;

    /** Creates the loss. */
    public SignedTargetLoss() {
        super("SignedTargetLoss");
    }

    /**
     * Returns the targets of class indices.
     *
     * @param labels the class of each sample, (N) or (N, 1)
     * @param classes the number of classes
     * @return (N, classes), of float32
     */
    public static NDArray targets(NDArray labels, long classes) {
        NDArray flat = labels.reshape(-1).toType(DataType.INT64, false);
        return flat.oneHot((int) classes, DataType.FLOAT32).mul(2 * LEVEL).sub(LEVEL);
    }

    /** {@inheritDoc} */
    @Override
    public NDArray evaluate(NDList labels, NDList predictions) {
        NDArray prediction = predictions.singletonOrThrow();
        NDArray label = labels.singletonOrThrow();
        if (label.size() != prediction.getShape().get(0)) {
            throw new IllegalArgumentException(
                    "SignedTargetLoss takes one class index for each sample, labels of shape (N),"
                            + " but got labels of shape "
                            + label.getShape()
                            + " for predictions of shape "
                            + prediction.getShape()
                            + "; give class indices in the place of one-hot vectors.");
        }
        NDArray targets =
                targets(label, prediction.getShape().get(1))
                        .toType(prediction.getDataType(), false);
        return halfSquaredError(prediction, targets);
    }

    /**
     * Returns half the squared error, its sum over outputs and its mean over the batch.
     *
     * @param predictions the outputs, (N, ...)
     * @param targets the targets, of the same shape and type
     * @return the error, of shape ()
     */
    public static NDArray halfSquaredError(NDArray predictions, NDArray targets) {
        float samples = predictions.getShape().get(0);
        // not div(number): the gradient would depend on the garbage collector under DJL's trainer
        NDArray divisor =
                predictions.getManager().full(new Shape(), 2 * samples, predictions.getDataType());
        return predictions.sub(targets).square().sum().div(divisor);
    }
}
