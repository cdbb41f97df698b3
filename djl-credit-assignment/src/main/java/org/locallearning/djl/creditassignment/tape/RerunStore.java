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
 * batch.
 */
final class RerunStore extends ReplacingStore implements RepeatingStore {

    private static final Set<Parameter.Type> STATE =
            EnumSet.of(Parameter.Type.RUNNING_MEAN, Parameter.Type.RUNNING_VAR);

    private final ParameterStore store;
    private final Map<String, NDArray> before;

    private RerunStore(ParameterStore store, Map<String, NDArray> before, NDManager scope) {
        super(store, scope, parameter -> Optional.ofNullable(before.get(parameter.getId())));
        this.store = store;
        this.before = before;
    }

    /**
     * Copies the state that a forward is going to change.
     *
     * @param parameters the parameters of the network
     * @param store where they come from
     * @param scope the manager that closes the copies
     */
    static RerunStore before(List<Parameter> parameters, ParameterStore store, NDManager scope) {
        Map<String, NDArray> before = new HashMap<>();
        for (Parameter parameter : parameters) {
            if (STATE.contains(parameter.getType()) && parameter.isInitialized()) {
                before.put(
                        parameter.getId(),
                        copy(store.getValue(parameter, scope.getDevice(), true), scope));
            }
        }
        return new RerunStore(store, before, scope);
    }

    /** Returns the store for one more run. */
    RerunStore forRun(NDManager scope) {
        Map<String, NDArray> copies = new HashMap<>();
        before.forEach((id, state) -> copies.put(id, copy(state, scope)));
        return new RerunStore(store, copies, scope);
    }

    private static NDArray copy(NDArray state, NDManager scope) {
        NDArray copy = state.duplicate();
        copy.attach(scope);
        return copy;
    }
}
