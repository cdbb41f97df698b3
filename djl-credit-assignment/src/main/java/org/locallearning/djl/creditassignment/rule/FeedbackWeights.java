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
import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.Map;
import org.locallearning.djl.creditassignment.CreditAssigner;
import org.locallearning.djl.creditassignment.tape.Layer;
import org.locallearning.djl.creditassignment.tape.PassedLayer;
import org.locallearning.djl.creditassignment.tape.Tape;
import org.locallearning.djl.state.Stateful;

/**
 * The weights {@code B} through which a {@link FeedbackRule} sends errors in one trainer. Weights
 * that learn are saved and loaded with training, see {@link Stateful}, by {@link RuleParameters}.
 */
public interface FeedbackWeights extends Stateful {

    /**
     * Returns the weights for a layer, which may stand inside a block that runs as one piece.
     *
     * @param tape the tape of the batch
     * @param layer the layer in this pass
     * @return the weights, of the shape of the layer's own, without history
     */
    NDArray get(Tape tape, PassedLayer layer);

    /**
     * Returns whether they are others than the layers' own.
     *
     * @return true by default; false if {@link #get} returns {@link PassedLayer#getWeight}
     */
    default boolean differFromWeights() {
        return true;
    }

    /**
     * Says in a few words what they are.
     *
     * @param layer the layer
     * @return the words, such as "through B given"
     */
    String describe(Layer layer);

    /**
     * Called when the gradients of a batch are complete and its tape is still open.
     *
     * @param tape the tape of the batch
     */
    default void onGradients(Tape tape) {}

    /**
     * Called before the optimizer takes a step, see {@link CreditAssigner#beforeStep}.
     *
     * @param store where the values of parameters come from
     * @param devices the devices of the trainer, the first of which leads
     */
    default void beforeStep(ParameterStore store, Device[] devices) {}

    /**
     * Called after the optimizer took a step, see {@link CreditAssigner#afterStep}.
     *
     * @param store where the values of parameters come from
     * @param devices the devices of the trainer, the first of which leads
     */
    default void afterStep(ParameterStore store, Device[] devices) {}

    /**
     * Returns the weights that are kept from batch to batch, see {@link
     * CreditAssigner#getRuleParameters}.
     *
     * @return the weights by path; none by default
     */
    default Map<String, NDArray> getRuleParameters() {
        return Map.of();
    }

    /**
     * Returns the parameters that the optimizer knows, see {@link CreditAssigner#getParameters}.
     *
     * @return the parameters by name; none by default
     */
    default Map<String, Parameter> getParameters() {
        return Map.of();
    }
}
