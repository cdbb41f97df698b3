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
package org.locallearning.djl.decorrelation.boltzmann;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;

/**
 * One number per parameter of a restricted Boltzmann machine: the mean of the sufficient statistics
 * {@code g = (v, h, v hᵀ)} over a distribution, or another quantity of their shape, such as a
 * gradient with respect to {@code (a, b, W)}.
 *
 * <p>The gradient of the log-likelihood is the difference of two of them, {@code E_data[g] −
 * E_model[g]} (Millea, equation 1).
 *
 * @param visible the part of the visible biases, (visible)
 * @param hidden the part of the hidden biases, (hidden)
 * @param product the part of the weights, (visible, hidden)
 */
public record SufficientStatistics(NDArray visible, NDArray hidden, NDArray product) {

    /**
     * Averages over states.
     *
     * @param visible states of the visible units, (N, visible)
     * @param hidden states or probabilities of the hidden units, (N, hidden)
     * @return the means
     */
    public static SufficientStatistics mean(NDArray visible, NDArray hidden) {
        long rows = visible.getShape().get(0);
        return new SufficientStatistics(
                visible.mean(new int[] {0}),
                hidden.mean(new int[] {0}),
                visible.transpose().matMul(hidden.div(rows)));
    }

    /**
     * Takes a vector apart.
     *
     * @param vector one number for each parameter in the order of {@link #toVector}
     * @param visibleSize the number of visible units
     * @param hiddenSize the number of hidden units
     * @return its parts
     */
    public static SufficientStatistics fromVector(
            NDArray vector, long visibleSize, long hiddenSize) {
        NDList parts = vector.split(new long[] {visibleSize, visibleSize + hiddenSize});
        return new SufficientStatistics(
                parts.get(0),
                parts.get(1),
                parts.get(2).reshape(new Shape(visibleSize, hiddenSize)));
    }

    /**
     * Puts the parts one after the other: visible, hidden, and the product row by row.
     *
     * @return the vector, (visible + hidden + visible · hidden)
     */
    public NDArray toVector() {
        return NDArrays.concat(new NDList(visible, hidden, product.reshape(-1)));
    }

    /**
     * Subtracts.
     *
     * @param other what to subtract
     * @return the difference
     */
    public SufficientStatistics minus(SufficientStatistics other) {
        return new SufficientStatistics(
                visible.sub(other.visible), hidden.sub(other.hidden), product.sub(other.product));
    }

    /**
     * Adds.
     *
     * @param other what to add
     * @return the sum
     */
    public SufficientStatistics plus(SufficientStatistics other) {
        return new SufficientStatistics(
                visible.add(other.visible), hidden.add(other.hidden), product.add(other.product));
    }

    /**
     * Multiplies by a number.
     *
     * @param factor the number
     * @return the multiple
     */
    public SufficientStatistics times(double factor) {
        return new SufficientStatistics(
                visible.mul(factor), hidden.mul(factor), product.mul(factor));
    }

    /**
     * Returns the covariance of visible and hidden units, {@code E[v hᵀ] − E[v] E[h]ᵀ}, of
     * statistics that are means.
     *
     * @return the covariance, (visible, hidden)
     */
    public NDArray covariance() {
        return product.sub(outer(visible, hidden));
    }

    /** The product of a column and a row. */
    static NDArray outer(NDArray column, NDArray row) {
        return column.reshape(-1, 1).mul(row.reshape(1, -1));
    }

    NDList toList() {
        return new NDList(visible, hidden, product);
    }

    static SufficientStatistics fromList(NDList parts) {
        return new SufficientStatistics(parts.get(0), parts.get(1), parts.get(2));
    }
}
