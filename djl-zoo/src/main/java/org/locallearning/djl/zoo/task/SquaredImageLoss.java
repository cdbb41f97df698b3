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
import ai.djl.ndarray.types.Shape;
import ai.djl.training.loss.Loss;

/**
 * The squared error of a reconstruction: its sum over the pixels of an image, its mean over the
 * batch. Labels are the images, (N, ...), and predictions as many numbers for each, (N, pixels).
 */
public final class SquaredImageLoss extends Loss {

    /** Creates the loss. */
    public SquaredImageLoss() {
        super("SquaredImageLoss");
    }

    /** {@inheritDoc} */
    @Override
    public NDArray evaluate(NDList labels, NDList predictions) {
        NDArray prediction = predictions.singletonOrThrow();
        NDArray image = labels.singletonOrThrow().reshape(prediction.getShape());
        // not div(number): the gradient would depend on the garbage collector under DJL's trainer
        NDArray samples =
                prediction
                        .getManager()
                        .full(new Shape(), prediction.getShape().get(0), prediction.getDataType());
        return prediction.sub(image).square().sum().div(samples);
    }
}
