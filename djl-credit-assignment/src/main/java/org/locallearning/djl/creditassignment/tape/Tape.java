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
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.decorrelation.internal.BlockPath;
import org.locallearning.djl.decorrelation.internal.Graph;
import org.locallearning.djl.decorrelation.internal.HostNumber;
import org.locallearning.djl.decorrelation.internal.HostValues;
import org.locallearning.djl.decorrelation.internal.PendingChecks;

/**
 * One training forward of a network, recorded piece by piece, and the backward pass through it.
 *
 * <p>The engine's graph is cut at the input and the output of every weighted layer, and at the
 * predictions. The engine differentiates between the cuts; a {@link Feedback} sends the error
 * across a layer.
 *
 * <p>Order of use: {@link #record}; a loss on {@link #getPredictions} and the engine's backward of
 * that loss; {@link #getOutputErrors}; {@link #backward}, any number of times, keeping the graph
 * until the last, or the {@link #getStages stages} one by one; {@link #close}, which closes
 * everything but the predictions. Not thread-safe.
 */
public final class Tape implements AutoCloseable {

    private final Network network;
    private final NDList data;
    private final ForwardPass pass;
    private final Trace trace;
    private final Cut predictions;
    private final Optional<Reruns> reruns;
    private final ExpectedNumbers expected;
    private Optional<NDList> inputErrors = Optional.empty();
    private Consumer<ExpectedNumbers> checking = numbers -> numbers.read(new NDList());

    private Tape(
            Network network,
            NDList data,
            ForwardPass pass,
            Trace trace,
            Cut predictions,
            Optional<Reruns> reruns) {
        this.network = network;
        this.data = data;
        this.pass = pass;
        this.trace = trace;
        this.predictions = predictions;
        this.reruns = reruns;
        expected = new ExpectedNumbers(pass.scope());
    }

    /**
     * Runs a network in training mode and remembers it.
     *
     * @param network the network; its blocks are initialized
     * @param store where parameters come from
     * @param data the inputs of the model
     * @param labels the labels, for blocks that take them in training; may be null
     * @return the tape
     * @throws IllegalArgumentException if a block cannot run on what it is given; the message names
     *     it
     */
    public static Tape record(Network network, ParameterStore store, NDList data, NDList labels) {
        return record(network, store, data, labels, false);
    }

    /**
     * Runs a network in training mode and remembers it, also so that its stages can run again.
     *
     * @param network the network; its blocks are initialized
     * @param store where parameters come from
     * @param data the inputs of the model
     * @param labels the labels; may be null
     * @param rerunnable whether {@link #getStages} or {@link #rerun} is going to be called: masks
     *     of dropout and the state that a training forward changes are then kept
     * @return the tape
     * @throws IllegalArgumentException if a block cannot run on what it is given; the message names
     *     it
     */
    public static Tape record(
            Network network, ParameterStore store, NDList data, NDList labels, boolean rerunnable) {
        return record(network, store, data, labels, rerunnable, true);
    }

    /**
     * Runs a network in training mode and remembers it, as far as it is needed.
     *
     * @param network the network; its blocks are initialized
     * @param store where parameters come from
     * @param data the inputs of the model
     * @param labels the labels; may be null
     * @param rerunnable whether {@link #getStages} or {@link #rerun} is going to be called
     * @param innerFeedback whether {@link #backward} is going to be given feedback for layers
     *     inside unknown blocks: those then run on copies of their weights
     * @return the tape
     * @throws IllegalArgumentException if a block cannot run on what it is given; the message names
     *     it
     */
    public static Tape record(
            Network network,
            ParameterStore store,
            NDList data,
            NDList labels,
            boolean rerunnable,
            boolean innerFeedback) {
        NDManager manager = data.head().getManager();
        // the manager of what was sent to another device may be of the first
        NDManager scope = manager.newSubManager(data.head().getDevice());
        try {
            Optional<RerunMemory> memory =
                    rerunnable
                            ? Optional.of(
                                    new RerunMemory(network.root().parameters(), store, scope))
                            : Optional.empty();
            ForwardPass pass =
                    new ForwardPass(
                            store,
                            labels,
                            scope,
                            new ProductCounter(),
                            memory,
                            network.inPlace(),
                            innerFeedback);
            boolean fedByGraph = data.stream().anyMatch(Graph::holds);
            Trace trace = network.root().run(pass, data, fedByGraph);
            Cut predictions = new Cut(trace.outputs(), true, manager);
            Optional<Reruns> reruns = memory.map(kept -> new Reruns(network, pass, kept.store()));
            return new Tape(network, data, pass, trace, predictions, reruns);
        } catch (RuntimeException e) {
            scope.close();
            throw e;
        }
    }

    /**
     * Returns whether an input of the network has a gradient to be found, such as one that another
     * network made, so that the error has to go on to it.
     *
     * @return true if a rule that does not call {@link #backward} calls {@link #setInputErrors}
     */
    public boolean isInputErrorWanted() {
        return trace.isInputErrorWanted();
    }

    /**
     * Sets the errors at the inputs of the network, where {@link #backward} does not.
     *
     * @param errors the error at each input; empty if they are not wanted
     */
    public void setInputErrors(NDList errors) {
        inputErrors = Optional.of(errors);
    }

    /**
     * Takes the errors at the inputs of the network.
     *
     * @return the error at each input, closed with the tape; empty if none were found since they
     *     were taken, or if they are not wanted
     */
    public Optional<NDList> takeInputErrors() {
        Optional<NDList> taken = inputErrors.filter(errors -> !errors.isEmpty());
        inputErrors = Optional.empty();
        return taken;
    }

    /**
     * Returns the network that ran.
     *
     * @return the network
     */
    public Network getNetwork() {
        return network;
    }

    /**
     * Returns the weighted layers as they ran, in that order.
     *
     * @return the layers and their arrays
     */
    public List<LayerTrace> getLayers() {
        return getBlocks().stream()
                .filter(LayerTrace.class::isInstance)
                .map(LayerTrace.class::cast)
                .toList();
    }

    /**
     * Returns the blocks with parameters of their own as they ran, in that order: the weighted
     * layers, and normalizations and unknown blocks between them.
     *
     * @return the blocks and their outputs
     */
    public List<BlockTrace> getBlocks() {
        List<BlockTrace> blocks = new ArrayList<>();
        trace.collectBlocks(blocks);
        return Collections.unmodifiableList(blocks);
    }

    /**
     * Returns the inputs of the batch.
     *
     * @return the inputs, which are the caller's
     */
    public NDList getInputs() {
        return data;
    }

    /**
     * Returns the labels of the batch.
     *
     * @return the labels, or empty if the forward was given none
     */
    public Optional<NDList> getLabels() {
        return Optional.ofNullable(pass.labels());
    }

    /**
     * Returns the network cut into stages, from the input to the predictions: the root sequence is
     * cut after every weighted layer, container, and unknown block with parameters. {@link
     * Network#getOutline} names them before anything runs, but for the unknown blocks.
     *
     * @return the stages, at least one
     * @throws IllegalStateException if the tape was not recorded as rerunnable
     */
    public List<Stage> getStages() {
        Node root = network.root();
        return Stage.of(SequenceNode.asSequence(root, trace, data, false), pass, reruns());
    }

    private Reruns reruns() {
        return reruns.orElseThrow(
                () ->
                        new IllegalStateException(
                                "This tape does not know how to run anything again: the rule's"
                                        + " CreditAssigner has to return true from needsRerun(),"
                                        + " or Tape.record has to be told rerunnable."));
    }

    /**
     * Returns how many products with weights were computed on this tape so far.
     *
     * @return the products
     */
    public MatrixProducts getMatrixProducts() {
        return pass.products().products();
    }

    /**
     * Lets the optimizer take a step by the gradients as they are, before the batch is over.
     * Everything that was recorded with the weights as they were is of no use afterwards, except
     * for {@link Stage#rerun}.
     */
    public void updateParameters() {
        pass.store().updateAllParameters();
    }

    /**
     * Returns the value of a parameter on the device of this pass. A parameter that the rule itself
     * holds becomes one of the trainer's by this: the optimizer updates it by its gradient in each
     * step.
     *
     * @param parameter the parameter, of the model or of the rule
     * @return the value, a leaf of the engine's graph if the parameter learns
     */
    public NDArray getValue(Parameter parameter) {
        return pass.store().getValue(parameter, pass.scope().getDevice(), true);
    }

    /**
     * Returns the manager that is closed with the tape.
     *
     * @return the manager for what the backward pass makes
     */
    public NDManager getManager() {
        return pass.scope();
    }

    /**
     * Returns the outputs of the network, cut from the graph that made them. They outlive the tape.
     *
     * @return the predictions
     */
    public NDList getPredictions() {
        return predictions.arrays();
    }

    /**
     * Returns the gradient of the loss with respect to each prediction, once the loss has been
     * differentiated.
     *
     * @return the errors, of the predictions' shapes
     */
    public NDList getOutputErrors() {
        NDList errors = predictions.takeErrors(false);
        errors.attach(pass.scope());
        return errors;
    }

    /**
     * Sends errors back through the network and adds to the gradient of every trainable parameter
     * what the error at its layer makes of it.
     *
     * @param errors the error at each prediction; closed unless the graph is kept
     * @param feedback how the error passes weighted layers
     * @param keepGraph whether to keep the tape for another backward pass
     */
    public void backward(NDList errors, Feedback feedback, boolean keepGraph) {
        setInputErrors(
                trace.backwardAndRelease(
                        errors, new BackwardPass(feedback, keepGraph, true, true)));
    }

    /**
     * Runs the network once more on the batch, with changes to the outputs of the blocks that
     * learn, and without recording for differentiation. What lies before the first change is not
     * computed again.
     *
     * <p>Everything else is as in the first run: dropouts have the same masks, batch normalization
     * uses the mean and variance of the first run, running statistics and other state neither
     * change nor have changed. The tape stays as it is.
     *
     * @param perturbation the changes
     * @return the new predictions, closed with the tape
     * @throws IllegalStateException if the tape was not recorded as rerunnable
     */
    public NDList rerun(Perturbation perturbation) {
        Rerun rerun = reruns().withChanges(perturbation);
        return Autograd.withoutRecording(() -> trace.rerun(rerun, data));
    }

    /**
     * Looks for the first block whose outputs are others when it runs once more on the same inputs,
     * such as one that draws random numbers and for which the table of layers has no rerun. It
     * costs one forward, which {@link #getMatrixProducts} leaves out.
     *
     * @return the path and class of the block, or empty if {@link #rerun} without changes gives the
     *     predictions of the first run
     * @throws IllegalStateException if the tape was not recorded as rerunnable
     */
    public Optional<String> findNotRerunnable() {
        Reruns found = reruns();
        MatrixProducts before = getMatrixProducts();
        Optional<String> notRerunnable = RerunCheck.find(found, trace, data);
        pass.products().reset(before);
        return notRerunnable;
    }

    /**
     * Looks for the first array that holds a number that is not finite: in the inputs, or, block by
     * block in the order in which they ran, in a parameter or an output.
     *
     * @return what was found and where, as a clause, or empty if everything is finite
     */
    public Optional<String> findNonFinite() {
        for (int i = 0; i < data.size(); i++) {
            if (!isFinite(data.get(i))) {
                return Optional.of("input " + i + " of the batch already holds such a value");
            }
        }
        for (ForwardPass.Probe probe : pass.probes()) {
            String name =
                    String.format(
                            "%s%s (%s)",
                            probe.path().isEmpty() ? "" : "layer ",
                            BlockPath.display(probe.path()),
                            probe.block().getClass().getSimpleName());
            for (Pair<String, Parameter> parameter : probe.block().getParameters()) {
                NDArray value =
                        pass.store().getValue(parameter.getValue(), data.head().getDevice(), true);
                if (!isFinite(Autograd.detach(value, pass.scope()))) {
                    return Optional.of(
                            "it first appears in parameter " + parameter.getKey() + " of " + name);
                }
            }
            for (NDArray output : probe.outputs()) {
                if (!isFinite(output)) {
                    return Optional.of("it first appears in the output of " + name);
                }
            }
        }
        return Optional.empty();
    }

    private boolean isFinite(NDArray array) {
        if (!array.getDataType().isFloating()) {
            return true;
        }
        try (NDManager temporary = pass.scope().newSubManager()) {
            // 0 * x is 0 for finite x and not a number otherwise
            NDArray alias = Autograd.detach(array, temporary);
            return !Double.isNaN(HostValues.number(HostNumber.mul(alias, 0).sum()));
        }
    }

    /**
     * Expects something of numbers that are still being computed. They are read together with all
     * others of the batch by {@link #checkNumbers} or {@link #readNumbers}.
     *
     * @param numbers the numbers, on the device of this pass; a copy is kept
     * @param check throws if they are not as expected. Where checks are put off, it gets numbers
     *     that are not finite if those of an earlier batch were not
     */
    public void expect(NDArray numbers, Consumer<double[]> check) {
        expected.add(numbers, check);
    }

    /**
     * Waits for the device, unless nothing is expected or checks are put off, and checks the
     * numbers that were expected since the last time, in their order. A rule that expects
     * something, or whose assigner {@link
     * org.locallearning.djl.creditassignment.CreditAssigner#checksNumbers checks numbers}, calls it
     * before it adds gradients.
     */
    public void checkNumbers() {
        checking.accept(expected);
    }

    /**
     * Lets {@link #checkNumbers} wait for nothing in this batch.
     *
     * @param pending runs the checks in a later one
     * @param owner the manager that keeps the numbers until then
     */
    public void putOffChecks(PendingChecks pending, NDManager owner) {
        checking = numbers -> numbers.postpone(pending, owner);
    }

    /**
     * Reads numbers, and checks those that were expected, in one go.
     *
     * @param numbers the numbers, on the device of this pass
     * @return their values, one array after the other
     */
    public double[] readNumbers(NDList numbers) {
        return expected.read(numbers);
    }

    /** {@inheritDoc} */
    @Override
    public void close() {
        pass.scope().close();
    }
}
