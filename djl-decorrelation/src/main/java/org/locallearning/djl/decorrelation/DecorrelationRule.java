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
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDScope;
import org.locallearning.djl.decorrelation.internal.DeviceArrays;
import org.locallearning.djl.decorrelation.internal.HostNumber;
import org.locallearning.djl.decorrelation.internal.HostValues;

/**
 * The local learning rule of the decorrelation matrix M.
 *
 * <p>A decorrelation layer maps its input to {@code x̄ = M (x − μ)} and learns M from this output
 * alone:
 *
 * <pre>M ← g (M − η [(1 − κ) C + κ diag(v)] M),  C = ⟨x̄ x̄ᵀ⟩,  v = diag ⟨x̄ x̄ᵀ⟩ − 1</pre>
 *
 * <p>with the rate η, the gain g ({@link Gain}) and the weight κ of a unit-variance term, 0 in the
 * paper. Options leave out the diagonal of C, scale columns instead of rows by the unit-variance
 * term, {@code κ M diag(v)} ({@link VarianceTerm}), or use only the lower triangle of C ({@link
 * DecorrelationOptions#isTriangular}). The row of a unit that is dead or constant over the sample
 * never changes.
 *
 * <p>At fixed points the covariance is proportional to the identity with a scalar gain, and
 * diagonal with the unit-wise gain. The rule descends monotonically while {@code η λ < 1} for the
 * largest eigenvalue λ of C, and diverges beyond {@code η λ = 2}.
 *
 * <p>Ahmad, "Correlations Are Ruining Your Gradient Descent", section "A novel decorrelation
 * mechanism" and appendix E; the unit-variance term is from Dalm, Ahmad and van Gerven, "Efficient
 * Deep Learning with Decorrelated Backpropagation", whose code (decorbp) applies it to the columns
 * of M.
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
                    NDArray lower = options.isTriangular() ? c.mul(lowerTriangle(c)) : c;
                    NDArray variances =
                            options.getVarianceTerm() == VarianceTerm.ROWS
                                    ? v.matMul(matrix)
                                    : matrix.matMul(v);
                    NDArray change = lower.matMul(matrix).mul(1 - kappa).add(variances.mul(kappa));
                    NDArray next = matrix.sub(change.mul(rate)).mul(gain);
                    return NDArrays.where(alive.eq(1).broadcast(matrix.getShape()), next, matrix);
                });
    }

    /** Whether all entries above the diagonals of a matrix, or of a stack of them, are 0. */
    static boolean isLowerTriangular(NDArray matrix) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            return !HostValues.isTrue(matrix.sub(matrix.mul(lowerTriangle(matrix))).any());
        }
    }

    /** 1 on the diagonal and below it, 0 above, (n, n). */
    private static NDArray lowerTriangle(NDArray like) {
        long n = like.getShape().get(like.getShape().dimension() - 1);
        NDArray index = DeviceArrays.like(like, manager -> manager.arange((int) n));
        return index.reshape(n, 1).gte(index.reshape(1, n)).toType(like.getDataType(), false);
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
            ActivitySample sample = new ActivitySample(inputs, outputs);
            return update(matrix, sample, new UpdateRate.Known(rate), options).mean();
        }
    }

    /** Updates M in place from a sample whose arrays are the caller's to close. */
    static SampleGain update(
            NDArray matrix, ActivitySample sample, UpdateRate rate, DecorrelationOptions options) {
        SampleGain gain = options.getGain().of(sample);
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray outputs = sample.outputs();
            long rows = outputs.getShape().get(0);
            // C itself is needed where a part of it serves
            boolean fewRows = rows < outputs.getShape().get(1) && !options.isTriangular();
            double share = (1 - options.getUnitVariance()) / rows;
            NDArray right = fewRows ? outputs.matMul(matrix) : matrix.duplicate();

            double scale;
            NDArray weighted;
            if (isUniform(gain, sample, options)) {
                double mean = gain.mean();
                scale = mean;
                weighted = rate.times(outputs, mean * share);
            } else {
                NDArray alive = sample.alive();
                NDArray applied = gain.sparingDead(alive);
                NDArray kept = kept(applied, sample, alive, rate, options).reshape(-1, 1);
                if (options.getVarianceTerm() == VarianceTerm.COLUMNS) {
                    kept = kept.add(columnTerm(applied.mul(alive), sample, rate, options));
                }
                matrix.muli(kept);
                scale = 1;
                weighted = outputs.mul(rate.times(applied, share));
            }
            NDArray left = weighted.transpose();
            if (!fewRows) {
                left = left.matMul(outputs);
            }
            if (options.isTriangular()) {
                left = left.mul(lowerTriangle(left));
            }
            ScaledDifference.subtract(matrix, scale, left, right);
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
     * Returns the decorrelation loss of the decorbp library, which its update with {@link
     * VarianceTerm#COLUMNS} is to lower: {@code ((1 − κ) Σ_{i≠j} C_ij² + κ Σ_i v_i²) / n²}, with
     * {@code C = ⟨x̄ x̄ᵀ⟩} and {@code v = diag C − 1}.
     *
     * <p>The mean is not removed, and variances count, so that it compares layers of one net over
     * time but not nets with each other; {@link CorrelationStatistics#decorrelationLoss} does that.
     * Costs {@code K n²} multiply-adds for K rows.
     *
     * @param outputs the decorrelated rows, (K, n)
     * @param unitVariance the weight κ of the unit-variance term, in [0, 1]
     * @return the loss, at least 0
     */
    public static double loss(NDArray outputs, double unitVariance) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            long n = outputs.getShape().get(1);
            NDArray detached = outputs.stopGradient();
            NDArray moments =
                    HostNumber.mul(
                            detached.transpose().matMul(detached), 1.0 / outputs.getShape().get(0));
            NDArray onDiagonal = moments.mul(identity(moments));
            NDArray variances = onDiagonal.sum(new int[] {0});
            NDArray sums =
                    NDArrays.concat(
                            new NDList(
                                    moments.sub(onDiagonal).square().sum().reshape(1),
                                    HostNumber.add(variances, -1).square().sum().reshape(1)));
            double[] values = HostValues.numbers(sums);
            return ((1 - unitVariance) * values[0] + unitVariance * values[1]) / ((double) n * n);
        }
    }

    /**
     * Returns the multiply-adds of one update.
     *
     * @param rows the number K of sampled rows
     * @param n the number of features
     * @param options the settings
     * @return the multiply-adds
     */
    static long multiplyAdds(long rows, long n, DecorrelationOptions options) {
        return options.isTriangular() ? withCovariance(rows, n) : multiplyAdds(rows, n);
    }

    /** The multiply-adds of one update of a matrix that is not triangular. */
    static long multiplyAdds(long rows, long n) {
        return rows < n ? 2 * rows * n * n : withCovariance(rows, n);
    }

    private static long withCovariance(long rows, long n) {
        return rows * n * n + n * n * n;
    }

    /** The factor of each row of M: the gain, and the terms that act on the row alone, (n). */
    private static NDArray kept(
            NDArray gain,
            ActivitySample sample,
            NDArray alive,
            UpdateRate rate,
            DecorrelationOptions options) {
        double kappa = options.getUnitVariance();
        boolean variances = kappa != 0 && options.getVarianceTerm() == VarianceTerm.ROWS;
        if (options.isDiagonal() && !variances) {
            return gain;
        }
        NDArray power = sample.outputPower();
        NDArray scaling = HostNumber.mul(HostNumber.add(power, -1), variances ? kappa : 0);
        if (!options.isDiagonal()) {
            scaling = scaling.sub(HostNumber.mul(power, 1 - kappa));
        }
        return gain.mul(HostNumber.add(rate.times(scaling.mul(alive), -1), 1));
    }

    /** What the unit-variance term adds to the factors of columns, {@code −g η κ v}, (n, n). */
    private static NDArray columnTerm(
            NDArray gain, ActivitySample sample, UpdateRate rate, DecorrelationOptions options) {
        NDArray excess = HostNumber.add(sample.outputPower(), -1);
        NDArray term = rate.times(excess, -options.getUnitVariance());
        return gain.reshape(-1, 1).mul(term.reshape(1, -1));
    }
}
