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
package org.locallearning.djl.creditassignment.layer;

import ai.djl.ndarray.NDList;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;

/**
 * Runs a block a second time in one training step, on other inputs, as the same function.
 *
 * <p>Most blocks need none. A block that draws random numbers has to draw the same ones; one that
 * looks at the whole batch has to use the statistics of the first run, or samples would depend on
 * each other's changes.
 *
 * @param <B> the type of block
 */
@FunctionalInterface
public interface BlockRerun<B extends Block> {

    /**
     * Runs a block again. Nothing is recorded for differentiation.
     *
     * @param block the block
     * @param store where parameters come from; the block's state (such as running means) is a copy
     *     from before the first run, and changes to it are lost
     * @param first the inputs and outputs of the first run
     * @param inputs the new inputs, of the shapes of the first
     * @return the outputs for the new inputs
     */
    NDList run(B block, ParameterStore store, FirstRun first, NDList inputs);

    /**
     * The first run of a block.
     *
     * @param inputs its inputs
     * @param outputs its outputs, differentiable with respect to the inputs
     */
    record FirstRun(NDList inputs, NDList outputs) {}
}
