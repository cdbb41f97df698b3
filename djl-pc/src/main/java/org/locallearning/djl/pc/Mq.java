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

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.ParameterTracker;
import ai.djl.util.Pair;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.creditassignment.internal.TorchScript;
import org.locallearning.djl.creditassignment.optimizer.ParameterNames;
import org.locallearning.djl.creditassignment.optimizer.RuleParameterListener;
import org.locallearning.djl.creditassignment.optimizer.StatefulOptimizer;
import org.locallearning.djl.decorrelation.internal.BlockPath;
import org.locallearning.djl.decorrelation.internal.Descriptions;
import org.locallearning.djl.decorrelation.internal.HostNumber;
import org.locallearning.djl.decorrelation.internal.HostValues;
import org.locallearning.djl.decorrelation.internal.PrivateFields;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Matrix Update Equalization (MQ): gradient descent with one adaptive learning rate per weight
 * matrix, so that all matrices move by about the same amount per step.
 *
 * <p>For a matrix {@code W} with bias {@code b} and their gradient {@code G}:
 *
 * <ol>
 *   <li>{@code W ← W − (α / (v + r) + α_min) G}, and the same for {@code b}, with {@code v} from
 *       the previous step;
 *   <li>{@code v ← k v + (1 − k) mean|G|} with {@code k = min(n / (n + 1), keep)} in step {@code n
 *       = 1, 2, …}, the mean over all entries of {@code W} and {@code b} together.
 * </ol>
 *
 * <p>Each entry moves by about {@code α} per step as long as gradients are much larger than {@code
 * r}. If they are much smaller, the rate stays at {@code α / r + α_min} and nothing is equalized.
 *
 * <p>{@code v} starts at {@code α} by default, which suits the small gradients of inference
 * learning. With any other rule, or the stock trainer, use {@link
 * Builder#optInitialAverageFromGradient()}. Not a replacement for Adam where entries of one matrix
 * differ a lot in size.
 *
 * <p>The parameters that one block holds directly form a matrix and its bias, so the builder needs
 * the model's block. The learning rate tracker is called with the id of the block's first parameter
 * and returns {@code α}; a {@code FixedPerVarTracker} sets it per matrix. {@code G} is the rescaled
 * gradient, clipped on both sides, plus weight decay; it is cleared after the step. On several
 * devices the trainers of this library step once, by the sum of their gradients; DJL's own steps on
 * each, which has a {@code v} of its own.
 *
 * <p>State: one number per matrix. Cost: about the time of {@code Sgd}, no matrix products.
 *
 * <p>Alonso, Krichmar and Neftci, "Understanding and Improving Optimization in Predictive Coding
 * Networks" (2023), equations 7, 8, 29 and 30; departures: {@code docs/rules.md}.
 */
public class Mq extends Optimizer implements RuleParameterListener, StatefulOptimizer {

    private static final Logger logger = LoggerFactory.getLogger(Mq.class);

    private final Block block;
    private final ParameterTracker learningRateTracker;
    private final double minimumLearningRate;
    private final double stabilizer;
    private final double keep;
    private final Start start;
    private final double initialAverage;
    private final String description;
    private final Map<String, Matrix> matrices = new ConcurrentHashMap<>();
    private final Set<String> ruleParameters = new LinkedHashSet<>();
    private final Map<String, SavedMagnitude> loaded = new ConcurrentHashMap<>();
    private boolean warned;

    /**
     * Creates an optimizer.
     *
     * @param builder the builder with its settings
     */
    protected Mq(Builder builder) {
        super(builder);
        block = builder.block;
        learningRateTracker = builder.learningRateTracker;
        minimumLearningRate = builder.minimumLearningRate;
        stabilizer = builder.stabilizer;
        keep = builder.keep;
        start = builder.start;
        initialAverage = builder.initialAverage;
        description =
                String.format(
                        Locale.ROOT,
                        "learning rate %s, minimum learning rate %s, stabilizer %s, keep %s, initial"
                                + " average %s, gradients rescaled by %s, clipped at %s, weight decay"
                                + " %s, first update %d",
                        Descriptions.of(learningRateTracker),
                        minimumLearningRate,
                        stabilizer,
                        keep,
                        start == Start.NUMBER ? initialAverage : start.description,
                        rescaleGrad,
                        clipGrad >= 0 ? clipGrad : "nothing",
                        getWeightDecay(),
                        PrivateFields.read(Optimizer.class, this, "beginNumUpdate"));
    }

    /** Makes a parameter that the model's block does not hold a matrix of its own. */
    @Override
    public void onRuleParameter(Parameter parameter) {
        matrices.put(parameter.getId(), new Matrix(parameter.getName(), List.of(parameter)));
        ruleParameters.add(parameter.getId());
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the parameter belongs neither to this optimizer's block
     *     nor to a rule
     */
    @Override
    public void update(String parameterId, NDArray weight, NDArray grad) {
        Matrix matrix = matrixOf(parameterId);
        int count = updateCount(parameterId);
        float rate = learningRateTracker.getNewValue(matrix.firstId(), count);
        RunningMagnitude magnitude = magnitude(matrix, weight, rate);
        try (NDManager scope = grad.getManager().newSubManager()) {
            NDArray values = Autograd.detach(weight, scope);
            NDArray gradient = prepare(Autograd.detach(grad, scope), values);
            NDArray size = magnitude.size(gradient);
            NDArray average = magnitude.before(parameterId, size, gradient.size(), scope);
            NDArray multiplier = multiplier(average, rate);
            if (start == Start.LEARNING_RATE && magnitude.isFirst() && !warned) {
                warnOfLargeStep(matrix, values, size, multiplier);
            }
            TorchScript.subtractProduct(values, gradient, multiplier);
            magnitude.add(parameterId, size, gradient.size(), matrix.learningIds());
        }
        if (weight.hasGradient()) {
            Autograd.clearGradient(weight);
        }
    }

    private RunningMagnitude magnitude(Matrix matrix, NDArray weight, float rate) {
        RunningMagnitude magnitude = matrix.magnitudes.get(weight.getDevice());
        if (magnitude == null || magnitude.isReleased()) {
            SavedMagnitude saved = magnitude == null ? loaded.get(matrix.firstId()) : null;
            magnitude =
                    saved == null
                            ? new RunningMagnitude(weight, initial(rate), keep)
                            : RunningMagnitude.restored(weight, saved, keep);
            matrix.magnitudes.put(weight.getDevice(), magnitude);
        }
        return magnitude;
    }

    private OptionalDouble initial(float rate) {
        switch (start) {
            case LEARNING_RATE:
                return OptionalDouble.of(rate);
            case GRADIENT:
                return OptionalDouble.empty();
            default:
                return OptionalDouble.of(initialAverage);
        }
    }

    /** Returns {@code α / (v + r) + α_min}, changing {@code v}. */
    private NDArray multiplier(NDArray average, float rate) {
        // v and r may both be zero
        NDArray sum =
                HostNumber.maximum(
                        HostNumber.withDouble(average, stabilizer, NDArray::addi),
                        Float.MIN_NORMAL);
        NDArray share = HostNumber.with(sum, rate, Mq::inverseRatio);
        return HostNumber.withDouble(share, minimumLearningRate, NDArray::addi);
    }

    private static NDArray inverseRatio(NDArray array, NDArray number) {
        NDArray ratio = number.div(array);
        ratio.attach(array.getManager());
        return ratio;
    }

    private void warnOfLargeStep(Matrix matrix, NDArray values, NDArray size, NDArray multiplier) {
        double step = number(size.mul(multiplier)) / values.size();
        double weights = number(values.abs().mean());
        if (values.getShape().dimension() > 1 && weights > 0 && step > weights) {
            warned = true;
            logger.warn(
                    "The first step of MQ moves {} by {} per entry, where the weights are of size"
                            + " {}: its average starts at the learning rate, which makes the first"
                            + " multiplier about 1 whatever that is;"
                            + " optInitialAverageFromGradient() starts with steps of the learning"
                            + " rate.",
                    matrix.path,
                    String.format(Locale.ROOT, "%.2g", step),
                    String.format(Locale.ROOT, "%.2g", weights));
        }
    }

    private static double number(NDArray array) {
        try (array) {
            return HostValues.number(array);
        }
    }

    private NDArray prepare(NDArray grad, NDArray values) {
        NDArray gradient = rescaleGrad == 1 ? grad : HostNumber.mul(grad, rescaleGrad);
        if (clipGrad >= 0) {
            NDArray least = HostNumber.maximum(gradient, -clipGrad);
            gradient = HostNumber.with(least, clipGrad, NDArray::minimum);
        }
        float decay = getWeightDecay();
        return decay == 0 ? gradient : gradient.add(HostNumber.mul(values, decay));
    }

    private Matrix matrixOf(String parameterId) {
        if (!matrices.containsKey(parameterId)) {
            // blocks may add parameters and children up to their initialization
            findMatrices("", block);
        }
        Matrix matrix = matrices.get(parameterId);
        if (matrix == null) {
            throw new IllegalArgumentException(
                    "Mq was asked to update a parameter that is neither in its block nor a rule's;"
                            + " give setBlock the block of the model that is trained.");
        }
        return matrix;
    }

    private void findMatrices(String path, Block parent) {
        // a parameter shared with an earlier block belongs to that block's matrix
        List<Parameter> own =
                parent.getDirectParameters().values().stream()
                        .filter(parameter -> !matrices.containsKey(parameter.getId()))
                        .toList();
        if (!own.isEmpty()) {
            String name = path.isEmpty() ? parent.getClass().getSimpleName() : path;
            Matrix matrix = new Matrix(name, own);
            own.forEach(parameter -> matrices.put(parameter.getId(), matrix));
        }
        for (Pair<String, Block> child : parent.getChildren()) {
            String childPath = BlockPath.parameterName(path, child.getKey());
            findMatrices(childPath, child.getValue());
        }
    }

    /**
     * Returns the state: the running mean {@code v} of every matrix that has been updated.
     *
     * @return the means on the first device, by the path of the block that holds the matrix, in the
     *     order of the blocks; then those of a rule's own parameters, by name, while its trainer is
     *     open
     */
    public Map<String, Double> getAverages() {
        Map<String, Double> averages = new LinkedHashMap<>();
        List<String> ids =
                block.getParameters().values().stream()
                        .map(Parameter::getId)
                        .collect(Collectors.toList());
        ids.addAll(ruleParameters);
        for (String id : ids) {
            Matrix matrix = matrices.get(id);
            if (matrix != null) {
                matrix.magnitude().ifPresent(v -> averages.put(matrix.path, v.value()));
            }
        }
        return averages;
    }

    /** {@inheritDoc} */
    @Override
    public void saveState(StateWriter out, ParameterNames names) throws IOException {
        for (Map.Entry<String, Parameter> parameter : names.getParameters().entrySet()) {
            String id = parameter.getValue().getId();
            Matrix matrix = matrices.get(id);
            SavedMagnitude saved = loaded.get(id);
            if (matrix != null && !matrix.magnitudes.isEmpty() && matrix.firstId().equals(id)) {
                saved = matrix.magnitude().map(RunningMagnitude::save).orElse(null);
            }
            if (saved != null) {
                saved.write(out, parameter.getKey(), names);
            }
        }
    }

    /** {@inheritDoc} */
    @Override
    public Runnable loadState(StateReader in, ParameterNames names) throws MalformedModelException {
        Map<String, SavedMagnitude> read = SavedMagnitude.read(in, names);
        return () -> {
            names.getParameters().values().forEach(parameter -> forget(parameter.getId()));
            read.forEach(
                    (name, saved) ->
                            names.find(name)
                                    .ifPresent(
                                            first -> loaded.put(first.getId(), saved.by(names))));
        };
    }

    private void forget(String id) {
        loaded.remove(id);
        Matrix matrix = matrices.get(id);
        if (matrix != null) {
            matrix.magnitudes.clear();
        }
    }

    /** Returns the optimizer and every setting. */
    @Override
    public String toString() {
        return "Mq(" + description + ")";
    }

    /**
     * Creates a builder.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Where the running mean starts. */
    private enum Start {
        LEARNING_RATE("the learning rate"),
        GRADIENT("the first gradient's"),
        NUMBER("");

        private final String description;

        Start(String description) {
            this.description = description;
        }
    }

    /** A weight matrix and its bias: the parameters of one block, or one of a rule. */
    private static final class Matrix {

        private final String path;
        private final List<Parameter> parameters;
        private final Map<Device, RunningMagnitude> magnitudes = new LinkedHashMap<>();

        Matrix(String path, List<Parameter> parameters) {
            this.path = path;
            this.parameters = parameters;
        }

        String firstId() {
            return parameters.get(0).getId();
        }

        /** The running mean of the first device; those of other devices are equal. */
        Optional<RunningMagnitude> magnitude() {
            return magnitudes.values().stream().filter(v -> !v.isReleased()).findFirst();
        }

        List<String> learningIds() {
            return parameters.stream()
                    .filter(Parameter::requiresGradient)
                    .map(Parameter::getId)
                    .collect(Collectors.toList());
        }
    }

    /** Builds an {@link Mq}. */
    public static final class Builder extends OptimizerBuilder<Builder> {

        private Block block;
        private ParameterTracker learningRateTracker;
        private double minimumLearningRate = 1e-3;
        private double stabilizer = 1e-6;
        private double keep = 0.9999;
        private Start start = Start.LEARNING_RATE;
        private double initialAverage;

        private Builder() {}

        /** {@inheritDoc} */
        @Override
        protected Builder self() {
            return this;
        }

        /**
         * Sets the block whose parameters are optimized, which tells which bias belongs to which
         * matrix.
         *
         * @param block the block of the model
         * @return this builder
         */
        public Builder setBlock(Block block) {
            this.block = block;
            return this;
        }

        /**
         * Sets the learning rate {@code α}: how far an entry of a matrix moves per step, on
         * average. The authors take values from 1e-5 to 2e-4.
         *
         * @param learningRateTracker the tracker, such as {@code Tracker.fixed(3e-5f)}
         * @return this builder
         */
        public Builder setLearningRateTracker(ParameterTracker learningRateTracker) {
            this.learningRateTracker = learningRateTracker;
            return this;
        }

        /**
         * Sets the rate {@code α_min} that remains when gradients are large.
         *
         * @param minimumLearningRate the rate, at least 0; 0.001 by default
         * @return this builder
         */
        public Builder optMinimumLearningRate(double minimumLearningRate) {
            this.minimumLearningRate = minimumLearningRate;
            return this;
        }

        /**
         * Sets the number {@code r} added to {@code v}, which limits the amplification of gradients
         * smaller than that on average.
         *
         * @param stabilizer the number, at least 0; 1e-6 by default
         * @return this builder
         */
        public Builder optStabilizer(double stabilizer) {
            this.stabilizer = stabilizer;
            return this;
        }

        /**
         * Sets the largest share of {@code v} that a step keeps. The authors take 0.9999 for dense
         * and 0.999 for convolutional networks.
         *
         * @param keep the share, from 0 to below 1; 0.9999 by default
         * @return this builder
         */
        public Builder optKeep(double keep) {
            this.keep = keep;
            return this;
        }

        /**
         * Sets the initial value of {@code v}.
         *
         * @param initialAverage the value, above 0; the learning rate of the first step by default
         * @return this builder
         */
        public Builder optInitialAverage(double initialAverage) {
            if (!(initialAverage > 0 && Double.isFinite(initialAverage))) {
                throw new IllegalArgumentException(
                        "The initial average of Mq is above 0 and finite, not "
                                + initialAverage
                                + ".");
            }
            this.initialAverage = initialAverage;
            start = Start.NUMBER;
            return this;
        }

        /**
         * Starts {@code v} at the mean size of the first gradient, {@code v = mean|G|} after the
         * first step. In that step each parameter uses the mean of its own gradient, whichever
         * comes first: every entry moves by {@code α} on average, plus {@code α_min} times its
         * gradient. In the authors' code the first step is about the gradient itself.
         *
         * @return this builder
         */
        public Builder optInitialAverageFromGradient() {
            start = Start.GRADIENT;
            return this;
        }

        /**
         * Builds the optimizer.
         *
         * @return the optimizer
         * @throws IllegalArgumentException if a setting is out of its range
         */
        public Mq build() {
            Objects.requireNonNull(block, "Mq needs the model's block; call setBlock.");
            Objects.requireNonNull(
                    learningRateTracker, "Mq needs a learning rate; call setLearningRateTracker.");
            if (!(minimumLearningRate >= 0 && Double.isFinite(minimumLearningRate))) {
                throw new IllegalArgumentException(
                        "The minimum learning rate of Mq is at least 0 and finite, not "
                                + minimumLearningRate
                                + ".");
            }
            if (!(stabilizer >= 0 && Double.isFinite(stabilizer))) {
                throw new IllegalArgumentException(
                        "The stabilizer of Mq is at least 0 and finite, not " + stabilizer + ".");
            }
            if (!(keep >= 0 && keep < 1)) {
                throw new IllegalArgumentException(
                        "The part of the average that Mq keeps is from 0 to below 1, not "
                                + keep
                                + ".");
            }
            return new Mq(this);
        }
    }
}
