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
package org.locallearning.djl.creditassignment.lra;

/**
 * How error matrices learn. With {@code E} from stage {@code j} to stage {@code i}, the gradient
 * that the optimizer descends is the mean over the batch of the product below.
 */
public enum ErrorMatrixUpdate {
    /**
     * {@code −γ d_i e_jᵀ}, as printed in Algorithm 2 (Algorithm 1 has the indices the other way
     * round, with a {@code d_L} that is not defined). Since {@code d_i = E e_j}, descent makes
     * {@code E} grow without bound: linearly in steps under Adam, exponentially under plain
     * gradient descent. Bounded activations such as tanh and sign keep targets bounded all the
     * same, for some epochs: in wide nets errors get too large in the end, and learning collapses.
     * With ReLU and its relatives, without Adam, or for long training, take {@link #NONE} or {@link
     * #LRA_E}.
     */
    PAPER,
    /** Fixed random error matrices. */
    NONE,
    /**
     * {@code γ z_i e_jᵀ}: if {@code j} is the layer above {@code i}, this is {@code γ} times the
     * transposed gradient of the forward weight, so {@code E} comes to resemble {@code Wᵀ}. The
     * rule of LRA-E (Ororbia and Mali, "Biologically motivated algorithms for propagating local
     * target representations", AAAI 2019) in its authors' code, here for any two stages.
     */
    LRA_E
}
