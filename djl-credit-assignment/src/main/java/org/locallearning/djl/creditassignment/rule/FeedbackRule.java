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
import ai.djl.training.ParameterStore;
import ai.djl.training.loss.Loss;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
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
     * @param network the network that the trainer trains
     * @param manager the trainer's manager
     * @return the weights
     */
    abstract FeedbackWeights newWeights(Network network, NDManager manager);

    /** {@inheritDoc} */
    @Override
    protected CreditAssigner newAssigner(Network network, Loss loss, NDManager manager) {
        return new Assigner(newWeights(network, manager));
    }

    /** Where the weights of a rule come from. */
    interface FeedbackWeights {

        /**
         * Returns the weights for a layer, of the shape of its own.
         *
         * @param tape the tape of the batch
         * @param layer the layer in this pass
         * @return the weights, without history
         */
        NDArray get(Tape tape, LayerTrace layer);

        /** Says in a few words what they are. */
        String describe(Layer layer);

        /** Is told that the gradients of a batch are complete, the tape still being open. */
        default void onGradients(Tape tape) {}

        /** Is told that the optimizer took a step, see {@link CreditAssigner#afterStep}. */
        default void afterStep(ParameterStore store, Device[] devices) {}

        /** Writes weights that learn. */
        default void save(DataOutputStream out) throws IOException {}

        /** Reads what {@link #save} wrote. */
        default void load(DataInputStream in) throws IOException, MalformedModelException {}
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
                        NDArray feedback = weights.get(tape, layer);
                        used.put(layer.getLayer(), feedback);
                        return layer.inputError(delta, feedback);
                    },
                    false);
            weights.onGradients(tape);
        }

        /** {@inheritDoc} */
        @Override
        public void afterStep(ParameterStore store, Device[] devices) {
            weights.afterStep(store, devices);
        }

        /** {@inheritDoc} */
        @Override
        public void saveState(DataOutputStream out) throws IOException {
            weights.save(out);
        }

        /** {@inheritDoc} */
        @Override
        public void loadState(DataInputStream in) throws IOException, MalformedModelException {
            weights.load(in);
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
