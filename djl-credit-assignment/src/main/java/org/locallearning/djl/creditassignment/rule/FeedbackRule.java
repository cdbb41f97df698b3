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
import ai.djl.training.loss.Loss;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.locallearning.djl.creditassignment.CreditAssigner;
import org.locallearning.djl.creditassignment.CreditAssignment;
import org.locallearning.djl.creditassignment.tape.Layer;
import org.locallearning.djl.creditassignment.tape.LayerTrace;
import org.locallearning.djl.creditassignment.tape.Network;
import org.locallearning.djl.creditassignment.tape.Tape;

/**
 * A rule that sends the error back layer by layer as backpropagation does, {@code δ_below = φ'(h) ⊙
 * (Bᵀ δ)}, with weights {@code B} of its own choice. The gradients of a layer's parameters are the
 * ordinary local products {@code δ xᵀ} and {@code δ}.
 */
abstract class FeedbackRule extends CreditAssignment {

    FeedbackRule(Builder<?> builder) {
        super(builder);
    }

    /**
     * Makes the weights that this rule sends errors through in one trainer.
     *
     * @param manager the trainer's manager
     * @return the weights
     */
    abstract FeedbackWeights newWeights(NDManager manager);

    /** {@inheritDoc} */
    @Override
    protected CreditAssigner newAssigner(Network network, Loss loss, NDManager manager) {
        return new Assigner(newWeights(manager));
    }

    /** Where the weights of a rule come from. */
    interface FeedbackWeights {

        /**
         * Returns the weights for a layer, of the shape of its own.
         *
         * @param layer the layer in this pass
         * @return the weights
         */
        NDArray get(LayerTrace layer);

        /** Says in a few words what they are. */
        String describe(Layer layer);
    }

    private static final class Assigner implements CreditAssigner {

        private final FeedbackWeights weights;
        private final Map<Layer, NDArray> used = new HashMap<>();

        Assigner(FeedbackWeights weights) {
            this.weights = weights;
        }

        /** {@inheritDoc} */
        @Override
        public void assign(Tape tape, NDList errors) {
            used.clear();
            tape.backward(
                    errors,
                    (layer, delta) -> {
                        NDArray feedback = weights.get(layer);
                        used.put(layer.getLayer(), feedback);
                        return layer.inputError(delta, feedback);
                    },
                    false);
        }

        /** {@inheritDoc} */
        @Override
        public String describeFeedback(Layer layer) {
            return weights.describe(layer);
        }

        /** {@inheritDoc} */
        @Override
        public Optional<NDArray> getFeedback(LayerTrace layer) {
            return Optional.ofNullable(used.get(layer.getLayer()));
        }
    }
}
