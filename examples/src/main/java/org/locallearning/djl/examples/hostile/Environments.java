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

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.locallearning.djl.decorrelation.internal.FolderDeletion;
import org.locallearning.djl.examples.results.Results;
import org.locallearning.djl.examples.results.RunResult;

/**
 * A short comparison in processes of its own, each in another environment. It has to end with the
 * results of the usual environment, or in one sentence. A new environment is a line in the list.
 */
final class Environments implements Trials {

    private static final String ARGUMENTS =
            "compare --dataset glyphs --limit 60 --test-limit 20 --hidden 5 --batch 20 --epochs 1"
                    + " --seeds 1 --threads 1 --methods bp";

    private static final long LONGEST_MINUTES = 3;

    /** How a process has to end. */
    private enum End {
        /** With the results of the usual environment. */
        SAME,
        /** In one sentence, with an exit code that is not 0. */
        REFUSED,
        /** With these results or in one sentence. */
        EITHER
    }

    /**
     * An environment.
     *
     * @param name what it is
     * @param end how the process has to end
     * @param shell what a shell does before, such as {@code unset HOME}
     * @param java arguments of Java
     * @param arguments more arguments of the program
     */
    private record Environment(
            String name, End end, String shell, List<String> java, List<String> arguments) {}

    private final String program;

    /**
     * Creates the trials.
     *
     * @param program the class that the command line begins with
     */
    Environments(String program) {
        this.program = program;
    }

    /** {@inheritDoc} */
    @Override
    public String kind() {
        return "environments";
    }

    private static List<Environment> all(Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("a-file"), "");
        Path noFonts =
                Files.writeString(
                        folder.resolve("no-fonts.conf"), "<?xml version=\"1.0\"?><fontconfig/>");
        List<Environment> all = new ArrayList<>();
        all.add(environment("no HOME", End.SAME, "unset HOME"));
        all.add(environment("HOME that is not there", End.SAME, "export HOME=/nosuch"));
        all.add(environment("LC_ALL=C", End.SAME, "export LC_ALL=C LANG=C"));
        all.add(environment("LC_ALL=POSIX", End.SAME, "export LC_ALL=POSIX"));
        all.add(environment("locale that is not there", End.SAME, "export LC_ALL=xx_YY.UTF-8"));
        for (String locale : List.of("tr-TR", "ar-EG", "de-DE", "th-TH", "hi-IN")) {
            String[] parts = locale.split("-");
            all.add(
                    environment(
                            "locale " + locale,
                            End.SAME,
                            "true",
                            "-Duser.language=" + parts[0],
                            "-Duser.country=" + parts[1]));
        }
        all.add(environment("ASCII files", End.SAME, "true", "-Dfile.encoding=US-ASCII"));
        all.add(environment("time zone of 5:45", End.SAME, "export TZ=Asia/Kathmandu"));
        all.add(
                environment(
                        "no fonts",
                        End.SAME,
                        "export FONTCONFIG_FILE=" + noFonts + " FONTCONFIG_PATH=" + folder));
        all.add(environment("no display", End.SAME, "unset DISPLAY; export TERM=dumb"));
        all.add(environment("narrow terminal", End.SAME, "export COLUMNS=1"));
        all.add(environment("closed output", End.SAME, "exec 1>&-"));
        all.add(environment("closed output and errors", End.SAME, "exec 1>&- 2>&-"));
        all.add(environment("closed input", End.SAME, "exec 0<&-"));
        all.add(environment("no temporary folder", End.EITHER, "true", "-Djava.io.tmpdir=/nosuch"));
        if (Files.exists(Path.of("/dev/full"))) {
            all.add(environment("full output", End.SAME, "exec 1>/dev/full"));
        }
        // no file may have more than 512 bytes: what a full disk is to a file that is written
        all.add(environment("full disk", End.REFUSED, "ulimit -f 1"));
        all.add(
                environment(
                        "little memory",
                        End.REFUSED,
                        "true",
                        List.of("-Xmx48m"),
                        List.of("--limit=400000")));
        all.add(
                environment(
                        "output below a file",
                        End.REFUSED,
                        "true",
                        List.of(),
                        List.of("--out=" + file.resolve("x"))));
        all.add(
                environment(
                        "output that is a file",
                        End.REFUSED,
                        "true",
                        List.of(),
                        List.of("--out=" + file)));
        return all;
    }

    private static Environment environment(String name, End end, String shell, String... java) {
        return environment(name, end, shell, List.of(java), List.of());
    }

    private static Environment environment(
            String name, End end, String shell, List<String> java, List<String> arguments) {
        return new Environment(name, end, shell, java, arguments);
    }

    /** {@inheritDoc} */
    @Override
    public void run(Path folder, Tally tally) throws IOException, InterruptedException {
        Path usual = folder.resolve("usual");
        Ended first = start(environment("usual", End.SAME, "true"), usual);
        if (first.exitCode() != 0) {
            tally.failed("the usual environment", first.said());
            return;
        }
        List<RunResult> expected = runs(usual);
        for (Environment environment : all(folder)) {
            Path output = folder.resolve(environment.name().replaceAll("[^A-Za-z0-9]", "-"));
            FolderDeletion.delete(output);
            Ended ended = start(environment, output);
            if (ended.exitCode() == 0) {
                judgeResults(environment, expected, output, tally);
            } else {
                judgeRefusal(environment, ended, tally);
            }
        }
    }

    private static void judgeResults(
            Environment environment, List<RunResult> expected, Path output, Tally tally)
            throws IOException {
        if (environment.end() == End.REFUSED) {
            tally.failed(environment.name(), "exit code 0");
        } else if (!runs(output).equals(expected)) {
            tally.failed(environment.name(), "other results: " + runs(output));
        } else {
            tally.passed();
        }
    }

    private static void judgeRefusal(Environment environment, Ended ended, Tally tally) {
        List<String> errors =
                ended.said().lines().filter(line -> line.startsWith("Error: ")).toList();
        boolean trace = ended.said().lines().anyMatch(line -> line.startsWith("\tat "));
        if (environment.end() == End.SAME || errors.size() != 1 || trace) {
            tally.failed(environment.name(), "exit code " + ended.exitCode() + ": " + ended.said());
        } else {
            tally.refused(environment.name(), errors.get(0));
        }
    }

    private record Ended(int exitCode, String said) {}

    private Ended start(Environment environment, Path output)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        // "$@" is the program: a shell closes streams and limits files, which Java can't
        command.addAll(List.of("sh", "-c", environment.shell() + "; exec \"$@\"", "sh"));
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(environment.java());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program));
        Map<String, String> arguments = new LinkedHashMap<>();
        String[] parts = ARGUMENTS.split(" ");
        for (int i = 1; i < parts.length; i += 2) {
            arguments.put(parts[i], parts[i + 1]);
        }
        arguments.put("--out", output.toString());
        for (String argument : environment.arguments()) {
            String[] pair = argument.split("=", 2);
            arguments.put(pair[0], pair[1]);
        }
        command.add(parts[0]);
        arguments.forEach((name, value) -> command.addAll(List.of(name, value)));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        // through a pipe, since files may be limited
        CompletableFuture<String> said = CompletableFuture.supplyAsync(() -> read(process));
        if (!process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly().waitFor();
            return new Ended(-1, "did not end within " + LONGEST_MINUTES + " minutes");
        }
        return new Ended(process.exitValue(), said.join().strip());
    }

    private static String read(Process process) {
        try (InputStream in = process.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<RunResult> runs(Path output) throws IOException {
        Results results = Results.fromJson(Files.readString(output.resolve("results.json")));
        return results.runs().stream().map(RunResult::withoutTimes).toList();
    }
}
