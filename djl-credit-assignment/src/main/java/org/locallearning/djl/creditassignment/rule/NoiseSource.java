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

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.locallearning.djl.creditassignment.tape.BlockTrace;

/**
 * Where the noise of node perturbation comes from. The gradient estimate requires noise of mean
 * zero and variance σ², independent between units and samples.
 */
@FunctionalInterface
public interface NoiseSource {

    /** Independent normal noise from the engine's random numbers. */
    NoiseSource GAUSSIAN =
            (block, output, scale, manager) ->
                    manager.randomNormal(0, (float) scale, output.getShape(), output.getDataType());

    /**
     * Draws noise for one output of a block.
     *
     * @param block the block
     * @param output the output, of the shape and type of the noise
     * @param scale the scale σ of the noise
     * @param manager the manager to create the noise with
     * @return the noise ξ, which is copied
     */
    NDArray draw(BlockTrace block, NDArray output, double scale, NDManager manager);
}
