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

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.nn.Parameter;
import ai.djl.training.TrainingConfig;
import ai.djl.training.initializer.Initializer;
import ai.djl.util.Pair;
import ai.djl.util.Preconditions;
import java.util.function.Predicate;

/**
 * How a restricted Boltzmann machine learns: the negative phase, the direction and the penalty. An
 * immutable set of settings that can make any number of trainers.
 *
 * <pre>{@code
 * DefaultTrainingConfig config = new DefaultTrainingConfig(new ReconstructionError())
 *         .optOptimizer(Optimizer.sgd()
 *                 .setLearningRateTracker(Tracker.fixed(0.05f)).optMomentum(0.5f).build())
 *         .addTrainingListeners(TrainingListener.Defaults.logging());
 * BoltzmannLearning learning = BoltzmannLearning.builder()
 *         .optNegativePhase(new PersistentContrastiveDivergence(1, 100))
 *         .optDirection(IncrementalWhitening.builder().build())
 *         .build();
 * try (Trainer trainer = learning.newTrainer(model, config)) {
 *     trainer.initialize(new Shape(100, 784));
 *     EasyTrain.fit(trainer, 10, images, null);
 * }
 * }</pre>
 *
 * <p>The default is contrastive divergence with one step, CD-1, along the plain gradient. Momentum
 * and learning rate are those of the configuration's optimizer.
 */
public final class BoltzmannLearning {

    private final NegativePhase negativePhase;
    private final GradientDirection direction;
    private final Penalty penalty;
    private final double weightDecay;

    private BoltzmannLearning(Builder builder) {
        negativePhase = builder.negativePhase;
        direction = builder.direction;
        penalty = builder.penalty;
        weightDecay = builder.weightDecay;
    }

    /**
     * Creates a trainer that learns this way, in place of {@link Model#newTrainer}.
     *
     * @param model the model; its block is a {@link RestrictedBoltzmannMachine}
     * @param config the configuration; its loss is a {@link ReconstructionError}, on one device
     * @return the trainer
     * @throws IllegalArgumentException if the block, the loss or the devices are others, or the
     *     model is on another device
     */
    public BoltzmannTrainer newTrainer(Model model, TrainingConfig config) {
        if (!(model.getBlock() instanceof RestrictedBoltzmannMachine machine)) {
            throw new IllegalArgumentException(
                    "BoltzmannLearning trains a RestrictedBoltzmannMachine, but the model's block is "
                            + (model.getBlock() == null
                                    ? "not set"
                                    : "a " + model.getBlock().getClass().getSimpleName())
                            + "; train each machine of a stack in a model of its own first.");
        }
        if (!(config.getLossFunction() instanceof ReconstructionError)) {
            throw new IllegalArgumentException(
                    "A Boltzmann machine learns without labels, so a loss that compares with them"
                            + " has no meaning; configure it with new ReconstructionError(), not "
                            + config.getLossFunction().getName()
                            + ".");
        }
        if (config.getDevices().length != 1) {
            throw new IllegalArgumentException(
                    "A Boltzmann machine learns on one device, but the configuration has "
                            + config.getDevices().length
                            + "; choose one with optDevices.");
        }
        Device device = model.getNDManager().getDevice();
        if (!config.getDevices()[0].equals(device)) {
            throw new IllegalArgumentException(
                    String.format(
                            "A Boltzmann machine learns on the device of its model, which is %s, not"
                                    + " on %s; choose it with optDevices, or make the model there.",
                            device, config.getDevices()[0]));
        }
        for (Pair<Initializer, Predicate<Parameter>> pair : config.getInitializers()) {
            if (pair.getKey() != null && pair.getValue() != null) {
                machine.setInitializer(pair.getKey(), pair.getValue());
            }
        }
        return new BoltzmannTrainer(model, config, this, machine);
    }

    NegativePhase negativePhase() {
        return negativePhase;
    }

    GradientDirection direction() {
        return direction;
    }

    /** Returns the penalty, null for none. */
    Penalty penalty() {
        return penalty;
    }

    double weightDecay() {
        return weightDecay;
    }

    /** Returns every setting. */
    @Override
    public String toString() {
        return "BoltzmannLearning["
                + negativePhase
                + ", "
                + direction
                + ", "
                + (penalty == null ? "no penalty" : penalty)
                + ", weightDecay="
                + weightDecay
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

    /** The builder of {@link BoltzmannLearning}. */
    public static final class Builder {

        private NegativePhase negativePhase = new ContrastiveDivergence(1);
        private GradientDirection direction = new PlainGradient();
        private Penalty penalty;
        private double weightDecay;

        private Builder() {}

        /**
         * Sets the negative phase; {@link ContrastiveDivergence} of one step by default.
         *
         * @param negativePhase the phase
         * @return this builder
         */
        public Builder optNegativePhase(NegativePhase negativePhase) {
            this.negativePhase = negativePhase;
            return this;
        }

        /**
         * Sets the direction; {@link PlainGradient} by default.
         *
         * @param direction the direction
         * @return this builder
         */
        public Builder optDirection(GradientDirection direction) {
            this.direction = direction;
            return this;
        }

        /**
         * Sets the penalty; none by default.
         *
         * @param penalty the penalty
         * @return this builder
         */
        public Builder optPenalty(Penalty penalty) {
            this.penalty = penalty;
            return this;
        }

        /**
         * Sets the decay of the weights W: what is learned gets the term {@code −½ λ ‖W‖²}; 0 by
         * default. Biases do not decay, as is usual for Boltzmann machines; the optimizer's own
         * decay takes them along.
         *
         * @param weightDecay λ, at least 0
         * @return this builder
         */
        public Builder optWeightDecay(double weightDecay) {
            Preconditions.checkArgument(
                    weightDecay >= 0, "The weight decay must be 0 or more: " + weightDecay);
            this.weightDecay = weightDecay;
            return this;
        }

        /**
         * Builds the settings.
         *
         * @return the settings
         */
        public BoltzmannLearning build() {
            return new BoltzmannLearning(this);
        }
    }
}
