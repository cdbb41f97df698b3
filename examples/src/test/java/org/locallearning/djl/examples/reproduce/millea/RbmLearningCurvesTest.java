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
package org.locallearning.djl.examples.reproduce.millea;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.locallearning.djl.examples.ProgramRun;
import org.locallearning.djl.examples.commandline.ExitCode;

class RbmLearningCurvesTest {

    /** Its error of about 55 percent is that of MNIST. */
    @Test
    void numberOfThePaperIsNotDrawnForOtherImages(@TempDir Path folder) throws IOException {
        ProgramRun run =
                ProgramRun.of(
                        "reproduce millea-learning --model reduced --methods cd --seeds 1"
                                + " --data-set glyphs --limit 200 --test-limit 50 --epochs 1"
                                + " --threads 1 --out "
                                + folder);

        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        String page = Files.readString(folder.resolve("report.html"));
        assertFalse(page.contains("about 45") || page.contains("about 55"), page);
    }
}
