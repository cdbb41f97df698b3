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
import java.util.List;
import java.util.function.Supplier;

/**
 * The matrix of a decorrelation layer on one device: its product with rows, and how it learns.
 *
 * <p>A new kind of matrix is one implementation of this and one {@link MatrixForm}; dense layers
 * and convolutions use them alike.
 */
interface DecorrelationMatrix {

    /**
     * Applies the matrix.
     *
     * @param rows the rows with their mean removed, (batch, *, n)
     * @return the decorrelated rows, (batch, *, n), through which gradients flow
     */
    NDArray multiply(NDArray rows);

    /**
     * Returns the matrix that a training batch is multiplied by.
     *
     * @param batch gives the batch with its mean removed, (batch, *, n)
     * @return this matrix, unless the batch makes its own
     */
    default DecorrelationMatrix ofBatch(Supplier<NDArray> batch) {
        return this;
    }

    /** Returns whether the matrix must see a whole batch before it first learns. */
    default boolean needsFirstBatch() {
        return false;
    }

    /**
     * Looks at the first batch.
     *
     * @param rows the batch with its mean removed, (N, n), outside the gradient's graph
     */
    default void seeFirstBatch(NDArray rows) {}

    /** Returns the diagonal blocks, which learn apart, each from its columns of the sample. */
    default List<DecorrelationMatrix> blocks() {
        return List.of(this);
    }

    /** Returns whether a rate that is too high makes the matrix diverge. */
    default boolean canDiverge() {
        return true;
    }

    /**
     * Changes the matrix in place, outside the gradient's graph.
     *
     * @param sample the rows that the gain compares with, and the decorrelated rows
     * @param rate the rate
     * @param options the other settings
     * @return the gain that was applied; NaN for a matrix without gain
     */
    SampleGain learn(ActivitySample sample, UpdateRate rate, DecorrelationOptions options);

    /** Returns the matrix that evaluation multiplies a row by, (n, n). */
    NDArray toFull();

    /** Returns the multiply-adds of {@link #multiply} for a number of rows. */
    long multiplyAdds(long rows);

    /** Returns the multiply-adds that carry the error of a number of rows to the input. */
    default long errorMultiplyAdds(long rows) {
        return multiplyAdds(rows);
    }

    /** Returns the multiply-adds of {@link #learn} from a number of rows under some settings. */
    long learningMultiplyAdds(long rows, DecorrelationOptions options);
}
