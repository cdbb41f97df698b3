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
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.locallearning.djl.creditassignment.internal.ReplacingStore;
import org.locallearning.djl.decorrelation.internal.RepeatingStore;

/**
 * Where blocks that run again take their parameters from: the same as in the first run, but for the
 * state that a training forward changes, such as the running statistics of a normalization. Of that
 * each run has a copy to itself, as it was before the first run, so that state changes once a
 * batch. A block that runs several times in a forward has that of each use.
 */
final class RerunStore extends ReplacingStore implements RepeatingStore {

    private static final Set<Parameter.Type> STATE =
            EnumSet.of(Parameter.Type.RUNNING_MEAN, Parameter.Type.RUNNING_VAR);

    private final ParameterStore store;
    private final NDManager scope;
    private final Map<String, NDArray> before;

    /** By the path of a block that had run before, the state that it had then. */
    private final Map<String, Map<String, NDArray>> laterUses;

    private RerunStore(
            ParameterStore store,
            NDManager scope,
            Map<String, NDArray> before,
            Map<String, Map<String, NDArray>> laterUses) {
        super(store, scope, parameter -> Optional.ofNullable(before.get(parameter.getId())));
        this.store = store;
        this.scope = scope;
        this.before = before;
        this.laterUses = laterUses;
    }

    /**
     * Copies the state that a forward is going to change.
     *
     * @param parameters the parameters of the network
     * @param store where they come from
     * @param scope the manager that closes the copies
     */
    static RerunStore before(List<Parameter> parameters, ParameterStore store, NDManager scope) {
        return new RerunStore(store, scope, copies(parameters, store, scope), new HashMap<>());
    }

    private static Map<String, NDArray> copies(
            List<Parameter> parameters, ParameterStore store, NDManager scope) {
        Map<String, NDArray> copies = new HashMap<>();
        for (Parameter parameter : parameters) {
            if (STATE.contains(parameter.getType()) && parameter.isInitialized()) {
                copies.put(
                        parameter.getId(),
                        copy(store.getValue(parameter, scope.getDevice(), true), scope));
            }
        }
        return copies;
    }

    /**
     * Copies the state of a block that has run before in this forward, and may have changed it.
     *
     * @param path where it is going to run
     */
    void addUse(String path, Block block) {
        laterUses.put(path, copies(block.getParameters().values(), store, scope));
    }

    /** Returns the store for one more run. */
    RerunStore forRun(NDManager runScope) {
        Map<String, Map<String, NDArray>> uses = new HashMap<>();
        laterUses.forEach((path, state) -> uses.put(path, copies(state, runScope)));
        return new RerunStore(store, runScope, copies(before, runScope), uses);
    }

    private static Map<String, NDArray> copies(Map<String, NDArray> states, NDManager scope) {
        Map<String, NDArray> copies = new HashMap<>();
        states.forEach((id, state) -> copies.put(id, copy(state, scope)));
        return copies;
    }

    /** Returns the store for the block at a path, with the state that it had there. */
    RerunStore forUse(String path) {
        Map<String, NDArray> own = laterUses.get(path);
        if (own == null) {
            return this;
        }
        Map<String, NDArray> states = new HashMap<>(before);
        states.putAll(own);
        return new RerunStore(store, scope, states, Map.of());
    }

    private static NDArray copy(NDArray state, NDManager scope) {
        NDArray copy = state.duplicate();
        copy.attach(scope);
        return copy;
    }
}
