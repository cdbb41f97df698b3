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

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.util.Preconditions;
import java.io.IOException;
import java.util.Objects;
import java.util.Set;
import org.locallearning.djl.decorrelation.internal.HostValues;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;

/**
 * The covariance penalty as the paper ran it: the batch-to-batch change of the model's covariance
 * of visible and hidden units replaces the gradient of its norm.
 *
 * <p>With the negative phase means of this batch and the last one,
 *
 * <pre>P = Δ⟨v hᵀ⟩ − Δ⟨v⟩ ⟨h⟩ᵀ − ⟨v⟩ Δ⟨h⟩ᵀ = Δcov(v, h) − Δ⟨v⟩ Δ⟨h⟩ᵀ</pre>
 *
 * <p>(Millea, equation 4 and following, with the weights' changes set to 1 and without the factor
 * {@code 2 cov} and the trace, section 5). P is averaged over the last batches; weights learn by
 * {@code (1 − γ) ∇W − γ P̄}, biases by {@code 1 − γ} of their gradient. By default γ is multiplied
 * by 1.1 after a batch in which more than a given share of |P̄| exceeds a threshold, and divided by
 * 1.1 otherwise, within [10⁻⁵, 1]; see {@link PenaltyWeight} for others.
 *
 * <p>The paper does not state the direction of P̄, the phase of its means, the factor of γ or its
 * initial value. Here P̄ is descended, the means are from the negative phase, since the derivation
 * takes expectations of the model, and γ starts at {@code sqrt(10⁻⁵)}, the middle of its range. P
 * is a difference in time and in general no descent direction of the covariance's norm; for that
 * use {@link ExactCovariancePenalty}.
 *
 * <p>Cost: no product of batches; memory for as many matrices of the weights' shape as it averages
 * over.
 */
public final class CovariancePenalty implements Penalty {

    private final double threshold;
    private final double share;
    private final int window;
    private final PenaltyWeight schedule;

    private CovariancePenalty(Builder builder) {
        threshold = builder.threshold;
        share = builder.share;
        window = builder.window;
        schedule = builder.schedule;
    }

    /** {@inheritDoc} */
    @Override
    public Term start(NDManager manager) {
        return new Adaptive(manager);
    }

    /**
     * Returns P, the penalty of one step.
     *
     * @param before the means of the negative phase of the step before
     * @param after the means of the negative phase of this step
     * @return the penalty, (visible, hidden)
     */
    public static NDArray stepPenalty(SufficientStatistics before, SufficientStatistics after) {
        SufficientStatistics change = after.minus(before);
        return change.product()
                .subi(SufficientStatistics.outer(change.visible(), after.hidden()))
                .subi(SufficientStatistics.outer(after.visible(), change.hidden()));
    }

    /** {@inheritDoc} */
    @Override
    public String toString() {
        return "CovariancePenalty[threshold="
                + threshold
                + ", share="
                + share
                + ", window="
                + window
                + ", weight="
                + schedule
                + "]";
    }

    /**
     * Creates a builder.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** The builder of {@link CovariancePenalty}. */
    public static final class Builder {

        private double threshold = 0.01;
        private double share = 0.1;
        private int window = 15;
        private PenaltyWeight schedule = new PenaltyWeight.Adaptive(1.1, 1e-5, 1);

        private Builder() {}

        /**
         * Sets the threshold of |P̄|; 0.01 by default. The paper tries 0.0001 to 0.2.
         *
         * @param threshold the threshold, at least 0
         * @return this builder
         */
        public Builder optThreshold(double threshold) {
            Preconditions.checkArgument(
                    threshold >= 0, "The threshold of the penalty must be 0 or more: " + threshold);
            this.threshold = threshold;
            return this;
        }

        /**
         * Sets the share of entries above the threshold from which γ grows; 0.1 by default. The
         * paper tries 0.001 to 0.8.
         *
         * @param share the share, in [0, 1]
         * @return this builder
         */
        public Builder optShare(double share) {
            Preconditions.checkArgument(
                    share >= 0 && share <= 1,
                    "The share of large penalties must be in [0, 1]: " + share);
            this.share = share;
            return this;
        }

        /**
         * Sets over how many batches P is averaged; 15 by default, as in the paper.
         *
         * @param window the number of batches, at least 1
         * @return this builder
         */
        public Builder optWindow(int window) {
            Preconditions.checkArgument(
                    window >= 1, "The penalty is averaged over 1 or more batches, not " + window);
            this.window = window;
            return this;
        }

        /**
         * Sets how the weight γ changes from batch to batch; adaptive by default, by 1.1 within
         * [10⁻⁵, 1].
         *
         * @param weight the weight, such as {@code new PenaltyWeight.Binary()}
         * @return this builder
         */
        public Builder optWeight(PenaltyWeight weight) {
            schedule = Objects.requireNonNull(weight, "weight");
            return this;
        }

        /**
         * Builds the penalty.
         *
         * @return the penalty
         */
        public CovariancePenalty build() {
            return new CovariancePenalty(this);
        }
    }

    /** The window and the weight of one trainer. */
    private final class Adaptive implements Term {

        private static final String PRODUCT = "product";
        private static final String STEPS = "steps";
        private static final String WEIGHT = "weight";

        private final PersistentArray visible;
        private final PersistentArray hidden;
        private final PersistentArray product;
        private final PersistentArray recent;
        private long steps;
        private double weight = schedule.first();

        Adaptive(NDManager manager) {
            visible = new PersistentArray(manager, "visible");
            hidden = new PersistentArray(manager, "hidden");
            product = new PersistentArray(manager, PRODUCT);
            recent = new PersistentArray(manager, "recent");
        }

        /** {@inheritDoc} */
        @Override
        public SufficientStatistics join(
                BoltzmannParameters parameters, Phase model, SufficientStatistics gradient) {
            SufficientStatistics now = model.mean();
            NDArray averaged = null;
            if (product.get() != null) {
                averaged =
                        average(
                                stepPenalty(
                                        new SufficientStatistics(
                                                visible.get(), hidden.get(), product.get()),
                                        now));
                adapt(averaged);
            }
            SufficientStatistics joined = gradient.times(1 - weight);
            if (averaged != null) {
                joined.product().subi(averaged.muli(weight));
            }
            visible.set(now.visible());
            hidden.set(now.hidden());
            product.set(now.product());
            return joined;
        }

        private NDArray average(NDArray penalty) {
            if (recent.get() == null) {
                Shape shape = new Shape(window).addAll(penalty.getShape());
                recent.set(
                        penalty.getManager()
                                .zeros(shape, penalty.getDataType(), penalty.getDevice()));
            }
            recent.get().set(new NDIndex(steps % window), penalty);
            ++steps;
            return recent.get().sum(new int[] {0}).divi(Math.min(steps, window));
        }

        private void adapt(NDArray averaged) {
            double above =
                    HostValues.number(averaged.abs().gt(threshold).countNonzero())
                            / averaged.size();
            weight = schedule.next(weight, above > share, steps - 1);
        }

        /** {@inheritDoc} */
        @Override
        public double getWeight() {
            return weight;
        }

        private PersistentArray[] parts() {
            return new PersistentArray[] {visible, hidden, product, recent};
        }

        /** {@inheritDoc} */
        @Override
        public void saveState(StateWriter out) throws IOException {
            if (recent.get() == null && product.get() != null) {
                Shape shape = new Shape(window).addAll(product.get().getShape());
                try (NDArray zeros =
                        product.get().getManager().zeros(shape, product.get().getDataType())) {
                    recent.set(zeros);
                }
            }
            PersistentArray.save(out, parts());
            out.putLong(STEPS, steps);
            out.putDouble(WEIGHT, weight);
        }

        /** {@inheritDoc} */
        @Override
        public Runnable loadState(StateReader in) throws IOException, MalformedModelException {
            long savedSteps = in.getLong(STEPS);
            double savedWeight = in.getDouble(WEIGHT);
            boolean started = in.getNames().contains(PRODUCT);
            Runnable means = PersistentArray.load(in, started, Set.of(STEPS, WEIGHT), parts());
            return () -> {
                means.run();
                steps = savedSteps;
                weight = savedWeight;
            };
        }
    }
}
