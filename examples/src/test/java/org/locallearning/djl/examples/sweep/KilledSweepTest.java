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
package org.locallearning.djl.examples.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.locallearning.djl.examples.LocalLearning;
import org.locallearning.djl.examples.ProgramRun;
import org.locallearning.djl.examples.commandline.ExitCode;

/** A sweep that is killed takes its trials with it, and they go on from their checkpoints. */
class KilledSweepTest {

    private static final String SWEEP =
            "sweep --limit 300 --validation 100 --test-limit 40 --hidden 20 --batch 10 --threads 1"
                    + " --methods bp --seeds 1 --epochs 2000 --parallel 1 --out ";
    private static final int POLL_MILLIS = 20;

    @TempDir private Path folder;

    @Test
    @Timeout(120)
    void leavesNoTrialBehindAndGoesOn() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(LocalLearning.class.getName());
        command.addAll(List.of((SWEEP + folder).split(" ")));
        Process sweep =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("log.txt").toFile())
                        .start();
        ProcessHandle trial;
        Path checkpoints;
        try {
            checkpoints = waitForCheckpoint();
            trial = sweep.children().findFirst().orElseThrow();
        } finally {
            sweep.destroyForcibly().waitFor();
        }
        while (trial.isAlive()) {
            Thread.sleep(POLL_MILLIS);
        }

        // the same trial, up to its next epochs
        String saved = last(checkpoints);
        int epoch = Integer.parseInt(saved.split("-")[1]);
        ProgramRun again =
                ProgramRun.of(
                        "trial --dataset glyphs --model mlp --methods bp --seeds 1 --limit 300"
                                + " --validation 100 --test-limit 40 --hidden 20 --batch 10"
                                + " --threads 1 --epochs 2000 --alignments 0 --correlations 0"
                                + " --stop-after "
                                + (epoch + 1)
                                + " --out "
                                + checkpoints.getParent());
        assertEquals(ExitCode.OK, again.exitCode(), again.err());
        assertTrue(again.out().contains("goes on after epoch " + epoch), again.out());
        assertFalse(again.out().contains("on the test images"), again.out());
    }

    private Path waitForCheckpoint() throws IOException, InterruptedException {
        while (true) {
            try (Stream<Path> files = Files.walk(folder)) {
                List<Path> saved =
                        files.filter(file -> file.getFileName().toString().endsWith(".state"))
                                .toList();
                if (!saved.isEmpty()) {
                    return saved.get(0).getParent();
                }
            } catch (UncheckedIOException e) {
                // a file went while the folder was read
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private static String last(Path checkpoints) throws IOException {
        try (Stream<Path> files = Files.list(checkpoints)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".state"))
                    .sorted()
                    .reduce((first, second) -> second)
                    .orElseThrow();
        }
    }
}
