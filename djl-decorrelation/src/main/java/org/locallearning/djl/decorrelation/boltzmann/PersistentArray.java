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

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;

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
        NDArray kept = copy(next);
        NDScope.unregister(kept);
        kept.attach(manager);
        kept.setName(name);
        clear();
        array = kept;
    }

    /** Forgets the array, as before the first one was set. */
    private void clear() {
        if (array != null) {
            array.close();
            array = null;
        }
    }

    /**
     * Copies an array into the order of its shape. Products round by how a matrix lies in memory,
     * and one that is saved and loaded lies so.
     */
    private static NDArray copy(NDArray array) {
        try (NDArray flat = array.flatten();
                NDArray own = flat.duplicate()) {
            return own.reshape(array.getShape());
        }
    }

    /** Moves a running mean towards a value, or starts it there. */
    void blend(NDArray value, double share) {
        if (array == null) {
            set(value);
        } else {
            array.addi(value.sub(array).mul(share));
        }
    }

    /** Writes those that were set. */
    static void save(StateWriter out, PersistentArray... parts) throws IOException {
        for (PersistentArray part : parts) {
            if (part.array != null) {
                out.putArray(part.name, part.array);
            }
        }
    }

    /** Reads what {@link #save} wrote: all parts, or none of them before the first batch. */
    static Runnable load(StateReader in, PersistentArray... parts)
            throws IOException, MalformedModelException {
        return load(in, !in.getNames().isEmpty(), Set.of(), parts);
    }

    /**
     * Reads what {@link #save} wrote to a section that holds more.
     *
     * @param in the section
     * @param started whether there was a first batch: all parts are there then, or none
     * @param others what else the section holds
     * @param parts the arrays
     * @return what sets them, or clears those that the section does not hold
     */
    static Runnable load(
            StateReader in, boolean started, Set<String> others, PersistentArray... parts)
            throws IOException, MalformedModelException {
        PersistentArray[] saved = started ? parts : new PersistentArray[0];
        Set<String> names = new HashSet<>(others);
        for (PersistentArray part : saved) {
            names.add(part.name);
        }
        in.checkNames(names);
        NDList arrays = new NDList();
        for (PersistentArray part : saved) {
            arrays.add(in.getArray(part.name));
        }
        return () -> {
            for (PersistentArray part : parts) {
                part.clear();
            }
            for (int i = 0; i < saved.length; ++i) {
                saved[i].set(arrays.get(i));
            }
        };
    }
}
