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

import ai.djl.ndarray.NDList;

/** What a part of learning remembers from batch to batch, to be saved and loaded with training. */
public interface LearnedState {

    /**
     * Returns what is remembered.
     *
     * @return the arrays, each with a name of its own; none before the first batch, or where
     *     nothing is remembered
     */
    default NDList getState() {
        return new NDList();
    }

    /**
     * Remembers what {@link #getState} of another returned.
     *
     * @param state the arrays, which this takes over
     * @throws IllegalArgumentException if they are not such a state
     */
    default void setState(NDList state) {
        if (!state.isEmpty()) {
            throw new IllegalArgumentException(
                    getClass().getSimpleName() + " remembers nothing, but the file holds a state.");
        }
    }
}
