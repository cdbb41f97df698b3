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

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Convolution;
import ai.djl.training.loss.Loss;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.locallearning.djl.creditassignment.CreditAssigner;
import org.locallearning.djl.creditassignment.CreditAssignment;
import org.locallearning.djl.creditassignment.layer.Fan;
import org.locallearning.djl.creditassignment.tape.Layer;
import org.locallearning.djl.creditassignment.tape.LayerTrace;
import org.locallearning.djl.creditassignment.tape.Network;
import org.locallearning.djl.creditassignment.tape.Tape;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;

/**
 * Direct feedback alignment: the error of the output reaches every layer directly, through fixed
 * random weights.
 *
 * <p>With {@code e = ∂loss/∂logits} of shape (N, n), the error at the input of a layer is {@code e
 * B} with {@code B} of shape (n, number of inputs); then {@code δ_below = φ'(h) ⊙ (e B)}, and
 * {@code ∂L/∂W = δ xᵀ}, {@code ∂L/∂b = δ}. The output layer gets the true gradient. With one hidden
 * layer this is feedback alignment. Convolutions have two forms, see {@link ConvolutionForm}; in
 * the broadcast form given weights have the shape (n, channels, kernel...).
 *
 * <p>The logits are the output of {@link Network#getOutputLayer()}; if branches join after that
 * layer, or an unknown block with parameters follows it, {@code e} is the error at the predictions.
 * Branches without a weighted layer, such as the shortcut of a residual block, pass the error on
 * exactly.
 *
 * <p>If predictions differ in their first dimension, as when one head predicts per sample and
 * another per position, an array of shape (kN, ...) is read as (N, k · ...), with the rows of a
 * sample adjacent. N is the first dimension of the model's inputs. The error then also reaches
 * layers that run on kN rows.
 *
 * <p>Use it for layers that learn independently of each other. In deep convolutional nets it is
 * worse than feedback alignment. Cost for L layers: 2L matrix products per step and L − 1 small
 * ones; backpropagation takes 3L − 1.
 *
 * <p>Nøkland, "Direct feedback alignment provides learning in deep neural networks", NeurIPS
 * (2016), equation 7.
 */
public final class DirectFeedbackAlignment extends CreditAssignment {

    private final FeedbackSource source;
    private final ConvolutionForm convolutionForm;

    private DirectFeedbackAlignment(Builder builder) {
        super(builder);
        convolutionForm = builder.convolutionForm;
        source = builder.getFeedback();
    }

    /** How the error of the output reaches the input of a convolution. */
    public enum ConvolutionForm {
        /**
         * Through one dense map to every unit of the input, {@code B} of shape (n, channels ×
         * height × width): the form of Nøkland's code.
         */
        DENSE,
        /**
         * Repeated at every position of the output, then through a transposed convolution with a
         * kernel {@code B} of shape (n, channels, kernel...) and the layer's own stride, padding
         * and dilation: the form of biotorch. It needs far less memory.
         */
        BROADCAST
    }

    /** {@inheritDoc} */
    @Override
    protected CreditAssigner newAssigner(Network network, Loss loss, NDManager manager) {
        return new Assigner(
                network.getOutputLayer(),
                new FixedFeedback(
                        network, manager, source, DirectFeedbackAlignment::reachesInputOf));
    }

    /** Convolutions take images of any size, dense layers rows of one width, one or more. */
    private static boolean reachesInputOf(Shape feedback, Layer layer) {
        NDArray weight = layer.weight().getArray();
        if (weight.getShape().dimension() != 2) {
            return true;
        }
        long inputs = Fan.matrixShape(layer.maths(), layer.block(), weight).get(2);
        return feedback.dimension() == 2 && feedback.get(1) % inputs == 0;
    }

    /** Returns the rule and every setting of its feedback weights. */
    @Override
    public String toString() {
        return describe(String.format("B %s, convolutions %s", source.describe(), convolutionForm));
    }

    /**
     * Creates a builder.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    private final class Assigner implements CreditAssigner {

        private final Optional<Layer> outputLayer;
        private final FixedFeedback fixed;

        Assigner(Optional<Layer> outputLayer, FixedFeedback fixed) {
            this.outputLayer = outputLayer;
            this.fixed = fixed;
        }

        /** {@inheritDoc} */
        @Override
        public boolean needsInnerFeedback() {
            return false;
        }

        /** {@inheritDoc} */
        @Override
        public void assign(Tape tape, NDList errors) {
            boolean isAlike = errors.stream().allMatch(error -> beginsAs(error, errors.head()));
            OptionalLong samples =
                    isAlike ? OptionalLong.empty() : OptionalLong.of(samples(tape, errors));
            Broadcast broadcast = new Broadcast(outputLayer, join(errors, samples));
            tape.backward(
                    errors,
                    (layer, delta) -> project(layer, broadcast.errorFor(layer, delta), samples),
                    false);
        }

        private NDArray project(LayerTrace layer, NDArray error, OptionalLong samples) {
            Shape shape = layer.getInput().getShape();
            long rows = shape.get(0);
            NDArray whole = error;
            if (rows != error.getShape().get(0)) {
                checkRows(layer, error, samples);
                whole = error.reshape(samples.orElseThrow(), -1);
            }
            long groups = whole.getShape().get(0);
            if (isBroadcast(layer.getLayer())) {
                return projectThroughKernel(layer, repeat(whole, rows / groups));
            }
            NDArray weights =
                    feedback(layer, new Shape(whole.getShape().get(1), shape.size() / groups));
            return whole.matMul(weights).reshape(shape);
        }

        /** Repeats each row a number of times. */
        private NDArray repeat(NDArray error, long times) {
            if (times == 1) {
                return error;
            }
            Shape shape = error.getShape();
            return error.reshape(shape.get(0), 1, shape.get(1))
                    .broadcast(new Shape(shape.get(0), times, shape.get(1)))
                    .reshape(shape.get(0) * times, shape.get(1));
        }

        private NDArray projectThroughKernel(LayerTrace layer, NDArray error) {
            long units = error.getShape().get(1);
            Shape positions = layer.getOutput().getShape().slice(2);
            Shape column = new Shape(error.getShape().get(0), units);
            for (int i = 0; i < positions.dimension(); i++) {
                column = column.add(1);
            }
            Shape everywhere = error.getShape().addAll(positions);
            Shape weight = layer.getWeight().getShape();
            Shape kernel =
                    new Shape(units, layer.getInput().getShape().get(1)).addAll(weight.slice(2));
            return layer.inputError(
                    error.reshape(column).broadcast(everywhere), feedback(layer, kernel));
        }

        private void checkRows(LayerTrace layer, NDArray error, OptionalLong samples) {
            Shape input = layer.getInput().getShape();
            if (samples.isEmpty()
                    || !isMultiple(input, samples.getAsLong())
                    || !isMultiple(error.getShape(), samples.getAsLong())) {
                throw new IllegalArgumentException(
                        String.format(
                                Locale.ROOT,
                                "Direct feedback cannot reach layer %s: its input %s has another"
                                        + " first dimension than the %d samples of the prediction.",
                                layer.getLayer(),
                                input,
                                error.getShape().get(0)));
            }
        }

        private NDArray feedback(LayerTrace layer, Shape shape) {
            NDArray input = layer.getInput();
            return fixed.get(
                    input.getDevice(), layer.getLayer().weightPath(), shape, input.getDataType());
        }

        private boolean isBroadcast(Layer layer) {
            return convolutionForm == ConvolutionForm.BROADCAST
                    && layer.block() instanceof Convolution;
        }

        /** {@inheritDoc} */
        @Override
        public String describeUnknownBlock(List<Layer> inner) {
            return "one unit, with the direct error at its output; backpropagated through inside";
        }

        /** {@inheritDoc} */
        @Override
        public String describeFeedback(Layer layer) {
            return String.format(
                    "straight from the output through B %s%s",
                    source.describe(), isBroadcast(layer) ? ", as a kernel" : "");
        }

        /** {@inheritDoc} */
        @Override
        public Map<String, NDArray> getRuleParameters() {
            return fixed.getRuleParameters();
        }

        /** {@inheritDoc} */
        @Override
        public void saveState(StateWriter out) throws IOException {
            fixed.saveState(out);
        }

        /** {@inheritDoc} */
        @Override
        public Runnable loadState(StateReader in) throws IOException, MalformedModelException {
            return fixed.loadState(in);
        }
    }

    private static boolean beginsAs(NDArray error, NDArray other) {
        Shape shape = error.getShape();
        return shape.dimension() > 0 && shape.get(0) == other.getShape().get(0);
    }

    private static boolean isMultiple(Shape shape, long samples) {
        return shape.dimension() > 0 && shape.get(0) % samples == 0;
    }

    /** Returns the number of samples, of which every prediction has a multiple of rows. */
    private static long samples(Tape tape, NDList errors) {
        long samples = tape.getInputs().head().getShape().get(0);
        for (int i = 0; i < errors.size(); i++) {
            if (!isMultiple(errors.get(i).getShape(), samples)) {
                throw new IllegalArgumentException(
                        String.format(
                                Locale.ROOT,
                                "Direct feedback cannot tell the samples of prediction %d apart: its"
                                        + " shape %s does not begin with a multiple of the batch's"
                                        + " %d samples, as others do.",
                                i,
                                errors.get(i).getShape(),
                                samples));
            }
        }
        return samples;
    }

    /** Joins the errors at the predictions into one array of shape (N, n). */
    private static NDArray join(NDList errors, OptionalLong samples) {
        NDArray all = null;
        for (NDArray error : errors) {
            NDArray flat = error.reshape(samples.orElse(error.getShape().get(0)), -1);
            all = all == null ? flat : all.concat(flat, 1);
        }
        return all;
    }

    /** The error of the output, which the output layer meets first. */
    private static final class Broadcast {

        private final Optional<Layer> outputLayer;
        private NDArray error;

        Broadcast(Optional<Layer> outputLayer, NDArray predictionError) {
            this.outputLayer = outputLayer;
            error = predictionError;
        }

        NDArray errorFor(LayerTrace layer, NDArray delta) {
            if (outputLayer.filter(layer.getLayer()::equals).isPresent()) {
                error = delta.reshape(delta.getShape().get(0), -1);
            }
            return error;
        }
    }

    /** Builds a {@link DirectFeedbackAlignment}. */
    public static final class Builder extends FeedbackBuilder<Builder> {

        private ConvolutionForm convolutionForm = ConvolutionForm.DENSE;

        private Builder() {
            super(FeedbackDistribution.kaimingUniform().seeded(0));
        }

        /**
         * Sets how the error reaches convolutions.
         *
         * @param convolutionForm the form; {@link ConvolutionForm#DENSE} by default
         * @return this builder
         */
        public Builder optConvolutionForm(ConvolutionForm convolutionForm) {
            this.convolutionForm = Objects.requireNonNull(convolutionForm, "convolutionForm");
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
        public DirectFeedbackAlignment build() {
            return new DirectFeedbackAlignment(this);
        }
    }
}
