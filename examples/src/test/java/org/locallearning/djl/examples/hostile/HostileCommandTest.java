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
package org.locallearning.djl.examples.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.locallearning.djl.examples.ProgramRun;

class HostileCommandTest {

    @TempDir private Path folder;

    @Test
    void damagedDataAndSenselessOptionsAreRefused() {
        ProgramRun run =
                ProgramRun.of("hostile --kinds data,options --out " + folder.resolve("work"));
        assertTrue(run.out().endsWith("All passed." + System.lineSeparator()), run.out());
        assertEquals(0, run.exitCode());
        assertTrue(run.out().matches("(?s)data: (\\d+) tried, \\1 passed.*"), run.out());
        assertTrue(run.out().matches("(?s).*options: (\\d+) tried, \\1 passed.*"), run.out());
    }

    @Test
    void refusesKindsThatDoNotExist() {
        ProgramRun run = ProgramRun.of("hostile --kinds data,weather --out " + folder);
        assertEquals(2, run.exitCode());
        assertTrue(
                run.err().contains("--kinds are some of kills, environments, data, options, fuzz"),
                run.err());
    }
}
