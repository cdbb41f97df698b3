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
import org.locallearning.djl.creditassignment.internal.Autograd;

/** A place where the engine's graph is cut: a new graph begins, and errors that reach it stop. */
final class Cut {

    private final NDManager scope;
    private final boolean errorWanted;
    private final NDList arrays;

    /**
     * Cuts the graph at some arrays.
     *
     * @param made the arrays as the graph below made them
     * @param errorWanted whether the errors that reach the cut are wanted
     * @param scope the manager that closes the cut
     */
    Cut(NDList made, boolean errorWanted, NDManager scope) {
        this.scope = scope;
        this.errorWanted = errorWanted;
        arrays = new NDList(made.size());
        for (NDArray array : made) {
            arrays.add(errorWanted ? Autograd.leaf(array, scope) : Autograd.detach(array, scope));
        }
    }

    /** Returns the arrays above the cut, from which the graph goes on. */
    NDList arrays() {
        return arrays;
    }

    /** Returns the manager that closes the cut. */
    NDManager scope() {
        return scope;
    }

    /**
     * Takes the errors that have arrived; arrays of whole numbers have zeros.
     *
     * @return the error at each array; empty if errors are not wanted here
     */
    NDList takeErrors(boolean keepGraph) {
        if (!errorWanted) {
            return new NDList();
        }
        NDList errors = new NDList(arrays.size());
        for (NDArray array : arrays) {
            errors.add(
                    array.hasGradient()
                            ? Autograd.takeGradient(array, keepGraph)
                            : array.zerosLike());
        }
        return errors;
    }
}
