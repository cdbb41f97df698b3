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
package org.locallearning.djl.examples.training;

import java.util.Locale;

/** Says which run stopped, and why. */
public final class RunStoppedException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param method the method that trained
     * @param seed the seed of the run
     * @param cause what stopped it
     */
    public RunStoppedException(String method, int seed, IllegalStateException cause) {
        super(
                String.format(
                        Locale.ROOT,
                        "The run of %s with seed %d stopped: %s",
                        method,
                        seed,
                        cause.getMessage()),
                cause);
    }
}
