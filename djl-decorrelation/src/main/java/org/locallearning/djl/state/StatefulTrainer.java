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
package org.locallearning.djl.state;

import ai.djl.training.ParameterStore;
import java.util.Map;

/**
 * A DJL trainer with its own parameters and with parts that have state besides the model and the
 * optimizer. A trainer that is nothing but DJL's own has no need of it.
 */
public interface StatefulTrainer {

    /**
     * Returns the parts of training that remember something from batch to batch.
     *
     * @return the parts, each under the name of its section in a file, in the order in which they
     *     are loaded
     */
    Map<String, Stateful> getStatefulParts();

    /**
     * Returns where this trainer's values of parameters are.
     *
     * @return the store
     */
    ParameterStore getParameterStore();

    /**
     * Returns whether a batch waits for {@code step()} in another way than by gradients of
     * parameters. Training is not saved then, since the step would be lost.
     *
     * @return true while one waits; false by default
     */
    default boolean isStepPending() {
        return false;
    }

    /**
     * Forgets a batch that waits for {@code step()}. Called when the state of another moment of
     * training was taken over, which the step does not belong to; gradients of parameters are
     * cleared by the caller. Does nothing by default.
     */
    default void forgetPendingStep() {}
}
