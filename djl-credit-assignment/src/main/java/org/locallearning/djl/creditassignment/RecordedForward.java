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
import java.util.Optional;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.creditassignment.tape.Tape;
import org.locallearning.djl.decorrelation.internal.Graph;

/** A training forward inside a gradient collector that waits for its error. */
final class RecordedForward {

    /** Why no error may arrive at the predictions a second time. */
    static final String USED_UP =
            "The loss depends on predictions that were given their error by an earlier backward;"
                    + " add up the losses of one forward before backward, or call trainer.forward"
                    + " again.";

    private final CreditTrainer trainer;
    private final Tape tape;
    private final NDList data;
    private final NDList labels;
    private final Device device;
    private final NDList predictions;
    private final NDList handedOut;
    private final long updates;

    /**
     * Creates it.
     *
     * @param trainer whose network ran
     * @param tape the tape that it was recorded on
     * @param data the inputs of the network
     * @param labels the labels; null where there are none
     */
    RecordedForward(CreditTrainer trainer, Tape tape, NDList data, NDList labels) {
        this.trainer = trainer;
        this.tape = tape;
        this.data = data;
        this.labels = labels;
        device = data.head().getDevice();
        predictions = new NDList(tape.getPredictions());
        handedOut = new NDList(predictions.stream().map(RecordedForward::handOut).toList());
        updates = trainer.getUpdates();
    }

    /** Makes a copy, since the engine lets nobody change a leaf of its graph in place. */
    private static NDArray handOut(NDArray leaf) {
        return leaf.hasGradient() ? Autograd.copy(leaf) : leaf;
    }

    CreditTrainer trainer() {
        return trainer;
    }

    Tape tape() {
        return tape;
    }

    /** Returns the leaves at which the errors of the predictions arrive. */
    NDList predictions() {
        return predictions;
    }

    /** Returns the predictions for the loss, which may change them in place. */
    NDList handedOut() {
        return handedOut;
    }

    /** Returns whether the error has to go on to what made the inputs. */
    boolean isInputErrorWanted() {
        return tape.isInputErrorWanted();
    }

    void checkOpen() {
        if (!tape.getManager().isOpen() || predictions.stream().anyMatch(NDArray::isReleased)) {
            throw new IllegalStateException(
                    "The arrays of a forward were closed before its backward; close a batch after"
                            + " backward, and run what needs no credit outside of the gradient"
                            + " collector.");
        }
    }

    /** Returns whether an error has arrived at the predictions. */
    boolean isReached() {
        return predictions.stream().filter(NDArray::hasGradient).anyMatch(Autograd::hasArrived);
    }

    /**
     * Assigns credit for the error that has arrived, and sends the error at the inputs on.
     *
     * @param alone whether the loss depends on no other forward
     */
    void assignCredit(boolean alone) {
        if (updates != trainer.getUpdates()) {
            throw new IllegalStateException(
                    "The parameters took a step between a forward and its backward, so that its"
                            + " error fits them no more; call step() after the backward of every"
                            + " forward, and take a rule that moves weights within a batch for one"
                            + " forward at a time.");
        }
        try (tape) {
            trainer.assignCredit(tape, tape.getOutputErrors(), alone);
            if (isInputErrorWanted()) {
                sendOn(
                        tape.takeInputErrors()
                                .orElseThrow(
                                        () ->
                                                new IllegalStateException(
                                                        noWayOn(trainer.getRule()))));
            }
        }
    }

    private void sendOn(NDList errors) {
        for (int i = 0; i < data.size(); i++) {
            NDArray input = data.get(i);
            if (Graph.holds(input)) {
                Autograd.backward(input, errors.get(i), true);
            }
        }
    }

    /** Says that the error at the inputs is wanted, but that a rule gives none. */
    static String noWayOn(CreditAssignment rule) {
        return String.format(
                "%s sends no error to the inputs of its network, so that what made them could not"
                        + " learn; take a rule that does, such as FeedbackAlignment, or give the"
                        + " network stopGradient() of its inputs.",
                rule.getClass().getSimpleName());
    }

    /** Leaves what the rule is going to check to a later batch. */
    void putOffChecks() {
        trainer.getChecks().putOff(tape);
    }

    Device getDevice() {
        return device;
    }

    /**
     * Says where numbers are not finite: in what was recorded, or, once that is closed, in the
     * batch as it runs once more, or in the parameters.
     *
     * @return what was found and where, as a clause, or empty if everything is finite
     */
    Optional<String> findNonFinite() {
        if (tape.getManager().isOpen()) {
            return tape.findNonFinite();
        }
        Optional<String> parameter = trainer.findNonFiniteParameter(device);
        boolean isClosed = data.stream().anyMatch(NDArray::isReleased);
        return isClosed
                ? parameter.or(() -> Optional.of("every parameter is finite, and its batch closed"))
                : trainer.searchInRerun(data, labels, Tape::findNonFinite).or(() -> parameter);
    }

    void close() {
        tape.close();
    }
}
