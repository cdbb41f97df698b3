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
import ai.djl.ndarray.NDManager;
import ai.djl.util.Preconditions;

/**
 * Contrastive divergence, CD-k: chains start at the data and take k Gibbs steps.
 *
 * <p>Each step draws the hidden units given the visible ones, then the visible ones given the
 * hidden; the statistics use the drawn visible states and the probabilities of the hidden units. If
 * the data's distribution is the model's, the expected update is zero. Otherwise it is not the
 * gradient of the log-likelihood, the less so the fewer the steps.
 *
 * <p>Cost: {@code (2 k + 1)} products of (batch, visible, hidden).
 *
 * <p>Hinton, "Training products of experts by minimizing contrastive divergence", 2002.
 *
 * @param steps k, at least 1
 */
public record ContrastiveDivergence(int steps) implements NegativePhase {

    /**
     * Checks the number of steps.
     *
     * @param steps k, at least 1
     */
    public ContrastiveDivergence {
        Preconditions.checkArgument(
                steps >= 1, "Contrastive divergence takes 1 or more steps, not " + steps);
    }

    /** {@inheritDoc} */
    @Override
    public Sampler start(NDManager manager) {
        return (parameters, data) -> run(parameters, data.hidden(), steps);
    }

    /** {@inheritDoc} */
    @Override
    public boolean startsAtData() {
        return true;
    }

    /** Takes Gibbs steps from given probabilities of the hidden units. */
    static Phase run(BoltzmannParameters parameters, NDArray hiddenProbabilities, int steps) {
        NDArray hidden = parameters.sampleHidden(hiddenProbabilities);
        for (int i = 1; i < steps; ++i) {
            NDArray visible = parameters.sampleVisible(parameters.visibleMeans(hidden));
            hidden = parameters.sampleHidden(parameters.hiddenProbabilities(visible));
        }
        NDArray means = parameters.visibleMeans(hidden);
        return Phase.of(parameters, parameters.sampleVisible(means), means);
    }

    /**
     * Returns the negative phase of CD-1 for given random numbers.
     *
     * @param parameters the machine
     * @param visible the data, (N, visible)
     * @param hiddenUniform numbers that are uniform in [0, 1), (N, hidden)
     * @param visibleNoise numbers that are uniform in [0, 1) for binary visible units, standard
     *     normal for Gaussian ones, (N, visible)
     * @return the negative phase
     */
    public static Phase reconstruct(
            BoltzmannParameters parameters,
            NDArray visible,
            NDArray hiddenUniform,
            NDArray visibleNoise) {
        NDArray hidden =
                parameters.sampleHidden(parameters.hiddenProbabilities(visible), hiddenUniform);
        NDArray means = parameters.visibleMeans(hidden);
        return Phase.of(parameters, parameters.sampleVisible(means, visibleNoise), means);
    }
}
