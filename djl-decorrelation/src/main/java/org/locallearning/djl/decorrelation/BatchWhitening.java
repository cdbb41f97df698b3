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
import ai.djl.util.Preconditions;
import java.util.Locale;
import org.locallearning.djl.decorrelation.internal.DeviceArrays;
import org.locallearning.djl.decorrelation.internal.HostNumber;
import org.locallearning.djl.decorrelation.internal.PendingChecks;

/**
 * Whitens the features of its input by the inverse square root of the batch's covariance, {@code y
 * = (Σ + ε I)^(-1/2) (x − μ)}, computed for each batch by Newton's iteration.
 *
 * <p>It is a baseline for {@link Decorrelation} that whitens each batch fully instead of learning a
 * matrix. Cost: about {@code 3 T n³} multiply-adds per step for T iterations. The iteration is
 * {@code Y ← Y T, Z ← T Z} with {@code T = (3 I − Z Y) / 2}, from {@code Z = I} and {@code Y = (Σ +
 * ε I) / t} for the trace t of {@code Σ + ε I}; the result is {@code Z / sqrt(t)}. In exact
 * arithmetic it is the iteration of Huang et al., but it does not amplify rounding. Directions of
 * small variance need more iterations. Gradients flow through the iteration. Evaluation uses the
 * running average of the whitening matrix.
 *
 * <ul>
 *   <li>input: (batch, *, n)
 *   <li>output: the same shape
 *   <li>{@code whitening}: the running average of the whitening matrix, (n, n)
 *   <li>{@code runningMean}: μ, (n)
 * </ul>
 *
 * <p>A training forward throws {@link IllegalArgumentException} for an input of another width and
 * for a single row.
 *
 * <p>Huang, Zhou, Zhu, Liu and Shao, "Iterative Normalization: Beyond Standardization towards
 * Efficient Whitening", 2019.
 */
public final class BatchWhitening extends FeatureDecorrelation {

    private final int iterations;
    private final double epsilon;

    private BatchWhitening(Builder builder) {
        super(
                "whitening",
                builder.name,
                DecorrelationOptions.builder()
                        .optMean(MeanRemoval.BATCH.withMomentum(builder.momentum))
                        .optCost(Cost.full().withSampleFraction(1))
                        .build(),
                width -> WhiteningMatrix.form(width, builder.iterations, builder.epsilon),
                new PendingChecks());
        iterations = builder.iterations;
        epsilon = builder.epsilon;
    }

    /**
     * Returns the inverse square root of the covariance of some rows.
     *
     * @param rows the rows with their mean removed, (N, n)
     * @param iterations the number of Newton iterations
     * @param epsilon what is added to the diagonal of the covariance, in squared units of the rows
     * @return the symmetric whitening matrix, (n, n)
     */
    public static NDArray whiteningMatrix(NDArray rows, int iterations, double epsilon) {
        return ArrayScope.returning(
                () -> {
                    long n = rows.getShape().get(1);
                    NDArray eye = DeviceArrays.identity(rows, n);
                    NDArray covariance =
                            HostNumber.mul(
                                    rows.transpose().matMul(rows), 1.0 / rows.getShape().get(0));
                    return inverseSquareRoot(
                            covariance.add(HostNumber.mul(eye, epsilon)), iterations);
                });
    }

    /**
     * Returns the inverse square root of a matrix.
     *
     * @param matrix a symmetric, positive definite matrix, (n, n)
     * @param iterations the number of Newton iterations
     * @return the symmetric inverse square root, (n, n)
     */
    public static NDArray inverseSquareRoot(NDArray matrix, int iterations) {
        return ArrayScope.returning(
                () -> {
                    NDArray eye = DeviceArrays.identity(matrix, matrix.getShape().get(0));
                    NDArray trace = matrix.mul(eye).sum();
                    NDArray threeEye = HostNumber.mul(eye, 3);
                    NDArray root = matrix.div(trace);
                    NDArray inverseRoot = eye;
                    for (int i = 0; i < iterations; ++i) {
                        NDArray factor =
                                HostNumber.mul(threeEye.sub(inverseRoot.matMul(root)), 0.5);
                        root = root.matMul(factor);
                        inverseRoot = factor.matMul(inverseRoot);
                    }
                    return inverseRoot.div(trace.sqrt());
                });
    }

    /** Returns the name and every setting. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "BatchWhitening(%s, %d iterations, epsilon %s, momentum %s)",
                getName(),
                iterations,
                epsilon,
                getOptions().getMean().momentum());
    }

    /**
     * Creates a builder.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** The builder of {@link BatchWhitening}. */
    public static final class Builder {

        private String name;
        private int iterations = 5;
        private double epsilon = 1e-5;
        private double momentum = 0.1;

        private Builder() {}

        /**
         * Sets the number of Newton iterations; 5 by default.
         *
         * @param iterations the number of iterations, at least 1
         * @return this builder
         */
        public Builder optIterations(int iterations) {
            Preconditions.checkArgument(
                    iterations >= 1,
                    "The number of iterations must be 1 or more, but is " + iterations);
            this.iterations = iterations;
            return this;
        }

        /**
         * Sets what is added to the diagonal of the covariance; 1e-5 by default.
         *
         * @param epsilon the addition, above 0, in squared units of the input
         * @return this builder
         */
        public Builder optEpsilon(double epsilon) {
            Preconditions.checkArgument(
                    epsilon > 0, "What is added to the variances must be above 0: " + epsilon);
            this.epsilon = epsilon;
            return this;
        }

        /**
         * Sets the share of the new batch in the running mean and the running matrix; 0.1 by
         * default.
         *
         * @param momentum the share, in (0, 1]; 1 less what DJL's {@code BatchNorm} calls so
         * @return this builder
         */
        public Builder optMomentum(double momentum) {
            this.momentum = momentum;
            return this;
        }

        /**
         * Sets the name of the layer in messages; the type by default.
         *
         * @param name the name
         * @return this builder
         */
        public Builder optName(String name) {
            this.name = name;
            return this;
        }

        /**
         * Builds the layer.
         *
         * @return the layer
         */
        public BatchWhitening build() {
            return new BatchWhitening(this);
        }
    }
}
