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
import java.util.ArrayList;
import java.util.List;
import org.locallearning.djl.creditassignment.engine.Autograd;

/** A place where the engine's graph is cut: a new graph begins, and errors that reach it stop. */
final class Cut {

    private final NDManager scope;
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

    /** Takes the errors that have arrived; arrays of whole numbers have zeros. */
    NDList takeErrors(boolean keepGraph) {
        return takeErrors(List.of(this), keepGraph).get(0);
    }

    /**
     * Takes the errors that have arrived at the cuts of one graph. Where the graph is used again,
     * the cuts are left without errors; errors at different cuts may share their memory, so that
     * all are read before any is cleared.
     */
    static List<NDList> takeErrors(List<Cut> cuts, boolean keepGraph) {
        List<NDList> errors = new ArrayList<>(cuts.size());
        for (Cut cut : cuts) {
            errors.add(cut.readErrors(keepGraph));
        }
        if (keepGraph) {
            for (Cut cut : cuts) {
                cut.arrays.stream().filter(NDArray::hasGradient).forEach(Autograd::clearGradient);
            }
        }
        return errors;
    }

    private NDList readErrors(boolean copy) {
        NDList errors = new NDList(arrays.size());
        for (NDArray array : arrays) {
            if (!array.hasGradient()) {
                errors.add(array.zerosLike());
            } else if (copy) {
                try (NDArray shared = array.getGradient()) {
                    errors.add(shared.duplicate());
                }
            } else {
                errors.add(array.getGradient());
            }
        }
        return errors;
    }
}
