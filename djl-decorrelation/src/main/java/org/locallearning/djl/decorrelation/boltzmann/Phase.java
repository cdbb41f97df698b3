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
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;

/**
 * What one phase of learning saw: the data in the positive phase, states of the model in the
 * negative phase.
 */
public final class Phase {

    private final NDArray visible;
    private final NDArray visibleMeans;
    private final NDArray hidden;
    private SufficientStatistics mean;

    private Phase(
            NDArray visible, NDArray visibleMeans, NDArray hidden, SufficientStatistics mean) {
        this.visible = visible;
        this.visibleMeans = visibleMeans;
        this.hidden = hidden;
        this.mean = mean;
    }

    /**
     * Puts together the phase of some visible states.
     *
     * @param parameters the machine
     * @param visible states of the visible units, (N, visible)
     * @param visibleMeans the means that they were drawn with, (N, visible); the states themselves
     *     where they are data
     * @return the phase, its mean taken over the states
     */
    public static Phase of(BoltzmannParameters parameters, NDArray visible, NDArray visibleMeans) {
        return new Phase(visible, visibleMeans, parameters.hiddenProbabilities(visible), null);
    }

    /**
     * Puts together a phase whose mean is known better than from its states.
     *
     * @param visible states of the visible units, (N, visible)
     * @param hidden the probabilities of the hidden units given those states, (N, hidden)
     * @param mean the mean of the sufficient statistics
     * @return the phase
     */
    public static Phase of(NDArray visible, NDArray hidden, SufficientStatistics mean) {
        return new Phase(visible, visible, hidden, mean);
    }

    /**
     * Returns the states of the visible units.
     *
     * @return the states, (N, visible)
     */
    public NDArray visible() {
        return visible;
    }

    /**
     * Returns the means that the visible states were drawn with.
     *
     * @return the means, (N, visible); the states themselves where they are data
     */
    public NDArray visibleMeans() {
        return visibleMeans;
    }

    /**
     * Returns the probabilities of the hidden units given the visible states.
     *
     * @return the probabilities, (N, hidden)
     */
    public NDArray hidden() {
        return hidden;
    }

    /**
     * Returns the mean of the sufficient statistics that the gradient is made of. The first call
     * costs a product of (visible, N, hidden), where the mean was not given.
     *
     * @return the mean
     */
    public SufficientStatistics mean() {
        if (mean == null) {
            mean = SufficientStatistics.mean(visible, hidden);
        }
        return mean;
    }

    /**
     * Subtracts the mean of another phase from that of this one, {@code E_data[g] − E_model[g]}.
     * Where both are means over states and not yet known, it is one product over the rows of both
     * phases, and nothing of the weights' size is made besides the result.
     *
     * @param model the phase to subtract
     * @return the difference
     */
    SufficientStatistics minus(Phase model) {
        if (mean != null || model.mean != null) {
            return mean().minus(model.mean());
        }
        long rows = visible.getShape().get(0);
        long modelRows = model.visible.getShape().get(0);
        NDArray states = NDArrays.concat(new NDList(visible, model.visible));
        NDArray signed =
                NDArrays.concat(new NDList(hidden.div(rows), model.hidden.div(-modelRows)));
        return new SufficientStatistics(
                visible.mean(new int[] {0}).subi(model.visible.mean(new int[] {0})),
                signed.sum(new int[] {0}),
                states.transpose().matMul(signed));
    }
}
