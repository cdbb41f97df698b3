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
package org.locallearning.djl.decorrelation.boltzmann;

import ai.djl.ndarray.NDManager;
import org.locallearning.djl.state.Stateful;

/**
 * Estimates the model's expectation, the second one in the gradient of the log-likelihood, {@code
 * E_data[g] − E_model[g]}.
 *
 * <p>An immutable setting; state from batch to batch is in the {@link Sampler} that it makes for
 * one trainer.
 */
public interface NegativePhase {

    /** Draws from the model, batch after batch. */
    interface Sampler extends Stateful {

        /**
         * Draws states of the model.
         *
         * @param parameters the machine as it is now
         * @param data the positive phase of the same batch
         * @return the negative phase
         */
        Phase sample(BoltzmannParameters parameters, Phase data);
    }

    /**
     * Starts a sampler for one trainer.
     *
     * @param manager the manager of what is remembered
     * @return the sampler
     */
    Sampler start(NDManager manager);

    /**
     * Returns whether chains restart at the data of each batch, so that the first means of the
     * visible units are reconstructions of the data.
     *
     * @return whether they do
     */
    boolean startsAtData();
}
