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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.decorrelation.internal.BlockPath;

/**
 * A recorded piece of a network: a weighted layer, container, or unknown block with parameters, and
 * the blocks without weights in front of it.
 *
 * <p>{@code h = W f(z) + b}, where {@code z} is the output of the stage below, a pre-activation.
 * {@code f} is, in order: blocks that change the shape, such as pooling directly after a
 * convolution; the activation {@code φ}, the run of known blocks that keep shape and units
 * (activation, normalization, dropout); the rest, such as flattening and decorrelation layers. The
 * last stage of a sequence has a tail, the blocks after its layer.
 *
 * <p>Everything is differentiated exactly. {@link #inputErrors} and {@link #addGradients} may be
 * called any number of times; {@link #backward} does both and must be the last call. Parts of a
 * stage are stages that share its arrays. Close a stage when done; closing its {@link Tape} closes
 * it too.
 */
public final class Stage implements AutoCloseable {

    private final String path;
    private final SequenceNode.SequenceTrace trace;
    private final ForwardPass pass;
    private final Reruns reruns;
    private Front front;

    private Stage(String path, SequenceNode.SequenceTrace trace, ForwardPass pass, Reruns reruns) {
        this.path = path;
        this.trace = trace;
        this.pass = pass;
        this.reruns = reruns;
    }

    /**
     * Cuts a sequence into its stages.
     *
     * @param sequence the sequence as it ran
     * @param pass the pass in which it ran
     * @param reruns makes further runs
     * @return the stages, at least one
     */
    static List<Stage> of(SequenceNode.SequenceTrace sequence, ForwardPass pass, Reruns reruns) {
        List<Node> nodes = sequence.node().nodes();
        List<Stage> stages = new ArrayList<>();
        int begin = 0;
        for (int end : ends(nodes)) {
            SequenceNode.SequenceTrace part = sequence.part(begin, end);
            stages.add(new Stage(part.node().path(), part, pass, reruns));
            begin = end;
        }
        return stages;
    }

    /** Returns the nodes after the last of each stage. */
    private static List<Integer> ends(List<Node> nodes) {
        List<Integer> ends = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            if (nodes.get(i).endsStage()) {
                ends.add(i + 1);
            }
        }
        // what comes after the last of them is the tail of its stage
        if (!ends.isEmpty()) {
            ends.remove(ends.size() - 1);
        }
        ends.add(nodes.size());
        return ends;
    }

    /**
     * Returns the path of the weighted layer or container of this stage.
     *
     * @return the names of the children that lead to it, joined as in parameter names; of a part of
     *     a stage that of the stage
     */
    public String getPath() {
        return path;
    }

    /**
     * Returns the inputs {@code z}: one array, unless the stage is the first or the one below puts
     * out several.
     *
     * @return the inputs
     */
    public NDList getInputs() {
        return trace.inputs();
    }

    /**
     * Returns the outputs {@code h}, closed with the stage; see {@link #keepOutputs} for aliases
     * that are not.
     *
     * @return the outputs; of the last stage those of its tail
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
        return detach(trace.outputs(), reruns.scope());
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
     * Returns whether the stage holds a weighted layer, or an unknown block with parameters.
     *
     * @return false for a container of blocks without weights, and for parts without a layer
     */
    public boolean isWeighted() {
        return trace.node().isWeighted();
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
     * Returns the blocks without weights in front, {@code f}.
     *
     * @return the part from the input to the weighted layer or container; may be empty
     */
    public Stage getFront() {
        return part(0, core());
    }

    /**
     * Returns the weighted layer or container by itself, {@code W}.
     *
     * @return the part after {@code f}; empty if the stage has no layer
     */
    public Stage getWeighted() {
        return part(core(), Math.min(core() + 1, trace.traces().size()));
    }

    /**
     * Returns the blocks after the weighted layer or container.
     *
     * @return the part after {@code W}; empty unless the stage is the last of its sequence
     */
    public Stage getTail() {
        return part(Math.min(core() + 1, trace.traces().size()), trace.traces().size());
    }

    /** Returns the first weighted node, or else the first container, or else the end. */
    private int core() {
        List<Node> nodes = trace.node().nodes();
        int container = nodes.size();
        for (int i = nodes.size() - 1; i >= 0; i--) {
            container = nodes.get(i).endsStage() ? i : container;
        }
        for (int i = container; i < nodes.size(); i++) {
            if (nodes.get(i).isWeighted()) {
                return i;
            }
        }
        return container;
    }

    private Stage part(int begin, int end) {
        return part(trace.part(begin, end));
    }

    private Stage part(SequenceNode.SequenceTrace part) {
        return new Stage(path, part, pass, reruns);
    }

    /**
     * Returns this stage and the next one of the sequence as one.
     *
     * @param next the stage whose inputs are the outputs of this one
     * @return both as one stage, named by the last weighted layer in it
     */
    public Stage joinedWith(Stage next) {
        SequenceNode.SequenceTrace joined = trace.joinedWith(next.trace);
        return new Stage(joined.node().path(), joined, pass, reruns);
    }

    /**
     * Returns the part of {@code f} before the activation, whose output is the pre-activation that
     * {@link #activate} takes.
     *
     * @return the blocks in front that change the shape or put units elsewhere; most often empty,
     *     the pre-activation being the input
     */
    public Stage upToPreActivation() {
        return part(front().upToPreActivation());
    }

    /**
     * Returns the part of {@code f} that ends with the activation.
     *
     * @return the blocks from the input to the end of {@code φ}
     */
    public Stage upToActivation() {
        return part(front().upToActivation());
    }

    /**
     * Returns the part of {@code f} after the activation that has parameters, from the first block
     * that does on.
     *
     * @return a normalization after pooling, for example, and what follows it; most often empty
     */
    public Stage parametersAfterActivation() {
        return part(front().parametersAfterActivation());
    }

    private Front front() {
        if (front == null) {
            front = new Front(trace.part(0, core()), reruns.moves());
        }
        return front;
    }

    /**
     * Applies the activation {@code φ} to another pre-activation. It is the function that ran:
     * dropout keeps its mask and batch normalization its mean and variance, so that a sample's
     * activation is a function of that sample's pre-activation alone. Nothing is recorded for
     * differentiation, and running statistics stay as they are.
     *
     * <p>A block that is another function each time it runs, and that the table of layers has no
     * rerun for, runs as it does: {@code GhostBatchNorm} normalizes by the statistics of what it is
     * given, and a lambda that draws random numbers draws new ones, which {@link
     * #repeatsActivation} tells.
     *
     * @param preActivation an array of the pre-activation's shape
     * @return {@code φ(preActivation)}, attached to the manager of the given array
     */
    public NDArray activate(NDArray preActivation) {
        NDArray activation =
                Autograd.withoutRecording(
                        () -> front().activate(reruns.unchanged(), preActivation));
        activation.attach(preActivation.getManager());
        return activation;
    }

    /**
     * Returns the activation, to compare others of {@link #activate} with: what that gives for the
     * stage's own pre-activation, to the last bit. It is computed only where blocks that run again
     * round in another way than in the forward pass.
     *
     * @return {@code φ} of the pre-activation, closed with the tape
     */
    public NDArray getActivation() {
        if (front().hasRerun(reruns.table())) {
            return activate(upToPreActivation().keepOutputs().singletonOrThrow());
        }
        return upToActivation().keepOutputs().singletonOrThrow();
    }

    /**
     * Returns whether the activation is the same function each time it runs, as {@link #activate}
     * assumes.
     *
     * @return false if it gives something else for the stage's own pre-activation than in the
     *     forward pass, far beyond rounding
     */
    public boolean repeatsActivation() {
        NDArray first = upToActivation().trace.outputs().head();
        try (NDManager scope = reruns.scope().newSubManager()) {
            NDList preActivation = upToPreActivation().keepOutputs();
            preActivation.attach(scope);
            return preActivation.size() != 1
                    || !RerunCheck.differ(first, activate(preActivation.head()));
        }
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
                    "Nothing below stage " + this + " learns, so its input was not recorded.");
        }
        checkErrors(errors);
        try (NDManager scope = reruns.scope().newSubManager()) {
            NDList inputErrors =
                    trace.backward(detach(errors, scope), BackwardPass.ofInputErrors());
            inputErrors.attach(reruns.scope());
            return inputErrors;
        }
    }

    /**
     * Adds the vector-Jacobian product of the stage with respect to its parameters to their
     * gradients.
     *
     * @param errors the error at each output, of its shape; not closed
     */
    public void addGradients(NDList errors) {
        checkErrors(errors);
        if (isTrainable()) {
            try (NDManager scope = reruns.scope().newSubManager()) {
                trace.backward(detach(errors, scope), BackwardPass.ofGradients());
            }
        }
    }

    /**
     * Adds to the gradients of the stage's parameters and returns the error at its input, both in
     * one backward pass. It is the last use of what was recorded, which is closed.
     *
     * @param errors the error at each output, of its shape; closed
     * @param inputErrorsWanted whether the error at the input is needed
     * @return the error at each input; empty if it is not needed, or if nothing below learns
     */
    public NDList backward(NDList errors, boolean inputErrorsWanted) {
        checkErrors(errors);
        return trace.backwardAndRelease(errors, BackwardPass.last(inputErrorsWanted));
    }

    private void checkErrors(NDList errors) {
        int outputs = trace.outputs().size();
        if (errors.size() != outputs) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "Stage %s puts out %d arrays, but the errors are %d; give one for each"
                                    + " output.",
                            this,
                            outputs,
                            errors.size()));
        }
    }

    /**
     * Returns the branches of the stage's container.
     *
     * @return for each branch its stages, in the order in which they ran; empty if the stage has no
     *     container that is walked
     */
    public List<List<Stage>> getBranches() {
        if (core() < trace.traces().size()
                && trace.traces().get(core()) instanceof ParallelNode.ParallelTrace) {
            return container().sequences().stream()
                    .map(sequence -> of(sequence, pass, reruns))
                    .toList();
        }
        return List.of();
    }

    /**
     * Sends an error from the outputs of the stage's container to the end of each branch. It is the
     * last use of what was recorded after the branches, which is closed.
     *
     * @param errors the error at each output of the container, of its shape; closed
     * @return for each branch the error at each of its outputs; empty for a branch in which and
     *     below which nothing learns
     */
    public List<NDList> backwardToBranches(NDList errors) {
        List<NDList> branchErrors = container().backwardToBranches(errors, false);
        errors.close();
        container().release();
        return branchErrors;
    }

    private ParallelNode.ParallelTrace container() {
        return (ParallelNode.ParallelTrace) trace.traces().get(core());
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
    public Stage rerun(NDList inputs, boolean inputErrorWanted) {
        ForwardPass newPass = reruns.newPass();
        try {
            return new Stage(
                    path,
                    trace.node().run(newPass, detach(inputs, newPass.scope()), inputErrorWanted),
                    newPass,
                    reruns);
        } catch (RuntimeException e) {
            newPass.scope().close();
            throw e;
        }
    }

    /** Closes what this run made. */
    @Override
    public void close() {
        if (pass.scope() == reruns.scope()) {
            trace.releaseAll();
        } else {
            pass.scope().close();
        }
    }

    /** Returns the path, for messages. */
    @Override
    public String toString() {
        return BlockPath.display(path);
    }
}
