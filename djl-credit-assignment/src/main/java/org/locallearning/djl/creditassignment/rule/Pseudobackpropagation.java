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
 * Pseudobackprop: backpropagation with the Moore-Penrose pseudoinverse {@code W⁺} instead of the
 * transpose {@code Wᵀ}. Hidden layers receive the Gauss-Newton step of their activities, to which
 * feedback alignment comes closer than to backpropagation if initial weights are small.
 *
 * <p>{@code δ_below = φ'(h) ⊙ (W⁺ δ)}, {@code ∂L/∂W = δ xᵀ}, {@code ∂L/∂b = δ}. With a linear
 * output layer of independent columns and the squared error, {@code W⁺ e = (WᵀW)⁻¹ Wᵀ e} is exactly
 * the Gauss-Newton step for the activities below; a step of the weights below moves the activity by
 * it times {@code η φ'² xᵀx}. Biases have no part in {@code W⁺}.
 *
 * <p>A convolution counts as its kernel, a matrix (out, in · kernel) per group; the error passes
 * the transposed convolution with the pseudoinverse, which is exact for 1 × 1 kernels and otherwise
 * ignores that patches overlap. {@code getFeedback} returns {@code B = (W⁺)ᵀ}, of the shape of
 * {@code W}.
 *
 * <p>Use it to compare directions in small nets. Small singular values of {@code W} make large
 * errors: take smaller steps than with backpropagation, and expect larger errors below a layer than
 * above it. Cost for L layers: 3L − 1 matrix products per step and L − 1 singular value
 * decompositions, each more than ten products of a square matrix with itself.
 *
 * <p>Lillicrap, Cownden, Tweed and Akerman, "Random synaptic feedback weights support error
 * backpropagation for deep learning", Nature Communications 7 (2016), supplementary note 15,
 * equation 57, generalized from one hidden layer to any number.
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
