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

/**
 * A batch minus its mean, computed on first use: a layer may apply the mean elsewhere at less than
 * the cost of copying the batch.
 */
final class CentredInput {

    private final NDArray input;
    private final NDArray mean;
    private NDArray values;

    /**
     * Takes a batch.
     *
     * @param input the batch
     * @param mean what is to be removed, of a shape that broadcasts to that of the batch; null for
     *     nothing
     */
    CentredInput(NDArray input, NDArray mean) {
        this.input = input;
        this.mean = mean;
    }

    /** Returns the batch with its mean. */
    NDArray input() {
        return input;
    }

    /** Returns what is to be removed; null for nothing. */
    NDArray mean() {
        return mean;
    }

    /** Returns the batch less its mean. */
    NDArray values() {
        if (values == null) {
            values = mean == null ? input : BatchMean.remove(input, mean);
        }
        return values;
    }

    /** Returns the rows of the first samples less the mean, outside the gradient's graph. */
    NDArray sample(InputRows rows) {
        if (values != null || mean == null) {
            return rows.sample(values());
        }
        return rows.rows(BatchMean.remove(rows.firstSamples(input), mean.stopGradient()));
    }
}
