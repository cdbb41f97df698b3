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
package org.locallearning.djl.examples.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.training.loss.Loss;
import org.locallearning.djl.decorrelation.internal.HostValues;

/**
 * The mean of a loss over images. What DJL accumulates is the mean over batches, in which each
 * image of a last batch that is smaller counts for more.
 */
final class MeanLoss {

    private double sum;
    private long images;

    /**
     * Adds a batch.
     *
     * @param loss the loss, a mean over samples
     * @param labels its labels
     * @param predictions what the model predicts
     */
    void add(Loss loss, NDList labels, NDList predictions) {
        long samples = predictions.head().getShape().get(0);
        try (NDArray value = loss.evaluate(labels, predictions)) {
            sum += samples * HostValues.number(value);
        }
        images += samples;
    }

    /** Returns the mean over what was added since the last time, or NaN over nothing. */
    double take() {
        double mean = sum / images;
        sum = 0;
        images = 0;
        return mean;
    }
}
