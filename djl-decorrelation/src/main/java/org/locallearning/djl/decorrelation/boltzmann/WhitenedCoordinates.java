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
     * Returns the plain gradient in these coordinates as a direction of (a, b, W) that all learn.
     * For a gradient {@code (g_a, g_b, g_W)}:
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
        return direction(gradient, LearningParts.all());
    }

    /**
     * Returns the direction of steepest ascent in these coordinates among those that leave frozen
     * parameters as they are.
     *
     * <p>The length of a step in these coordinates is that of {@code (U⁻ᵀ (Δa + ΔW λ), V⁻ᵀ (Δb +
     * ΔWᵀ μ), U⁻ᵀ ΔW V⁻¹)}. With p and q such that {@code Δa + ΔW λ = UᵀU p} and {@code Δb + ΔWᵀ μ
     * = VᵀV q}, the gradient less half the squared length is greatest at
     *
     * <pre>
     * ΔW = UᵀU (g_W − p λᵀ − μ qᵀ) VᵀV
     * p = g_a where a learns, else (g_W VᵀV λ − μ (q · VᵀV λ)) / (1 + λᵀ VᵀV λ)
     * q = g_b where b learns, else (g_Wᵀ UᵀU μ − λ (p · UᵀU μ)) / (1 + μᵀ UᵀU μ)</pre>
     *
     * <p>If both are frozen, {@code p · UᵀU μ = q · VᵀV λ = μᵀ UᵀU g_W VᵀV λ / (1 + λᵀ VᵀV λ + μᵀ
     * UᵀU μ)}. Where W is frozen, {@code Δa = UᵀU g_a} and {@code Δb = VᵀV g_b}.
     *
     * @param gradient the gradient with respect to (a, b, W); that of frozen parameters does not
     *     count
     * @param learning what learns
     * @return the direction, with zeros for what is frozen
     */
    public SufficientStatistics direction(SufficientStatistics gradient, LearningParts learning) {
        NDArray weight = gradient.product();
        NDArray visible = square(visibleWhitening, gradient.visible());
        NDArray hidden = square(hiddenWhitening, gradient.hidden());
        if (learning.weight()) {
            NDArray byVisible = byVisible(gradient, learning);
            NDArray byHidden = byHidden(gradient, learning, byVisible);
            weight =
                    weight.sub(SufficientStatistics.outer(byVisible, hiddenMean))
                            .sub(SufficientStatistics.outer(visibleMean, byHidden));
            weight = square(visibleWhitening, weight);
            weight = square(hiddenWhitening, weight.transpose()).transpose();
            visible = visible.sub(weight.matMul(hiddenMean));
            hidden = hidden.sub(weight.transpose().matMul(visibleMean));
        }
        return learning.keep(new SufficientStatistics(visible, hidden, weight));
    }

    /** Returns p, by which the centred visible biases move. */
    private NDArray byVisible(SufficientStatistics gradient, LearningParts learning) {
        if (learning.visibleBias()) {
            return gradient.visible();
        }
        NDArray whiteHidden = square(hiddenWhitening, hiddenMean);
        NDArray share = dot(hiddenMean, whiteHidden).add(1);
        NDArray along = gradient.product().matMul(whiteHidden);
        NDArray across;
        if (learning.hiddenBias()) {
            across = dot(gradient.hidden(), whiteHidden);
        } else {
            NDArray whiteVisible = square(visibleWhitening, visibleMean);
            NDArray both = dot(visibleMean, whiteVisible).add(share);
            across = dot(whiteVisible, along).div(both);
        }
        return along.sub(visibleMean.mul(across)).div(share);
    }

    /** Returns q, by which the centred hidden biases move. */
    private NDArray byHidden(
            SufficientStatistics gradient, LearningParts learning, NDArray byVisible) {
        if (learning.hiddenBias()) {
            return gradient.hidden();
        }
        NDArray whiteVisible = square(visibleWhitening, visibleMean);
        NDArray share = dot(visibleMean, whiteVisible).add(1);
        NDArray along = gradient.product().transpose().matMul(whiteVisible);
        return along.sub(hiddenMean.mul(dot(byVisible, whiteVisible))).div(share);
    }

    private static NDArray dot(NDArray a, NDArray b) {
        return a.mul(b).sum();
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
