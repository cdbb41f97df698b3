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

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Objects;
import org.locallearning.djl.creditassignment.tape.Layer;
import org.locallearning.djl.creditassignment.tape.LayerTrace;
import org.locallearning.djl.creditassignment.tape.Network;
import org.locallearning.djl.creditassignment.tape.Tape;

/**
 * Sign-symmetric feedback: the error goes back through weights that share the sign of the forward
 * weights and not their magnitude. One bit of each weight is transported, which closes most of the
 * gap that feedback alignment has in convolutional nets.
 *
 * <p>Formula: {@code δ_below = φ'(h) ⊙ (Bᵀ δ)} with {@code B = |M| ⊙ sign(W)}, where {@code M} is
 * what {@link Mode} says; local products as in backpropagation. Cost for L layers: 3L − 1 matrix
 * products and one or two passes over the weights a step.
 *
 * <p>Liao, Leibo and Poggio, "How important is weight symmetry in backpropagation?", AAAI (2016);
 * Moskovitz, Litwin-Kumar and Abbott, "Feedback alignment in deep convolutional networks" (2018).
 */
public final class SignSymmetricFeedback extends FeedbackRule {

    private final Mode mode;
    private final FeedbackDistribution distribution;
    private final long seed;

    private SignSymmetricFeedback(Builder builder) {
        super(builder);
        mode = builder.mode;
        distribution = builder.distribution();
        seed = builder.seed();
    }

    /** Where the magnitudes of the feedback weights come from. */
    public enum Mode {
        /** All of them are the standard deviation of the distribution (uSF). */
        UNIFORM,
        /**
         * Drawn from the distribution for each batch (brSF), with the engine's random numbers:
         * {@code Engine.setRandomSeed} makes a run repeatable.
         */
        BATCHWISE_RANDOM,
        /** Drawn from the distribution once, as a function of the seed (frSF). */
        FIXED_MAGNITUDE
    }

    /** {@inheritDoc} */
    @Override
    FeedbackWeights newWeights(Network network, NDManager manager) {
        FeedbackSource signed = distribution.seeded(seed);
        FixedFeedback magnitudes =
                new FixedFeedback(
                        manager,
                        (onDevice, path, shape, type) ->
                                signed.create(onDevice, path, shape, type).abs());
        return new FeedbackWeights() {
            @Override
            public NDArray get(Tape tape, LayerTrace layer) {
                NDArray weight = layer.getWeight();
                NDArray sign = weight.sign();
                switch (mode) {
                    case UNIFORM:
                        return sign.muli(distribution.standardDeviation(weight.getShape()));
                    case BATCHWISE_RANDOM:
                        NDArray drawn =
                                distribution.draw(
                                        weight.getManager(),
                                        weight.getShape(),
                                        weight.getDataType());
                        return sign.muli(drawn.abs());
                    default:
                        NDArray fixed =
                                magnitudes.get(
                                        weight.getDevice(),
                                        layer.getLayer().weightPath(),
                                        weight.getShape(),
                                        weight.getDataType());
                        return sign.muli(fixed);
                }
            }

            @Override
            public String describe(Layer layer) {
                return "through the signs of the layer's own weight, magnitudes "
                        + describeMagnitudes();
            }
        };
    }

    private String describeMagnitudes() {
        switch (mode) {
            case UNIFORM:
                return "the standard deviation of " + distribution;
            case BATCHWISE_RANDOM:
                return distribution + ", drawn for each batch";
            default:
                return distribution + ", seed " + seed;
        }
    }

    /** Returns the rule and every setting of its feedback weights. */
    @Override
    public String toString() {
        return "SignSymmetricFeedback(" + describeMagnitudes() + ")";
    }

    /**
     * Creates a builder.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link SignSymmetricFeedback}. */
    public static final class Builder extends RandomFeedbackBuilder<Builder> {

        private Mode mode = Mode.UNIFORM;

        private Builder() {
            super(FeedbackDistribution.xavierUniform());
        }

        /**
         * Sets where magnitudes come from.
         *
         * @param mode the mode; {@link Mode#UNIFORM} by default
         * @return this builder
         */
        public Builder optMode(Mode mode) {
            this.mode = Objects.requireNonNull(mode, "mode");
            return this;
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
        public SignSymmetricFeedback build() {
            return new SignSymmetricFeedback(this);
        }
    }
}
