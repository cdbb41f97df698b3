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
package org.locallearning.djl.creditassignment.checkpoint;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;
import org.locallearning.djl.state.Stateful;

/**
 * The parameters of a model on one device: weights, matrices, means, running statistics, and which
 * of them are frozen. Values are written into the arrays that are there, which the trainer holds.
 */
final class ParameterValues implements Stateful {

    private static final String LEARNS = "learns/";

    private final Block block;
    private final ParameterStore store;
    private final Device device;

    ParameterValues(Block block, ParameterStore store, Device device) {
        this.block = block;
        this.store = store;
        this.device = device;
    }

    /** {@inheritDoc} */
    @Override
    public void saveState(StateWriter out) throws IOException {
        for (Pair<String, Parameter> parameter : block.getParameters()) {
            NDArray value = store.getValue(parameter.getValue(), device, true);
            out.putArray(parameter.getKey(), value);
            out.putLong(LEARNS + parameter.getKey(), Learning.of(parameter.getValue()).ordinal());
        }
    }

    /** {@inheritDoc} */
    @Override
    public Runnable loadState(StateReader in) throws IOException, MalformedModelException {
        Set<String> names = new HashSet<>();
        for (Pair<String, Parameter> parameter : block.getParameters()) {
            names.add(parameter.getKey());
            names.add(LEARNS + parameter.getKey());
        }
        in.checkNames(names);
        List<Runnable> changes = new ArrayList<>();
        for (Pair<String, Parameter> parameter : block.getParameters()) {
            NDArray value = store.getValue(parameter.getValue(), device, true);
            NDArray saved = read(in, parameter.getKey(), value);
            Learning learning = Learning.of(in.getLong(LEARNS + parameter.getKey()));
            changes.add(
                    () -> {
                        learning.apply(parameter.getValue());
                        Autograd.assign(value, saved);
                        saved.close();
                    });
        }
        return () -> changes.forEach(Runnable::run);
    }

    private static NDArray read(StateReader in, String name, NDArray value)
            throws IOException, MalformedModelException {
        if (!in.getShape(name).equals(value.getShape())
                || in.getDataType(name) != value.getDataType()) {
            throw new MalformedModelException(
                    String.format(
                            "it holds %s of shape %s and type %s, but this model needs %s and %s;"
                                    + " build the model that it was saved with.",
                            name,
                            in.getShape(name),
                            in.getDataType(name),
                            value.getShape(),
                            value.getDataType()));
        }
        return in.getArray(name);
    }

    /** What the flags of a parameter and of its array say. */
    private enum Learning {
        NOT,
        /** Not by an optimizer: decorrelation layers mark so what they may change themselves. */
        BY_ITS_LAYER,
        BY_OPTIMIZER;

        static Learning of(Parameter parameter) {
            if (parameter.requiresGradient()) {
                return BY_OPTIMIZER;
            }
            return parameter.getArray().hasGradient() ? BY_ITS_LAYER : NOT;
        }

        static Learning of(long saved) throws MalformedModelException {
            if (saved < 0 || saved >= values().length) {
                throw new MalformedModelException(
                        "it does not say whether a parameter learns, but " + saved + ".");
            }
            return values()[(int) saved];
        }

        void apply(Parameter parameter) {
            if (of(parameter) != this) {
                parameter.freeze(this != BY_OPTIMIZER);
                parameter.getArray().setRequiresGradient(this != NOT);
            }
        }
    }
}
