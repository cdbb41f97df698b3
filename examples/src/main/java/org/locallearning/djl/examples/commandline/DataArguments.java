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
import org.locallearning.djl.zoo.data.DataOptions;
import picocli.CommandLine.Option;

/** Where images come from and how many of them, on the command line of everything that trains. */
public class DataArguments {

    @Serves(Purpose.DATA_FILES)
    @Option(
            names = "--data-repository",
            paramLabel = "DIR",
            description =
                    "Folder with data in the layout of a DJL repository; for cifar100, svhn and"
                            + " tiny-imagenet also with the files as they are published"
                            + " (default: DJL's own repository on the network).")
    private Path repository;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "Use only the first N training images (default: all).")
    private Integer limit;

    @Option(
            names = "--test-limit",
            paramLabel = "N",
            description = "Use only the first N test images (default: all).")
    private Integer testLimit;

    /** Creates the options; picocli fills them in. */
    public DataArguments() {}

    /**
     * Returns the folder with data.
     *
     * @return the folder, or null for DJL's own repository
     */
    public final Path dataRepository() {
        return repository;
    }

    /**
     * Returns the number of training images.
     *
     * @return the greatest number, 0 for all
     */
    public final int limit() {
        return limit == null ? 0 : limit;
    }

    /**
     * Returns the number of test images.
     *
     * @return the greatest number, 0 for all
     */
    public final int testLimit() {
        return testLimit == null ? 0 : testLimit;
    }

    /**
     * Starts what to load.
     *
     * @return a builder with the folder and the limits
     */
    public final DataOptions.Builder dataOptions() {
        return DataOptions.builder()
                .optRepository(repository)
                .optLimit(limit())
                .optTestLimit(testLimit());
    }

    /**
     * Checks what was chosen.
     *
     * @throws IllegalArgumentException if a limit is below 1
     */
    public void check() {
        Values.checkLeast("--limit", 1, limit);
        Values.checkLeast("--test-limit", 1, testLimit);
    }
}
