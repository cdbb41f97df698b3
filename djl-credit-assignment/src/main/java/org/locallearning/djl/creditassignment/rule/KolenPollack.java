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
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.HashSet;
import java.util.OptionalDouble;
import java.util.Set;
import org.locallearning.djl.creditassignment.ScheduledRates;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.creditassignment.tape.Layer;
import org.locallearning.djl.creditassignment.tape.Network;
import org.locallearning.djl.creditassignment.tape.PassedLayer;
import org.locallearning.djl.creditassignment.tape.Tape;
import org.locallearning.djl.decorrelation.internal.HostNumber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kolen-Pollack learning: feedback alignment whose feedback weights {@code B} get the updates and
 * the decay of the forward weights {@code W}, so that {@code B} converges to {@code W} without
 * weight transport.
 *
 * <p>For every layer that an error passes, with {@code B} of the shape of {@code W}:
 *
 * <pre>
 * δ_below = φ'(h) ⊙ (Bᵀ δ)
 * W ← (1 − λ_t) (W + ΔW)
 * B ← (1 − λ_t) (B + ΔW)      hence  W − B ← (1 − λ_t) (W − B)
 * λ_t = λ η_t / max(η_1, ..., η_t)
 * </pre>
 *
 * <p>{@code ΔW} is the optimizer's own step: {@code B} is another parameter of the optimizer, with
 * the gradient {@code δ xᵀ} of {@code W}. With gradient descent, momentum or Adam the difference
 * shrinks by exactly {@code 1 − λ_t} per step, if errors pass the layer from the first step on. The
 * decay follows the optimizer's step and the schedule of the learning rate η: nothing moves at rate
 * 0. If the optimizer does not expose its rate, λ is constant and the trainer warns once. A tracker
 * that gives {@code W} a rate of its own makes the step fail, since {@code B} has another id.
 *
 * <p>The optimizer's weight decay applies to both and adds to λ; {@code λ = 0} with it and gradient
 * descent is the form of Akrout et al. If {@code W} is frozen, neither changes; Adam's bias
 * corrections of the two may differ by one update afterwards, since DJL counts updates of all
 * parameters together. Every layer inside an unknown block has a {@code B} and decays.
 *
 * <p>Use it in deep and convolutional nets, where it comes close to backpropagation and feedback
 * alignment does not. The decay costs accuracy: better too small than too large. Cost for L layers:
 * 3L − 1 matrix products per step, as backpropagation, and twice the optimizer's work and memory.
 *
 * <p>{@code B} starts uniform on {@code ±1/√(fan-in)}; {@code CreditTrainer.saveState} saves it.
 *
 * <p>Kolen and Pollack, "Backpropagation without weight transport", IEEE International Conference
 * on Neural Networks (1994); Akrout, Wilson, Humphreys, Lillicrap and Tweed, "Deep learning without
 * weight transport", NeurIPS (2019), equations 16 to 18; departures and measured decays: {@code
 * docs/rules.md}.
 */
public final class KolenPollack extends FeedbackRule {

    private static final Logger logger = LoggerFactory.getLogger(KolenPollack.class);

    private final FeedbackSource source;
    private final double decay;

    private KolenPollack(Builder builder) {
        super(builder);
        decay = builder.decay;
        source = builder.getFeedback();
    }

    /** {@inheritDoc} */
    @Override
    protected FeedbackWeights newWeights(Network network, NDManager manager) {
        return new Weights(network, manager);
    }

    /** Returns the rule and every setting. */
    @Override
    public String toString() {
        return describe(String.format("B %s, decay %s", source.describe(), decay));
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
        private boolean credited;
        private boolean warned;

        Weights(Network network, NDManager manager) {
            super(network, manager, source, true);
            this.manager = manager;
        }

        /** {@inheritDoc} */
        @Override
        public NDArray get(Tape tape, PassedLayer layer) {
            freezeWith(layer.getLayer().weight(), parameters().get(layer));
            return super.get(tape, layer);
        }

        /**
         * The optimizer moves unfrozen parameters even without a gradient, by decay or momentum.
         */
        private void freezeWith(Parameter weight, Parameter learned) {
            if (learned.requiresGradient() != weight.requiresGradient()) {
                learned.freeze(!weight.requiresGradient());
            }
        }

        /** {@inheritDoc} */
        @Override
        public void onGradients(Tape tape) {
            credited = true;
        }

        /** Both learn from the final gradient, or they would not converge to each other. */
        @Override
        public void beforeStep(ParameterStore store, Device[] devices) {
            forEach(
                    (layer, learned) -> {
                        // no error passes a layer below which nothing learns
                        freezeWith(layer.weight(), learned);
                        for (Device device : devices) {
                            store.getValue(learned, device, true);
                        }
                        if (layer.weight().requiresGradient()) {
                            checkRate(store, layer, learned);
                            for (Device device : devices) {
                                copyGradient(store, device, layer);
                            }
                        }
                    });
        }

        /** Rejects trackers that know the weight by its id, but not its feedback weights. */
        private void checkRate(ParameterStore store, Layer layer, Parameter learned) {
            if (store instanceof ScheduledRates rates
                    && !rates.haveSameRate(layer.weight(), learned)) {
                throw new IllegalStateException(
                        String.format(
                                "The learning rate tracker gives %s another rate than its feedback"
                                        + " weights, which have an id of their own; Kolen-Pollack"
                                        + " learning moves both by the same step: take a tracker"
                                        + " that gives all parameters one rate.",
                                layer.weightPath()));
            }
        }

        private void copyGradient(ParameterStore store, Device device, Layer layer) {
            NDArray weight = store.getValue(layer.weight(), device, true);
            try (NDArray gradient = Autograd.takeGradient(weight, false)) {
                parameters().setGradient(store, layer.weightPath(), gradient);
            }
        }

        /** {@inheritDoc} */
        @Override
        public void afterStep(ParameterStore store, Device[] devices) {
            // a second step of the same batch may move weights by momentum, but is no step of the
            // rule
            if (decay > 0 && credited) {
                // a layer used in several places has one weight, which decays once
                Set<String> decayed = new HashSet<>();
                forEach(
                        (layer, learned) -> {
                            Parameter weight = layer.weight();
                            if (weight.requiresGradient()) {
                                double share = decay * rateShare(store, weight);
                                if (decayed.add(weight.getId())) {
                                    decay(store, devices, weight, share);
                                }
                                decay(store, devices, learned, share);
                            }
                        });
            }
            credited = false;
        }

        private void decay(
                ParameterStore store, Device[] devices, Parameter parameter, double share) {
            if (share == 0) {
                return;
            }
            for (Device device : devices) {
                NDArray value = store.getValue(parameter, device, true);
                try (NDArray alias = Autograd.detach(value, manager)) {
                    HostNumber.muli(alias, 1 - share);
                }
            }
        }

        private double rateShare(ParameterStore store, Parameter weight) {
            OptionalDouble share =
                    store instanceof ScheduledRates rates
                            ? rates.getRateShare(weight)
                            : OptionalDouble.empty();
            if (share.isEmpty() && !warned) {
                warned = true;
                logger.warn(
                        "The optimizer does not show its learning rate, so that the decay of"
                                + " weights stays at {} in every step and does not follow a schedule;"
                                + " optDecay(0) with a weight decay of the optimizer's does.",
                        decay);
            }
            return share.orElse(1);
        }

        /** {@inheritDoc} */
        @Override
        public String describe(Layer layer) {
            return String.format("through B %s, learned with decay %s", source.describe(), decay);
        }
    }

    /** Builds a {@link KolenPollack}. */
    public static final class Builder extends FeedbackBuilder<Builder> {

        private double decay = 1e-4;

        private Builder() {
            super(FeedbackDistribution.fanInUniform().seeded(0));
        }

        /**
         * Sets the share that weights and feedback weights lose per step at the largest learning
         * rate so far; at smaller rates it is proportionally smaller.
         *
         * @param decay the share {@code λ}, at least 0 and below 1; 1e-4 by default. At 0 the
         *     difference of the two stays as it is, unless the optimizer has a weight decay
         * @return this builder
         */
        public Builder optDecay(double decay) {
            if (!(decay >= 0 && decay < 1)) {
                throw new IllegalArgumentException(
                        "The decay of weights is at least 0 and below 1, not " + decay + ".");
            }
            this.decay = decay;
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
        public KolenPollack build() {
            return new KolenPollack(this);
        }
    }
}
