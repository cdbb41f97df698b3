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
package org.locallearning.djl.state;

import ai.djl.MalformedModelException;
import java.io.IOException;

/**
 * A part of training that remembers something from batch to batch, which is saved and loaded with
 * training. Most parts have no state; an implementation without methods declares that.
 */
public interface Stateful {

    /**
     * Writes what is remembered.
     *
     * @param out the part's section of a file
     * @throws IOException if it cannot be written
     */
    default void saveState(StateWriter out) throws IOException {}

    /**
     * Reads what {@link #saveState} of another wrote, and checks all of it against what this part
     * expects. Nothing changes yet, since other parts may reject theirs.
     *
     * @param in the part's section of a file
     * @return what makes this part remember it, run once every part has accepted its own; it does
     *     not fail
     * @throws IOException if it cannot be read
     * @throws MalformedModelException if it is the state of a part with other settings or sizes
     */
    default Runnable loadState(StateReader in) throws IOException, MalformedModelException {
        if (!in.getNames().isEmpty()) {
            throw new MalformedModelException(
                    String.format(
                            "%s remembers nothing, but the file holds %s for it; use the settings"
                                    + " that it was saved with.",
                            getClass().getSimpleName(), in.getNames()));
        }
        return () -> {};
    }
}
