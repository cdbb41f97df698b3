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

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.nn.Parameter;
import java.util.HashMap;
import java.util.Map;

/** Second memories of the weights inside the pieces of a network, kept from batch to batch. */
final class WorkingCopies {

    private final Map<Key, WorkingCopy> copies = new HashMap<>();

    /**
     * Returns the working copy of a weight.
     *
     * @param parameter the weight
     * @param value its value on one device
     * @param owner the manager that closes the copy if it is new
     */
    synchronized WorkingCopy of(Parameter parameter, NDArray value, NDManager owner) {
        Key key = new Key(parameter.getId(), value.getDevice());
        WorkingCopy found = copies.get(key);
        if (found == null || !found.fits(value)) {
            if (found != null) {
                found.memory.close();
            }
            NDArray memory = value.zerosLike();
            memory.attach(owner);
            NDScope.unregister(memory);
            found = new WorkingCopy(memory);
            copies.put(key, found);
        }
        return found;
    }

    private record Key(String parameter, Device device) {}

    /** One copy, and whether it holds feedback weights at the moment. */
    static final class WorkingCopy {

        private final NDArray memory;
        private boolean feedback;

        private WorkingCopy(NDArray memory) {
            this.memory = memory;
        }

        NDArray memory() {
            return memory;
        }

        boolean holdsFeedback() {
            return feedback;
        }

        void setHoldsFeedback(boolean holds) {
            feedback = holds;
        }

        private boolean fits(NDArray value) {
            return !memory.isReleased()
                    && memory.getShape().equals(value.getShape())
                    && memory.getDataType() == value.getDataType();
        }
    }
}
