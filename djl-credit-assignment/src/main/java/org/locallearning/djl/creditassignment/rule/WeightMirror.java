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

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.Locale;
import java.util.Objects;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.creditassignment.layer.Fan;
import org.locallearning.djl.creditassignment.tape.Layer;
import org.locallearning.djl.creditassignment.tape.Network;
import org.locallearning.djl.creditassignment.tape.PassedLayer;
import org.locallearning.djl.creditassignment.tape.Tape;
import org.locallearning.djl.decorrelation.internal.HostNumber;

/**
 * Weight mirrors: feedback alignment whose feedback weights {@code B} learn from noise. Between
 * batches each layer is driven with white noise; the correlation of output and input is the layer's
 * weight, and {@code B} follows it.
 *
 * <p>For every layer that an error passes, with {@code B} of the shape of {@code W}, and n samples
 * {@code ξ} of standard normal noise after each step of the optimizer:
 *
 * <pre>
 * δ_below = φ'(h) ⊙ (Bᵀ δ)          while learning a batch
 * y = W ξ
 * B ← (1 − α) B + α / n Σ y ξᵀ      since  E[y ξᵀ] = W E[ξ ξᵀ] = W
 * </pre>
 *
 * <p>The layer is driven without bias and activation. A convolution is driven at one position per
 * noise sample; its weight counts as a matrix (out, in · kernel). The noise left in {@code B},
 * relative to {@code W}, is {@code √(α d / 2n)} for weights with d inputs.
 *
 * <p>Use it where feedback alignment is too weak and weights must not decay, as they do under
 * {@link KolenPollack}. If {@code W} is frozen, {@code B} still follows it. Cost for L layers: 3L −
 * 1 matrix products per step, and 2 (L − 1) with n rows for the mirrors. Noise comes from the
 * engine's random numbers unless {@link Builder#optRandom} sets another source.
 *
 * <p>{@code B} starts uniform on {@code ±1/√(fan-in)}; {@code CreditTrainer.saveState} saves it.
 *
 * <p>Akrout, Wilson, Humphreys, Lillicrap and Tweed, "Deep learning without weight transport",
 * NeurIPS (2019), equations 9 to 11; departures: {@code docs/rules.md}.
 */
public final class WeightMirror extends FeedbackRule {

    private final FeedbackSource source;
    private final double rate;
    private final int samples;
    private final int initialPhases;
    private final RandomSource random;

    private WeightMirror(Builder builder) {
        super(builder);
        rate = builder.rate;
        samples = builder.samples;
        initialPhases = builder.initialPhases;
        random = builder.random;
        source = builder.getFeedback();
    }

    /** {@inheritDoc} */
    @Override
    protected FeedbackWeights newWeights(Network network, NDManager manager) {
        return new Weights(network, manager);
    }

    /**
     * Moves feedback weights towards the weight estimated from a layer's response to noise.
     *
     * @param layer the layer
     * @param feedback {@code B}, changed in place
     * @param weight {@code W}, of the same shape
     * @param rate {@code α}
     * @param samples n
     * @param random draws the noise
     */
    static void mirror(
            Layer layer,
            NDArray feedback,
            NDArray weight,
            double rate,
            int samples,
            RandomSource random) {
        try (NDManager scope = weight.getManager().newSubManager(weight.getDevice())) {
            Shape maps = Fan.matrixShape(layer.maths(), layer.block(), weight);
            long inputs = maps.get(2);
            NDArray matrix =
                    layer.maths()
                            .toMatrices(layer.block(), Autograd.detach(weight, scope))
                            .reshape(-1, inputs);
            // the maps of a layer may hear the same noise
            NDArray noise = random.normal(scope, new Shape(samples, inputs), weight.getDataType());
            NDArray answers = noise.matMul(matrix.transpose());
            NDArray correlation =
                    HostNumber.muli(answers.transpose().matMul(noise), rate / samples);
            HostNumber.muli(Autograd.detach(feedback, scope), 1 - rate)
                    .addi(
                            layer.maths()
                                    .fromMatrices(
                                            layer.block(),
                                            correlation.reshape(maps),
                                            weight.getShape()));
        }
    }

    /** Returns the rule and every setting. */
    @Override
    public String toString() {
        return describe(
                String.format(
                        Locale.ROOT,
                        "B %s, mirror rate %s, %d noise samples, %d initial phases%s",
                        source.describe(),
                        rate,
                        samples,
                        initialPhases,
                        random == RandomSource.ENGINE ? "" : ", noise from " + random));
    }

    /**
     * Creates a builder.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    private final class Weights extends LearnedFeedback {

        private final NDManager manager;

        Weights(Network network, NDManager manager) {
            super(network, manager, source, false);
            this.manager = manager;
        }

        /** {@inheritDoc} */
        @Override
        public NDArray get(Tape tape, PassedLayer layer) {
            boolean isNew = parameters().find(layer.getLayer().weightPath()).isEmpty();
            // before any device has its copy
            NDArray drawn = parameters().get(layer).getArray();
            for (int i = 0; isNew && i < initialPhases; i++) {
                mirror(layer.getLayer(), drawn, layer.getWeight(), rate, samples, random);
            }
            return super.get(tape, layer);
        }

        /** {@inheritDoc} */
        @Override
        public void afterStep(ParameterStore store, Device[] devices) {
            forEach((layer, mirror) -> follow(store, devices, layer, mirror));
        }

        private void follow(ParameterStore store, Device[] devices, Layer layer, Parameter mirror) {
            try (NDManager scope = manager.newSubManager()) {
                NDArray weight =
                        Autograd.detach(store.getValue(layer.weight(), devices[0], true), scope);
                NDArray followed = Autograd.detach(store.getValue(mirror, devices[0], true), scope);
                mirror(layer, followed, weight, rate, samples, random);
                for (int i = 1; i < devices.length; i++) {
                    Autograd.assign(store.getValue(mirror, devices[i], true), followed);
                }
            }
        }

        /** {@inheritDoc} */
        @Override
        public String describe(Layer layer) {
            return String.format(
                    "through B %s, learned from noise at the rate %s", source.describe(), rate);
        }
    }

    /** Builds a {@link WeightMirror}. */
    public static final class Builder extends FeedbackBuilder<Builder> {

        private double rate = 0.01;
        private int samples = 64;
        private int initialPhases;
        private RandomSource random = RandomSource.ENGINE;

        private Builder() {
            super(FeedbackDistribution.fanInUniform().seeded(0));
        }

        /**
         * Sets the share of the feedback weights that each mirror phase renews.
         *
         * @param rate the share {@code α}, above 0 and at most 1; 0.01 by default
         * @return this builder
         */
        public Builder optMirrorRate(double rate) {
            if (!(rate > 0 && rate <= 1)) {
                throw new IllegalArgumentException(
                        "The rate of a mirror is above 0 and at most 1, not " + rate + ".");
            }
            this.rate = rate;
            return this;
        }

        /**
         * Sets the number of noise samples in each mirror phase.
         *
         * @param samples the number n, at least 1; 64 by default
         * @return this builder
         */
        public Builder optNoiseSamples(int samples) {
            if (samples < 1) {
                throw new IllegalArgumentException(
                        "A mirror phase takes at least 1 noise sample, not " + samples + ".");
            }
            this.samples = samples;
            return this;
        }

        /**
         * Sets how many mirror phases a layer has before the first batch is learned. After about
         * {@code 3 / α} of them {@code B} has found the initial weights, and nothing is learned
         * through feedback that is wrong.
         *
         * @param phases the number, at least 0; 0 by default
         * @return this builder
         */
        public Builder optInitialPhases(int phases) {
            if (phases < 0) {
                throw new IllegalArgumentException(
                        "There are at least 0 initial mirror phases, not " + phases + ".");
            }
            initialPhases = phases;
            return this;
        }

        /**
         * Sets where the noise comes from.
         *
         * @param random the random numbers; {@link RandomSource#ENGINE} by default
         * @return this builder
         */
        public Builder optRandom(RandomSource random) {
            this.random = Objects.requireNonNull(random, "random");
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
        public WeightMirror build() {
            return new WeightMirror(this);
        }
    }
}
