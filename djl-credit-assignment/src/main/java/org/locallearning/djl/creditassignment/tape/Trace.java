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

/** One node of a network as it ran once: what came out, and the way back. */
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

    final boolean isInputErrorWanted(BackwardPass pass) {
        return inputErrorWanted && pass.inputErrorsWanted();
    }

    /** Returns the outputs of the node. */
    abstract NDList outputs();

    /**
     * Sends the errors at the outputs back to the inputs, and adds to the gradients of the
     * parameters on the way if they are wanted.
     *
     * @param errors the error at each output
     * @param pass what the way back needs
     * @return the error at each input; empty if it is not wanted
     */
    abstract NDList backward(NDList errors, BackwardPass pass);

    /**
     * Closes the arrays that only the way back needed. Freed memory is taken again for the errors
     * further down, which is faster than fresh memory.
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

    /** Sends errors back as {@link #backward} and closes what is then used up. */
    final NDList backwardAndRelease(NDList errors, BackwardPass pass) {
        NDList inputErrors = backward(errors, pass);
        if (!pass.keepGraph()) {
            Errors.close(errors, inputErrors);
            release();
        }
        return inputErrors;
    }
}
