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
package org.locallearning.djl.creditassignment.tape;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Optional;
import org.locallearning.djl.creditassignment.internal.Autograd;

/**
 * A piece of a network as it ran once, for rules that work on pieces by themselves: one weighted
 * layer, or one container or unknown block with everything inside, and the blocks without weights
 * in front of it. The last stage also has what comes behind.
 *
 * <p>So {@code h = W f(z) + b}, where {@code z} is the input: the output of the stage below, a
 * pre-activation. Inside a stage everything is differentiated exactly.
 *
 * <p>A stage may be sent back through any number of times, {@link #runAgain run again} on other
 * inputs, and is closed when it is not needed any more, at the latest with its {@link Tape}.
 */
public final class Stage implements AutoCloseable {

    private static final Feedback EXACT =
            (layer, delta) -> {
                try (NDArray weight = layer.getWeight()) {
                    return layer.inputError(delta, weight);
                }
            };

    private final String path;
    private final SequenceNode.SequenceTrace trace;
    private final ForwardPass pass;
    private final RepeatStore store;
    private final NDManager tapeScope;

    /**
     * Creates a stage of a tape.
     *
     * @param path the path of what the stage ends with
     * @param trace the nodes as they ran
     * @param pass the pass in which they ran
     * @param store where parameters come from in further runs
     * @param tapeScope the manager of the tape
     */
    Stage(
            String path,
            SequenceNode.SequenceTrace trace,
            ForwardPass pass,
            RepeatStore store,
            NDManager tapeScope) {
        this.path = path;
        this.trace = trace;
        this.pass = pass;
        this.store = store;
        this.tapeScope = tapeScope;
    }

    /**
     * Returns the path of the weighted layer or container of this stage.
     *
     * @return the names of the children that lead to it, joined as in parameter names
     */
    public String getPath() {
        return path;
    }

    /**
     * Returns the inputs on which the stage ran: one array, unless the stage is the first.
     *
     * @return the inputs
     */
    public NDList getInputs() {
        return trace.inputs();
    }

    /**
     * Returns what came out: one array, unless the stage is the last. The arrays are closed with
     * the stage; see {@link #keepOutputs} for copies that are not.
     *
     * @return the outputs
     */
    public NDList getOutputs() {
        return trace.outputs();
    }

    /**
     * Returns the outputs without history, in the same memory, closed with the tape.
     *
     * @return the outputs
     */
    public NDList keepOutputs() {
        NDList kept = new NDList(trace.outputs().size());
        for (NDArray output : trace.outputs()) {
            kept.add(Autograd.detach(output, tapeScope));
        }
        return kept;
    }

    /**
     * Returns whether parameters of this stage learn.
     *
     * @return true if one of them is not frozen
     */
    public boolean isTrainable() {
        return trace.node().isTrainable();
    }

    /**
     * Returns whether anything below this stage learns, so that errors at the input are of use. If
     * not, they cannot be had.
     *
     * @return true if a parameter below is not frozen
     */
    public boolean isInputErrorWanted() {
        return trace.isInputErrorWanted();
    }

    /**
     * Returns the vector-Jacobian product of the stage with respect to its input. The gradients of
     * parameters stay as they are.
     *
     * @param errors the error at each output, of its shape; not closed
     * @return the error at each input, closed with the tape
     * @throws IllegalStateException if nothing below the stage learns
     */
    public NDList inputErrors(NDList errors) {
        if (!isInputErrorWanted()) {
            throw new IllegalStateException(
                    "Nothing below stage " + path + " learns, so its input was not recorded.");
        }
        try (NDManager scope = tapeScope.newSubManager()) {
            NDList inputErrors = trace.backward(detach(errors, scope), way(false, true));
            inputErrors.attach(tapeScope);
            return inputErrors;
        }
    }

    /**
     * Returns what the blocks in front of the weighted one make of the input, {@code f(z)}, without
     * history and closed with the tape.
     *
     * @return the activations; the inputs if nothing is in front
     */
    public NDList keepActivations() {
        return detach(front().map(Trace::outputs).orElse(trace.inputs()), tapeScope);
    }

    /**
     * Returns the vector-Jacobian product of the blocks in front of the weighted one, {@code f},
     * with respect to the input. The gradients of parameters stay as they are.
     *
     * @param errors the error at each activation, of its shape; not closed
     * @return the error at each input, closed with the tape
     */
    public NDList activationErrors(NDList errors) {
        Optional<SequenceNode.SequenceTrace> front = front();
        if (front.isEmpty()) {
            return detach(errors, tapeScope);
        }
        try (NDManager scope = tapeScope.newSubManager()) {
            NDList inputErrors = front.get().backward(detach(errors, scope), way(false, true));
            inputErrors.attach(tapeScope);
            return inputErrors;
        }
    }

    private Optional<SequenceNode.SequenceTrace> front() {
        List<Node> nodes = trace.node().nodes();
        int weighted = 0;
        while (weighted < nodes.size() && !nodes.get(weighted).isWeighted()) {
            weighted++;
        }
        return weighted == 0 ? Optional.empty() : Optional.of(trace.part(0, weighted));
    }

    /**
     * Adds the vector-Jacobian product of the stage with respect to its parameters to their
     * gradients.
     *
     * @param errors the error at each output, of its shape; not closed
     */
    public void addGradients(NDList errors) {
        if (isTrainable()) {
            try (NDManager scope = tapeScope.newSubManager()) {
                trace.backward(detach(errors, scope), way(true, false));
            }
        }
    }

    private static BackwardPass way(boolean gradientsWanted, boolean inputErrorsWanted) {
        return new BackwardPass(EXACT, true, gradientsWanted, inputErrorsWanted);
    }

    private static NDList detach(NDList arrays, NDManager scope) {
        NDList aliases = new NDList(arrays.size());
        for (NDArray array : arrays) {
            aliases.add(Autograd.detach(array, scope));
        }
        return aliases;
    }

    /**
     * Runs the stage once more in training mode, with its parameters as they are now. Dropout drops
     * what it dropped before, and running statistics and the like do not change a second time.
     *
     * @param inputs the inputs, as many as before
     * @param inputErrorWanted whether {@link #inputErrors} is going to be called
     * @return the new run; this one stays as it is
     */
    public Stage runAgain(NDList inputs, boolean inputErrorWanted) {
        NDManager scope = tapeScope.newSubManager();
        try {
            ForwardPass again = pass.again(store.forRun(scope), scope);
            return new Stage(
                    path,
                    trace.node().run(again, detach(inputs, scope), inputErrorWanted),
                    again,
                    store,
                    tapeScope);
        } catch (RuntimeException e) {
            scope.close();
            throw e;
        }
    }

    /** Closes what this run made. */
    @Override
    public void close() {
        if (pass.scope() == tapeScope) {
            trace.releaseAll();
        } else {
            pass.scope().close();
        }
    }

    /** Returns the path, for messages. */
    @Override
    public String toString() {
        return path;
    }
}
