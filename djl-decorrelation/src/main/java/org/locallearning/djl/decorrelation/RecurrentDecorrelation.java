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
import java.util.function.Consumer;
import org.locallearning.djl.decorrelation.internal.DeviceArrays;
import org.locallearning.djl.decorrelation.internal.HostNumber;
import org.locallearning.djl.decorrelation.internal.PendingChecks;

/**
 * Decorrelates the features of its input by lateral dynamics, {@code dx̄/dt = (x − μ) − R x̄}, with
 * lateral connections R that learn from local signals.
 *
 * <p>The fixed point is {@code x̄ = R⁻¹ (x − μ)}: with {@link LateralRule#LOCAL} R follows the
 * inverse of the M of {@link Decorrelation}, with {@link LateralRule#EXACT} it is that inverse. Use
 * it to study decorrelation as a neural circuit, or to compare with {@link LateralRule#FOLDIAK}; to
 * train fast use {@link Decorrelation}, which needs no time steps. The dynamics run from {@code x̄
 * = x − μ} in Euler steps of {@code n²} multiply-adds per sample, and gradients flow back through
 * them. {@link #fold} gives what these steps come to, settled or not.
 *
 * <p>The dynamics converge while the time step is below 2 over the largest eigenvalue of R. If they
 * do not, a training forward fails as in {@link Decorrelation}.
 *
 * <ul>
 *   <li>input: (batch, *, n)
 *   <li>output: the same shape
 *   <li>{@code lateral}: R, (n, n)
 *   <li>{@code runningMean}: μ, (n)
 * </ul>
 *
 * <p>The settings for the diagonal, the unit variance, blocks and rank must be left at their
 * defaults.
 *
 * <p>Ahmad, "Correlations Are Ruining Your Gradient Descent", appendix D, which prints {@code
 * dx̄/dt = x̄ − R x}; only the form used here has the fixed point that the paper states.
 */
public final class RecurrentDecorrelation extends FeatureDecorrelation {

    private final String dynamics;

    private RecurrentDecorrelation(Builder builder, DecorrelationOptions options) {
        super(
                "lateral",
                builder.name,
                options,
                width -> LateralMatrix.form(width, builder.rule, builder.timeStep, builder.steps),
                new PendingChecks());
        dynamics =
                String.format(
                        Locale.ROOT,
                        "rule %s, %d steps of %s",
                        builder.rule,
                        builder.steps,
                        builder.timeStep);
    }

    /**
     * Runs the lateral dynamics {@code x̄ ← x̄ + dt (x − R x̄)} from {@code x̄ = x}.
     *
     * @param input the input x with its mean removed, (batch, *, n)
     * @param lateral the lateral connections R, (n, n)
     * @param timeStep the time step dt
     * @param steps the number of steps
     * @return the activity after the last step, (batch, *, n)
     */
    public static NDArray settle(NDArray input, NDArray lateral, double timeStep, int steps) {
        return ArrayScope.returning(
                () -> {
                    NDArray eye = DeviceArrays.identity(lateral, lateral.getShape().get(0));
                    NDArray carry = eye.sub(HostNumber.mul(lateral, timeStep)).transpose();
                    NDArray drive = HostNumber.mul(input, timeStep);
                    NDArray activity = input;
                    for (int i = 0; i < steps; ++i) {
                        activity = activity.matMul(carry).add(drive);
                    }
                    return activity;
                });
    }

    /** Returns the name and every setting. */
    @Override
    public String toString() {
        return String.format(
                "RecurrentDecorrelation(%s, %s, %s)", getName(), dynamics, getOptions());
    }

    /**
     * Creates a builder.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** The builder of {@link RecurrentDecorrelation}. */
    public static final class Builder implements DecorrelationBuilder<Builder> {

        private final DecorrelationOptions.Builder options = DecorrelationOptions.builder();
        private LateralRule rule = LateralRule.LOCAL;
        private String name;
        private int steps = 50;
        private double timeStep = 0.2;

        private Builder() {}

        /** {@inheritDoc} */
        @Override
        public Builder optOptions(Consumer<DecorrelationOptions.Builder> change) {
            change.accept(options);
            return this;
        }

        /**
         * Sets how the lateral connections learn; {@link LateralRule#LOCAL} by default.
         *
         * @param rule the rule
         * @return this builder
         */
        public Builder optRule(LateralRule rule) {
            this.rule = rule;
            return this;
        }

        /**
         * Sets the number of Euler steps of the dynamics; 50 by default.
         *
         * @param steps the number of steps, at least 1
         * @return this builder
         */
        public Builder optSteps(int steps) {
            Preconditions.checkArgument(
                    steps >= 1, "The number of steps must be 1 or more, but is " + steps);
            this.steps = steps;
            return this;
        }

        /**
         * Sets the length of an Euler step in units of the membrane's time constant; 0.2 by
         * default.
         *
         * @param timeStep the length, above 0
         * @return this builder
         */
        public Builder optTimeStep(double timeStep) {
            Preconditions.checkArgument(
                    timeStep > 0, "The time step must be above 0, but is " + timeStep);
            this.timeStep = timeStep;
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
         * @throws IllegalArgumentException if the settings have one that does not apply here
         */
        public RecurrentDecorrelation build() {
            DecorrelationOptions settings = options.build();
            Preconditions.checkArgument(
                    settings.isDiagonal()
                            && settings.getUnitVariance() == 0
                            && !settings.isTriangular()
                            && settings.getCost().isFull(),
                    "Lateral connections learn without a unit-variance term, with the diagonal that"
                            + " their rule has, and as a full matrix; leave these settings out of "
                            + settings);
            return new RecurrentDecorrelation(this, settings);
        }
    }
}
