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

import ai.djl.nn.Parameter;

/**
 * An optimizer that treats parameters by their place in the model, and so also has to know the
 * rule's own parameters: learned feedback weights, error matrices.
 *
 * <p>DJL passes an optimizer only the id of a parameter. The model's parameters are found in its
 * block; the trainer announces the others.
 */
public interface RuleParameterListener {

    /**
     * Called by a {@code CreditTrainer} once for each parameter that the model does not hold,
     * before the first update of it.
     *
     * @param parameter the parameter, named after what it belongs to
     */
    void onRuleParameter(Parameter parameter);
}
