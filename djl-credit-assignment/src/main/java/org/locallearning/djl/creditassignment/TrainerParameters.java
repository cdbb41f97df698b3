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
package org.locallearning.djl.creditassignment;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.training.optimizer.Optimizer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.locallearning.djl.creditassignment.optimizer.RuleParameterListener;

/**
 * The parameters of a trainer: those of the model, and those that its rule keeps, which become the
 * trainer's by being asked for. An optimizer that wants to know of the latter is told.
 */
final class TrainerParameters extends ParameterStore {

    private final Model model;
    private final Optimizer optimizer;
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    TrainerParameters(Model model, NDManager manager, Optimizer optimizer, Device[] devices) {
        super(manager, false);
        this.model = model;
        this.optimizer = optimizer;
        setParameterServer(manager.getEngine().newParameterServer(optimizer), devices);
    }

    /** {@inheritDoc} */
    @Override
    public NDArray getValue(Parameter parameter, Device device, boolean training) {
        if (parameter != null && !known.contains(parameter.getId())) {
            introduce(parameter);
        }
        return super.getValue(parameter, device, training);
    }

    private void introduce(Parameter parameter) {
        // blocks may add parameters up to their initialization
        model.getBlock().getParameters().values().forEach(own -> known.add(own.getId()));
        if (known.add(parameter.getId()) && optimizer instanceof RuleParameterListener) {
            ((RuleParameterListener) optimizer).onRuleParameter(parameter);
        }
    }
}
