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
package org.locallearning.djl.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.locallearning.djl.examples.method.Methods;

/** What rules and layers warn of is told by the program, in a process of its own. */
class WarningsTest {

    @TempDir private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --model conv --methods ipc --iterations 3 | Warning: With T = 3 in incremental inference no error reaches the lowest 1 of 4 layers
                    --model lillicrap-local --methods bp+decor | Warning: Weighted blocks that were left without decorrelation:
                    """)
    void aWarningIsToldOnceForAllSeeds(String arguments, String warning)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(LocalLearning.class.getName());
        command.addAll(
                List.of(
                        ("compare --limit 20 --test-limit 10 --epochs 1 --threads 1 --batch 10"
                                        + " --seeds 1,2 --out "
                                        + folder
                                        + " "
                                        + arguments)
                                .split(" ")));
        Path errors = folder.resolve("errors.txt");
        int exitCode =
                new ProcessBuilder(command)
                        .redirectOutput(folder.resolve("log.txt").toFile())
                        .redirectError(errors.toFile())
                        .start()
                        .waitFor();
        // with Spark for tests there are two logging libraries, of which SLF4J tells
        List<String> lines =
                Files.readAllLines(errors).stream()
                        .filter(line -> !line.startsWith("SLF4J"))
                        .toList();
        assertEquals(0, exitCode, lines.toString());
        assertEquals(1, lines.size(), lines.toString());
        assertTrue(lines.get(0).startsWith(warning), lines.toString());
    }

    /** What is described of all models must be true of those that have other layers, too. */
    @Test
    void noMethodSaysThatEveryWeightedLayerHasADecorrelationLayer() {
        String description = Methods.named("bp+decor").description();
        assertFalse(description.contains("weighted"), description);
        assertTrue(description.contains("every dense layer and convolution"), description);
    }
}
