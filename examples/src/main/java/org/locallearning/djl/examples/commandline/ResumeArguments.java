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
package org.locallearning.djl.examples.commandline;

import picocli.CommandLine.Option;

/** How training that was stopped goes on, on the command line of everything that trains long. */
public final class ResumeArguments {

    /** The name of the option that starts over. */
    public static final String FRESH = "--fresh";

    /** The name of the option that says how often to save. */
    public static final String SAVE_EVERY = "--save-every";

    @Option(
            names = FRESH,
            description =
                    "Start over instead of resuming from the last checkpoint in the output folder.")
    private boolean fresh;

    @Option(
            names = SAVE_EVERY,
            paramLabel = "BATCHES",
            description =
                    "Save a checkpoint after so many batches (default: after every epoch, and every"
                            + " 5 minutes).")
    private Integer batches;

    /** Creates the options; picocli fills them in. */
    public ResumeArguments() {}

    /**
     * Returns whether to start over.
     *
     * @return true for not to go on
     */
    public boolean isFresh() {
        return fresh;
    }

    /**
     * Returns after how many batches to save.
     *
     * @return the number, 0 for every epoch and every few minutes
     */
    public int batches() {
        return batches == null ? 0 : batches;
    }

    /**
     * Checks what was chosen.
     *
     * @throws IllegalArgumentException if the number of batches is below 1
     */
    public void check() {
        Values.checkLeast(SAVE_EVERY, 1, batches);
    }
}
