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
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.training.loss.Loss;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.locallearning.djl.creditassignment.CreditAssigner;
import org.locallearning.djl.creditassignment.CreditAssignment;
import org.locallearning.djl.creditassignment.tape.Feedback;
import org.locallearning.djl.creditassignment.tape.Layer;
import org.locallearning.djl.creditassignment.tape.LayerTrace;
import org.locallearning.djl.creditassignment.tape.Network;
import org.locallearning.djl.creditassignment.tape.PassedLayer;
import org.locallearning.djl.creditassignment.tape.Tape;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;

/**
 * A rule that sends the error back layer by layer through weights {@code B} of its own: {@code
 * δ_below = φ'(h) ⊙ (Bᵀ δ)}. Gradients of a layer's parameters are the local products {@code δ xᵀ}
 * and {@code δ}.
 *
 * <p>An unknown block runs as one piece. Its weighted layers and the weights of DJL's recurrent
 * blocks use {@code B} as well: it is in the memory of {@code W} while the engine differentiates
 * the piece.
 *
 * <p>Subclasses define {@code B} in {@link #newWeights}. Cost for L layers: 3L − 1 matrix products
 * per step, as backpropagation, plus that of {@code B}.
 */
public abstract class FeedbackRule extends CreditAssignment {

    /**
     * Creates a rule.
     *
     * @param builder the builder with the settings that all rules share
     */
    protected FeedbackRule(Builder<?> builder) {
        super(builder);
    }

    /**
     * Makes the weights that this rule sends errors through in one trainer.
     *
     * @param network the network that the trainer trains
     * @param manager the trainer's manager
     * @return the weights
     */
    protected abstract FeedbackWeights newWeights(Network network, NDManager manager);

    /** Errors pass weighted layers inside unknown blocks by this rule, too. */
    @Override
    protected boolean hasErrorsOfItsOwn(Network network) {
        return super.hasErrorsOfItsOwn(network)
                || !network.getInnerLayersWithLearningBelow().isEmpty();
    }

    /** {@inheritDoc} */
    @Override
    protected final CreditAssigner newAssigner(Network network, Loss loss, NDManager manager) {
        return new Assigner(newWeights(network, manager));
    }

    private static final class Assigner implements CreditAssigner {

        private final FeedbackWeights weights;
        private final Map<Layer, NDArray> used = new HashMap<>();

        Assigner(FeedbackWeights weights) {
            this.weights = weights;
        }

        /** {@inheritDoc} */
        @Override
        public boolean needsInnerFeedback() {
            return weights.differFromWeights();
        }

        /** {@inheritDoc} */
        @Override
        public void assign(Tape tape, NDList errors) {
            used.clear();
            tape.backward(
                    errors,
                    new Feedback() {
                        @Override
                        public NDArray inputError(LayerTrace layer, NDArray delta) {
                            return layer.inputError(delta, feedback(tape, layer));
                        }

                        @Override
                        public Optional<NDArray> innerFeedback(PassedLayer layer) {
                            NDArray found = feedback(tape, layer);
                            return weights.differFromWeights()
                                    ? Optional.of(found)
                                    : Optional.empty();
                        }
                    },
                    false);
            weights.onGradients(tape);
        }

        private NDArray feedback(Tape tape, PassedLayer layer) {
            NDArray feedback = weights.get(tape, layer);
            used.put(layer.getLayer(), feedback);
            return feedback;
        }

        /** {@inheritDoc} */
        @Override
        public void beforeStep(ParameterStore store, Device[] devices) {
            weights.beforeStep(store, devices);
        }

        /** {@inheritDoc} */
        @Override
        public void afterStep(ParameterStore store, Device[] devices) {
            weights.afterStep(store, devices);
        }

        /** {@inheritDoc} */
        @Override
        public void saveState(StateWriter out) throws IOException {
            weights.saveState(out);
        }

        /** {@inheritDoc} */
        @Override
        public Runnable loadState(StateReader in) throws IOException, MalformedModelException {
            return weights.loadState(in);
        }

        /** {@inheritDoc} */
        @Override
        public String describeFeedback(Layer layer) {
            return weights.describe(layer);
        }

        /** {@inheritDoc} */
        @Override
        public String describeInnerFeedback(Layer layer) {
            return weights.describe(layer);
        }

        /** {@inheritDoc} */
        @Override
        public String describeUnknownBlock(List<Layer> inner) {
            if (!weights.differFromWeights()) {
                return "exact inside";
            }
            return inner.isEmpty()
                    ? "exact inside, where no weighted layer is known"
                    : "by feedback through the weighted layers inside, else exact";
        }

        /** {@inheritDoc} */
        @Override
        public Optional<NDArray> getFeedback(Layer layer) {
            return Optional.ofNullable(used.get(layer));
        }

        /** {@inheritDoc} */
        @Override
        public Map<String, NDArray> getRuleParameters() {
            return weights.getRuleParameters();
        }

        /** {@inheritDoc} */
        @Override
        public Map<String, Parameter> getParameters() {
            return weights.getParameters();
        }
    }
}
