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

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

/** The weights of the layers' errors and activities in the free energy: γ and γ_decay. */
interface Precisions {

    /**
     * Returns the errors of the output.
     *
     * @param output the output's node
     * @param pulls {@code y − p_L}, or what stands for it with another loss; closed where others
     *     are returned
     */
    NDList outputErrors(ValueNode output, NDList pulls);

    /** Multiplies an array with one row per sample by γ of a node. */
    NDArray weigh(NDArray rows, ValueNode node, NDManager scope);

    /** Returns whether the activities that a node is predicted from decay. */
    boolean hasDecay(ValueNode above);

    /** Multiplies an array with one row per sample by γ_decay of those activities. */
    NDArray decay(NDArray rows, ValueNode above, NDManager scope);

    /** Returns the γ that enters the gradients of a node's weights. */
    double ofLearning(ValueNode node);

    /** Returns {@code γ/2 ‖e‖²} of a hidden node, a mean over samples. */
    NDArray energy(ValueNode node, NDArray error);
}
