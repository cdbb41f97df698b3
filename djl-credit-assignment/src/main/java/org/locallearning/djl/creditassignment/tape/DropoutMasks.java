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
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import java.util.HashMap;
import java.util.Map;
import org.locallearning.djl.creditassignment.internal.Autograd;

/** What dropout drops in one batch: drawn in the first run, used again whenever a piece reruns. */
final class DropoutMasks {

    private final NDManager scope;
    private final Map<String, NDArray> masks = new HashMap<>();

    /**
     * Creates an empty collection.
     *
     * @param scope the manager that closes the masks
     */
    DropoutMasks(NDManager scope) {
        this.scope = scope;
    }

    /** Runs a dropout block in training mode, with the mask of its path. */
    NDList run(String path, Block dropout, ParameterStore store, NDArray input) {
        NDArray mask = masks.computeIfAbsent(path, key -> draw(dropout, store, input));
        return new NDList(input.mul(mask));
    }

    private NDArray draw(Block dropout, ParameterStore store, NDArray input) {
        try (NDArray ones = Autograd.detach(input, scope).onesLike()) {
            NDArray mask = dropout.forward(store, new NDList(ones), true).singletonOrThrow();
            mask.attach(scope);
            return mask;
        }
    }
}
