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

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import org.locallearning.djl.creditassignment.layer.Fan;
import org.locallearning.djl.creditassignment.tape.Layer;
import org.locallearning.djl.creditassignment.tape.Network;
import org.locallearning.djl.creditassignment.tape.PassedLayer;
import org.locallearning.djl.creditassignment.tape.Tape;
import org.locallearning.djl.decorrelation.internal.HostNumber;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;

/**
 * Sign-symmetric feedback: the error goes back through weights with the sign of the forward weights
 * but not their magnitude. One bit per weight is transported, which closes most of the gap of
 * feedback alignment in convolutional nets.
 *
 * <p>{@code δ_below = φ'(h) ⊙ (Bᵀ δ)} with {@code B = |M| ⊙ sign(W)} and {@code M} set by {@link
 * Mode}; local products as in backpropagation. Cost for L layers: 3L − 1 matrix products and one or
 * two passes over the weights per step.
 *
 * <p>Liao, Leibo and Poggio, "How important is weight symmetry in backpropagation?", AAAI (2016);
 * Moskovitz, Litwin-Kumar and Abbott, "Feedback alignment in deep convolutional networks" (2018).
 */
public final class SignSymmetricFeedback extends FeedbackRule {

    private final Mode mode;
    private final FeedbackSource source;
    private final RandomSource random;

    private SignSymmetricFeedback(Builder builder) {
        super(builder);
        mode = builder.mode;
        random = builder.random;
        source = builder.getFeedback();
    }

    /** Where the magnitudes of the feedback weights come from. */
    public enum Mode {
        /** All of them are the standard deviation of the distribution (uSF). */
        UNIFORM,
        /**
         * Drawn from the distribution for each batch (brSF), with the engine's random numbers,
         * unless {@link Builder#optRandom others} are set.
         */
        BATCHWISE_RANDOM,
        /**
         * Fixed (frSF): those of {@code optFeedback}, drawn once or given; their signs are lost.
         */
        FIXED_MAGNITUDE
    }

    /** {@inheritDoc} */
    @Override
    protected FeedbackWeights newWeights(Network network, NDManager manager) {
        FixedFeedback magnitudes = new FixedFeedback(network, manager, new Magnitudes(source));
        return new FeedbackWeights() {
            @Override
            public NDArray get(Tape tape, PassedLayer layer) {
                NDArray weight = layer.getWeight();
                NDArray sign = weight.sign();
                switch (mode) {
                    case UNIFORM:
                        return HostNumber.muli(
                                sign,
                                distribution().standardDeviation(layer.getLayer().fan(weight)));
                    case BATCHWISE_RANDOM:
                        NDArray drawn =
                                distribution()
                                        .draw(
                                                random,
                                                weight.getManager(),
                                                weight.getShape(),
                                                weight.getDataType(),
                                                layer.getLayer().fan(weight));
                        return sign.muli(drawn.abs());
                    default:
                        return sign.muli(magnitudes.get(tape, layer));
                }
            }

            @Override
            public String describe(Layer layer) {
                return "through the signs of the layer's own weight, magnitudes "
                        + describeMagnitudes();
            }

            @Override
            public Map<String, NDArray> getRuleParameters() {
                return magnitudes.getRuleParameters();
            }

            @Override
            public void saveState(StateWriter out) throws IOException {
                magnitudes.saveState(out);
            }

            @Override
            public Runnable loadState(StateReader in) throws IOException, MalformedModelException {
                return magnitudes.loadState(in);
            }
        };
    }

    /** The distribution of drawn magnitudes; {@link Builder#build} has seen to it. */
    private FeedbackDistribution distribution() {
        return ((SeededFeedback) source).distribution();
    }

    private String describeMagnitudes() {
        switch (mode) {
            case UNIFORM:
                return "the standard deviation of " + distribution();
            case BATCHWISE_RANDOM:
                return distribution()
                        + ", drawn for each batch"
                        + (random == RandomSource.ENGINE ? "" : " from " + random);
            default:
                return source.describe();
        }
    }

    /** The absolute values of what a source has. */
    private record Magnitudes(FeedbackSource signed) implements FeedbackSource {

        /** {@inheritDoc} */
        @Override
        public NDArray create(NDManager manager, String path, Shape shape, DataType type) {
            return signed.create(manager, path, shape, type).abs();
        }

        /** {@inheritDoc} */
        @Override
        public NDArray create(NDManager manager, String path, Shape shape, DataType type, Fan fan) {
            return signed.create(manager, path, shape, type, fan).abs();
        }

        /** {@inheritDoc} */
        @Override
        public boolean isRepeatable() {
            return signed.isRepeatable();
        }
    }

    /** Returns the rule and every setting of its feedback weights. */
    @Override
    public String toString() {
        return describe(describeMagnitudes());
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
    public static final class Builder extends FeedbackBuilder<Builder> {

        private Mode mode = Mode.UNIFORM;
        private RandomSource random = RandomSource.ENGINE;

        private Builder() {
            super(FeedbackDistribution.xavierUniform().seeded(0));
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

        /**
         * Sets what magnitudes are drawn with, and draws them for each batch: the mode becomes
         * {@link Mode#BATCHWISE_RANDOM}.
         *
         * @param random the random numbers; {@link RandomSource#ENGINE} by default
         * @return this builder
         */
        public Builder optRandom(RandomSource random) {
            this.random = Objects.requireNonNull(random, "random");
            return optMode(Mode.BATCHWISE_RANDOM);
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
         * @throws IllegalArgumentException if magnitudes were given, which are fixed, or random
         *     numbers, which are for every batch, and the mode is another
         */
        public SignSymmetricFeedback build() {
            if (mode != Mode.FIXED_MAGNITUDE && !(getFeedback() instanceof SeededFeedback)) {
                throw new IllegalArgumentException(
                        String.format(
                                "Magnitudes that are given are fixed, but the mode is %s: call"
                                        + " optMode(FIXED_MAGNITUDE), or give a distribution with"
                                        + " optFeedback(distribution.seeded(seed)).",
                                mode));
            }
            if (mode == Mode.UNIFORM
                    && ((SeededFeedback) getFeedback()).distribution().getDensity() < 1) {
                throw new IllegalArgumentException(
                        "Uniform magnitudes have no density: leave out withDensity, or draw"
                                + " magnitudes, by optMode(FIXED_MAGNITUDE) or"
                                + " optMode(BATCHWISE_RANDOM).");
            }
            if (mode != Mode.BATCHWISE_RANDOM && random != RandomSource.ENGINE) {
                throw new IllegalArgumentException(
                        String.format(
                                "Random numbers were given to draw magnitudes with for each batch,"
                                        + " but the mode is %s: leave out optRandom, or optMode"
                                        + " after it.",
                                mode));
            }
            return new SignSymmetricFeedback(this);
        }
    }
}
