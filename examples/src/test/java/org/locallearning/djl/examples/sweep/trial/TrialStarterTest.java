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
package org.locallearning.djl.examples.sweep.trial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrialStarterTest {

    private static final TrialProgram PROGRAM = TrialProgram.running(StandIn.class, "64m");

    @TempDir private Path folder;

    private TrialOutcome run(String what) throws IOException, InterruptedException {
        try (TrialStarter starter = new TrialStarter(PROGRAM)) {
            return starter.run(new TrialJob("trial", List.of(what)), folder.resolve(what));
        }
    }

    @Test
    void bringsResults() throws Exception {
        TrialOutcome outcome = run("finish");

        assertEquals(TrialOutcome.Kind.FINISHED, outcome.kind());
        assertEquals("results of finish", outcome.results());
        assertEquals(1, outcome.attempts());
        assertNull(outcome.lines());
    }

    @Test
    void triesOnceMore() throws Exception {
        TrialOutcome outcome = run("die-once");

        assertEquals(TrialOutcome.Kind.FINISHED, outcome.kind());
        assertEquals(2, outcome.attempts());
    }

    @Test
    void tellsTheLastLinesOfWhatDiesTwice() throws Exception {
        TrialOutcome outcome = run("die");

        assertEquals(TrialOutcome.Kind.DIED, outcome.kind());
        assertEquals(2, outcome.attempts());
        assertEquals("doing die\none\ntwo", outcome.lines());
        assertNull(outcome.results());
    }

    @Test
    void doesNotRepeatWhatEndsTheSameWay() throws Exception {
        TrialOutcome refused = run("refuse");
        TrialOutcome stopped = run("stop");

        assertEquals(TrialOutcome.Kind.IMPOSSIBLE, refused.kind());
        assertTrue(refused.lines().contains("Error: no."), refused.lines());
        assertEquals(TrialOutcome.Kind.STOPPED, stopped.kind());
        assertEquals(1, stopped.attempts());
    }

    @Test
    void saysWhenThereIsNoProgram() throws Exception {
        TrialProgram nowhere = TrialProgram.ofJar(folder.resolve("no.jar").toString(), "64m");
        try (TrialStarter starter = new TrialStarter(nowhere)) {
            TrialOutcome outcome = starter.run(new TrialJob("trial", List.of()), folder);
            assertEquals(TrialOutcome.Kind.IMPOSSIBLE, outcome.kind());
            assertTrue(outcome.lines().contains("no.jar"), outcome.lines());
        }
    }

    @Test
    void endsItsProcessesWhenItIsClosed() throws Exception {
        Path pid = folder.resolve("trial/pid");
        CompletableFuture<TrialOutcome> running;
        try (TrialStarter starter = new TrialStarter(PROGRAM)) {
            running =
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return starter.run(
                                            new TrialJob("trial", List.of("sleep")),
                                            folder.resolve("trial"));
                                } catch (IOException | InterruptedException e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            while (!Files.exists(pid) || Files.size(pid) == 0) {
                Thread.sleep(20);
            }
        }
        long number = Long.parseLong(Files.readString(pid));
        ExecutionException e =
                assertThrows(ExecutionException.class, () -> running.get(20, TimeUnit.SECONDS));
        assertTrue(e.getCause() instanceof CancellationException, e.toString());
        assertFalse(ProcessHandle.of(number).map(ProcessHandle::isAlive).orElse(false));
    }

    @Test
    void runnerHandsOverEveryOutcomeOnce() throws Exception {
        List<String> ended = new ArrayList<>();
        List<TrialJob> jobs =
                List.of(
                        new TrialJob("a", List.of("finish")),
                        new TrialJob("b", List.of("stop")),
                        new TrialJob("c", List.of("die-once")));
        try (TrialRunner runner = new LocalTrialRunner(PROGRAM, folder, 2)) {
            runner.run(jobs, (job, outcome) -> ended.add(job.name() + " " + outcome.kind()));
        }
        ended.sort(null);
        assertEquals(List.of("a FINISHED", "b STOPPED", "c FINISHED"), ended);
    }

    @Test
    void nothingRunsOnAfterAnOutcomeThatCouldNotBeTaken() {
        List<TrialJob> jobs = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            jobs.add(new TrialJob("job" + i, List.of("finish")));
        }
        IOException e =
                assertThrows(
                        IOException.class,
                        () -> {
                            try (TrialRunner runner = new LocalTrialRunner(PROGRAM, folder, 1)) {
                                runner.run(
                                        jobs,
                                        (job, outcome) -> {
                                            throw new IOException("no room");
                                        });
                            }
                        });
        assertEquals("no room", e.getMessage());
        assertFalse(Files.exists(folder.resolve("job49")));
    }
}
