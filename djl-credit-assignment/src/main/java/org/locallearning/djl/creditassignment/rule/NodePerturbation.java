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
import ai.djl.training.loss.Loss;
import java.util.Objects;
import java.util.Optional;
import org.locallearning.djl.creditassignment.CreditAssigner;
import org.locallearning.djl.creditassignment.CreditAssignment;
import org.locallearning.djl.creditassignment.loss.SampleLoss;
import org.locallearning.djl.creditassignment.tape.BlockTrace;
import org.locallearning.djl.creditassignment.tape.Network;
import org.locallearning.djl.decorrelation.internal.Descriptions;

/**
 * Node perturbation: the network runs a second time with noise on the output of every block that
 * learns, and each sample's noise is credited with the change of that sample's loss. No error is
 * sent anywhere.
 *
 * <p>For a batch of N samples, noise {@code ξ_l ~ N(0, σ²)} of the shape of the output {@code h_l}
 * of block l, and the loss {@code L_n} of sample n:
 *
 * <ul>
 *   <li>{@link Mode#NP}: the error at the output is {@code δ_l,n = (1/N) ξ_l,n ΔL_n / σ²} with
 *       {@code ΔL_n = L_n(noisy) − L_n(clean)}.
 *   <li>{@link Mode#ANP}: {@code δ_l,n = (1/N) d_l,n ΔL_n K / Σ_k ‖d_k,n‖²} with the measured
 *       differences {@code d_l = h_l(noisy) − h_l(clean)}, which include noise from below, and K
 *       perturbed units per sample. It needs no knowledge of the noise.
 *   <li>Antithetic: a third run with {@code −ξ}; {@code ΔL_n} and {@code d_l} are half the
 *       difference of the two noisy runs, which cancels terms of second order in σ.
 * </ul>
 *
 * <p>Gradients are local: {@code ∂L/∂W = Σ_n δ_n x_nᵀ} with the clean input, {@code ∂L/∂b = Σ_n
 * δ_n}. The expectation of {@code NP} is the gradient of the loss up to O(σ), antithetic up to
 * O(σ²). An unknown block is one unit, differentiated exactly inside. Noisy runs reuse the dropout
 * masks and batch statistics of the clean run.
 *
 * <p>Use it where no error can be sent back: through something without a derivative, or to model a
 * brain or chip that knows only its reward. It is slow in large networks: with K perturbed units
 * the gradient has a cosine of about {@code 1 / √K} to the exact one and is {@code √K} times as
 * long.
 *
 * <p>Cost for L layers: 3L − 1 matrix products per step, antithetic 4L − 2, and one normal random
 * number per perturbed unit and sample.
 *
 * <p>Throws, before any gradient changes, {@link IllegalArgumentException} if the loss has no
 * per-sample form ({@link SampleLoss}), if the first dimension of a block's output is not the
 * samples, or if a block does not repeat itself on the same input; {@link
 * org.locallearning.djl.creditassignment.NonFiniteLossException} if the loss of a noisy run is not
 * finite.
 *
 * <p>Ahmad, "Correlations Are Ruining Your Gradient Descent" (without an equation; {@code NP}
 * follows its code); Dalm, van Gerven and Ahmad, "Effective learning with node perturbation in deep
 * neural networks" (2023) ({@code ANP} follows its code). Departures: {@code docs/rules.md}.
 */
public final class NodePerturbation extends CreditAssignment {

    /** Below it not even double precision can distinguish a noisy output from a clean one. */
    private static final double SMALLEST_SCALE = 1e-15;

    private final Mode mode;
    private final double noiseScale;
    private final boolean antithetic;
    private final Optional<SampleLoss> sampleLoss;
    private final NoiseSource noise;

    private NodePerturbation(Builder builder) {
        super(builder);
        mode = builder.mode;
        noiseScale = builder.noiseScale;
        antithetic = builder.antithetic;
        sampleLoss = Optional.ofNullable(builder.sampleLoss);
        noise = builder.noise;
    }

    /** What a block's output error is made of. */
    public enum Mode {
        /** The noise that was injected at the block itself. */
        NP,
        /** The change of the block's activity, whatever it comes from: activity-based. */
        ANP
    }

    /** Noise is injected at unknown blocks, too. */
    @Override
    protected boolean hasErrorsOfItsOwn(Network network) {
        return !network.getUnitsWithLearningBelow().isEmpty();
    }

    /** {@inheritDoc} */
    @Override
    protected CreditAssigner newAssigner(Network network, Loss loss, NDManager manager) {
        return sampleLoss
                .map(own -> new PerturbationAssigner(this, own))
                .orElseGet(() -> new PerturbationAssigner(this, loss));
    }

    Mode mode() {
        return mode;
    }

    double noiseScale() {
        return noiseScale;
    }

    boolean isAntithetic() {
        return antithetic;
    }

    NDArray drawNoise(BlockTrace block, NDArray output, NDManager manager) {
        NDArray drawn = noise.draw(block, output, noiseScale, manager);
        if (noise == NoiseSource.GAUSSIAN) {
            return drawn;
        }
        if (!drawn.getShape().equals(output.getShape())
                || drawn.getDataType() != output.getDataType()) {
            throw new IllegalArgumentException(
                    String.format(
                            "The noise given for %s has shape %s and type %s; its output has %s and"
                                    + " %s.",
                            block.getPath(),
                            drawn.getShape(),
                            drawn.getDataType(),
                            output.getShape(),
                            output.getDataType()));
        }
        // noise is scaled and closed with the batch; what was given is the giver's
        NDArray own = drawn.duplicate();
        own.attach(manager);
        return own;
    }

    /** Returns the rule and every setting of its own. */
    @Override
    public String toString() {
        return describe(
                String.format(
                        "%s, noise scale %s%s%s%s",
                        mode,
                        noiseScale,
                        antithetic ? ", antithetic" : "",
                        noise == NoiseSource.GAUSSIAN
                                ? ""
                                : ", noise given by " + Descriptions.of(noise),
                        sampleLoss
                                .map(loss -> ", loss of a sample by " + Descriptions.of(loss))
                                .orElse("")));
    }

    /**
     * Creates a builder.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link NodePerturbation}. */
    public static final class Builder extends CreditAssignment.Builder<Builder> {

        private Mode mode = Mode.NP;
        private double noiseScale = 1e-3;
        private boolean antithetic;
        private SampleLoss sampleLoss;
        private NoiseSource noise = NoiseSource.GAUSSIAN;

        private Builder() {}

        /**
         * Sets what a block's output error is made of.
         *
         * @param mode the mode; {@link Mode#NP} by default
         * @return this builder
         */
        public Builder optMode(Mode mode) {
            this.mode = Objects.requireNonNull(mode, "mode");
            return this;
        }

        /**
         * Sets the scale of the noise.
         *
         * @param noiseScale the standard deviation σ, at least 1e-15; 1e-3 by default
         * @return this builder
         * @throws IllegalArgumentException if it is smaller or not finite
         */
        public Builder optNoiseScale(double noiseScale) {
            if (!(noiseScale >= SMALLEST_SCALE && noiseScale < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        String.format(
                                "The noise scale is a finite number of at least %s, not %s; 1e-3"
                                        + " suits single precision.",
                                SMALLEST_SCALE, noiseScale));
            }
            this.noiseScale = noiseScale;
            return this;
        }

        /**
         * Sets whether to run every noise with both signs. It costs another forward and takes the
         * bias from O(σ) to O(σ²).
         *
         * @param antithetic true for pairs; false by default
         * @return this builder
         */
        public Builder optAntithetic(boolean antithetic) {
            this.antithetic = antithetic;
            return this;
        }

        /**
         * Sets the loss of single samples, for a loss without a fast per-sample form or without
         * any.
         *
         * @param sampleLoss the loss, whose mean is the loss that {@code backward} is given; {@link
         *     SampleLoss#of} the trainer's by default. The trainer refuses another one in the first
         *     batch
         * @return this builder
         */
        public Builder optSampleLoss(SampleLoss sampleLoss) {
            this.sampleLoss = Objects.requireNonNull(sampleLoss, "sampleLoss");
            return this;
        }

        /**
         * Sets where noise comes from.
         *
         * @param noise the source; {@link NoiseSource#GAUSSIAN} by default
         * @return this builder
         */
        public Builder optNoise(NoiseSource noise) {
            this.noise = Objects.requireNonNull(noise, "noise");
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
        public NodePerturbation build() {
            return new NodePerturbation(this);
        }
    }
}
