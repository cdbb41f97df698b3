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
 * Inference learning, the learning rule of predictive coding networks: the activities of the hidden
 * layers first move to the values that best explain input and label, then the weights learn to
 * predict them.
 *
 * <p>For layers 1 to L with pre-activations {@code h_l}, activities {@code ĥ_l} that start at
 * {@code h_l}, predictions {@code p_l = W_{l−1} f(ĥ_{l−1}) + b_{l−1}} and errors {@code e_l = ĥ_l −
 * p_l}:
 *
 * <ul>
 *   <li>output: {@code e_L = c (y − σ(p_L))} with {@code c = β / (1 + β)}, or {@code −c ∂L/∂p_L}
 *       for any other loss {@code L}, summed over samples and units;
 *   <li>inference, T times: {@code ĥ_l ← ĥ_l + ε_t (γ_{l+1} f'(ĥ_l) ⊙ W_lᵀ e_{l+1} − γ_l e_l −
 *       γ_decay f'(ĥ_l) ⊙ f(ĥ_l))} with {@code ε_t = ε / (1 + t)}, in the order of {@link
 *       InferenceSchedule};
 *   <li>learning: {@code ∂F/∂W_l = −γ_{l+1} e_{l+1} f(ĥ_l)ᵀ} and {@code ∂F/∂b_l = −γ_{l+1}
 *       e_{l+1}}, averaged over the batch and summed over units. A penalty beside a loss that is
 *       averaged over units, such as {@code L2Loss}, so weighs less by their number.
 * </ul>
 *
 * <p>{@code ĥ_l}, {@code p_l} and {@code e_l} have the shape (N, ...) of the output of stage {@code
 * l}. A stage is a weighted layer with the blocks without weights in front of it, which are {@code
 * f}. A container such as a residual block, or an unknown block, is one stage and is differentiated
 * inside. Blocks after the last weighted layer belong to the last stage.
 *
 * <p>Use it for local updates, or for small batches where backpropagation is slow in the first
 * epochs. Plain SGD stalls; use {@link Mq} or Adam. Deep nets without shortcuts learn worse than by
 * backpropagation.
 *
 * <p>Matrix products per step for L layers: 2L + 2T(L − 1) sequential, 2 Σ_{t=1..T} min(t, L − 1) +
 * L + min(T + 1, L) simultaneous, at most T(3L − 1) incremental; backpropagation takes 3L − 1.
 *
 * <p>A batch fails with an exception if its labels are missing or out of range, if the loss has no
 * gradient or is a sum over samples, or if the number of precisions is not the number of stages.
 * Diverging inference throws {@link org.locallearning.djl.creditassignment.NonFiniteLossException},
 * with iteration and layer, before it changes a weight. Incremental inference may have changed
 * some: on a CPU by the iterations before, on a GPU, where it looks once at the end, also by what
 * was not finite. The message says so, and the trainer can only be closed then.
 *
 * <p>Alonso, Krichmar and Neftci, "Understanding and Improving Optimization in Predictive Coding
 * Networks" (2023), equations 1 to 4 and algorithms 1 to 4; departures: {@code docs/rules.md}.
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

    /** Unknown blocks have value nodes at their outputs, too. */
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
         * @param stepSize the step, above 0 and at most 2, beyond which activities overshoot by
         *     more than their error; 0.05 by default
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
         * Sets whether steps decay as {@code ε / (1 + t)} in iteration {@code t} = 0, 1, ….
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
         * Derives precisions and activity decay from the proximal step {@code argmin L(θ) + ‖θ −
         * θ_b‖² / 2β} by theorem 1. For each sample and in every iteration {@code γ_l = α²
         * ‖f(ĥ_{l−1})‖²}, {@code γ_decay_l = α² ‖e_{l+1}‖²} and, at the output, {@code γ_L = α (1/β
         * + ‖f(ĥ_{L−1})‖²) − 1} in {@code ĥ_L = (y + γ_L p_L) / (1 + γ_L)}. A bias that learns
         * counts as one more input; the input of a frozen weight does not count. Weights learn by
         * {@code −e_{l+1} f(ĥ_l)ᵀ} without γ: use plain SGD with the rate {@code α}.
         *
         * <p>Without hidden layers this is exactly the proximal step, for any {@code α}. With
         * hidden layers it is an approximation, reached once activities have converged: layers get
         * the right shares of the step only if {@code α ‖f(ĥ)‖²} is the same for all of them, which
         * the theorem does not require. {@link #optNormalizedStep} replaces {@code α} by {@code α /
         * ‖f(ĥ)‖²} everywhere, which makes it the same; the rate is then 1, and the remaining error
         * is of the order of {@code β}, as with gradient descent. For the proximal step itself see
         * {@link #optProximalStep(double)}.
         *
         * <p>The theorem assumes the squared error and a batch size of 1; a larger batch takes the
         * mean of its samples' steps. It requires a chain of dense layers on inputs (N, features),
         * with no frozen layer above one that learns. It replaces clamp, precisions and activity
         * decay. {@link #optBacktracking} does not apply, since no single energy falls. {@code γ}
         * of hidden layers, and with it the speed of activities, is of the order of {@code α²}: use
         * large steps and many iterations.
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
         * Takes the proximal step {@code argmin L(θ) + ‖θ − θ_b‖² / 2β}, which is implicit gradient
         * descent, {@code θ = θ_b − β ∇L(θ)}. Steps are normalized as with {@link
         * #optNormalizedStep}; for each sample {@code γ_l = 1 / ‖f(ĥ_{l−1})‖²}, {@code γ_decay_l =
         * −‖e_{l+1}‖² / ‖f(ĥ_l)‖⁴} and at the output {@code ĥ_L = (y + γ_L p_L) / (1 + γ_L)} with
         * {@code γ_L = 1 / (β ‖f(ĥ_{L−1})‖²)}; biases and frozen weights count as there. Use plain
         * SGD with a rate of 1, large steps and many iterations: the step is exact once activities
         * have converged.
         *
         * <p>Of all weights with which the net computes given activities, {@code θ_b} plus the
         * normalized steps is nearest to {@code θ_b}, at the squared distance {@code Σ ‖e_l‖² /
         * ‖f(ĥ_{l−1})‖²}. Activities that minimize {@code L + Σ ‖e_l‖² / (2β ‖f(ĥ_{l−1})‖²)}
         * therefore give the proximal step. Their gradient is that of theorem 1 except for the sign
         * of the decay, which the theorem derives for a fixed rate. The minimum found is not always
         * the global one when {@code β} is large.
         *
         * <p>The conditions of {@link #optProximalPrecisions(double, double)} apply: squared error,
         * the mean of the samples' steps, a chain of dense layers, and no clamp, precisions or
         * activity decay.
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
         * Sets whether the step of each sample is divided by the squared norm of the layer's input:
         * {@code ∂W_l = −e_{l+1} f(ĥ_l)ᵀ / ‖f(ĥ_l)‖²}. A bias that learns counts as one more input;
         * the input of a frozen weight does not count. With one sample, plain SGD and a rate of 1
         * the layer then predicts {@code ĥ_{l+1}} exactly. Requires a chain of dense layers on
         * inputs (N, features).
         *
         * <p>Alonso et al., "A theoretical framework for inference learning" (2022), as quoted in
         * section 3.1. The authors' code divides by one plus the mean over the batch.
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
         * converge to those of backpropagation: with full clamp and a constant step of 1, T = 1
         * (sequential) or T = hidden layers (simultaneous) gives exactly its gradients. Useful as a
         * check, and to reproduce the assumption of Millidge, Tschantz and Buckley, "Predictive
         * coding approximates backprop along arbitrary computation graphs" (2020).
         *
         * @param fixedPredictions whether to fix them; false by default
         * @return this builder
         */
        public Builder optFixedPredictions(boolean fixedPredictions) {
            this.fixedPredictions = fixedPredictions;
            return this;
        }

        /**
         * Sets whether inference restarts with half the step when an iteration raises the free
         * energy of a batch by more than rounding, until the energy no longer rises. The gradients
         * are those of a rule with the smaller step. The trainer warns once and names a step that
         * works.
         *
         * <p>Cost: the free energy is read after each iteration on a CPU, and on a GPU once after
         * all of them. A halving takes at most {@code (2t + 1)(L − 1)} products, where {@code t} is
         * the iteration in which the energy rose, on a GPU the last. If most batches need it, set a
         * smaller {@link #optStepSize}. If no step helps, as with a block whose output differs each
         * time, activities stay where the forward pass left them.
         *
         * <p>No effect with fixed predictions, whose errors grow from zero, or with the incremental
         * schedule, where weights move within the batch. The paper and its code keep the step; turn
         * backtracking off to reproduce their numbers.
         *
         * @param backtracking false to keep the step and only warn, once, if the free energy of a
         *     batch has risen; true by default
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
         *     the incremental schedule; or the proximal step with either of them, a clamp,
         *     precisions or activity decay
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
