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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.locallearning.djl.creditassignment.internal.Autograd;

/**
 * Which blocks of a network change their inputs in place, such as a lambda of {@code x.muli(2)}.
 *
 * <p>The engine lets no graph begin with a change in place, and the tape still needs what went into
 * a block. Those blocks are therefore given copies, which makes no difference as long as nothing
 * else looks at the array that they would have changed. Which they are is found out when a block
 * runs for the first time: on copies that tell afterwards whether they were changed.
 */
final class InPlaceBlocks {

    /** What to do about a block that cannot be given copies. */
    static final String REMEDY =
            "let it take add in place of addi, mul in place of muli, and so on.";

    private final Map<Object, Boolean> changing = new ConcurrentHashMap<>();

    /** What may be done with the inputs of a block. */
    enum Inputs {
        /** It may get copies. */
        OWN,
        /** It may get copies if it changes none, since others use them, too. */
        SHARED,
        /** Nothing that learns made them, so that it may change them, as with the stock trainer. */
        GIVEN,
        /** The same, but they are needed as they were. */
        KEPT
    }

    /**
     * Runs a block, or the function that combines branches.
     *
     * @param block what runs, the same object in each batch
     * @param arrays the inputs; the lists are left as they are
     * @param inputs what may be done with them
     * @param operation the forward
     * @return what the operation returns
     * @throws InPlaceException if it changes inputs that it may not change
     */
    NDList run(
            Object block,
            List<NDList> arrays,
            Inputs inputs,
            Function<List<NDList>, NDList> operation) {
        Boolean known = changing.get(block);
        boolean given = inputs == Inputs.GIVEN || inputs == Inputs.KEPT;
        boolean copied = !given && !Boolean.FALSE.equals(known);
        List<NDList> lists = new ArrayList<>(arrays.size());
        for (NDList each : arrays) {
            // blocks may add to the lists that they get, as recurrent ones do with their states
            lists.add(
                    copied
                            ? new NDList(each.stream().map(Autograd::copy).toList())
                            : new NDList(each));
        }
        if (known != null) {
            check(known, inputs);
            return operation.apply(lists);
        }
        List<NDArray> watched = lists.stream().flatMap(NDList::stream).toList();
        List<Long> versions = watched.stream().map(Autograd::version).toList();
        NDList outputs = operation.apply(lists);
        boolean changed = false;
        for (int i = 0; i < watched.size(); i++) {
            NDArray array = watched.get(i);
            changed |= !array.isReleased() && Autograd.version(array) != versions.get(i);
        }
        changing.put(block, changed);
        check(changed, inputs);
        return outputs;
    }

    private static void check(boolean changed, Inputs inputs) {
        if (changed && inputs == Inputs.SHARED) {
            throw new InPlaceException(
                    "changes its input in place, which is used elsewhere, too; " + REMEDY);
        }
        if (changed && inputs == Inputs.KEPT) {
            throw new InPlaceException(
                    "changes its input in place, but the rule needs that as it was; " + REMEDY);
        }
    }

    /** A block changes what it may not change; the message goes on after the block's name. */
    static final class InPlaceException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        InPlaceException(String message) {
            super(message);
        }
    }
}
