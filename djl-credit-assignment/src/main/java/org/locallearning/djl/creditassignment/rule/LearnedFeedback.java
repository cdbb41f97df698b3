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

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.locallearning.djl.creditassignment.tape.Layer;
import org.locallearning.djl.creditassignment.tape.LayerTrace;
import org.locallearning.djl.creditassignment.tape.Network;

/**
 * Feedback weights that learn: made when the first batch shows which layers need them, or loaded.
 * They are the trainer's, not the model's.
 */
final class LearnedFeedback {

    private final NDManager manager;
    private final FeedbackSource source;
    private final boolean byGradient;
    private final Map<String, Layer> layers;
    private final Map<String, Parameter> weights = new LinkedHashMap<>();
    private boolean used;

    /**
     * Creates an empty collection.
     *
     * @param network the network whose layers may have feedback weights
     * @param manager the manager that closes them
     * @param source where new ones come from
     * @param byGradient whether the optimizer updates them
     */
    LearnedFeedback(Network network, NDManager manager, FeedbackSource source, boolean byGradient) {
        this.manager = manager;
        this.source = source;
        this.byGradient = byGradient;
        layers =
                network.getLayers().stream()
                        .collect(Collectors.toMap(Layer::weightPath, Function.identity()));
    }

    /**
     * Returns the feedback weights of a layer that an error passes.
     *
     * @param layer the layer in this pass
     * @return the weights
     */
    Parameter get(LayerTrace layer) {
        used = true;
        String path = layer.getLayer().weightPath();
        NDArray weight = layer.getWeight();
        Parameter feedback =
                weights.computeIfAbsent(path, key -> parameter(key, draw(key, weight)));
        Shape found = feedback.getArray().getShape();
        if (!found.equals(weight.getShape())) {
            throw new IllegalArgumentException(
                    String.format(
                            "The feedback weights of %s have shape %s, but the layer needs %s;"
                                    + " load the state that was saved with this model.",
                            path, found, weight.getShape()));
        }
        return feedback;
    }

    /**
     * Returns the feedback weights of a layer, if it has some already.
     *
     * @param layer the layer
     * @return the weights, or empty
     */
    Optional<Parameter> find(Layer layer) {
        return Optional.ofNullable(weights.get(layer.weightPath()));
    }

    /** Visits every layer that has feedback weights. */
    void forEach(BiConsumer<Layer, Parameter> visitor) {
        weights.forEach((path, feedback) -> visitor.accept(layers.get(path), feedback));
    }

    private NDArray draw(String path, NDArray weight) {
        try (NDManager onDevice = manager.newSubManager(weight.getDevice())) {
            NDArray created =
                    source.create(onDevice, path, weight.getShape(), weight.getDataType());
            if (!created.getShape().equals(weight.getShape())) {
                throw new IllegalArgumentException(
                        String.format(
                                "The feedback weights given for %s have shape %s; they need %s.",
                                path, created.getShape(), weight.getShape()));
            }
            // whoever gave them may have given the layer's own weight: an alias would be that
            NDArray own = created.duplicate();
            own.attach(manager);
            return own;
        }
    }

    private Parameter parameter(String path, NDArray array) {
        Parameter parameter =
                Parameter.builder()
                        .setName(path)
                        .setType(Parameter.Type.WEIGHT)
                        .optRequiresGrad(byGradient)
                        .build();
        parameter.setArray(array);
        array.setRequiresGradient(byGradient);
        return parameter;
    }

    void save(DataOutputStream out) throws IOException {
        out.writeInt(weights.size());
        for (Map.Entry<String, Parameter> entry : weights.entrySet()) {
            out.writeUTF(entry.getKey());
            byte[] bytes = entry.getValue().getArray().encode();
            out.writeInt(bytes.length);
            out.write(bytes);
        }
    }

    void load(DataInputStream in) throws IOException, MalformedModelException {
        if (used) {
            throw new IllegalStateException(
                    "Feedback weights are loaded before the first batch; make a new trainer.");
        }
        Map<String, Parameter> loaded = new LinkedHashMap<>();
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            String path = in.readUTF();
            if (!layers.containsKey(path)) {
                throw new MalformedModelException(
                        String.format(
                                "The file holds feedback weights for %s, but this model has no"
                                        + " such weight; use the model that it was saved with.",
                                path));
            }
            byte[] bytes = new byte[in.readInt()];
            in.readFully(bytes);
            loaded.put(path, parameter(path, NDArray.decode(manager, bytes)));
        }
        weights.values().forEach(Parameter::close);
        weights.clear();
        weights.putAll(loaded);
    }
}
