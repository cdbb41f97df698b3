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
package org.locallearning.djl.pc;

import ai.djl.ndarray.NDManager;
import ai.djl.training.loss.Loss;
import java.util.Objects;
import java.util.Optional;
import org.locallearning.djl.creditassignment.CreditAssigner;
import org.locallearning.djl.creditassignment.CreditAssignment;
import org.locallearning.djl.creditassignment.CreditTrainer;
import org.locallearning.djl.creditassignment.tape.Network;

/**
 * Inference learning, the learning rule of predictive coding networks: first the activities of the
 * hidden layers move to where they explain input and label best, then the weights learn to predict
 * them.
 *
 * <p>Formula, for layers 1 to L with pre-activations {@code h_l}, activities {@code ĥ_l} that begin
 * there, predictions {@code p_l = W_{l−1} f(ĥ_{l−1}) + b_{l−1}} and errors {@code e_l = ĥ_l − p_l}:
 *
 * <ul>
 *   <li>output: {@code e_L = c (y − σ(p_L))} with {@code c = β / (1 + β)}, or {@code −c ∂L/∂p_L}
 *       for any other loss {@code L}, taken as a sum over samples and units;
 *   <li>inference, T times: {@code ĥ_l ← ĥ_l + ε_t (γ_{l+1} f'(ĥ_l) ⊙ W_lᵀ e_{l+1} − γ_l e_l −
 *       γ_decay f'(ĥ_l) ⊙ f(ĥ_l))} with {@code ε_t = ε / (1 + t)}, in the order that {@link
 *       InferenceSchedule} says;
 *   <li>learning: {@code ∂F/∂W_l = −γ_{l+1} e_{l+1} f(ĥ_l)ᵀ} and {@code ∂F/∂b_l = −γ_{l+1}
 *       e_{l+1}}, the mean over the batch of a loss that is summed over units.
 * </ul>
 *
 * <p>Shapes: {@code ĥ_l}, {@code p_l} and {@code e_l} have the shape (N, ...) of the output of
 * stage {@code l}. A stage is a weighted layer whose input is {@code f(ĥ)}: the blocks without
 * weights in front of it (activations, pooling, normalization, dropout) are {@code f}. A container
 * such as a residual block, and a block that the table of layers does not know, is one stage that
 * is differentiated inside. What comes after the last weighted layer belongs to it.
 *
 * <p>Use it to train by local updates, or where backpropagation makes slow progress with small
 * batches in the first epochs. Plain SGD gets stuck, since the gradients of low layers are smaller
 * by powers of {@code ε}: take {@link Mq} or Adam. Sequential inference needs few iterations; nets
 * of many layers without shortcuts learn worse than by backpropagation.
 *
 * <p>Cost in products with weights for L layers, forward pass and gradients included: 2L + 2T(L −
 * 1) a step with sequential inference, 2 Σ_{t=1..T} min(t, L − 1) + L + min(T + 1, L) with
 * simultaneous, at most T(3L − 1) with incremental; 3L − 1 with backpropagation. {@link
 * CreditTrainer#getMatrixProducts} counts them.
 *
 * <p>Alonso, Krichmar and Neftci, "Understanding and Improving Optimization in Predictive Coding
 * Networks" (2023), equations 1 to 4 and algorithms 1 to 4. The clamp is soft and steps decay, as
 * in the authors' code, see {@link Builder#optFullClamp} and {@link Builder#optStepDecay}; other
 * departures, masks, statistics and the scale of gradients: {@code docs/rules.md}.
 *
 * <p>Errors: a batch without labels, labels that the output cannot take, a loss without a gradient
 * or that is a sum over samples, and a number of precisions that is not that of the stages end the
 * batch with an exception; inference that breaks down does with {@link
 * org.locallearning.djl.creditassignment.NonFiniteLossException}, which names the iteration and the
 * layer, before any weight has moved by it.
 */
public final class InferenceLearning extends CreditAssignment {

    private final InferenceSettings settings;

    private InferenceLearning(Builder builder) {
        super(builder);
        settings =
                new InferenceSettings(
                        builder.schedule,
                        builder.iterations,
                        builder.stepSize,
                        builder.stepDecay,
                        builder.clamp,
                        builder.precisions,
                        builder.activityDecay,
                        builder.fixedPredictions,
                        builder.backtracking,
                        builder.proximal,
                        builder.normalizedStep
                                || builder.proximal != null && builder.proximal.exact());
    }

    /** Value nodes stand at the outputs of unknown blocks, too. */
    @Override
    protected boolean hasErrorsOfItsOwn(Network network) {
        return !network.getStagesWithLearningBelow().isEmpty();
    }

    /** {@inheritDoc} */
    @Override
    protected CreditAssigner newAssigner(Network network, Loss loss, NDManager manager) {
        boolean bySample = settings.proximal() != null || settings.normalizedStep();
        String what = settings.proximal() != null ? "The proximal step" : "The normalized step";
        return new InferenceAssigner(
                settings, loss, bySample ? SampleNorms.of(network, what) : null);
    }

    /**
     * Returns the free energy of the last batch of a trainer.
     *
     * @param trainer a trainer
     * @return the free energy, or empty before the first batch and for trainers of other rules
     */
    public static Optional<FreeEnergy> getFreeEnergy(CreditTrainer trainer) {
        CreditAssigner assigner = trainer.getAssigner();
        return assigner instanceof InferenceAssigner
                ? ((InferenceAssigner) assigner).freeEnergy()
                : Optional.empty();
    }

    /** Returns the rule and every setting. */
    @Override
    public String toString() {
        return describe(settings.toString());
    }

    /**
     * Creates a builder.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds an {@link InferenceLearning}. */
    public static final class Builder extends CreditAssignment.Builder<Builder> {

        private InferenceSchedule schedule = InferenceSchedule.SEQUENTIAL;
        private int iterations = 3;
        private double stepSize = 0.05;
        private boolean stepDecay = true;
        private double clamp = 100;
        private boolean clampChosen;
        private double[] precisions = {};
        private double activityDecay;
        private boolean fixedPredictions;
        private boolean backtracking = true;
        private InferenceSettings.Proximal proximal;
        private boolean normalizedStep;

        private Builder() {}

        /** {@inheritDoc} */
        @Override
        protected Builder self() {
            return this;
        }

        /**
         * Sets the order in which activities and weights move.
         *
         * @param schedule the schedule; {@link InferenceSchedule#SEQUENTIAL} by default
         * @return this builder
         */
        public Builder optSchedule(InferenceSchedule schedule) {
            this.schedule = Objects.requireNonNull(schedule, "schedule");
            return this;
        }

        /**
         * Sets the number {@code T} of inference iterations.
         *
         * @param iterations the number, at least 1; 3 by default, the authors take 6 for
         *     autoencoders
         * @return this builder
         */
        public Builder optIterations(int iterations) {
            if (iterations < 1) {
                throw new IllegalArgumentException(
                        "Inference takes at least 1 iteration, not " + iterations + ".");
            }
            this.iterations = iterations;
            return this;
        }

        /**
         * Sets the step {@code ε} of an activity.
         *
         * @param stepSize the step, above 0 and up to 2, above which activities overshoot by more
         *     than they were off; 0.05 by default
         * @return this builder
         */
        public Builder optStepSize(double stepSize) {
            if (!(stepSize > 0 && stepSize <= 2)) {
                throw new IllegalArgumentException(
                        "The step of inference is above 0 and at most 2, not " + stepSize + ".");
            }
            this.stepSize = stepSize;
            return this;
        }

        /**
         * Sets whether steps get smaller, {@code ε / (1 + t)} in iteration {@code t} = 0, 1, ….
         *
         * @param stepDecay false for constant steps; true by default
         * @return this builder
         */
        public Builder optStepDecay(boolean stepDecay) {
            this.stepDecay = stepDecay;
            return this;
        }

        /**
         * Sets how hard the output is clamped: {@code ĥ_L = β/(1+β) y + 1/(1+β) σ(p_L)}.
         *
         * @param clamp {@code β}, above 0; 100 by default
         * @return this builder
         */
        public Builder optClamp(double clamp) {
            if (!(clamp > 0)) {
                throw new IllegalArgumentException(
                        "The clamp of the output is above 0, not " + clamp + ".");
            }
            this.clamp = clamp;
            clampChosen = true;
            return this;
        }

        /**
         * Clamps the output fully, {@code ĥ_L = y}.
         *
         * @return this builder
         */
        public Builder optFullClamp() {
            return optClamp(Double.POSITIVE_INFINITY);
        }

        /**
         * Sets the precisions {@code γ}, which weigh the errors of layers.
         *
         * @param precisions one per stage from the input to the output, each at least 0; all 1 by
         *     default
         * @return this builder
         */
        public Builder optPrecisions(double... precisions) {
            for (double precision : precisions) {
                if (!(precision >= 0 && Double.isFinite(precision))) {
                    throw new IllegalArgumentException(
                            "A precision is a number from 0, not " + precision + ".");
                }
            }
            this.precisions = precisions.clone();
            return this;
        }

        /**
         * Sets the weight {@code γ_decay} of the term {@code ½‖f(ĥ_l)‖²} that keeps activities
         * small.
         *
         * @param activityDecay the weight, at least 0; 0 by default
         * @return this builder
         */
        public Builder optActivityDecay(double activityDecay) {
            if (!(activityDecay >= 0 && Double.isFinite(activityDecay))) {
                throw new IllegalArgumentException(
                        "The activity decay is a number from 0, not " + activityDecay + ".");
            }
            this.activityDecay = activityDecay;
            return this;
        }

        /**
         * Lets precisions and activity decay follow from the proximal step that weights are to
         * take, {@code argmin L(θ) + ‖θ − θ_b‖² / 2β}, as theorem 1 says: for each sample and anew
         * in every iteration {@code γ_l = α² ‖f(ĥ_{l−1})‖²}, {@code γ_decay_l = α² ‖e_{l+1}‖²} and,
         * at the output, {@code γ_L = α (1/β + ‖f(ĥ_{L−1})‖²) − 1} in {@code ĥ_L = (y + γ_L p_L) /
         * (1 + γ_L)}; where the bias of a layer learns, its input counts as one more, and the input
         * of a frozen weight does not count. Weights learn by {@code −e_{l+1} f(ĥ_l)ᵀ} without γ:
         * take plain descent with the rate {@code α}.
         *
         * <p>Without hidden layers that is the proximal step exactly, for any {@code α}. With them
         * it is an approximation, to be had when activities no longer move: layers take their right
         * shares of the step only as far as {@code α ‖f(ĥ)‖²} is the same for all of them, which
         * the theorem does not ask for. With {@link #optNormalizedStep}, {@code α / ‖f(ĥ)‖²} stands
         * in the place of {@code α} everywhere and it is; the rate is then 1, and what is left is
         * of the order of {@code β}, as with gradient descent. {@link #optProximalStep(double)} is
         * the proximal step itself.
         *
         * <p>The theorem is of the squared error, and of batches of one; a batch has the mean of
         * its samples' steps. It is for dense layers one after the other on inputs (N, features),
         * of which none is frozen above one that learns; it takes the place of clamp, precisions
         * and activity decay, and is not guarded by {@link #optBacktracking}, since no single
         * energy falls. Since {@code γ} of hidden layers is of the order of {@code α²}, so are the
         * speeds of activities: take large steps and many iterations.
         *
         * @param beta {@code β}, above 0 and finite
         * @param rate {@code α}, above 0 and finite
         * @return this builder
         */
        public Builder optProximalPrecisions(double beta, double rate) {
            checkProximal(beta);
            checkProximal(rate);
            proximal = new InferenceSettings.Proximal(beta, rate, false);
            return this;
        }

        /**
         * Takes the proximal step, {@code argmin L(θ) + ‖θ − θ_b‖² / 2β}, which is the step of
         * implicit descent, {@code θ = θ_b − β ∇L(θ)}: normalized steps as by {@link
         * #optNormalizedStep}, and for each sample {@code γ_l = 1 / ‖f(ĥ_{l−1})‖²}, {@code
         * γ_decay_l = −‖e_{l+1}‖² / ‖f(ĥ_l)‖⁴} and at the output {@code ĥ_L = (y + γ_L p_L) / (1 +
         * γ_L)} with {@code γ_L = 1 / (β ‖f(ĥ_{L−1})‖²)}; biases and frozen weights count as there.
         * Take plain descent with a rate of 1, large steps and many iterations: it is exact when
         * activities no longer move.
         *
         * <p>Among the weights with which the net computes given activities, {@code θ_b} plus the
         * normalized steps is the nearest to {@code θ_b}, at the squared distance {@code Σ ‖e_l‖² /
         * ‖f(ĥ_{l−1})‖²}; so activities that minimize {@code L + Σ ‖e_l‖² / (2β ‖f(ĥ_{l−1})‖²)}
         * give the proximal step. Their slope is theorem 1's but for the sign of its decay, which
         * is of a fixed rate. A minimum is found, for large {@code β} not always the least one.
         *
         * <p>As of {@link #optProximalPrecisions(double, double)}: of the squared error, a batch
         * has the mean of its samples' steps, dense layers one after the other, in the place of
         * clamp, precisions and activity decay.
         *
         * <p>Alonso et al., "A theoretical framework for inference learning" (2022).
         *
         * @param beta {@code β}, above 0 and finite
         * @return this builder
         */
        public Builder optProximalStep(double beta) {
            checkProximal(beta);
            proximal = new InferenceSettings.Proximal(beta, 1, true);
            return this;
        }

        private static void checkProximal(double value) {
            if (!(value > 0 && Double.isFinite(value))) {
                throw new IllegalArgumentException(
                        "β and α of the proximal step are above 0 and finite, not " + value + ".");
            }
        }

        /**
         * Sets whether the step of each sample is divided by the square of what its layer gets:
         * {@code ∂W_l = −e_{l+1} f(ĥ_l)ᵀ / ‖f(ĥ_l)‖²}, where the input of a bias that learns counts
         * as one more, and that of a frozen weight not at all. With one sample, plain descent and a
         * rate of 1 the layer then predicts {@code ĥ_{l+1}} exactly. For dense layers one after the
         * other, on inputs (N, features).
         *
         * <p>Alonso et al., "A theoretical framework for inference learning" (2022), as quoted in
         * section 3.1. The authors' code divides by one more than the mean over the batch.
         *
         * @param normalizedStep whether to divide; false by default
         * @return this builder
         */
        public Builder optNormalizedStep(boolean normalizedStep) {
            this.normalizedStep = normalizedStep;
            return this;
        }

        /**
         * Sets whether predictions and derivatives stay those of the forward pass. Errors then
         * settle where backpropagation has them: with full clamp and a constant step of 1, T = 1 is
         * enough for the sequential schedule (and T = hidden layers for the simultaneous one), and
         * the gradients are those of backpropagation. It checks the machinery, and reproduces what
         * Millidge, Tschantz and Buckley, "Predictive coding approximates backprop along arbitrary
         * computation graphs" (2020), assume.
         *
         * @param fixedPredictions whether to fix them; false by default
         * @return this builder
         */
        public Builder optFixedPredictions(boolean fixedPredictions) {
            this.fixedPredictions = fixedPredictions;
            return this;
        }

        /**
         * Sets whether a batch whose inference raises the free energy, from one iteration to the
         * next and by more than rounding, is inferred again from the start with half the step, and
         * so on until it falls. Nothing else changes: the gradients are those of a rule with the
         * smaller step. The trainer warns once, with the step that would have done.
         *
         * <p>The cost is to read one number from the device in each iteration, and in products
         * {@code (2t + 1)(L − 1)} at most for each halving, where the free energy rose in iteration
         * {@code t}. A network that needs halvings in most batches is better served by {@link
         * #optStepSize}. Where no step helps, as with a block that gives other outputs each time it
         * runs, activities stay where the forward pass left them.
         *
         * <p>It has no effect with fixed predictions, whose errors grow from zero, and on the
         * incremental schedule, where weights move within the batch. A departure from the paper and
         * its code, which keep the step; switch it off to reproduce their numbers.
         *
         * @param backtracking false to keep the step and, where the free energy of a batch has
         *     risen in the end, only warn of it, once; true by default
         * @return this builder
         */
        public Builder optBacktracking(boolean backtracking) {
            this.backtracking = backtracking;
            return this;
        }

        /**
         * Builds the rule.
         *
         * @return the rule
         * @throws IllegalArgumentException if settings exclude each other: fixed predictions with
         *     the incremental schedule, or either with what follows from the proximal step
         */
        public InferenceLearning build() {
            if (fixedPredictions && schedule == InferenceSchedule.INCREMENTAL) {
                throw new IllegalArgumentException(
                        "Predictions cannot stay fixed while weights move in every iteration;"
                                + " choose another schedule than INCREMENTAL.");
            }
            if (proximal != null
                    && (clampChosen
                            || fixedPredictions
                            || precisions.length > 0
                            || activityDecay > 0
                            || schedule == InferenceSchedule.INCREMENTAL)) {
                throw new IllegalArgumentException(
                        "Clamp, precisions and activity decay follow from the proximal step, for"
                                + " which predictions are inferred and weights stay where they are:"
                                + " set none of them, and another schedule than INCREMENTAL.");
            }
            return new InferenceLearning(this);
        }
    }
}
