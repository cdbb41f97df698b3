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

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.List;

/** One node of a network as it ran once: its outputs, and its backward pass. */
abstract class Trace {

    private final boolean inputErrorWanted;

    /**
     * Creates a trace.
     *
     * @param inputErrorWanted whether something below the node learns, so that the error has to go
     *     on
     */
    Trace(boolean inputErrorWanted) {
        this.inputErrorWanted = inputErrorWanted;
    }

    final boolean isInputErrorWanted() {
        return inputErrorWanted;
    }

    final boolean isInputErrorWanted(BackwardPass backward) {
        return inputErrorWanted && backward.inputErrorsWanted();
    }

    /** Returns the outputs of the node. */
    abstract NDList outputs();

    /** Adds the blocks with parameters of their own, in the order in which they ran, to a list. */
    abstract void collectBlocks(List<BlockTrace> blocks);

    /**
     * Sends the errors at the outputs to the inputs, and adds to the gradients of the parameters if
     * they are wanted.
     *
     * @param errors the error at each output
     * @param backward what the backward pass needs
     * @return the error at each input; empty if it is not wanted
     */
    abstract NDList backward(NDList errors, BackwardPass backward);

    /**
     * Closes the arrays that only the backward pass needed. Freed memory is taken again for the
     * errors further down, which is faster than fresh memory.
     */
    abstract void release();

    /** Releases this trace and the traces within it. */
    void releaseAll() {
        release();
    }

    /** Closes arrays, but for those that a block took from elsewhere. */
    static void closeOwn(NDList arrays, NDManager scope) {
        for (NDArray array : arrays) {
            if (array.getManager() == scope) {
                array.close();
            }
        }
    }

    /**
     * Runs the node again on other inputs, with changes; where nothing below the node changes, its
     * first run is used again.
     *
     * @param rerun the second run of the network
     * @param inputs the new inputs
     * @return the new outputs
     */
    abstract NDList rerun(Rerun rerun, NDList inputs);

    /** Sends errors as {@link #backward} does and closes what is then used up. */
    final NDList backwardAndRelease(NDList errors, BackwardPass backward) {
        NDList inputErrors = backward(errors, backward);
        if (!backward.keepGraph()) {
            Errors.close(errors, inputErrors);
            release();
        }
        return inputErrors;
    }
}
