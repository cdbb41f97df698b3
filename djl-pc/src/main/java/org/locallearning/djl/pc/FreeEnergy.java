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
package org.locallearning.djl.pc;

import java.util.List;

/**
 * The free energy of one batch during inference, by stage.
 *
 * <p>{@code F = c L(y, p_L) + Σ_{l<L} γ_l ½‖e_l‖²}, summed over units and averaged over samples,
 * with the strength of the clamp {@code c = β / (1 + β)}. This is equation 1 of Alonso, Krichmar
 * and Neftci (2023) with the output node at its optimum and without the activity decay. If
 * backtracking repeated the inference ({@link InferenceLearning.Builder#optBacktracking}), it is
 * that of the last attempt.
 */
public final class FreeEnergy {

    private final List<String> stages;
    private final double[][] energies;

    FreeEnergy(List<String> stages, double[][] energies) {
        this.stages = List.copyOf(stages);
        this.energies = energies;
    }

    /**
     * Returns the paths of the stages, from the input to the output.
     *
     * @return the paths
     */
    public List<String> getStages() {
        return stages;
    }

    /**
     * Returns how many states were measured: the one before each iteration, and the one after the
     * last unless weights move in every iteration.
     *
     * @return the number of states
     */
    public int getStates() {
        return energies.length;
    }

    /**
     * Returns the energy of one stage.
     *
     * @param state the number of iterations before
     * @param stage the index of the stage
     * @return its part of the free energy
     */
    public double get(int state, int stage) {
        return energies[state][stage];
    }

    /**
     * Returns the free energy.
     *
     * @param state the number of iterations before
     * @return the sum over stages
     */
    public double getTotal(int state) {
        double total = 0;
        for (double energy : energies[state]) {
            total += energy;
        }
        return total;
    }
}
