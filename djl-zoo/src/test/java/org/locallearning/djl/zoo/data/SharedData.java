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
package org.locallearning.djl.zoo.data;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The folder with the real data: the environment variable {@code LOCAL_LEARNING_DATA}, or {@code
 * shared/data} beside one of the folders above this module.
 */
public final class SharedData {

    private SharedData() {}

    /** Returns the folder, or skips the running test. */
    public static Path folder() {
        String named = System.getenv("LOCAL_LEARNING_DATA");
        Path found = named == null ? null : Path.of(named);
        for (Path above = Path.of("").toAbsolutePath();
                above != null && found == null;
                above = above.getParent()) {
            Path candidate = above.resolve("shared/data");
            found = Files.isDirectory(candidate.resolve("dataset")) ? candidate : null;
        }
        assumeTrue(
                found != null && Files.isDirectory(found),
                "skipped: no folder with the real data sets (LOCAL_LEARNING_DATA)");
        return found;
    }
}
