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
package org.locallearning.djl.creditassignment;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.locallearning.djl.creditassignment.tape.Layer;
import org.locallearning.djl.creditassignment.tape.Tape;
import org.locallearning.djl.state.Stateful;

/**
 * A rule at work in one trainer.
 *
 * <p>With several devices, {@link #assign} is called once for each device's part of the batch, one
 * after another.
 */
public interface CreditAssigner extends Stateful {

    /**
     * Adds one batch's gradient to every trainable parameter. Where a loss depends on several
     * forwards this is called for each, the last one first. Gradients are directions of ascent, as
     * DJL's optimizers expect, and add up over calls until the optimizer clears them.
     *
     * @param tape the training forward of the batch; not used any more afterwards
     * @param errors the gradient of the loss with respect to each prediction
     */
    void assign(Tape tape, NDList errors);

    /**
     * Returns whether the rule runs the network, or stages of it, more than once on a batch. Tapes
     * can do that only where a rule says so.
     *
     * @return true to be given tapes that can do that; false by default
     */
    default boolean needsRerun() {
        return false;
    }

    /**
     * Returns whether the rule calls {@link Tape#checkNumbers} or {@link Tape#readNumbers} in every
     * batch before it adds gradients. The loss of the batch is then read together with the rule's
     * own numbers, so the host waits for the device only once. In a batch whose loss is not checked
     * {@link Tape#checkNumbers} waits for nothing.
     *
     * @return false by default: the loss is read before the rule begins
     */
    default boolean checksNumbers() {
        return false;
    }

    /**
     * Returns whether the rule's {@link org.locallearning.djl.creditassignment.tape.Feedback} may
     * have weights of its own for layers inside unknown blocks. Such blocks then run on copies of
     * their weights, which takes a little time.
     *
     * @return by default true, unless the rule {@link #needsRerun runs the network again}; false if
     *     the error passes unknown blocks exactly
     */
    default boolean needsInnerFeedback() {
        return !needsRerun();
    }

    /**
     * Returns whether any block may run again, so that each must give the same outputs for the same
     * inputs; the trainer rejects one that does not in the first batch.
     *
     * @return as {@link #needsRerun} by default; false if unknown blocks run once
     */
    default boolean needsRepeatableBlocks() {
        return needsRerun();
    }

    /**
     * Refuses devices that the rule cannot share a batch between. Called when the trainer is made.
     *
     * @param devices the devices of the trainer
     * @throws IllegalArgumentException if there are too many
     */
    default void checkDevices(Device[] devices) {}

    /**
     * Returns the loss that the rule learns from, where it does not look at the errors that {@link
     * #assign} is given. The trainer then refuses any other loss, and inputs that are made by what
     * is to learn, too.
     *
     * @return the loss, or empty if the rule learns from the errors
     */
    default Optional<OwnLoss> getOwnLoss() {
        return Optional.empty();
    }

    /**
     * Says in a few words how the error passes a layer.
     *
     * @param layer the layer
     * @return the words, for the report
     */
    default String describeFeedback(Layer layer) {
        return "as the rule has it";
    }

    /**
     * Says in a few words how the error passes a weighted layer inside a block that runs as one
     * piece.
     *
     * @param layer the layer
     * @return the words, for the report; exact by default
     */
    default String describeInnerFeedback(Layer layer) {
        return "exact, inside one piece";
    }

    /**
     * Says in a few words what happens to the error in an unknown block, which runs as one piece.
     *
     * @param inner the weighted layers inside
     * @return the words, for the report and for the warning; exact by default
     */
    default String describeUnknownBlock(List<Layer> inner) {
        return "one unit, backpropagated through inside";
    }

    /**
     * Returns the weights by which the error passed a layer.
     *
     * @param layer the layer, in the last batch
     * @return weights of the shape of the layer's own, closed with the tape or later; empty if the
     *     error passes in another way, as it does by default
     */
    default Optional<NDArray> getFeedback(Layer layer) {
        return Optional.empty();
    }

    /**
     * Returns the arrays that the rule keeps beside the model's parameters, such as feedback
     * weights.
     *
     * @return the arrays by name, such as the path of the weight whose place they take; none by
     *     default
     */
    default Map<String, NDArray> getRuleParameters() {
        return Map.of();
    }

    /**
     * Returns the parameters that the optimizer knows beside the model's. What it remembers of them
     * is saved under these names, under which {@link #saveState} has to write their arrays.
     *
     * @return the parameters by name, those that are there by now; none by default. A rule with
     *     {@link org.locallearning.djl.creditassignment.rule.RuleParameters} returns theirs
     */
    default Map<String, Parameter> getParameters() {
        return Map.of();
    }

    /**
     * Called before the optimizer takes a step, outside of any gradient collector, when gradients
     * are as it is going to get them: a loop may have clipped or masked those that backward left.
     * Most rules do nothing.
     *
     * @param store where the values of parameters come from
     * @param devices the devices of the trainer, the first of which leads
     */
    default void beforeStep(ParameterStore store, Device[] devices) {}

    /**
     * Called after the optimizer took a step, outside of any gradient collector. A rule that
     * changes parameters by anything but gradients does it here. Most rules do nothing.
     *
     * @param store where the values of parameters come from
     * @param devices the devices of the trainer, the first of which leads
     */
    default void afterStep(ParameterStore store, Device[] devices) {}
}
