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

import java.util.Arrays;
import java.util.Locale;

/**
 * The settings of {@link InferenceLearning}.
 *
 * @param schedule the order in which activities and weights move
 * @param iterations T
 * @param stepSize ε
 * @param stepDecay whether the step of iteration t is ε / (1 + t)
 * @param clamp β
 * @param precisions γ per stage; empty if all are 1
 * @param activityDecay γ_decay
 * @param fixedPredictions whether predictions stay those of the forward pass
 * @param backtracking whether a batch whose free energy rises is inferred again with half the step
 * @param proximal the proximal step that determines the precisions, null if they are given
 * @param normalizedStep whether the step of a sample is divided by its squared input
 */
record InferenceSettings(
        InferenceSchedule schedule,
        int iterations,
        double stepSize,
        boolean stepDecay,
        double clamp,
        double[] precisions,
        double activityDecay,
        boolean fixedPredictions,
        boolean backtracking,
        Proximal proximal,
        boolean normalizedStep) {

    /**
     * The proximal step of theorem 1.
     *
     * @param beta β, which bounds the distance from the current weights
     * @param rate α, the rate of plain SGD by which weights learn
     * @param exact whether the decay is that of normalized steps, whose sign is opposite to the
     *     theorem's for a fixed rate
     */
    record Proximal(double beta, double rate, boolean exact) {

        @Override
        public String toString() {
            return exact
                    ? String.format(", proximal β %s", beta)
                    : String.format(", proximal β %s at rate %s", beta, rate);
        }
    }

    double step(int t) {
        return stepDecay ? stepSize / (1 + t) : stepSize;
    }

    /** Returns whether inference minimizes the free energy, so that it must not rise. */
    boolean isDescent() {
        // with fixed predictions errors grow from zero; moving weights or precisions change the
        // energy
        return !fixedPredictions && proximal == null && schedule != InferenceSchedule.INCREMENTAL;
    }

    /** Returns β / (1 + β), which is 1 for a full clamp. */
    double clampStrength() {
        if (proximal != null) {
            return 1;
        }
        return Double.isInfinite(clamp) ? 1 : clamp / (1 + clamp);
    }

    double precision(int stage, int stages) {
        if (precisions.length == 0) {
            return 1;
        }
        if (precisions.length != stages) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "There are %d precisions, but the network has %d stages; give one per"
                                    + " stage to optPrecisions, from the input to the output.",
                            precisions.length,
                            stages));
        }
        return precisions[stage];
    }

    /**
     * Returns how many of the lowest stages get no error at all.
     *
     * @param stages the number of stages
     */
    int stagesWithoutError(int stages) {
        switch (schedule) {
            case SIMULTANEOUS:
                return Math.max(0, stages - 1 - iterations);
            case INCREMENTAL:
                return Math.max(0, stages - iterations);
            default:
                return 0;
        }
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s, T %d, step %s%s, clamp %s, precisions %s, activity decay %s, predictions %s"
                        + "%s%s%s",
                schedule,
                iterations,
                stepSize,
                stepDecay ? " / (1 + t)" : "",
                Double.isInfinite(clamp) ? "full" : clamp,
                precisions.length == 0 ? "1" : Arrays.toString(precisions),
                activityDecay,
                fixedPredictions ? "fixed" : "inferred",
                backtracking ? "" : ", no backtracking",
                proximal == null ? "" : proximal,
                normalizedStep ? ", normalized step" : "");
    }
}
