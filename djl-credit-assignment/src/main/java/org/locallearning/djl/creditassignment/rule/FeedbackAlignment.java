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
package org.locallearning.djl.creditassignment.rule;

import ai.djl.ndarray.NDManager;
import org.locallearning.djl.creditassignment.tape.Network;

/**
 * Feedback alignment: the error goes back through fixed random weights {@code B} instead of the
 * transposed weights. The forward weights come to align with {@code B}, so the error becomes
 * useful.
 *
 * <p>{@code δ_below = φ'(h) ⊙ (Bᵀ δ)} with {@code B} of the shape of {@code W} (out × in); {@code
 * ∂L/∂W = δ xᵀ} and {@code ∂L/∂b = δ}, summed over the batch. For a convolution {@code Bᵀ δ} is the
 * transposed convolution of {@code δ} with the kernel {@code B}. Normalization layers stay exact.
 *
 * <p>Use it to avoid weight transport. It comes close to backpropagation in dense nets and reaches
 * less in convolutional ones. Plain ReLU units may die before the weights align: prefer LeakyReLU
 * or tanh. Cost for L layers: 3L − 1 matrix products per step, as backpropagation.
 *
 * <p>Lillicrap, Cownden, Tweed and Akerman, "Random synaptic feedback weights support error
 * backpropagation for deep learning", Nature Communications 7 (2016); departures: {@code
 * docs/rules.md}.
 */
public final class FeedbackAlignment extends FeedbackRule {

    private final FeedbackSource source;

    private FeedbackAlignment(Builder builder) {
        super(builder);
        source = builder.getFeedback();
    }

    /** {@inheritDoc} */
    @Override
    protected FeedbackWeights newWeights(Network network, NDManager manager) {
        return new FixedFeedback(network, manager, source);
    }

    /** Returns the rule and every setting of its feedback weights. */
    @Override
    public String toString() {
        return describe("B " + source.describe());
    }

    /**
     * Creates a builder.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link FeedbackAlignment}. */
    public static final class Builder extends FeedbackBuilder<Builder> {

        private Builder() {
            super(FeedbackDistribution.kaimingUniform().seeded(0));
        }

        /** {@inheritDoc} */
        @Override
        protected Builder self() {
            return this;
        }

        /**
         * Builds the rule.
         *
         * @return the rule
         */
        public FeedbackAlignment build() {
            return new FeedbackAlignment(this);
        }
    }
}
