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
package org.locallearning.djl.creditassignment.optimizer;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Names of parameters that are stable across runs, unlike DJL's ids, which are new for every built
 * model. A model parameter is named by its path, {@code model/01Linear_weight}, and a rule's by its
 * name, {@code rule/01Linear_weight}.
 */
public final class ParameterNames {

    /** What the names of a rule's parameters begin with. */
    public static final String RULE = "rule/";

    private static final String MODEL = "model/";

    private final Block block;
    private final Supplier<Map<String, Parameter>> ruleParameters;

    /**
     * Creates the names of the parameters in one trainer.
     *
     * @param block the block of the model
     * @param ruleParameters the parameters that the rule keeps by now, by name
     */
    public ParameterNames(Block block, Supplier<Map<String, Parameter>> ruleParameters) {
        this.block = block;
        this.ruleParameters = ruleParameters;
    }

    /**
     * Finds a parameter.
     *
     * @param name the name
     * @return the parameter, or empty if there is none of that name, or not yet
     */
    public Optional<Parameter> find(String name) {
        return Optional.ofNullable(getParameters().get(name));
    }

    /**
     * Finds the name of a parameter.
     *
     * @param id the id that DJL has given it
     * @return the name, or empty for a parameter of another model
     */
    public Optional<String> nameOf(String id) {
        return getParameters().entrySet().stream()
                .filter(parameter -> parameter.getValue().getId().equals(id))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /**
     * Returns every parameter that is there by now.
     *
     * @return the parameters by name, those of the model first
     */
    public Map<String, Parameter> getParameters() {
        Map<String, Parameter> parameters = new LinkedHashMap<>();
        for (Pair<String, Parameter> parameter : block.getParameters()) {
            parameters.put(MODEL + parameter.getKey(), parameter.getValue());
        }
        ruleParameters.get().forEach((name, parameter) -> parameters.put(RULE + name, parameter));
        return parameters;
    }
}
