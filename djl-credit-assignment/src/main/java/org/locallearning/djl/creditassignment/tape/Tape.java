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

    private Tape(Network network, NDList data, ForwardPass pass, Trace trace, Cut predictions) {
        this.network = network;
        this.data = data;
        this.pass = pass;
        this.trace = trace;
        this.predictions = predictions;
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
        NDManager manager = data.head().getManager();
        NDManager scope = manager.newSubManager();
        try {
            ForwardPass pass = new ForwardPass(store, labels, scope);
            Trace trace = network.root().run(pass, data, false);
            Cut predictions = new Cut(trace.outputs(), true, manager);
            return new Tape(network, data, pass, trace, predictions);
        } catch (RuntimeException e) {
            scope.close();
            throw e;
        }
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
        trace.backwardAndRelease(
                errors, new BackwardPass(feedback, Optional.empty(), keepGraph, true));
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
        trace.backwardAndRelease(
                errors, new BackwardPass(feedback, Optional.of(localErrors), keepGraph, true));
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
