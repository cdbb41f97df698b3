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
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/**
 * Coordinates of a restricted Boltzmann machine in which its statistics are centered and whitened:
 *
 * <pre>s = (U (v − μ), V (h − λ), U (v − μ) (V (h − λ))ᵀ)</pre>
 *
 * <p>If the visible units were independent of the hidden ones, with {@code U cov(v) Uᵀ = I} and
 * {@code V cov(h) Vᵀ = I}, the Fisher matrix in these coordinates would be the identity, and the
 * plain gradient in them the natural gradient. The distribution is the same in all coordinates;
 * only the direction of learning changes.
 *
 * @param visibleWhitening U, (visible, visible); null for the identity
 * @param hiddenWhitening V, (hidden, hidden); null for the identity
 * @param visibleMean μ, (visible)
 * @param hiddenMean λ, (hidden)
 */
public record WhitenedCoordinates(
        NDArray visibleWhitening,
        NDArray hiddenWhitening,
        NDArray visibleMean,
        NDArray hiddenMean) {

    /**
     * Returns the plain gradient in these coordinates as a direction of (a, b, W). For a gradient
     * {@code (g_a, g_b, g_W)}:
     *
     * <pre>
     * ΔW = UᵀU (g_W − g_a λᵀ − μ g_bᵀ) VᵀV
     * Δa = UᵀU g_a − ΔW λ
     * Δb = VᵀV g_b − ΔWᵀ μ</pre>
     *
     * <p>Costs {@code visible² · hidden + visible · hidden²} multiply-adds twice.
     *
     * @param gradient the gradient with respect to (a, b, W)
     * @return the direction
     */
    public SufficientStatistics direction(SufficientStatistics gradient) {
        NDArray weight =
                gradient.product()
                        .sub(SufficientStatistics.outer(gradient.visible(), hiddenMean))
                        .sub(SufficientStatistics.outer(visibleMean, gradient.hidden()));
        weight = square(visibleWhitening, weight);
        weight = square(hiddenWhitening, weight.transpose()).transpose();
        NDArray visible = square(visibleWhitening, gradient.visible());
        NDArray hidden = square(hiddenWhitening, gradient.hidden());
        return new SufficientStatistics(
                visible.sub(weight.matMul(hiddenMean)),
                hidden.sub(weight.transpose().matMul(visibleMean)),
                weight);
    }

    /** {@code MᵀM x}. */
    private static NDArray square(NDArray matrix, NDArray x) {
        return matrix == null ? x : matrix.transpose().matMul(matrix.matMul(x));
    }

    /**
     * Returns the Fisher matrix in these coordinates.
     *
     * @param fisher the Fisher matrix of (a, b, W), from {@link ExactDistribution#fisher}, (D, D)
     * @return {@code J G Jᵀ} with the derivative J of s by the statistics (v, h, v hᵀ), (D, D)
     */
    public NDArray fisher(NDArray fisher) {
        NDArray j = derivative();
        return j.matMul(fisher).matMul(j.transpose());
    }

    private NDArray derivative() {
        NDArray mu = visibleMean.toType(DataType.FLOAT64, false);
        NDArray lambda = hiddenMean.toType(DataType.FLOAT64, false);
        NDArray u = orIdentity(visibleWhitening, mu);
        NDArray v = orIdentity(hiddenWhitening, lambda);
        long visible = mu.getShape().get(0);
        long hidden = lambda.getShape().get(0);
        NDArray top =
                NDArrays.concat(new NDList(u, zeros(mu, visible, hidden + visible * hidden)), 1);
        NDArray middle =
                NDArrays.concat(
                        new NDList(
                                zeros(mu, hidden, visible), v, zeros(mu, hidden, visible * hidden)),
                        1);
        NDArray byVisible =
                u.reshape(visible, 1, visible)
                        .mul(v.matMul(lambda).reshape(1, hidden, 1))
                        .reshape(visible * hidden, visible)
                        .neg();
        NDArray byHidden =
                v.reshape(1, hidden, hidden)
                        .mul(u.matMul(mu).reshape(visible, 1, 1))
                        .reshape(visible * hidden, hidden)
                        .neg();
        NDArray byProduct =
                u.reshape(visible, 1, visible, 1)
                        .mul(v.reshape(1, hidden, 1, hidden))
                        .reshape(visible * hidden, visible * hidden);
        NDArray bottom = NDArrays.concat(new NDList(byVisible, byHidden, byProduct), 1);
        return NDArrays.concat(new NDList(top, middle, bottom), 0);
    }

    private static NDArray orIdentity(NDArray matrix, NDArray like) {
        int size = (int) like.getShape().get(0);
        return matrix == null
                ? like.getManager().eye(size, size, 0, DataType.FLOAT64)
                : matrix.toType(DataType.FLOAT64, false);
    }

    private static NDArray zeros(NDArray like, long rows, long columns) {
        return like.getManager().zeros(new Shape(rows, columns), DataType.FLOAT64);
    }
}
