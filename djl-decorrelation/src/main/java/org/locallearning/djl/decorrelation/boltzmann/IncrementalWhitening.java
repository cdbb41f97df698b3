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
import ai.djl.util.Preconditions;
import java.io.IOException;
import java.util.Optional;
import org.locallearning.djl.decorrelation.DecorrelationOptions;
import org.locallearning.djl.decorrelation.DecorrelationRule;
import org.locallearning.djl.decorrelation.Gain;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;

/**
 * The gradient in {@link WhitenedCoordinates} whose matrices U and V learn a little at every batch,
 * without any decomposition, by the relative gradient
 *
 * <pre>U ← U − ρ (⟨y yᵀ⟩ − I) U,   y = U (v − μ)</pre>
 *
 * <p>and V likewise for the hidden units, over the states of the negative phase. The paper
 * announces such parameters after Cardoso and Laheld without giving the rule; this is the natural
 * reading. The rule is equivariant: convergence does not depend on how v was mixed.
 *
 * <p>It is {@link DecorrelationRule} at twice the rate, without diagonal and gain and with a
 * unit-variance term of weight ½: {@code ½ (C − diag C) + ½ (diag C − I) = ½ (C − I)}. The defaults
 * of decorrelation layers differ: a gain keeps the total variance and there is no unit-variance
 * term, so their fixed point is white only up to scale.
 *
 * <p>Units of little variance are not blown up: units are whitened as if noise of variance {@code
 * damping} were added to each, and learn from such noise.
 *
 * <p>Cost: {@code 2 K visible² + 2 K hidden²} multiply-adds per batch for K rows of the negative
 * phase, plus those of {@link WhitenedCoordinates#direction}. The rate times the largest eigenvalue
 * of {@code ⟨y yᵀ⟩} must stay below 2; with fewer rows than units that eigenvalue is {@code (1 +
 * sqrt(visible / K))²} even if y is white.
 *
 * <p>Millea, section 4; Cardoso and Laheld, "Equivariant adaptive source separation", 1996.
 */
public final class IncrementalWhitening implements GradientDirection {

    private static final DecorrelationOptions RELATIVE_GRADIENT =
            DecorrelationOptions.builder()
                    .optGain(Gain.NONE)
                    .optDiagonal(false)
                    .optUnitVariance(0.5)
                    .build();

    private final double rate;
    private final double damping;
    private final double momentum;

    private IncrementalWhitening(Builder builder) {
        rate = builder.rate;
        damping = builder.damping;
        momentum = builder.momentum;
    }

    /** {@inheritDoc} */
    @Override
    public Preconditioner start(NDManager manager) {
        return new Whitening(manager);
    }

    /**
     * Takes one step of the relative gradient, {@code U ← U − ρ (⟨y yᵀ⟩ − I) U}.
     *
     * @param matrix U, (n, n); changed in place
     * @param centred rows with their mean removed, (K, n)
     * @param rate ρ
     */
    public static void learn(NDArray matrix, NDArray centred, double rate) {
        NDArray outputs = centred.matMul(matrix.transpose());
        DecorrelationRule.update(matrix, centred, outputs, 2 * rate, RELATIVE_GRADIENT);
    }

    /** {@inheritDoc} */
    @Override
    public String toString() {
        return "IncrementalWhitening[rate="
                + rate
                + ", damping="
                + damping
                + ", momentum="
                + momentum
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

    /** The builder of {@link IncrementalWhitening}. */
    public static final class Builder {

        private double rate = 0.01;
        private double damping = 0.1;
        private double momentum = 0.1;

        private Builder() {}

        /**
         * Sets the rate ρ of the matrices; 0.01 by default.
         *
         * @param rate the rate, above 0
         * @return this builder
         */
        public Builder optRate(double rate) {
            Preconditions.checkArgument(rate > 0, "The rate of whitening must be above 0: " + rate);
            this.rate = rate;
            return this;
        }

        /**
         * Sets the variance of the noise that is added to every unit; 0.1 by default.
         *
         * @param damping the variance, at least 0, in squared units of the visible and hidden units
         * @return this builder
         */
        public Builder optDamping(double damping) {
            Preconditions.checkArgument(
                    damping >= 0, "The damping of whitening must be 0 or more: " + damping);
            this.damping = damping;
            return this;
        }

        /**
         * Sets the share of the new batch in the running means μ and λ; 0.1 by default.
         *
         * @param momentum the share, in (0, 1]; 1 less what DJL's {@code BatchNorm} calls so
         * @return this builder
         */
        public Builder optMomentum(double momentum) {
            Preconditions.checkArgument(
                    momentum > 0 && momentum <= 1,
                    "The share of the new batch in the means must be in (0, 1]: " + momentum);
            this.momentum = momentum;
            return this;
        }

        /**
         * Builds the direction.
         *
         * @return the direction
         */
        public IncrementalWhitening build() {
            return new IncrementalWhitening(this);
        }
    }

    /** The matrices of one trainer. */
    private final class Whitening implements PartwisePreconditioner {

        private final PersistentArray visibleMatrix;
        private final PersistentArray hiddenMatrix;
        private final PersistentArray visibleMean;
        private final PersistentArray hiddenMean;

        Whitening(NDManager manager) {
            visibleMatrix = new PersistentArray(manager, "visibleWhitening");
            hiddenMatrix = new PersistentArray(manager, "hiddenWhitening");
            visibleMean = new PersistentArray(manager, "visibleMean");
            hiddenMean = new PersistentArray(manager, "hiddenMean");
        }

        /** {@inheritDoc} */
        @Override
        public SufficientStatistics direction(
                BoltzmannParameters parameters,
                Phase data,
                Phase model,
                SufficientStatistics gradient,
                LearningParts learning) {
            visibleMean.blend(model.visible().mean(new int[] {0}), momentum);
            hiddenMean.blend(model.hidden().mean(new int[] {0}), momentum);
            learn(visibleMatrix, visibleMean, model.visible());
            learn(hiddenMatrix, hiddenMean, parameters.sampleHidden(model.hidden()));
            return coordinates().direction(gradient, learning);
        }

        private void learn(PersistentArray matrix, PersistentArray mean, NDArray states) {
            if (matrix.get() == null) {
                int size = (int) mean.get().getShape().get(0);
                matrix.set(states.getManager().eye(size, size, 0, states.getDataType()));
            }
            NDArray noise =
                    states.getManager()
                            .randomNormal(
                                    0f,
                                    (float) Math.sqrt(damping),
                                    states.getShape(),
                                    states.getDataType(),
                                    states.getDevice());
            IncrementalWhitening.learn(matrix.get(), states.sub(mean.get()).addi(noise), rate);
        }

        private WhitenedCoordinates coordinates() {
            return new WhitenedCoordinates(
                    visibleMatrix.get(), hiddenMatrix.get(), visibleMean.get(), hiddenMean.get());
        }

        /** {@inheritDoc} */
        @Override
        public Optional<WhitenedCoordinates> getCoordinates() {
            return visibleMatrix.get() == null ? Optional.empty() : Optional.of(coordinates());
        }

        /** {@inheritDoc} */
        @Override
        public void saveState(StateWriter out) throws IOException {
            PersistentArray.save(out, visibleMatrix, hiddenMatrix, visibleMean, hiddenMean);
        }

        /** {@inheritDoc} */
        @Override
        public Runnable loadState(StateReader in) throws IOException, MalformedModelException {
            return PersistentArray.load(in, visibleMatrix, hiddenMatrix, visibleMean, hiddenMean);
        }
    }
}
