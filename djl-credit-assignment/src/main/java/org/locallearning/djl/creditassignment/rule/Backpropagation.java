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
import org.locallearning.djl.creditassignment.tape.Layer;
import org.locallearning.djl.creditassignment.tape.Network;
import org.locallearning.djl.creditassignment.tape.PassedLayer;
import org.locallearning.djl.creditassignment.tape.Tape;

/**
 * Backpropagation through this library's own machinery, to check it: the gradients are those of
 * DJL's stock trainer, and the difference in cost is that of the machinery. To train by
 * backpropagation, use the stock trainer.
 *
 * <p>{@code δ_below = φ'(h) ⊙ (Wᵀ δ)}, {@code ∂L/∂W = δ xᵀ}, {@code ∂L/∂b = δ}, summed over the
 * batch. Cost for L layers: 3L − 1 matrix products per step.
 */
public final class Backpropagation extends FeedbackRule {

    private Backpropagation(Builder builder) {
        super(builder);
    }

    /** {@inheritDoc} */
    @Override
    protected FeedbackWeights newWeights(Network network, NDManager manager) {
        return new FeedbackWeights() {
            @Override
            public NDArray get(Tape tape, PassedLayer layer) {
                return layer.getWeight();
            }

            @Override
            public boolean differFromWeights() {
                return false;
            }

            @Override
            public String describe(Layer layer) {
                return "through the layer's own weight";
            }
        };
    }

    /** Backpropagation is what it says it is. */
    @Override
    protected boolean hasErrorsOfItsOwn(Network network) {
        return true;
    }

    /** {@inheritDoc} */
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

    /** Builds a {@link Backpropagation}. */
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
        public Backpropagation build() {
            return new Backpropagation(this);
        }
    }
}
