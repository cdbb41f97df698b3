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

/** The order in which inference moves activities and weights. */
public enum InferenceSchedule {
    /**
     * All activities move at once, by errors from before the iteration; weights move after the last
     * iteration. An error takes one iteration per layer on its way down: with fewer iterations than
     * hidden layers the lowest layers learn nothing. Algorithm 1 of the paper, standard predictive
     * coding.
     */
    SIMULTANEOUS,
    /**
     * Activities move one after another from the output down, each by the errors at that point;
     * weights move after the last iteration. A single iteration reaches every layer. Algorithm 2 of
     * the paper.
     */
    SEQUENTIAL,
    /**
     * All activities and all weights move at once in every iteration (incremental predictive
     * coding, iPC): Salvatori et al., "A stable, fast, and fully automatic learning algorithm for
     * predictive coding networks" (2022). The optimizer steps once per iteration, the last time in
     * the trainer's own step; learning rate trackers count every step. A batch is not split over
     * devices, and gradients do not add up over batches.
     */
    INCREMENTAL
}
