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
import ai.djl.ndarray.NDManager;
import org.locallearning.djl.creditassignment.internal.TorchScript;
import org.locallearning.djl.creditassignment.tape.Layer;
import org.locallearning.djl.creditassignment.tape.Network;
import org.locallearning.djl.creditassignment.tape.PassedLayer;
import org.locallearning.djl.creditassignment.tape.Tape;

/**
 * Pseudobackprop: backpropagation with the Moore-Penrose pseudoinverse {@code W⁺} in place of the
 * transpose {@code Wᵀ}. What arrives at a hidden layer is the Gauss-Newton step of its activities,
 * to which feedback alignment comes closer than to backpropagation where weights begin small.
 *
 * <p>Formula: {@code δ_below = φ'(h) ⊙ (W⁺ δ)}; {@code ∂L/∂W = δ xᵀ} and {@code ∂L/∂b = δ} are the
 * ordinary local products. With a linear output layer of independent columns and the squared error,
 * {@code W⁺ e = (WᵀW)⁻¹ Wᵀ e} is exactly the Gauss-Newton step for the activities below; a step of
 * the weights below moves the activity by it times {@code η φ'² xᵀx}. Biases have no part in {@code
 * W⁺}.
 *
 * <p>A convolution counts as its kernel, a matrix (out, in · kernel) for each group, and the error
 * comes through the transposed convolution with the pseudoinverse of that: exact for kernels of one
 * by one, and otherwise without regard to patches that overlap. {@code B}, as {@code getFeedback}
 * has it, is {@code (W⁺)ᵀ}, of the shape of {@code W}.
 *
 * <p>Use it to compare directions, in small nets. Small singular values of {@code W} make large
 * errors: take smaller steps than with backpropagation, and expect more of them below than above a
 * layer. Cost for L layers: 3L − 1 matrix products a step, and L − 1 singular value decompositions,
 * each more than ten products of a square matrix with itself.
 *
 * <p>Lillicrap, Cownden, Tweed and Akerman, "Random synaptic feedback weights support error
 * backpropagation for deep learning", Nature Communications 7 (2016), supplementary note 15,
 * equation 57. Departure: the paper has one hidden layer, the rule goes through any number.
 */
public final class Pseudobackpropagation extends FeedbackRule {

    private Pseudobackpropagation(Builder builder) {
        super(builder);
    }

    /** {@inheritDoc} */
    @Override
    protected FeedbackWeights newWeights(Network network, NDManager manager) {
        return new FeedbackWeights() {
            @Override
            public NDArray get(Tape tape, PassedLayer layer) {
                return transposedPseudoinverse(layer.getLayer(), layer.getWeight());
            }

            @Override
            public String describe(Layer layer) {
                return "through the pseudoinverse of the layer's own weight";
            }
        };
    }

    private static NDArray transposedPseudoinverse(Layer layer, NDArray weight) {
        NDArray matrices = layer.maths().toMatrices(layer.block(), weight);
        NDArray inverses = TorchScript.pseudoinverse(matrices);
        return layer.maths()
                .fromMatrices(layer.block(), inverses.swapAxes(1, 2), weight.getShape());
    }

    /** Returns the rule. */
    @Override
    public String toString() {
        return describe("");
    }

    /**
     * Creates a builder.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link Pseudobackpropagation}. */
    public static final class Builder extends FeedbackRule.Builder<Builder> {

        private Builder() {}

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
        public Pseudobackpropagation build() {
            return new Pseudobackpropagation(this);
        }
    }
}
