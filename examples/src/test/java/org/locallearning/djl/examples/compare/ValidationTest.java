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
package org.locallearning.djl.examples.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.locallearning.djl.examples.ProgramRun;
import org.locallearning.djl.examples.commandline.ExitCode;
import org.locallearning.djl.examples.report.ReportPage;
import org.locallearning.djl.examples.results.EpochResult;
import org.locallearning.djl.examples.results.Results;
import org.locallearning.djl.examples.results.RunResult;

/** Images held out for validation change nothing but what the epochs are measured on. */
class ValidationTest {

    private static final String SMALL =
            "compare --test-limit 100 --hidden 20,15 --epochs 2 --threads 1 --batch 20"
                    + " --alignments 0 --methods fa --seeds 2";

    @TempDir private Path folder;

    private Results compare(String options) throws IOException {
        Path out = Files.createTempDirectory(folder, "out");
        ProgramRun run = ProgramRun.of(SMALL + " " + options + " --out " + out);
        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        return Results.fromJson(Files.readString(out.resolve("results.json")));
    }

    @Test
    void trainsAsOnTheOtherImagesAloneAndTestsOnce() throws IOException {
        RunResult alone = compare("--limit 200").runs().get(0);
        Results results = compare("--limit 250 --validation 50");
        RunResult validated = results.runs().get(0);

        assertTrue(results.hasValidation());
        assertEquals(50, results.settings().validation());
        List<EpochResult> epochs = validated.epochs();
        assertEquals(2, epochs.size());
        assertNull(epochs.get(0).testLoss(), "the test images are left for the end");
        assertNull(epochs.get(0).testAccuracy());
        for (int i = 0; i < 2; i++) {
            EpochResult epoch = epochs.get(i);
            assertEquals(alone.epochs().get(i).trainLoss(), epoch.trainLoss(), 0);
            assertNotNull(epoch.validationLoss());
            // 50 images
            assertEquals(
                    Math.rint(50 * epoch.validationAccuracy()),
                    50 * epoch.validationAccuracy(),
                    1e-4);
            assertEquals(epoch.validationAccuracy(), epoch.heldOutAccuracy());
        }
        assertEquals(alone.last().testLoss(), validated.last().testLoss(), 0);
        assertEquals(alone.last().testAccuracy(), validated.last().testAccuracy(), 0);
        assertEquals(alone.classification(), validated.classification());
        assertNotEquals(validated.last().testLoss(), validated.last().validationLoss());
    }

    @Test
    void networksThatDoNotClassifyAreValidatedByTheirLoss() throws IOException {
        String small = "--model autoencoder";
        RunResult alone = compare(small + " --limit 100").runs().get(0);
        RunResult validated = compare(small + " --limit 120 --validation 20").runs().get(0);

        assertEquals(alone.last().testLoss(), validated.last().testLoss(), 0);
        assertNull(validated.last().heldOutAccuracy());
        assertTrue(validated.last().validationLoss() > 0);
    }

    @Test
    void reportNamesWhatWasMeasured() throws IOException {
        Results results = compare("--limit 250 --validation 50");
        String page = ReportPage.html(results);

        assertTrue(page.contains("Validation accuracy after 2 epochs"), page);
        assertTrue(page.contains("Test accuracy"), page);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--validation 0", "--limit 40 --validation 40"})
    void refusesToHoldOutNothingOrEverything(String options) {
        ProgramRun run = ProgramRun.of(SMALL + " " + options + " --out " + folder);

        assertEquals(ExitCode.USAGE, run.exitCode());
        assertTrue(run.errorLines().get(0).contains("alidation"), run.err());
    }
}
