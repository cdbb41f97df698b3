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
package org.locallearning.djl.creditassignment.internal;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.Optional;
import java.util.function.Function;

/** A parameter store that replaces some arrays and delegates the rest to another store. */
public class ReplacingStore extends ParameterStore {

    private final ParameterStore store;
    private final Function<Parameter, Optional<NDArray>> replacements;

    /**
     * Creates a store.
     *
     * @param store where all other parameters come from
     * @param scope the manager of the store
     * @param replacements returns what takes the place of a parameter, asked each time that a block
     *     does; empty where nothing does
     */
    public ReplacingStore(
            ParameterStore store,
            NDManager scope,
            Function<Parameter, Optional<NDArray>> replacements) {
        super(scope, false);
        this.store = store;
        this.replacements = replacements;
    }

    /** {@inheritDoc} */
    @Override
    public NDArray getValue(Parameter parameter, Device device, boolean training) {
        // the bias of a layer without one is null
        return Optional.ofNullable(parameter)
                .flatMap(replacements)
                .orElseGet(() -> store.getValue(parameter, device, training));
    }
}
