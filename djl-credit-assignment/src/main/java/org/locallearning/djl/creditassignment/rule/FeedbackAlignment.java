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
 * Feedback alignment: the error goes back through fixed random weights {@code B} in place of the
 * transposed weights of backpropagation. The forward weights come to align with {@code B}, so that
 * what arrives is useful although {@code B} knows nothing of them.
 *
 * <p>Formula: {@code δ_below = φ'(h) ⊙ (Bᵀ δ)} with {@code B} of the shape of {@code W} (out × in);
 * {@code ∂L/∂W = δ xᵀ} and {@code ∂L/∂b = δ} are the ordinary local products, summed over the
 * batch. For a convolution {@code Bᵀ δ} is the transposed convolution of {@code δ} with the kernel
 * {@code B}. Normalization layers have no {@code B} and stay exact.
 *
 * <p>Use it where weight transport is what you want to do without: it costs as much as
 * backpropagation, comes close to it in dense nets, and reaches less in convolutional ones. Plain
 * ReLU units tend to die before the weights have aligned: take LeakyReLU or tanh. Cost for L
 * layers: 3L − 1 matrix products a step, as backpropagation.
 *
 * <p>Lillicrap, Cownden, Tweed and Akerman, "Random synaptic feedback weights support error
 * backpropagation for deep learning", Nature Communications 7 (2016). Departures: biases train in
 * convolutions too (Ahmad's code forgets them), and {@code B} is a function of the seed, so that it
 * survives a restart (that code draws it anew).
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
        return new FixedFeedback(manager, source);
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
