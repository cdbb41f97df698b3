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
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** What a forward keeps so that it can run again as the same function. */
final class RerunMemory {

    private final DropoutMasks masks;
    private final RerunStore store;
    private final Set<Block> used = Collections.newSetFromMap(new IdentityHashMap<>());

    /**
     * Creates it before a forward.
     *
     * @param parameters the parameters of the network
     * @param store where they come from
     * @param scope the manager that closes what is kept
     */
    RerunMemory(List<Parameter> parameters, ParameterStore store, NDManager scope) {
        masks = new DropoutMasks(scope);
        this.store = RerunStore.before(parameters, store, scope);
    }

    /** Returns what dropout drops. */
    DropoutMasks masks() {
        return masks;
    }

    /** Returns where parameters come from in further runs. */
    RerunStore store() {
        return store;
    }

    /** Called before a block runs in the forward. */
    void beforeUse(String path, Block block) {
        if (!used.add(block)) {
            store.addUse(path, block);
        }
    }
}
