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
package org.locallearning.djl.examples.zoo;

import ai.djl.engine.Engine;
import java.nio.file.Path;
import org.locallearning.djl.examples.commandline.Purpose;
import org.locallearning.djl.examples.commandline.Serves;
import org.locallearning.djl.examples.environment.EngineThreads;
import org.locallearning.djl.zoo.data.DataOptions;
import picocli.CommandLine.Option;

/** Where images come from, and on how many threads they are worked on. */
final class MeasurementArguments {

    @Serves(Purpose.DATA_FILES)
    @Option(
            names = "--data-repository",
            paramLabel = "DIR",
            description =
                    "Folder with data in the layout of a DJL repository (default: DJL's own"
                            + " repository on the network).")
    private Path dataRepository;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "1",
            description = "Threads of one operation (default: ${DEFAULT-VALUE}).")
    private int threads;

    /** Starts what to load: pixels in 0 to 1. */
    DataOptions.Builder dataOptions() {
        return DataOptions.builder().optRepository(dataRepository).optStandardize(false);
    }

    /** Starts the engine. */
    Engine startEngine() {
        return EngineThreads.start(threads);
    }

    /** Checks what was chosen. */
    void check() {
        EngineThreads.check(threads);
    }
}
