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

import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.optimizer.Optimizer;
import org.locallearning.djl.creditassignment.optimizer.StatefulOptimizer;
import org.locallearning.djl.decorrelation.internal.Descriptions;
import org.locallearning.djl.decorrelation.internal.PrivateFields;

/** Reads the optimizer of a trainer, for which DJL has no getter. */
public final class TrainerOptimizer {

    private TrainerOptimizer() {}

    /**
     * Finds the optimizer of any trainer.
     *
     * @param trainer the trainer
     * @return the optimizer of its configuration
     */
    public static Optimizer of(Trainer trainer) {
        // the base class makes a store and a server for every trainer, whether used or not
        Object server =
                PrivateFields.read(ParameterStore.class, stockStore(trainer), "parameterServer");
        return (Optimizer) PrivateFields.read(server.getClass(), server, "optimizer");
    }

    /**
     * Describes an optimizer, and the one inside it, if there is any.
     *
     * @param optimizer the optimizer
     * @return its class and settings
     */
    public static String describe(Optimizer optimizer) {
        String own = Descriptions.of(optimizer);
        if (!(optimizer instanceof StatefulOptimizer)) {
            return own;
        }
        String inner =
                ((StatefulOptimizer) optimizer)
                        .getInner()
                        .map(TrainerOptimizer::describe)
                        .orElse("");
        return own.contains(inner) ? own : own + " around " + inner;
    }

    /**
     * Finds the store that DJL's base class makes.
     *
     * @param trainer the trainer
     * @return the store, which a trainer with one of its own does not use
     */
    public static ParameterStore stockStore(Trainer trainer) {
        return (ParameterStore) PrivateFields.read(Trainer.class, trainer, "parameterStore");
    }
}
