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
package org.locallearning.djl.decorrelation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;

/**
 * The last axis of an input of shape (batch, *, n): every position of * is a row of its own.
 *
 * @param cost how many samples serve
 */
record FeatureRows(Cost cost) implements InputRows {

    private static final int[] ROWS = {0};

    @Override
    public String describe(long features) {
        return "inputs of shape (batch, *, " + features + ")";
    }

    @Override
    public boolean fits(Shape input, long features) {
        return input.dimension() >= 2 && input.get(input.dimension() - 1) == features;
    }

    @Override
    public long meanCount(Shape batch) {
        return batch.size() / batch.get(batch.dimension() - 1);
    }

    @Override
    public NDArray mean(NDArray batch) {
        return BatchMean.of(rows(batch), ROWS, false);
    }

    @Override
    public NDArray alongFeatures(NDArray means) {
        return means;
    }

    @Override
    public long sampleSize(long batchSize) {
        return cost.updateSampleSize(batchSize);
    }

    @Override
    public NDArray rows(NDArray samples) {
        Shape shape = samples.getShape();
        int last = shape.dimension() - 1;
        return last == 1 ? samples : samples.reshape(-1, shape.get(last));
    }

    @Override
    public NDArray decorrelated(NDArray output, NDArray rows, DecorrelationMatrix matrix) {
        return sample(output);
    }
}
