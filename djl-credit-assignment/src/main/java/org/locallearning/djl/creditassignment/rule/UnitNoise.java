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
 * What it costs node perturbation to learn one number of a sample, the change of its loss, for all
 * of its K units. To first order that is {@code ΔL = g ξ}, so that {@code δ = ξ (g ξ) / σ²} with
 * {@code E[δ] = g} and, by the fourth moments of normal noise, {@code E‖δ‖² = (K + 2) ‖g‖²}. Where
 * the gradients of samples have little to do with each other, summing over a batch changes nothing
 * about that: the estimate has the cosine {@code 1 / √(K + 2)} to the gradient and is {@code √(K +
 * 2)} times as long. The same direction in all samples would be found better, at best by {@code
 * √N}.
 */
final class UnitNoise {

    /** A cosine below which a usual learning rate does more harm than good. */
    static final double LEAST = 0.03;

    private UnitNoise() {}

    /** Returns about what cosine the gradients have to exact ones. */
    static double cosine(long units) {
        return 1 / Math.sqrt(units + 2.0);
    }
}
