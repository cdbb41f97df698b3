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

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.EnumSet;
import java.util.Set;

/**
 * Where a block that runs again in the same step takes its parameters from: state that a training
 * forward changes is copied, and the change is lost.
 */
final class StateCopies extends ParameterStore {

    private static final Set<Parameter.Type> STATE =
            EnumSet.of(Parameter.Type.RUNNING_MEAN, Parameter.Type.RUNNING_VAR);

    private final ParameterStore store;

    StateCopies(ParameterStore store, NDManager scope) {
        super(scope, false);
        this.store = store;
    }

    /** {@inheritDoc} */
    @Override
    public NDArray getValue(Parameter parameter, Device device, boolean training) {
        NDArray value = store.getValue(parameter, device, training);
        if (parameter == null || !STATE.contains(parameter.getType())) {
            return value;
        }
        NDArray copy = value.duplicate();
        copy.attach(getManager());
        return copy;
    }
}
