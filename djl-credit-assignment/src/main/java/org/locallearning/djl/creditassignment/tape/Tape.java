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
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.locallearning.djl.creditassignment.engine.Autograd;

/**
 * One training forward of a network, remembered piece by piece, and the way back through it.
 *
 * <p>The engine's graph is cut at the input and at the output of every weighted layer. Between the
 * cuts the engine differentiates; across a layer the error goes as a {@link Feedback} says. The
 * predictions are cut too, so that any loss can be put on top and leaves its gradient there.
 *
 * <p>Order of use: {@link #record}, then a loss on {@link #getPredictions} and the engine's
 * backward of that loss, then {@link #getOutputErrors} and {@link #backward} as often as wanted
 * (with the graph kept until the last time), then {@link #close}. Everything but the predictions is
 * closed with the tape. A tape is used by one thread.
 */
public final class Tape implements AutoCloseable {

    private final Network network;
    private final NDList data;
    private final ForwardPass pass;
    private final Trace trace;
    private final Cut predictions;
    private final Optional<RepeatStore> repeatStore;
    private Optional<NDList> inputErrors = Optional.empty();
    private Rerun activations;

    private Tape(
            Network network,
            NDList data,
            ForwardPass pass,
            Trace trace,
            Cut predictions,
            Optional<RepeatStore> repeatStore) {
        this.network = network;
        this.data = data;
        this.pass = pass;
        this.trace = trace;
        this.predictions = predictions;
        this.repeatStore = repeatStore;
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
        NDManager manager = data.head().getManager();
        NDManager scope = manager.newSubManager();
        try {
            Optional<RepeatStore> repeatStore = Optional.empty();
            Optional<DropoutMasks> masks = Optional.empty();
            if (rerunnable) {
                repeatStore =
                        Optional.of(RepeatStore.before(network.root().parameters(), store, scope));
                masks = Optional.of(new DropoutMasks(scope));
            }
            ForwardPass pass =
                    new ForwardPass(
                            store, labels, scope, new ProductCounter(), masks, network.inPlace());
            boolean fedByGraph = data.stream().anyMatch(Autograd::isInGraph);
            Trace trace = network.root().run(pass, data, fedByGraph);
            Cut predictions = new Cut(trace.outputs(), true, manager);
            return new Tape(network, data, pass, trace, predictions, repeatStore);
        } catch (RuntimeException e) {
            scope.close();
            throw e;
        }
    }

    /**
     * Returns whether an input of the network has a gradient to be found, such as one that another
     * network made, so that the error has to go on to it.
     *
     * @return true if {@link #backward} finds errors for {@link #takeInputErrors}
     */
    public boolean isInputErrorWanted() {
        return trace.isInputErrorWanted();
    }

    /**
     * Takes the errors at the inputs of the network that the last {@link #backward} found.
     *
     * @return the error at each input, closed with the tape; empty if there was no backward since
     *     they were taken, or they are not wanted
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
        return Collections.unmodifiableList(pass.layers());
    }

    /**
     * Returns the blocks with parameters of their own as they ran, in that order: the weighted
     * layers, and normalizations and unknown blocks between them.
     *
     * @return the blocks and their outputs
     */
    public List<BlockTrace> getBlocks() {
        return Collections.unmodifiableList(pass.blocks());
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
     * Returns the network cut into stages, from the input to the predictions. A cut is wherever the
     * root sequence passes one array on from one piece with weights to the next.
     *
     * @return the stages, at least one
     * @throws IllegalStateException if the tape was not recorded as rerunnable
     */
    public List<Stage> getStages() {
        RepeatStore store = repeatStore();
        SequenceNode.SequenceTrace sequence = rootSequence();
        List<Trace> traces = sequence.traces();
        List<Node> nodes = sequence.node().nodes();
        List<Integer> ends = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            if (nodes.get(i).isWeighted() && isOneFloatingArray(traces.get(i).outputs())) {
                ends.add(i + 1);
            }
        }
        // what comes behind the last weighted piece belongs to its stage
        if (!ends.isEmpty()) {
            ends.remove(ends.size() - 1);
        }
        ends.add(nodes.size());
        List<Stage> stages = new ArrayList<>();
        int begin = 0;
        for (int end : ends) {
            SequenceNode.SequenceTrace part = sequence.part(begin, end);
            stages.add(new Stage(part.node().path(), part, pass, store, pass.scope()));
            begin = end;
        }
        return stages;
    }

    private RepeatStore repeatStore() {
        return repeatStore.orElseThrow(
                () ->
                        new IllegalStateException(
                                "This tape does not know how to run anything again; record it as"
                                        + " rerunnable."));
    }

    private SequenceNode.SequenceTrace rootSequence() {
        if (trace instanceof SequenceNode.SequenceTrace) {
            SequenceNode.SequenceTrace sequence = (SequenceNode.SequenceTrace) trace;
            if (!sequence.node().isReturnIntermediate() && !sequence.traces().isEmpty()) {
                return sequence;
            }
        }
        return new SequenceNode(List.of(network.root()), false)
        .new SequenceTrace(List.of(trace), data, false);
    }

    private static boolean isOneFloatingArray(NDList arrays) {
        return arrays.size() == 1 && arrays.head().getDataType().isFloating();
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
     * for {@link Stage#runAgain}.
     */
    public void updateParameters() {
        pass.store().updateAllParameters();
    }

    /**
     * Returns the regions as they ran, those in branches included.
     *
     * @return the regions and their arrays, by region
     */
    public Map<Region, RegionTrace> getRegions() {
        return Collections.unmodifiableMap(pass.regions());
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
     * @return the manager for what is made on the way back
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
     * @param keepGraph whether to keep the tape for another way back
     */
    public void backward(NDList errors, Feedback feedback, boolean keepGraph) {
        backward(errors, new BackwardPass(feedback, keepGraph, true, true));
    }

    /**
     * Sends errors back as {@link #backward(NDList, Feedback, boolean)} does, but no further than
     * to the next region that has an error of its own, from which that one goes on.
     *
     * @param errors the error at each prediction; closed unless the graph is kept
     * @param feedback how errors pass weighted layers
     * @param localErrors the errors that regions have of their own
     * @param keepGraph whether to keep the tape for another way back
     */
    public void backward(
            NDList errors, Feedback feedback, LocalErrors localErrors, boolean keepGraph) {
        backward(
                errors,
                new BackwardPass(feedback, keepGraph, true, true, Optional.of(localErrors)));
    }

    private void backward(NDList errors, BackwardPass way) {
        inputErrors = Optional.of(trace.backwardAndRelease(errors, way));
    }

    /**
     * Applies the activation {@code φ} of a region to another pre-activation. It is the function
     * that ran: dropout keeps its mask and batch normalization its mean and variance, so that a
     * sample's activation is a function of that sample's pre-activation alone. Nothing is recorded
     * for differentiation, and running statistics stay as they are.
     *
     * <p>A block that does not repeat itself, and that the table of layers has no replay for, runs
     * as it does: {@code GhostBatchNorm} normalizes by the statistics of what it is given, and a
     * lambda that draws random numbers draws new ones.
     *
     * @param region the region as it ran
     * @param preActivation an array of the shape of {@code h}
     * @return {@code φ(preActivation)}, attached to the manager of the given array
     * @throws IllegalStateException if the tape was not recorded as rerunnable
     */
    public NDArray activate(RegionTrace region, NDArray preActivation) {
        if (activations == null) {
            activations =
                    new Rerun(network.table(), pass, repeatStore(), (block, outputs) -> outputs);
        }
        NDArray activation =
                Autograd.withoutRecording(() -> region.run().activate(activations, preActivation));
        activation.attach(preActivation.getManager());
        return activation;
    }

    /**
     * Returns the activation of a region to compare others of {@link #activate} with: what that
     * gives for the region's own pre-activation, to the last bit. It is computed only where blocks
     * that run again round in another way than in the forward.
     *
     * @param region the region as it ran
     * @return {@code φ(h)}, closed with the tape
     * @throws IllegalStateException if the tape was not recorded as rerunnable
     */
    public NDArray activateAgain(RegionTrace region) {
        return region.run().hasReplay(network.table())
                ? activate(region, region.getPreActivation())
                : region.getActivation();
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
        Rerun rerun = new Rerun(network.table(), pass, repeatStore(), perturbation);
        return Autograd.withoutRecording(() -> trace.rerun(rerun, data));
    }

    /**
     * Looks for the first block whose outputs are others when it runs once more on the same inputs,
     * such as one that draws random numbers and that the table of layers has no replay for. It
     * costs one forward.
     *
     * @return the path and class of the block, or empty if {@link #rerun} without changes gives the
     *     predictions of the first run
     * @throws IllegalStateException if the tape was not recorded as rerunnable
     */
    public Optional<String> findUnrepeatable() {
        RepeatCheck check = new RepeatCheck(network.table(), pass, repeatStore());
        Autograd.withoutRecording(() -> trace.rerun(check, data));
        return check.unrepeatable();
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
                            "layer %s (%s)",
                            probe.path().isEmpty() ? "at the root" : probe.path(),
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
            NDArray zero = Autograd.detach(array, temporary).mul(0).sum();
            return !Float.isNaN(zero.toType(DataType.FLOAT32, false).getFloat());
        }
    }

    /** {@inheritDoc} */
    @Override
    public void close() {
        pass.scope().close();
    }
}
