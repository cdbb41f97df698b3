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
package org.locallearning.djl.creditassignment.lra;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.locallearning.djl.creditassignment.rule.FeedbackSource;

/** The error matrices of one trainer: made when the first batch shows their shapes, or loaded. */
final class ErrorMatrices {

    private final NDManager manager;
    private final List<ErrorConnection> connections;
    private final FeedbackSource source;
    private final boolean learning;
    private final Map<ErrorConnection, Parameter> matrices = new LinkedHashMap<>();
    private boolean used;

    /**
     * Creates an empty collection.
     *
     * @param manager the manager that closes the matrices
     * @param connections the connections that have one
     * @param source where new ones come from
     * @param learning whether they have gradients
     */
    ErrorMatrices(
            NDManager manager,
            List<ErrorConnection> connections,
            FeedbackSource source,
            boolean learning) {
        this.manager = manager;
        this.connections = connections;
        this.source = source;
        this.learning = learning;
    }

    /**
     * Returns the matrix of a connection.
     *
     * @param connection the connection
     * @param shape the shape it has to have, (units of the receiver, units of the sender)
     * @param like an array of the device and the type of data that it has to have
     * @return the matrix
     */
    Parameter get(ErrorConnection connection, Shape shape, NDArray like) {
        used = true;
        Parameter matrix =
                matrices.computeIfAbsent(connection, key -> parameter(key, draw(key, shape, like)));
        Shape found = matrix.getArray().getShape();
        if (!found.equals(shape)) {
            throw new IllegalArgumentException(doNotFit(connection, found, shape));
        }
        return matrix;
    }

    private static String doNotFit(ErrorConnection connection, Shape found, Shape wanted) {
        return String.format(
                "The error matrix %s has shape %s, but the stages of this network need %s; load"
                        + " the state that was saved with this model, and keep the size of inputs.",
                connection, found, wanted);
    }

    private NDArray draw(ErrorConnection connection, Shape shape, NDArray like) {
        if (shape.size() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    String.format(
                            "The error matrix %s would have shape %s, which is too large; lead a"
                                    + " connection from the output there instead.",
                            connection, shape));
        }
        try (NDManager onDevice = manager.newSubManager(like.getDevice())) {
            NDArray created =
                    source.create(onDevice, connection.toString(), shape, like.getDataType());
            // whoever gave it may have given a weight of the model: an alias would learn with it
            NDArray own = created.duplicate();
            own.attach(manager);
            return own;
        }
    }

    private Parameter parameter(ErrorConnection connection, NDArray array) {
        Parameter parameter =
                Parameter.builder()
                        .setName(connection.toString())
                        .setType(Parameter.Type.WEIGHT)
                        .optRequiresGrad(learning)
                        .build();
        parameter.setArray(array);
        array.setRequiresGradient(learning);
        return parameter;
    }

    void save(DataOutputStream out) throws IOException {
        out.writeInt(matrices.size());
        for (Map.Entry<ErrorConnection, Parameter> entry : matrices.entrySet()) {
            out.writeUTF(entry.getKey().from());
            out.writeUTF(entry.getKey().to());
            byte[] bytes = entry.getValue().getArray().encode();
            out.writeInt(bytes.length);
            out.write(bytes);
        }
    }

    /**
     * Loads matrices in the place of new ones.
     *
     * @param in what was saved
     * @param units the number of units of stages, as far as it is known; others show with the first
     *     batch
     */
    void load(DataInputStream in, Map<String, Long> units)
            throws IOException, MalformedModelException {
        if (used) {
            throw new IllegalStateException(
                    "Error matrices are loaded before the first batch; make a new trainer.");
        }
        Map<ErrorConnection, Parameter> loaded = new LinkedHashMap<>();
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            ErrorConnection connection = new ErrorConnection(in.readUTF(), in.readUTF());
            if (!connections.contains(connection)) {
                throw new MalformedModelException(
                        String.format(
                                "The file holds an error matrix %s, but this trainer has no such"
                                        + " connection; use the wiring and the model that it was"
                                        + " saved with.",
                                connection));
            }
            byte[] bytes = new byte[in.readInt()];
            in.readFully(bytes);
            NDArray array = NDArray.decode(manager, bytes);
            checkShape(connection, array.getShape(), units);
            loaded.put(connection, parameter(connection, array));
        }
        if (!loaded.isEmpty() && loaded.size() < connections.size()) {
            throw new MalformedModelException(
                    String.format(
                            "The file holds %d error matrices, but this trainer has %d"
                                    + " connections; use the wiring that it was saved with.",
                            loaded.size(), connections.size()));
        }
        matrices.values().forEach(Parameter::close);
        matrices.clear();
        matrices.putAll(loaded);
    }

    private static void checkShape(ErrorConnection connection, Shape found, Map<String, Long> units)
            throws MalformedModelException {
        Long receiver = units.get(connection.to());
        Long sender = units.get(connection.from());
        if (receiver != null && sender != null) {
            Shape wanted = new Shape(receiver, sender);
            if (!found.equals(wanted)) {
                throw new MalformedModelException(doNotFit(connection, found, wanted));
            }
        }
    }
}
