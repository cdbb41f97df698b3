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
import ai.djl.nn.Block;

/**
 * A recorded block with parameters: a weighted layer, a normalization, or an unknown block as one
 * piece.
 */
public interface BlockTrace {

    /**
     * Returns the names of the children that lead to the block, joined as in parameter names.
     *
     * @return the path; empty if the block is the model
     */
    String getPath();

    /**
     * Returns the block.
     *
     * @return the block
     */
    Block getBlock();

    /**
     * Returns the outputs of the block.
     *
     * @return the outputs, closed with {@link #addGradients} or with the tape
     */
    NDList getOutputs();

    /**
     * Returns whether the block learns now.
     *
     * @return true unless all of its parameters are frozen
     */
    boolean isTrainable();

    /**
     * Adds to the gradients of the block's own parameters, and of no others, what an error at its
     * outputs makes of them. This is the last use of the block's arrays, which are then closed.
     *
     * @param errors the error at each output, of its shape
     */
    void addGradients(NDList errors);
}
