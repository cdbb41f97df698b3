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
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import org.locallearning.djl.creditassignment.layer.Fan;
import org.locallearning.djl.creditassignment.tape.Layer;
import org.locallearning.djl.creditassignment.tape.Network;
import org.locallearning.djl.creditassignment.tape.PassedLayer;
import org.locallearning.djl.creditassignment.tape.Tape;
import org.locallearning.djl.decorrelation.internal.MemoryNeed;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;

/**
 * Feedback weights that are made once in a trainer and never change: not optimized, regularized or
 * redrawn. For weights that learn see {@link RuleParameters}.
 */
public final class FixedFeedback implements FeedbackWeights {

    private static final String SEPARATOR = " of ";
    private static final String KIND = "feedback weight";

    private final Map<String, Layer> layers;
    private final NDManager manager;
    private final FeedbackSource source;
    private final BiPredicate<Shape, Layer> fit;
    private final Map<Device, NDManager> managers = new HashMap<>();
    private final Map<Key, NDArray> weights = new LinkedHashMap<>();

    /**
     * Creates an empty collection of weights that have the shapes of those whose place they take.
     *
     * @param network the network whose layers may have feedback weights
     * @param manager the manager that closes them, of the trainer's first device
     * @param source where they come from
     */
    public FixedFeedback(Network network, NDManager manager, FeedbackSource source) {
        this(
                network,
                manager,
                source,
                (shape, layer) -> shape.equals(layer.weight().getArray().getShape()));
    }

    /**
     * Creates an empty collection.
     *
     * @param fit whether weights of a shape can be feedback for a layer, which is initialized
     */
    FixedFeedback(
            Network network,
            NDManager manager,
            FeedbackSource source,
            BiPredicate<Shape, Layer> fit) {
        layers = RuleParameters.layersByPath(network);
        this.manager = manager;
        this.source = source;
        this.fit = fit;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if weights of another shape or type were given, or they are
     *     too large to be drawn
     */
    @Override
    public NDArray get(Tape tape, PassedLayer layer) {
        NDArray weight = layer.getWeight();
        String path = layer.getLayer().weightPath();
        return find(
                new Key(weight.getDevice(), path, weight.getShape()),
                weight.getDataType(),
                () -> layer.getLayer().fan(weight));
    }

    /**
     * Returns weights of any shape.
     *
     * @param device the device where they are used
     * @param path the path that the source is asked for
     * @param shape the shape, (out, in, kernel...)
     * @param type the type of data
     * @return the weights
     * @throws IllegalArgumentException if weights of another shape or type were given, or they are
     *     too large to be drawn
     */
    public NDArray get(Device device, String path, Shape shape, DataType type) {
        return find(new Key(device, path, shape), type, () -> Fan.of(shape));
    }

    private NDArray find(Key key, DataType type, Supplier<Fan> fan) {
        NDArray found = weights.get(key);
        if (found == null) {
            found = make(key, type, fan);
            weights.put(key, found);
        }
        if (found.getDataType() != type) {
            throw new IllegalArgumentException(
                    RuleParameters.doesNotFit(KIND, key.path(), found.getDataType(), type));
        }
        return found;
    }

    /** {@inheritDoc} */
    @Override
    public String describe(Layer layer) {
        return "through B " + source.describe();
    }

    /**
     * Returns the weights by path. Where inputs change their size, and weights with them, a path
     * has those that were made last.
     *
     * @return the weights of the trainer's first device, as far as batches have needed them
     */
    @Override
    public Map<String, NDArray> getRuleParameters() {
        Map<String, NDArray> values = new LinkedHashMap<>();
        weights.forEach(
                (key, array) -> {
                    if (key.device().equals(manager.getDevice())) {
                        values.put(key.path(), array);
                    }
                });
        return Collections.unmodifiableMap(values);
    }

    /** Writes the weights, unless they follow from a seed. */
    @Override
    public void saveState(StateWriter out) throws IOException {
        if (source.isRepeatable()) {
            return;
        }
        Set<String> written = new HashSet<>();
        for (Map.Entry<Key, NDArray> weight : weights.entrySet()) {
            Key key = weight.getKey();
            // those of other devices are copies
            String name = key.shape() + SEPARATOR + key.path();
            if (written.add(name)) {
                out.putArray(name, weight.getValue());
            }
        }
    }

    /** {@inheritDoc} */
    @Override
    public Runnable loadState(StateReader in) throws IOException, MalformedModelException {
        if (source.isRepeatable()) {
            in.checkNames(Set.of());
        }
        Map<Key, NDArray> loaded = new LinkedHashMap<>();
        for (String name : in.getNames()) {
            String shape = in.getShape(name) + SEPARATOR;
            if (!name.startsWith(shape)) {
                throw new MalformedModelException(
                        "it holds feedback weights '" + name + "' of shape " + shape + ".");
            }
            String path = name.substring(shape.length());
            checkPlace(path, in.getShape(name));
            Key key = new Key(manager.getDevice(), path, in.getShape(name));
            loaded.put(key, in.getArray(name));
        }
        return () -> {
            weights.values().forEach(NDArray::close);
            weights.clear();
            loaded.values().forEach(array -> keep(array, manager));
            weights.putAll(loaded);
        };
    }

    private void checkPlace(String path, Shape shape) throws MalformedModelException {
        Layer layer = layers.get(path);
        if (layer == null) {
            throw RuleParameters.noUse(KIND, path);
        }
        if (layer.weight().isInitialized() && !fit.test(shape, layer)) {
            throw new MalformedModelException(
                    String.format(
                            "the %s %s has shape %s, which is not for a layer with weights of shape"
                                    + " %s; load the state that was saved with this model.",
                            KIND, path, shape, layer.weight().getArray().getShape()));
        }
    }

    /** Returns what another device has, or what the source gives. */
    private NDArray make(Key key, DataType type, Supplier<Fan> fan) {
        for (Map.Entry<Key, NDArray> other : weights.entrySet()) {
            boolean same = other.getKey().path().equals(key.path());
            if (same && other.getKey().shape().equals(key.shape())) {
                NDArray copy = other.getValue().toDevice(key.device(), true);
                return keep(copy, managerOf(key.device()));
            }
        }
        return draw(managerOf(key.device()), source, key, type, fan.get());
    }

    private NDManager managerOf(Device device) {
        return device.equals(manager.getDevice())
                ? manager
                : managers.computeIfAbsent(device, manager::newSubManager);
    }

    /** Asks a source for weights and makes them the manager's own. */
    static NDArray draw(NDManager manager, FeedbackSource source, Key key, DataType type, Fan fan) {
        if (key.shape().size() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    String.format(
                            "Feedback weights for %s would have shape %s, which is too large; keep"
                                    + " errors from there, or bring them there another way (direct"
                                    + " feedback reaches convolutions by"
                                    + " optConvolutionForm(BROADCAST)).",
                            key.path(), key.shape()));
        }
        MemoryNeed.check(
                "Feedback for " + key.path(),
                key.shape(),
                type,
                1,
                "keep errors from there, or bring them there another way");
        try (NDManager onDevice = manager.newSubManager(key.device())) {
            NDArray created = source.create(onDevice, key.path(), key.shape(), type, fan);
            if (!created.getShape().equals(key.shape()) || created.getDataType() != type) {
                throw new IllegalArgumentException(
                        String.format(
                                "What was given for %s has shape %s and type %s; it needs %s and"
                                        + " %s.",
                                key.path(),
                                created.getShape(),
                                created.getDataType(),
                                key.shape(),
                                type));
            }
            // whoever gave it may have given a weight of the model: an alias would learn with it
            return keep(created.duplicate(), manager);
        }
    }

    /** Makes an array the manager's own, whatever scope the loop around a batch closes. */
    static NDArray keep(NDArray array, NDManager manager) {
        array.attach(manager);
        NDScope.unregister(array);
        return array;
    }

    /**
     * What is asked for. Inputs may change their size from batch to batch, and with it the weights
     * that reach them.
     */
    record Key(Device device, String path, Shape shape) {}
}
