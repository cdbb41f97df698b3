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

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.locallearning.djl.creditassignment.engine.Autograd;

/**
 * Which blocks of a network change their inputs in place, such as a lambda of {@code x.muli(2)}.
 *
 * <p>The engine lets no graph begin with a change in place, and the tape still needs what went into
 * a block. Those blocks are therefore given copies. Which they are is found out when a block runs
 * for the first time, on copies that tell afterwards whether they were changed.
 */
final class InPlaceBlocks {

    private final Map<Object, Boolean> changing = new ConcurrentHashMap<>();

    /**
     * Runs a block, or the function that combines branches.
     *
     * @param block what runs, the same object in each batch
     * @param inputs the inputs; neither the arrays nor the lists are changed
     * @param operation the forward
     * @return what the operation returns
     */
    NDList run(Object block, List<NDList> inputs, Function<List<NDList>, NDList> operation) {
        Boolean known = changing.get(block);
        List<NDList> given = new ArrayList<>(inputs.size());
        if (Boolean.FALSE.equals(known)) {
            // blocks may add to the lists that they get, as recurrent ones do with their states
            inputs.forEach(arrays -> given.add(new NDList(arrays)));
            return operation.apply(given);
        }
        inputs.forEach(arrays -> given.add(copy(arrays)));
        if (known != null) {
            return operation.apply(given);
        }
        List<NDArray> copies = given.stream().flatMap(NDList::stream).toList();
        List<Long> versions = copies.stream().map(Autograd::version).toList();
        NDList outputs = operation.apply(given);
        boolean changed = false;
        for (int i = 0; i < copies.size(); i++) {
            NDArray copy = copies.get(i);
            changed = changed || !copy.isReleased() && Autograd.version(copy) != versions.get(i);
        }
        changing.put(block, changed);
        return outputs;
    }

    private static NDList copy(NDList arrays) {
        return new NDList(arrays.stream().map(Autograd::copy).toList());
    }

    /** Returns what to do about a failure, if a change in place made it. */
    static String remedy(EngineException failure) {
        return String.valueOf(failure.getMessage()).contains("in-place operation")
                ? " It changes an input in place, which it did not when it ran first; let it take"
                        + " add in place of addi, mul in place of muli, and so on."
                : "";
    }
}
