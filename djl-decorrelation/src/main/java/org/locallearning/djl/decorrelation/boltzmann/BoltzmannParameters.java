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
import ai.djl.nn.Activation;

/**
 * The parameters of a restricted Boltzmann machine on one device, and the formulas in terms of
 * them.
 *
 * <p>The joint distribution of visible units v and binary hidden units h is {@code p(v, h) =
 * exp(−E(v, h)) / Z} with the energy
 *
 * <pre>E(v, h) = −aᵀv − bᵀh − vᵀW h          (plus ½‖v‖² for Gaussian visible units)</pre>
 *
 * <p>Gaussian units use their natural parameters too: their mean is {@code a + W h}, and the energy
 * differs from the usual {@code ½‖v − a‖² − bᵀh − vᵀW h} by a constant in the states, which Z
 * absorbs. The derivatives of log Z are then the same for both kinds.
 *
 * @param weight W, (visible, hidden)
 * @param visibleBias a, (visible)
 * @param hiddenBias b, (hidden)
 * @param units the kind of the visible units
 */
public record BoltzmannParameters(
        NDArray weight, NDArray visibleBias, NDArray hiddenBias, VisibleUnits units) {

    /**
     * Returns the number of visible units.
     *
     * @return the number
     */
    public int visibleSize() {
        return (int) weight.getShape().get(0);
    }

    /**
     * Returns the number of hidden units.
     *
     * @return the number
     */
    public int hiddenSize() {
        return (int) weight.getShape().get(1);
    }

    /**
     * Returns the probabilities of the hidden units, {@code p(h_j = 1 | v) = σ(b_j + Σ_i v_i W_ij)}
     * (Millea, equation 2).
     *
     * @param visible states of the visible units, (N, visible)
     * @return the probabilities, (N, hidden)
     */
    public NDArray hiddenProbabilities(NDArray visible) {
        return Activation.sigmoid(visible.matMul(weight).addi(hiddenBias));
    }

    /**
     * Returns the means of the visible units given the hidden ones, {@code σ(a_i + Σ_j W_ij h_j)}
     * for binary units (Millea, equation 3), {@code a_i + Σ_j W_ij h_j} for Gaussian ones.
     *
     * @param hidden states or probabilities of the hidden units, (N, hidden)
     * @return the means, (N, visible)
     */
    public NDArray visibleMeans(NDArray hidden) {
        return units.mean(visibleNatural(hidden));
    }

    /** The natural parameters of the visible units given the hidden ones, (N, visible). */
    NDArray visibleNatural(NDArray hidden) {
        return hidden.matMul(weight.transpose()).addi(visibleBias);
    }

    /**
     * Draws states of the hidden units.
     *
     * @param probabilities the probabilities of 1, of any shape
     * @return 0 or 1 for each unit
     */
    public NDArray sampleHidden(NDArray probabilities) {
        return sampleHidden(probabilities, VisibleUnits.BINARY.noise(probabilities));
    }

    /**
     * Makes states of the hidden units from given random numbers.
     *
     * @param probabilities the probabilities of 1, of any shape
     * @param uniform numbers that are uniform in [0, 1), of the same shape
     * @return 1 where the number is below the probability, 0 elsewhere
     */
    public NDArray sampleHidden(NDArray probabilities, NDArray uniform) {
        return VisibleUnits.BINARY.sample(probabilities, uniform);
    }

    /**
     * Draws states of the visible units.
     *
     * @param means the means given the hidden units, (N, visible)
     * @return a sample, (N, visible)
     */
    public NDArray sampleVisible(NDArray means) {
        return sampleVisible(means, units.noise(means));
    }

    /**
     * Makes states of the visible units from given random numbers.
     *
     * @param means the means given the hidden units, (N, visible)
     * @param noise numbers that are uniform in [0, 1) for binary units, standard normal for
     *     Gaussian ones, (N, visible)
     * @return 1 where the number is below the mean and 0 elsewhere for binary units, mean plus
     *     number for Gaussian ones
     */
    public NDArray sampleVisible(NDArray means, NDArray noise) {
        return units.sample(means, noise);
    }

    /**
     * Returns the free energy, {@code F(v) = −log Σ_h exp(−E(v, h)) = −aᵀv − Σ_j log(1 + exp(b_j +
     * Σ_i v_i W_ij))}, plus {@code ½‖v‖²} for Gaussian units; {@code log p(v) = −F(v) − log Z}.
     *
     * @param visible states of the visible units, (N, visible)
     * @return the free energy of each row, (N)
     */
    public NDArray freeEnergy(NDArray visible) {
        NDArray inputs = visible.matMul(weight).addi(hiddenBias);
        NDArray energy =
                visible.matMul(visibleBias).add(softPlus(inputs).sum(new int[] {-1})).neg();
        NDArray carrier = units.carrierEnergy(visible);
        return carrier == null ? energy : energy.add(carrier);
    }

    /** {@code log(1 + eˣ)}, exact to rounding where the engine's own is cut off. */
    static NDArray softPlus(NDArray x) {
        return x.maximum(0).add(x.abs().neg().exp().add(1).log());
    }
}
