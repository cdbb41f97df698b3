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
package org.locallearning.djl.decorrelation.boltzmann;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;

/** An array that outlives the batch in which it was made. */
final class PersistentArray {

    private final NDManager manager;
    private final String name;
    private NDArray array;

    PersistentArray(NDManager manager, String name) {
        this.manager = manager;
        this.name = name;
    }

    /** Returns the array, or null before the first one was set. */
    NDArray get() {
        return array;
    }

    /** Remembers another array in the place of the last one, which is closed. */
    void set(NDArray next) {
        NDArray kept = next.duplicate();
        NDScope.unregister(kept);
        kept.attach(manager);
        kept.setName(name);
        if (array != null) {
            array.close();
        }
        array = kept;
    }

    /** Moves a running mean towards a value, or starts it there. */
    void blend(NDArray value, double share) {
        if (array == null) {
            set(value);
        } else {
            array.addi(value.sub(array).mul(share));
        }
    }

    static NDList listOf(PersistentArray... parts) {
        NDList list = new NDList();
        for (PersistentArray part : parts) {
            if (part.array != null) {
                list.add(part.array);
            }
        }
        return list;
    }

    static void restore(NDList state, PersistentArray... parts) {
        if (!state.isEmpty() && state.size() != parts.length) {
            throw new IllegalArgumentException(
                    "The file holds "
                            + state.size()
                            + " arrays where "
                            + parts.length
                            + " belong; it was saved by training with other settings.");
        }
        for (int i = 0; i < state.size(); ++i) {
            if (!parts[i].name.equals(state.get(i).getName())) {
                throw new IllegalArgumentException(
                        "The file holds '"
                                + state.get(i).getName()
                                + "' where '"
                                + parts[i].name
                                + "' belongs; it was saved by training with other settings.");
            }
            parts[i].set(state.get(i));
        }
    }
}
