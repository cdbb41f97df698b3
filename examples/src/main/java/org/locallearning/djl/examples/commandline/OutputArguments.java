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
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where results go, on the command line of what trains side by side. */
public final class OutputArguments {

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "results",
            description = "Output folder, made if missing (default: ${DEFAULT-VALUE}).")
    private Path folder;

    @Option(
            names = "--save-models",
            description =
                    "Save every trained model in models/METHOD-seedN of the output folder, as DJL"
                            + " loads it, with decorrelation folded into its weights; beside it, as"
                            + " JSON, how it was trained and its accuracy on the test images, and"
                            + " the feedback weights or error matrices of its method.")
    private boolean saveModels;

    /** Creates the options; picocli fills them in. */
    public OutputArguments() {}

    /**
     * Returns where trained models are saved.
     *
     * @return a folder, or empty for not to save them
     */
    public Optional<Path> models() {
        return saveModels ? Optional.of(folder.resolve("models")) : Optional.empty();
    }

    /**
     * Returns the output folder.
     *
     * @return its path
     */
    public Path folder() {
        return folder;
    }
}
