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
import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.creditassignment.tape.Layer;
import org.locallearning.djl.creditassignment.tape.LayerTrace;
import org.locallearning.djl.creditassignment.tape.Network;
import org.locallearning.djl.creditassignment.tape.Tape;

/**
 * Kolen-Pollack learning: feedback alignment whose feedback weights {@code B} learn. They get the
 * update of the forward weights and decay as those do, so that what was different between the two
 * at the start is forgotten and {@code B} becomes {@code W} without ever being told.
 *
 * <p>Formula, for every layer that an error passes, with {@code B} of the shape of {@code W}:
 *
 * <pre>
 * δ_below = φ'(h) ⊙ (Bᵀ δ)
 * W ← (1 − λ) (W + ΔW)
 * B ← (1 − λ) (B + ΔW)        hence  W − B ← (1 − λ) (W − B)
 * </pre>
 *
 * <p>{@code ΔW} is the optimizer's own step: {@code B} is given to the optimizer as one more
 * parameter, with the gradient {@code δ xᵀ} of {@code W}. The steps of optimizers that follow from
 * gradients alone (gradient descent, momentum, Adam) are equal for both, and the difference shrinks
 * by exactly {@code 1 − λ} in every step. The decay {@code λ} is the rule's, taken once after the
 * optimizer's step. Weight decay of the optimizer is for both too, and adds to it; for gradient
 * descent with the rate η and the weight decay γ, {@code λ = 0} and {@code 1 − ηγ} in its place are
 * the form of Akrout et al. What the optimizer does by the size of a parameter, as MQ does, differs
 * for the two. Where {@code W} is frozen neither of them changes.
 *
 * <p>Use it where feedback alignment stays behind: in deep and in convolutional nets it comes close
 * to backpropagation's accuracy. The decay is a regularization that costs accuracy: weights that an
 * error passes are multiplied by {@code 1 − λ} in each step, and settle where the optimizer's steps
 * make up for it. {@code B} need not wait for it, for the updates that the two share soon outgrow
 * what they started from; so a decay is better too small than too large. In a small convolutional
 * net on CIFAR-10 with Adam at 0.001, six epochs of 157 steps, the test accuracy was 49 % at λ = 0
 * and 1e-4, 48 % at 3e-4, 47 % at 1e-3, 43 % at 3e-3 and 37 % at 1e-2, while the angle between the
 * two in the last layer fell from 63° at 1e-4 to 0.1° at 1e-2. Cost for L layers: 3L − 1 matrix
 * products a step, as backpropagation, and the optimizer's work and memory twice.
 *
 * <p>{@code B} starts uniform on {@code ±1/√(fan-in)}, of the size of common initial weights: what
 * it is larger than they are takes longer to forget. It is saved by {@code
 * CreditTrainer.saveState}.
 *
 * <p>Kolen and Pollack, "Backpropagation without weight transport", IEEE International Conference
 * on Neural Networks (1994); Akrout, Wilson, Humphreys, Lillicrap and Tweed, "Deep learning without
 * weight transport", NeurIPS (2019), equations 16 to 18. Departure: the decay is taken off after
 * the step, so that it is the same for every optimizer (there it is part of the step).
 */
public final class KolenPollack extends FeedbackRule {

    private final FeedbackSource source;
    private final double decay;
    private final String description;

    private KolenPollack(Builder builder) {
        super(builder);
        decay = builder.decay;
        boolean given = builder.source != null;
        source = given ? builder.source : builder.distribution().seeded(builder.seed());
        description =
                given
                        ? "B given"
                        : String.format("B %s, seed %d", builder.distribution(), builder.seed());
    }

    /**
     * Returns the share that weights and feedback weights lose in each step.
     *
     * @return {@code λ}
     */
    public double getDecay() {
        return decay;
    }

    /** {@inheritDoc} */
    @Override
    FeedbackWeights newWeights(Network network, NDManager manager) {
        return new Weights(new LearnedFeedback(network, manager, source, true), manager);
    }

    /** Returns the rule and every setting. */
    @Override
    public String toString() {
        return String.format("KolenPollack(%s, decay %s)", description, decay);
    }

    /**
     * Creates a builder.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    private final class Weights implements FeedbackWeights {

        private final LearnedFeedback feedback;
        private final NDManager manager;
        private final Set<Reserved> reserved = new HashSet<>();

        Weights(LearnedFeedback feedback, NDManager manager) {
            this.feedback = feedback;
            this.manager = manager;
        }

        /** {@inheritDoc} */
        @Override
        public NDArray get(Tape tape, LayerTrace layer) {
            Parameter learned = feedback.get(layer);
            boolean frozen = !layer.getLayer().weight().requiresGradient();
            if (frozen == learned.requiresGradient()) {
                learned.freeze(frozen);
            }
            return Autograd.detach(tape.getValue(learned), tape.getManager());
        }

        /** {@inheritDoc} */
        @Override
        public void onGradients(Tape tape) {
            for (LayerTrace layer : tape.getLayers()) {
                Parameter weight = layer.getLayer().weight();
                if (weight.requiresGradient()) {
                    feedback.find(layer.getLayer())
                            .ifPresent(learned -> copyGradient(tape, weight, learned));
                }
            }
        }

        private void copyGradient(Tape tape, Parameter weight, Parameter learned) {
            NDArray value = tape.getValue(learned);
            if (reserved.add(new Reserved(learned, value.getDevice()))) {
                Autograd.reserveGradients(new NDList(value));
            }
            try (NDArray gradient = tape.getValue(weight).getGradient()) {
                Autograd.setGradient(value, gradient, tape.getManager());
            }
        }

        /** {@inheritDoc} */
        @Override
        public void afterStep(ParameterStore store, Device[] devices) {
            if (decay > 0) {
                feedback.forEach(
                        (layer, learned) -> {
                            if (layer.weight().requiresGradient()) {
                                for (Device device : devices) {
                                    decay(store.getValue(layer.weight(), device, true));
                                    decay(store.getValue(learned, device, true));
                                }
                            }
                        });
            }
        }

        private void decay(NDArray value) {
            try (NDArray alias = Autograd.detach(value, manager)) {
                alias.muli(1 - decay);
            }
        }

        /** {@inheritDoc} */
        @Override
        public String describe(Layer layer) {
            return String.format("through %s, learned with decay %s", description, decay);
        }

        /** {@inheritDoc} */
        @Override
        public void save(DataOutputStream out) throws IOException {
            feedback.save(out);
        }

        /** {@inheritDoc} */
        @Override
        public void load(DataInputStream in) throws IOException, MalformedModelException {
            feedback.load(in);
        }
    }

    private record Reserved(Parameter parameter, Device device) {}

    /** Builds a {@link KolenPollack}. */
    public static final class Builder extends RandomFeedbackBuilder<Builder> {

        private FeedbackSource source;
        private double decay = 1e-4;

        private Builder() {
            super(FeedbackDistribution.fanInUniform());
        }

        /**
         * Gives the initial feedback weights, in place of drawing them.
         *
         * @param source the source of the weights
         * @return this builder
         */
        public Builder optFeedback(FeedbackSource source) {
            this.source = Objects.requireNonNull(source, "source");
            return this;
        }

        /**
         * Sets the share that weights and feedback weights lose in each step.
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
