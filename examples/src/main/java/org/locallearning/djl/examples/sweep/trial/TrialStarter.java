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

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Starts trials as processes, each in a folder of its own, and waits for them.
 *
 * <p>A process ends with its parent, however that ends: it reads a pipe that the parent holds, and
 * stops at the end of input ({@value #END_WITH_INPUT}); where the parent ends in an orderly way, it
 * is stopped at once. What it has saved until then stays, and the next start goes on from there.
 *
 * <p>A process that ends without results is started once more, in the same folder, so that it goes
 * on from its last checkpoint; a command line that is refused, or a run that cannot go on, is not.
 */
public final class TrialStarter implements AutoCloseable {

    /** The option of a trial that ends it at the end of its standard input. */
    public static final String END_WITH_INPUT = "--end-with-input";

    /** The file that a trial leaves its results in. */
    public static final String RESULTS = "results.json";

    /** The file that gets what a trial prints. */
    public static final String LOG = "log.txt";

    /** The exit code of a trial whose run cannot go on, and could not another time. */
    public static final int STOPPED = 3;

    private static final int ATTEMPTS = 2;
    private static final int LAST_LINES = 12;
    private static final int REFUSED = 2;

    /** Above this, an exit code is the number of the signal that ended a process. */
    private static final int SIGNALS = 128;

    private static final long END_OF_PARENT_SECONDS = 2;

    private final TrialProgram program;
    private final Set<Process> running = ConcurrentHashMap.newKeySet();
    private final Thread hook = new Thread(this::end, "end of trials");
    private volatile boolean ending;

    /**
     * Creates a starter, to be closed when its trials have ended.
     *
     * @param program what to start
     */
    public TrialStarter(TrialProgram program) {
        this.program = program;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /**
     * Runs a job to its end.
     *
     * @param job the job
     * @param folder its folder, made if there is none
     * @return what became of it
     * @throws IOException if the folder cannot be made or no process can be started
     * @throws InterruptedException if the thread is interrupted; the process is ended
     * @throws CancellationException if this starter or the whole program is ending
     */
    public TrialOutcome run(TrialJob job, Path folder) throws IOException, InterruptedException {
        String missing = program.missing();
        if (missing != null) {
            return TrialOutcome.impossible(
                    String.format(
                            "The program '%s' cannot be read: put it there, with lib beside it, or"
                                    + " name another path by --program.",
                            missing));
        }
        Files.createDirectories(folder);
        Path log = folder.resolve(LOG);
        long started = System.nanoTime();
        for (int attempt = 1; ; attempt++) {
            int exitCode = process(job, folder, log);
            double seconds = (System.nanoTime() - started) / 1e9;
            if (exitCode == 0) {
                String results = Files.readString(folder.resolve(RESULTS));
                return new TrialOutcome(
                        TrialOutcome.Kind.FINISHED, attempt, results, null, seconds);
            }
            TrialOutcome.Kind kind = kind(exitCode);
            if (kind != TrialOutcome.Kind.DIED || attempt == ATTEMPTS) {
                return new TrialOutcome(kind, attempt, null, lastLines(log, exitCode), seconds);
            }
        }
    }

    private static TrialOutcome.Kind kind(int exitCode) {
        return switch (exitCode) {
            case REFUSED -> TrialOutcome.Kind.IMPOSSIBLE;
            case STOPPED -> TrialOutcome.Kind.STOPPED;
            default -> TrialOutcome.Kind.DIED;
        };
    }

    private int process(TrialJob job, Path folder, Path log)
            throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(job.arguments());
        arguments.addAll(List.of("--out", folder.toString(), END_WITH_INPUT));
        checkEnding();
        Process process =
                new ProcessBuilder(program.command(arguments))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.to(log.toFile()))
                        .start();
        running.add(process);
        try {
            if (ending) {
                end();
            }
            int exitCode = process.waitFor();
            if (exitCode > SIGNALS) {
                // a signal to end that went to the parent too has it ending by now
                TimeUnit.SECONDS.sleep(END_OF_PARENT_SECONDS);
            }
            checkEnding();
            return exitCode;
        } finally {
            process.destroyForcibly();
            running.remove(process);
        }
    }

    private void checkEnding() {
        if (ending) {
            throw new CancellationException("The trials are being ended.");
        }
    }

    private static String lastLines(Path log, int exitCode) throws IOException {
        List<String> lines =
                new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> !line.isBlank())
                        .toList();
        String last =
                lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()).stream()
                        .collect(Collectors.joining("\n"));
        return last.isEmpty() ? "It ended with exit code " + exitCode + " and said nothing." : last;
    }

    private void end() {
        ending = true;
        running.forEach(Process::destroyForcibly);
    }

    /** Ends what is still running. */
    @Override
    public void close() {
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the program is ending, and the hook has done or does the same
        }
    }
}
