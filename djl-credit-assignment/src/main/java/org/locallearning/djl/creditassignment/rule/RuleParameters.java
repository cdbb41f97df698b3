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
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.io.IOException;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.creditassignment.layer.Fan;
import org.locallearning.djl.creditassignment.tape.Layer;
import org.locallearning.djl.creditassignment.tape.Network;
import org.locallearning.djl.creditassignment.tape.PassedLayer;
import org.locallearning.djl.creditassignment.tape.Tape;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;
import org.locallearning.djl.state.Stateful;

/**
 * Named parameters that a rule keeps in one trainer besides the model's, such as learned feedback
 * weights or error matrices. They are drawn or loaded before first use, and saved with the state of
 * training.
 *
 * <p>An optimizer can update them like weights, by the gradient that the engine computes through
 * {@link Tape#getValue}, or by one that the rule {@link #setGradient sets}.
 */
public final class RuleParameters implements Stateful {

    private final String kind;
    private final NDManager manager;
    private final FeedbackSource source;
    private final boolean optimized;
    private final Set<String> names;
    private final Function<String, Optional<Shape>> shapes;
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final Set<Reserved> reserved = new HashSet<>();
    private boolean used;

    /**
     * Creates parameters that are not there yet.
     *
     * @param kind what one of them is, for messages, such as "error matrix"
     * @param manager the manager that closes them, of the trainer's first device
     * @param source where new ones come from; it is asked for their names
     * @param optimized whether the optimizer updates them
     * @param names the names they may have
     * @param shapes the shape for a name, if it is known before a batch runs
     */
    public RuleParameters(
            String kind,
            NDManager manager,
            FeedbackSource source,
            boolean optimized,
            Collection<String> names,
            Function<String, Optional<Shape>> shapes) {
        this.kind = kind;
        this.manager = manager;
        this.source = source;
        this.optimized = optimized;
        this.names = Set.copyOf(names);
        this.shapes = shapes;
    }

    /**
     * Creates feedback weights that are not there yet, under the paths of the weights whose place
     * they take.
     *
     * @param network the network whose layers may have feedback weights
     * @param manager the manager that closes them, of the trainer's first device
     * @param source where new ones come from
     * @param optimized whether the optimizer updates them
     * @return the feedback weights
     */
    public static RuleParameters ofWeights(
            Network network, NDManager manager, FeedbackSource source, boolean optimized) {
        Map<String, Layer> layers = layersByPath(network);
        return new RuleParameters(
                "feedback weight",
                manager,
                source,
                optimized,
                layers.keySet(),
                name ->
                        Optional.of(layers.get(name).weight())
                                .filter(Parameter::isInitialized)
                                .map(weight -> weight.getArray().getShape()));
    }

    static Map<String, Layer> layersByPath(Network network) {
        return network.getAllLayers().stream()
                .collect(Collectors.toMap(Layer::weightPath, layer -> layer));
    }

    /**
     * Returns a parameter, drawn if it is not there yet.
     *
     * @param name the name
     * @param shape the shape it has to have, (out, in, kernel...)
     * @param like an array of the device and the type of data that it has to have
     * @return the parameter
     * @throws IllegalArgumentException if it has another shape or type, or is too large to be drawn
     */
    public Parameter get(String name, Shape shape, NDArray like) {
        return find(name, shape, like, () -> Fan.of(shape));
    }

    /**
     * Returns the parameter that takes the place of a layer's weight, drawn if it is not there yet.
     *
     * @param layer the layer in this pass
     * @return the parameter, of the shape of the weight
     * @throws IllegalArgumentException if it has another shape or type
     */
    public Parameter get(PassedLayer layer) {
        NDArray weight = layer.getWeight();
        Layer owner = layer.getLayer();
        return find(owner.weightPath(), weight.getShape(), weight, () -> owner.fan(weight));
    }

    private Parameter find(String name, Shape shape, NDArray like, Supplier<Fan> fan) {
        used = true;
        Parameter parameter = parameters.get(name);
        if (parameter == null) {
            parameter = parameter(name, draw(name, shape, like, fan.get()));
            parameters.put(name, parameter);
        }
        NDArray found = parameter.getArray();
        if (!found.getShape().equals(shape)) {
            throw new IllegalArgumentException(doesNotFit(kind, name, found.getShape(), shape));
        }
        if (found.getDataType() != like.getDataType()) {
            throw new IllegalArgumentException(
                    doesNotFit(kind, name, found.getDataType(), like.getDataType()));
        }
        return parameter;
    }

    private NDArray draw(String name, Shape shape, NDArray like, Fan fan) {
        FixedFeedback.Key key = new FixedFeedback.Key(like.getDevice(), name, shape);
        return FixedFeedback.draw(manager, source, key, like.getDataType(), fan);
    }

    static MalformedModelException noUse(String kind, String name) {
        return new MalformedModelException(
                String.format(
                        "it holds the %s %s, which this trainer has no use for; use the model and"
                                + " the settings that it was saved with.",
                        kind, name));
    }

    static String doesNotFit(String kind, String name, Object found, Object wanted) {
        return String.format(
                "The %s %s has %s %s, but this network needs %s; load the state that was saved with"
                        + " this model, and keep the size of inputs.",
                kind, name, found instanceof Shape ? "shape" : "type", found, wanted);
    }

    private Parameter parameter(String name, NDArray array) {
        Parameter parameter =
                Parameter.builder()
                        .setName(name)
                        .setType(Parameter.Type.WEIGHT)
                        .optRequiresGrad(optimized)
                        .build();
        parameter.setArray(array);
        array.setRequiresGradient(optimized);
        return parameter;
    }

    /**
     * Returns a parameter, if it is there already.
     *
     * @param name the name
     * @return the parameter, or empty
     */
    public Optional<Parameter> find(String name) {
        return Optional.ofNullable(parameters.get(name));
    }

    /**
     * Sets the gradient by which the optimizer is going to update a parameter.
     *
     * @param tape the tape of the batch
     * @param name the name of a parameter that is there and that the optimizer updates
     * @param gradient the gradient, of the parameter's shape, which is copied
     */
    public void setGradient(Tape tape, String name, NDArray gradient) {
        setGradient(name, tape.getValue(parameters.get(name)), gradient, tape.getManager());
    }

    /**
     * Sets the gradient by which the optimizer is going to update a parameter in the step that is
     * about to be taken.
     *
     * @param store where the values of parameters come from
     * @param name the name of a parameter that is there and that the optimizer updates
     * @param gradient the gradient on one of the devices, of the parameter's shape, which is copied
     */
    public void setGradient(ParameterStore store, String name, NDArray gradient) {
        NDArray value = store.getValue(parameters.get(name), gradient.getDevice(), true);
        try (NDManager scope = manager.newSubManager(gradient.getDevice())) {
            setGradient(name, value, gradient, scope);
        }
    }

    private void setGradient(String name, NDArray value, NDArray gradient, NDManager scope) {
        if (reserved.add(new Reserved(name, value.getDevice()))) {
            Autograd.reserveGradients(new NDList(value));
        }
        Autograd.setGradient(value, gradient, scope);
    }

    /**
     * Returns the values on the trainer's first device.
     *
     * @return the values by name, of the parameters that are there
     */
    public Map<String, NDArray> getValues() {
        Map<String, NDArray> values = new LinkedHashMap<>();
        parameters.forEach((name, parameter) -> values.put(name, parameter.getArray()));
        return Collections.unmodifiableMap(values);
    }

    /**
     * Returns the parameters themselves, see {@link
     * org.locallearning.djl.creditassignment.CreditAssigner#getParameters}.
     *
     * @return the parameters that are there, by name
     */
    public Map<String, Parameter> getParameters() {
        return Collections.unmodifiableMap(parameters);
    }

    /** {@inheritDoc} */
    @Override
    public void saveState(StateWriter out) throws IOException {
        for (Map.Entry<String, NDArray> value : getValues().entrySet()) {
            out.putArray(value.getKey(), value.getValue());
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if a batch has used the parameters already
     */
    @Override
    public Runnable loadState(StateReader in) throws IOException, MalformedModelException {
        if (used) {
            throw new IllegalStateException(
                    "What a rule has learned is loaded before the first batch; make a new"
                            + " trainer.");
        }
        for (String name : in.getNames()) {
            if (!names.contains(name)) {
                throw noUse(kind, name);
            }
            Optional<Shape> wanted = shapes.apply(name);
            if (wanted.isPresent() && !wanted.get().equals(in.getShape(name))) {
                throw new MalformedModelException(
                        doesNotFit(kind, name, in.getShape(name), wanted.get()));
            }
        }
        Map<String, NDArray> loaded = new LinkedHashMap<>();
        for (String name : in.getNames()) {
            loaded.put(name, in.getArray(name));
        }
        return () -> {
            parameters.values().forEach(Parameter::close);
            parameters.clear();
            loaded.forEach(
                    (name, array) -> {
                        FixedFeedback.keep(array, manager);
                        parameters.put(name, parameter(name, array));
                    });
        };
    }

    private record Reserved(String name, Device device) {}
}
