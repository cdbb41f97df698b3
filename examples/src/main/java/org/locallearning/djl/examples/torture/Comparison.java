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
package org.locallearning.djl.examples.torture;

import ai.djl.MalformedModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.locallearning.djl.state.StateFile;

/** A small comparison in a process of its own, which saves after every batch. */
final class Comparison {

    private static final String ARGUMENTS =
            "compare --dataset glyphs --limit 160 --test-limit 40 --hidden 12,10 --batch 20"
                    + " --epochs 4 --seeds 1 --threads 1 --save-every 1 --alignments 2"
                    + " --correlations 2";

    /** A life is short: the start is most of it, and compiling well is not worth it. */
    private static final List<String> FAST_START =
            List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

    private static final long LONGEST_MINUTES = 30;
    private static final int LONGEST_LIFE_MILLIS = 400;
    private static final int POLL_MILLIS = 2;

    private static final Pattern CHECKPOINT = Pattern.compile("checkpoint-(\\d+)-(\\d+)\\.state");
    private static final Pattern GOES_ON =
            Pattern.compile("(\\S+), seed 1 goes on after epoch (\\d+), batch (\\d+)");

    private final String program;
    private final String methods;
    private final Path output;
    private final Path log;

    Comparison(String program, String methods, Path output) {
        this.program = program;
        this.methods = methods;
        this.output = output;
        log = output.resolveSibling(output.getFileName() + ".log");
    }

    /** How far a comparison has come: the run that is at hand, and the place in it. */
    private record Place(String method, int epoch, int batch) {}

    /** A process that runs it. */
    final class Life {

        private final Process process;

        Life(Process process) {
            this.process = process;
        }

        /** Waits for the end. */
        void finish() throws IOException, InterruptedException {
            if (!process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly().waitFor();
                throw new IllegalStateException("A comparison did not come to its end, see " + log);
            }
            checkSucceeded();
        }

        private void checkSucceeded() throws IOException {
            if (process.exitValue() != 0) {
                throw new IllegalStateException(
                        "A comparison failed: " + Files.readString(log).strip());
            }
        }

        /**
         * Kills it some time after it has saved its first checkpoint.
         *
         * @return whether it was killed; if not, it came to its end before
         */
        boolean kill(Random random) throws IOException, InterruptedException {
            List<Path> before = checkpoints();
            while (process.isAlive() && before.containsAll(checkpoints())) {
                Thread.sleep(POLL_MILLIS);
            }
            boolean ended =
                    process.waitFor(random.nextInt(LONGEST_LIFE_MILLIS), TimeUnit.MILLISECONDS);
            if (!ended) {
                // SIGKILL: nothing of the program runs any more
                ended = process.destroyForcibly().waitFor() == 0;
            }
            if (ended) {
                checkSucceeded();
            }
            return !ended;
        }
    }

    /** Runs it to its end. */
    void runAlone() throws IOException, InterruptedException {
        start().finish();
    }

    private Life start() throws IOException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(FAST_START);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(program);
        command.addAll(List.of(ARGUMENTS.split(" ")));
        command.addAll(List.of("--methods", methods, "--out", output.toString()));
        Files.createDirectories(output);
        return new Life(
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start());
    }

    /**
     * Kills the comparison until it has come to its end all the same.
     *
     * @param random chooses the moments
     * @param most the most kills; after them it is left alone
     * @return the number of kills
     */
    int torture(Random random, int most) throws IOException, InterruptedException {
        int kills = 0;
        Optional<Place> before = Optional.empty();
        while (kills < most) {
            Life life = start();
            boolean killed = life.kill(random);
            checkWentOn(before);
            if (!killed) {
                return kills;
            }
            kills++;
            before = lastSaved();
        }
        start().finish();
        checkWentOn(before);
        return kills;
    }

    /** Checks that a life began where the one before it had saved. */
    private void checkWentOn(Optional<Place> saved) throws IOException {
        Matcher line = GOES_ON.matcher(Files.readString(log));
        Optional<Place> actual =
                line.find()
                        ? Optional.of(
                                new Place(
                                        line.group(1),
                                        Integer.parseInt(line.group(2)),
                                        Integer.parseInt(line.group(3))))
                        : Optional.empty();
        if (!actual.equals(saved)) {
            throw new IllegalStateException(
                    String.format("Saved was %s, but training went on at %s.", saved, actual));
        }
    }

    /** Returns the place of the last checkpoint, each of which has to be as it was written. */
    private Optional<Place> lastSaved() throws IOException {
        Optional<Place> last = Optional.empty();
        for (Path file : checkpoints()) {
            try {
                StateFile.verify(file);
            } catch (MalformedModelException e) {
                throw new IllegalStateException("A checkpoint was not whole: " + e.getMessage(), e);
            }
            Matcher name = CHECKPOINT.matcher(file.getFileName().toString());
            if (name.matches()) {
                String run = file.getParent().getFileName().toString();
                last =
                        Optional.of(
                                new Place(
                                        run.substring(0, run.lastIndexOf("-seed")),
                                        Integer.parseInt(name.group(1)),
                                        Integer.parseInt(name.group(2))));
            }
        }
        return last;
    }

    /** Lists the checkpoints of the run at hand in order; those of finished runs are left out. */
    private List<Path> checkpoints() throws IOException {
        Path unfinished = output.resolve("unfinished");
        List<Path> found = new ArrayList<>();
        for (Path run : list(unfinished)) {
            boolean finished = Files.exists(run.resolveSibling(run.getFileName() + ".json"));
            if (Files.isDirectory(run) && !finished) {
                for (Path file : list(run)) {
                    if (CHECKPOINT.matcher(file.getFileName().toString()).matches()) {
                        found.add(file);
                    }
                }
            }
        }
        return found;
    }

    /** Lists a folder that the program may delete at any moment. */
    private static List<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
