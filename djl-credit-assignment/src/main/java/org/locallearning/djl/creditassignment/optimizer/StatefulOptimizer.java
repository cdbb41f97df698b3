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
package org.locallearning.djl.creditassignment.optimizer;

import ai.djl.MalformedModelException;
import ai.djl.training.optimizer.Optimizer;
import java.io.IOException;
import java.util.Optional;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;

/**
 * A user's optimizer whose state is saved with a checkpoint. The state of DJL's optimizers, and
 * what a subclass inherits from them, such as update counts, is saved without it; an implementation
 * without methods declares that there is nothing else.
 */
public interface StatefulOptimizer {

    /**
     * Writes what is remembered.
     *
     * @param out the optimizer's section of a file
     * @param names the names of parameters in files
     * @throws IOException if it cannot be written
     */
    default void saveState(StateWriter out, ParameterNames names) throws IOException {}

    /**
     * Reads what {@link #saveState} of another wrote, and checks all of it. Nothing changes yet.
     *
     * @param in the optimizer's section of a file
     * @param names the names by which parameters are called; those of a rule are known when what
     *     this returns is run
     * @return what makes this optimizer remember it, run once every part of training has accepted
     *     its own; it does not fail
     * @throws IOException if it cannot be read
     * @throws MalformedModelException if it is the state of an optimizer with other settings or of
     *     another model
     */
    default Runnable loadState(StateReader in, ParameterNames names)
            throws IOException, MalformedModelException {
        if (!in.getNames().isEmpty()) {
            throw new MalformedModelException(
                    String.format(
                            "optimizer %s remembers nothing, but the file holds %s for it; use the"
                                    + " settings that it was saved with.",
                            getClass().getSimpleName(), in.getNames()));
        }
        return () -> {};
    }

    /**
     * Returns the optimizer that this one is around, whose memory is saved too.
     *
     * @return the other optimizer; empty by default
     */
    default Optional<Optimizer> getInner() {
        return Optional.empty();
    }
}
