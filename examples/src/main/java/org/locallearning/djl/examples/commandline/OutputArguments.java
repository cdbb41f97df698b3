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

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where results go, on the command line of what trains side by side. */
public final class OutputArguments {

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "results",
            description = "Output folder, made if missing (default: ${DEFAULT-VALUE}).")
    private Path folder;

    /** Creates the options; picocli fills them in. */
    public OutputArguments() {}

    /**
     * Returns the output folder.
     *
     * @return its path
     */
    public Path folder() {
        return folder;
    }
}
