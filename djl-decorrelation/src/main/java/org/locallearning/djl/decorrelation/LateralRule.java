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
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.index.NDIndex;
import org.locallearning.djl.decorrelation.internal.DeviceArrays;
import org.locallearning.djl.decorrelation.internal.HostNumber;

/** How the lateral connections R of a {@link RecurrentDecorrelation} learn. */
public enum LateralRule {
    /**
     * {@code R ← (R + η ⟨(R x̄) x̄ᵀ⟩) g⁻¹}: each unit sees the lateral signal {@code R x̄} that it
     * receives and the activity of its neighbours. To first order in η this is the inverse of
     * {@link DecorrelationRule}'s M (Ahmad, "Correlations Are Ruining Your Gradient Descent",
     * appendix D).
     */
    LOCAL {
        @Override
        SampleGain learn(
                NDArray matrix,
                ActivitySample sample,
                UpdateRate rate,
                DecorrelationOptions options) {
            NDArray outputs = sample.outputs();
            NDArray signal = outputs.matMul(matrix.transpose());
            NDArray scaled = rate.times(outputs, 1.0 / sample.rows());
            matrix.addi(signal.transpose().matMul(scaled));
            return divideByGain(matrix, sample, options);
        }
    },

    /**
     * {@code R ← R (I − η ⟨x̄ x̄ᵀ⟩)⁻¹ g⁻¹}, the inverse of {@link DecorrelationRule}'s M at every
     * rate. For one sample it is the step of Sherman and Morrison, {@code R (I + η x̄ x̄ᵀ / (1 − η
     * x̄ᵀ x̄)) g⁻¹}; for several, Woodbury's, which inverts a matrix of the smaller of the sample
     * and the layer. Use it to evaluate {@link #LOCAL}: it requires each unit to know the activity
     * of all others. At {@code η λ = 1} for an eigenvalue λ of the covariance M becomes singular,
     * and R infinite (Ahmad, "Correlations Are Ruining Your Gradient Descent", appendix D).
     */
    EXACT {
        @Override
        SampleGain learn(
                NDArray matrix,
                ActivitySample sample,
                UpdateRate rate,
                DecorrelationOptions options) {
            NDArray outputs = sample.outputs();
            NDArray scaled = rate.times(outputs, 1.0 / sample.rows());
            if (outputs.getShape().get(0) < matrix.getShape().get(0)) {
                NDArray inner = withoutCorrelation(outputs.matMul(scaled.transpose()));
                NDArray signal = matrix.matMul(outputs.transpose());
                matrix.addi(signal.matMul(inner.inverse().matMul(scaled)));
            } else {
                NDArray step = withoutCorrelation(scaled.transpose().matMul(outputs));
                NDArray product = matrix.matMul(step.inverse());
                matrix.set(new NDIndex("..."), product);
            }
            return divideByGain(matrix, sample, options);
        }

        @Override
        long multiplyAdds(long rows, long n) {
            return rows < n
                    ? rows * rows * rows + 2 * rows * rows * n + 2 * rows * n * n
                    : rows * n * n + 2 * n * n * n;
        }

        private NDArray withoutCorrelation(NDArray correlation) {
            return DeviceArrays.identity(correlation, correlation.getShape().get(0))
                    .sub(correlation);
        }
    },

    /**
     * {@code R_ij ← R_ij + η ⟨x̄_i x̄_j⟩} for {@code i ≠ j}: anti-Hebbian learning of lateral
     * inhibition, which the paper compares with. It has no gain, so it takes away activity while it
     * decorrelates, and its speed depends on the scale of R (Földiák, "Forming sparse
     * representations by local anti-Hebbian learning", 1990).
     */
    FOLDIAK {
        @Override
        SampleGain learn(
                NDArray matrix,
                ActivitySample sample,
                UpdateRate rate,
                DecorrelationOptions options) {
            NDArray outputs = sample.outputs();
            NDArray scaled = rate.times(outputs, 1.0 / sample.rows());
            NDArray step = scaled.transpose().matMul(outputs);
            NDArray eye = DeviceArrays.identity(step, step.getShape().get(0));
            matrix.addi(step.sub(step.mul(eye)));
            return new SampleGain.Common(1);
        }
    };

    /**
     * Updates the lateral connections in place from a sample of activity at the fixed point.
     *
     * @param matrix the lateral connections R, (n, n); changed in place
     * @param inputs the rows that the gain compares with, (K, n)
     * @param outputs the decorrelated rows, (K, n)
     * @param rate the rate η
     * @param options the kind of gain and its limits
     * @return the gain that was applied, for unit-wise gain the mean over units; 1 without gain
     */
    public double update(
            NDArray matrix,
            NDArray inputs,
            NDArray outputs,
            double rate,
            DecorrelationOptions options) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            ActivitySample sample = new ActivitySample(inputs, outputs);
            return learn(matrix, sample, new UpdateRate.Known(rate), options).mean();
        }
    }

    /** Updates the lateral connections from a sample whose arrays are the caller's to close. */
    abstract SampleGain learn(
            NDArray matrix, ActivitySample sample, UpdateRate rate, DecorrelationOptions options);

    /** Returns the multiply-adds of an update of an (n, n) matrix from a number of rows. */
    long multiplyAdds(long rows, long n) {
        return 2 * rows * n * n;
    }

    private static SampleGain divideByGain(
            NDArray matrix, ActivitySample sample, DecorrelationOptions options) {
        SampleGain gain = options.getGain().of(sample);
        // under the gain of others a dead unit would burst when it comes to life
        NDArray more = HostNumber.add(gain.toArray(sample.outputs()), -1);
        NDArray byUnit = HostNumber.add(sample.alive().mul(more), 1);
        matrix.divi(byUnit.reshape(1, -1));
        return gain;
    }
}
