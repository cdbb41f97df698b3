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
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.locallearning.djl.examples.ProgramRun;
import org.locallearning.djl.examples.commandline.ExitCode;
import org.locallearning.djl.examples.results.Results;
import org.locallearning.djl.examples.results.RunResult;

/** How many iterations of inference a comparison takes where none are given, or some are. */
class DefaultIterationsTest {

    private static final String SMALL =
            "compare --limit 20 --test-limit 10 --epochs 1 --threads 1 --batch 10 --seeds 1 ";

    @TempDir private Path folder;

    private Results compare(String arguments) throws IOException {
        ProgramRun run = ProgramRun.of(SMALL + arguments + " --out " + folder);
        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        return Results.fromJson(Files.readString(folder.resolve("results.json")));
    }

    /** conv has 4 layers, of which each iteration reaches one more. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --model conv --methods ipc                    | 4
                    --model conv --methods il                     | 3
                    --model conv --methods seqil                  | 3
                    --model conv --methods il,ipc                 | 4
                    --model conv --methods ipc+ghostnorm          | 4
                    --model conv --methods ipc+decor              | 4
                    --model conv --methods ipc --iterations 3     | 3
                    --hidden 10x5 --methods il,bp                 | 5
                    --hidden 10x5 --methods il-mq                 | 5
                    --hidden 10x5 --methods seqil                 | 3
                    --hidden 10x5 --methods il --iterations 2     | 2
                    --methods bp                                  | 3
                    """)
    void carryErrorsToEveryLayerAndAreRecorded(String arguments, int iterations)
            throws IOException {
        Results results = compare(arguments);
        assertEquals(
                iterations,
                results.settings().methodSettings().inference().iterations().intValue());
        for (RunResult run : results.runs()) {
            String rule = run.settings().rule();
            assertTrue(run.method().equals("bp") || rule.contains(", T " + iterations + ","), rule);
        }
    }

    /** One for each layer with weights, between which nothing that is put in stands alone. */
    @Test
    void precisionsAreThoseOfTheLayersThatAreTrained() throws IOException {
        for (String layers : new String[] {"", "+ghostnorm", "+batchnorm", "+decor"}) {
            Results results =
                    compare("--hidden 10 --methods il" + layers + " --inference-precisions 1,2");
            assertTrue(
                    results.runs().get(0).settings().rule().contains("precisions [1.0, 2.0]"),
                    results.runs().get(0).settings().rule());
        }
    }
}
