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
package org.locallearning.djl.creditassignment.tape;

import ai.djl.ndarray.NDList;

/** What a second run of a network changes: the outputs of the blocks that learn. */
@FunctionalInterface
public interface Perturbation {

    /**
     * Returns what takes the place of the outputs of a block in the second run.
     *
     * @param block the block, with its outputs of the first run
     * @param outputs its outputs in the second run, after the changes to blocks below; not to be
     *     changed in place
     * @return what the second run goes on with, of the same shapes
     */
    NDList perturb(BlockTrace block, NDList outputs);
}
