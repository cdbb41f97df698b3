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
 * A penalty R added to the log-likelihood, so that the objective is {@code (1 − γ) log p(v) − γ R}.
 *
 * <p>An immutable setting; state from batch to batch is in the {@link Term} that it makes for one
 * trainer.
 */
public interface Penalty {

    /** Joins gradients with the penalty's, batch after batch. */
    interface Term extends Stateful {

        /**
         * Joins the gradient of the log-likelihood with the penalty's.
         *
         * @param parameters the machine as it is now
         * @param model the negative phase of the batch
         * @param gradient the gradient of the log-likelihood with respect to (a, b, W)
         * @return the gradient of both together
         */
        SufficientStatistics join(
                BoltzmannParameters parameters, Phase model, SufficientStatistics gradient);

        /**
         * Returns the weight γ of the penalty in the last batch.
         *
         * @return the weight, in [0, 1]
         */
        double getWeight();
    }

    /**
     * Starts for one trainer.
     *
     * @param manager the manager of what is remembered
     * @return what joins that trainer's gradients with the penalty's
     */
    Term start(NDManager manager);
}
