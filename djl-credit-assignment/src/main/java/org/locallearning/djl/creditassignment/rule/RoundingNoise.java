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
package org.locallearning.djl.creditassignment.rule;

/**
 * What rounding does to node perturbation with little noise. Rounding adds to the change of the
 * loss a noise of its own, in proportion to the unit of rounding, which has nothing to do with the
 * one injected. The gradients turn away from exact ones by {@code cos = 1 / √(1 + (c u / σ)²)},
 * with {@code c} = 2.3 from cosines of 0.991 at σ = 1e-6 and 0.9999 at 1e-5 in single precision (a
 * net of 3072-1000×4-10).
 */
final class RoundingNoise {

    /** A cosine above which there is nothing to warn of. */
    static final double NEGLIGIBLE = 0.99995;

    /** A cosine that training notices. */
    static final double NOTICEABLE = 0.99;

    private static final double FACTOR = 2.3;

    private RoundingNoise() {}

    /**
     * Returns about what cosine the gradients have to exact ones.
     *
     * @param unit the unit of rounding at work
     * @param noiseScale σ
     */
    static double cosine(double unit, double noiseScale) {
        return 1 / Math.hypot(1, FACTOR * unit / noiseScale);
    }

    /**
     * Returns about what cosine gradients have to exact ones whose losses are rounded: noise
     * changes a loss by a difference of two, each of which is off by about a unit of rounding of
     * its size.
     *
     * @param unit the unit of rounding at work
     * @param loss the size of the losses
     * @param change the size of what noise changes them by
     */
    static double cosineOfLosses(double unit, double loss, double change) {
        return 1 / Math.hypot(1, Math.sqrt(2) * unit * loss / change);
    }

    /** Returns a scale of noise at which rounding does not matter. */
    static double sufficientScale(double unit) {
        return 1000 * FACTOR * unit;
    }
}
