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
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Convolution;
import ai.djl.training.loss.Loss;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.locallearning.djl.creditassignment.CreditAssigner;
import org.locallearning.djl.creditassignment.CreditAssignment;
import org.locallearning.djl.creditassignment.tape.Layer;
import org.locallearning.djl.creditassignment.tape.LayerTrace;
import org.locallearning.djl.creditassignment.tape.Network;
import org.locallearning.djl.creditassignment.tape.Tape;

/**
 * Direct feedback alignment: the error of the output goes to every layer straight away, through
 * fixed random weights, and through no other layer.
 *
 * <p>Formula: with {@code e = ∂loss/∂logits} of shape (N, n), the error at the input of a layer is
 * {@code e B}, where {@code B} has shape (n, number of inputs); then {@code δ_below = φ'(h) ⊙ (e
 * B)}, and {@code ∂L/∂W = δ xᵀ}, {@code ∂L/∂b = δ} as in backpropagation. The output layer gets the
 * true gradient. With one hidden layer it is the same as feedback alignment with the same {@code
 * B}. For convolutions there are two forms, see {@link ConvolutionForm}.
 *
 * <p>The logits are the output of the layer that {@link Network#getOutputLayer()} names; where
 * branches join behind the last layer, {@code e} is the error at the predictions. In branches that
 * pass no weighted layer, such as the shortcut of a residual block, the error goes on exactly.
 *
 * <p>Weights that are given have the shape (n, number of inputs) or, for a convolution in the
 * broadcast form, (n, channels, kernel...).
 *
 * <p>Use it where layers are to learn independently of each other; it saves the products of the way
 * back, 2L matrix products a step and L − 1 small ones against 3L − 1 of backpropagation. It stays
 * behind feedback alignment in deep convolutional nets.
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
        return new Assigner(network.getOutputLayer(), new FixedFeedback(manager, source));
    }

    /** Returns the rule and every setting of its feedback weights. */
    @Override
    public String toString() {
        return String.format(
                "DirectFeedbackAlignment(B %s, convolutions %s)",
                source.describe(), convolutionForm);
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
        public void assign(Tape tape, NDList errors) {
            Broadcast broadcast = new Broadcast(outputLayer, flatten(errors));
            tape.backward(
                    errors,
                    (layer, delta) -> project(layer, broadcast.errorFor(layer, delta)),
                    false);
        }

        private NDArray project(LayerTrace layer, NDArray error) {
            if (isBroadcast(layer.getLayer())) {
                return projectThroughKernel(layer, error);
            }
            NDArray input = layer.getInput();
            Shape shape = input.getShape();
            checkBatch(layer, error);
            NDArray weights =
                    feedback(layer, new Shape(error.getShape().get(1), shape.slice(1).size()));
            return error.matMul(weights).reshape(shape);
        }

        private NDArray projectThroughKernel(LayerTrace layer, NDArray error) {
            checkBatch(layer, error);
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

        private void checkBatch(LayerTrace layer, NDArray error) {
            long samples = error.getShape().get(0);
            if (layer.getInput().getShape().get(0) != samples) {
                throw new IllegalArgumentException(
                        String.format(
                                "Direct feedback cannot reach layer %s: its input %s has another"
                                        + " first dimension than the %d samples of the prediction.",
                                layer.getLayer(), layer.getInput().getShape(), samples));
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
    }

    /** Joins the errors at the predictions into one array of shape (N, n). */
    private static NDArray flatten(NDList errors) {
        NDArray all = null;
        for (NDArray error : errors) {
            NDArray flat = error.reshape(error.getShape().get(0), -1);
            all = all == null ? flat : all.concat(flat, 1);
        }
        return all;
    }

    /** The error of the output, which the output layer meets first on the way back. */
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
