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

import ai.djl.ndarray.NDManager;
import org.locallearning.djl.creditassignment.layer.LayerTable;

/** Makes the further runs of a tape: of the network, of a stage, of an activation. */
final class Reruns {

    private final Network network;
    private final ForwardPass first;
    private final RerunStore store;
    private Rerun unchanged;

    /**
     * Creates the maker of further runs.
     *
     * @param network the network that ran
     * @param first the first run
     * @param store where parameters come from in further runs
     */
    Reruns(Network network, ForwardPass first, RerunStore store) {
        this.network = network;
        this.first = first;
        this.store = store;
    }

    LayerTable table() {
        return network.table();
    }

    /** Returns which lambdas put units elsewhere. */
    UnitMoves moves() {
        return network.moves();
    }

    /** Returns the manager of the tape. */
    NDManager scope() {
        return first.scope();
    }

    /** Returns a pass with a copy of the state to itself, in a manager of its own. */
    ForwardPass newPass() {
        NDManager scope = scope().newSubManager();
        return first.rerun(store.forRun(scope), scope);
    }

    Rerun withChanges(Perturbation perturbation) {
        return new Rerun(table(), newPass(), perturbation);
    }

    /** Returns the run that activations have in common, since they change no state. */
    Rerun unchanged() {
        if (unchanged == null) {
            unchanged = withChanges((block, outputs) -> outputs);
        }
        return unchanged;
    }
}
