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

import ai.djl.ndarray.NDArray;

/**
 * What one phase of learning saw: the data in the positive phase, states of the model in the
 * negative phase.
 *
 * @param visible states of the visible units, (N, visible)
 * @param visibleMeans the means that those states were drawn with, (N, visible); the states
 *     themselves where they are data
 * @param hidden the probabilities of the hidden units given those states, (N, hidden)
 * @param mean the mean of the sufficient statistics that the gradient is made of
 */
public record Phase(
        NDArray visible, NDArray visibleMeans, NDArray hidden, SufficientStatistics mean) {

    /**
     * Puts together the phase of some visible states.
     *
     * @param parameters the machine
     * @param visible states of the visible units, (N, visible)
     * @param visibleMeans the means that they were drawn with, (N, visible)
     * @return the phase, its mean taken over the states
     */
    public static Phase of(BoltzmannParameters parameters, NDArray visible, NDArray visibleMeans) {
        NDArray hidden = parameters.hiddenProbabilities(visible);
        return new Phase(visible, visibleMeans, hidden, SufficientStatistics.mean(visible, hidden));
    }
}
