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
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDScope;
import org.locallearning.djl.decorrelation.internal.DeviceArrays;
import org.locallearning.djl.decorrelation.internal.HostNumber;

/**
 * The local learning rule of the decorrelation matrix M.
 *
 * <p>A decorrelation layer maps its input to {@code x̄ = M (x − μ)}. M is learned from the layer's
 * own output alone:
 *
 * <pre>M ← g (M − η [(1 − κ) C + κ diag(v)] M),  C = ⟨x̄ x̄ᵀ⟩,  v = diag ⟨x̄ x̄ᵀ⟩ − 1</pre>
 *
 * <p>with the rate η, the gain g ({@link Gain}) and the weight κ of a unit-variance term, 0 in the
 * paper. The diagonal of C can be left out. The fixed points with a scalar gain have a covariance
 * proportional to the identity; with the unit-wise gain a diagonal covariance.
 *
 * <p>The rule descends monotonically while {@code η λ < 1} for the largest eigenvalue λ of C, and
 * diverges beyond {@code η λ = 2}.
 *
 * <p>Ahmad, "Correlations Are Ruining Your Gradient Descent", section "A novel decorrelation
 * mechanism" and appendix E; the unit-variance term is from Dalm, Ahmad and van Gerven, "Efficient
 * Deep Learning with Decorrelated Backpropagation", applied here to the rows of M.
 */
public final class DecorrelationRule {

    private DecorrelationRule() {}

    /**
     * Returns M after an update, by the formula as it is printed: slow, and what {@link #update} is
     * tested against.
     *
     * @param matrix the matrix M, (n, n); left as it is
     * @param inputs the rows that the gain compares with, (K, n)
     * @param outputs the decorrelated rows under the present M, (K, n)
     * @param rate the decorrelation rate η
     * @param options the other settings
     * @return the new M, (n, n)
     */
    public static NDArray formula(
            NDArray matrix,
            NDArray inputs,
            NDArray outputs,
            double rate,
            DecorrelationOptions options) {
        return ArrayScope.returning(
                () -> {
                    ActivitySample sample = new ActivitySample(inputs, outputs);
                    NDArray alive = sample.alive().reshape(-1, 1);
                    NDArray gain = options.getGain().of(sample).toArray(matrix).reshape(-1, 1);
                    double kappa = options.getUnitVariance();

                    NDArray moments = outputs.transpose().matMul(outputs).div(sample.rows());
                    NDArray diagonal = moments.mul(identity(matrix));
                    NDArray c = options.isDiagonal() ? moments : moments.sub(diagonal);
                    NDArray v = diagonal.sub(identity(matrix));
                    NDArray drive = c.mul(1 - kappa).add(v.mul(kappa));
                    NDArray next = matrix.sub(drive.matMul(matrix).mul(rate)).mul(gain);
                    return NDArrays.where(alive.eq(1).broadcast(matrix.getShape()), next, matrix);
                });
    }

    private static NDArray identity(NDArray like) {
        return DeviceArrays.like(
                like, manager -> MatrixForm.identity(manager, like.getShape(), like.getDataType()));
    }

    /**
     * Updates M in place from a sample of the layer's activity.
     *
     * <p>Costs {@code 2 K n²} multiply-adds for a sample of K &lt; n rows, since {@code C M} is
     * formed as {@code x̄ᵀ (x̄ M) / K}, and {@code K n² + n³} otherwise. Both orders give the same
     * result.
     *
     * <p>The row of M of a unit that is dead or constant over the sample is not rescaled: under the
     * gain of the others it would grow without bound, and burst when the unit comes to life.
     *
     * @param matrix the matrix M, (n, n); changed in place
     * @param inputs the rows that the gain compares with, (K, n): the demeaned inputs, or the raw
     *     ones
     * @param outputs the decorrelated rows {@code (x − μ) Mᵀ} under the present M, (K, n)
     * @param rate the decorrelation rate η
     * @param options the other settings
     * @return the gain that was applied, within its limits; for unit-wise gain the mean over units
     */
    public static double update(
            NDArray matrix,
            NDArray inputs,
            NDArray outputs,
            double rate,
            DecorrelationOptions options) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            return update(matrix, new ActivitySample(inputs, outputs), rate, options).mean();
        }
    }

    /** Updates M in place from a sample whose arrays are the caller's to close. */
    static SampleGain update(
            NDArray matrix, ActivitySample sample, double rate, DecorrelationOptions options) {
        SampleGain gain = options.getGain().of(sample);
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray outputs = sample.outputs();
            long rows = outputs.getShape().get(0);
            boolean fewRows = rows < outputs.getShape().get(1);
            double share = rate * (1 - options.getUnitVariance()) / rows;
            NDArray right = fewRows ? outputs.matMul(matrix) : matrix.duplicate();

            double scale;
            NDArray weighted;
            if (isUniform(gain, sample, options)) {
                double mean = gain.mean();
                scale = mean;
                weighted = HostNumber.times(outputs, mean * share);
            } else {
                NDArray alive = sample.alive();
                NDArray applied = gain.sparingDead(alive);
                matrix.muli(kept(applied, sample, alive, rate, options).reshape(-1, 1));
                scale = 1;
                weighted = outputs.mul(HostNumber.times(applied, share));
            }
            NDArray left = weighted.transpose();
            ScaledDifference.subtract(matrix, scale, fewRows ? left : left.matMul(outputs), right);
            return gain;
        }
    }

    /** Whether all rows of M are scaled by one number. */
    private static boolean isUniform(
            SampleGain gain, ActivitySample sample, DecorrelationOptions options) {
        return gain.isCommon()
                && options.isDiagonal()
                && options.getUnitVariance() == 0
                && sample.isAllAlive();
    }

    /**
     * Returns the multiply-adds of one update.
     *
     * @param rows the number K of sampled rows
     * @param n the number of features
     * @return the multiply-adds
     */
    static long multiplyAdds(long rows, long n) {
        return rows < n ? 2 * rows * n * n : rows * n * n + n * n * n;
    }

    /** The factor of each row of M: the gain, and the terms that act on the row alone, (n). */
    private static NDArray kept(
            NDArray gain,
            ActivitySample sample,
            NDArray alive,
            double rate,
            DecorrelationOptions options) {
        double kappa = options.getUnitVariance();
        if (options.isDiagonal() && kappa == 0) {
            return gain;
        }
        NDArray power = sample.outputPower();
        NDArray scaling = HostNumber.times(HostNumber.plus(power, -1), kappa);
        if (!options.isDiagonal()) {
            scaling = scaling.sub(HostNumber.times(power, 1 - kappa));
        }
        return gain.mul(HostNumber.plus(HostNumber.times(scaling.mul(alive), -rate), 1));
    }
}
