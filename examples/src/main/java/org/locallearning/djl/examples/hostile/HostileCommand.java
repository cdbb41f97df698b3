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
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.locallearning.djl.decorrelation.internal.FolderDeletion;
import org.locallearning.djl.examples.commandline.ExitCode;
import org.locallearning.djl.examples.output.OutputFolder;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code hostile}: does to the program what others may do to it, and counts what it stands.
 *
 * <p>A trial has passed when the program did what it does otherwise, to the last number, or said in
 * one sentence why not.
 */
@Command(
        name = "hostile",
        mixinStandardHelpOptions = true,
        descriptionHeading = "%n",
        description = {
            "Tries to break the program: kills it, runs it in odd environments, gives it damaged"
                    + " data and options that make no sense, flips bits of every kind of file."
                    + " Prints how many were tried and passed. Takes about ten minutes."
        },
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:all passed", "1:one did not, which is then named"})
public final class HostileCommand implements Callable<Integer> {

    private final Supplier<CommandLine> program;

    @Spec private CommandSpec spec;

    @Option(
            names = "--kinds",
            paramLabel = "NAME",
            split = ",",
            defaultValue = "kills,environments,data,options,fuzz",
            description = "What to try (default: ${DEFAULT-VALUE}).")
    private List<String> kinds;

    @Option(
            names = "--kills",
            paramLabel = "N",
            defaultValue = "20",
            description = "How often to kill (default: ${DEFAULT-VALUE}).")
    private int kills;

    @Option(
            names = "--flips",
            paramLabel = "N",
            defaultValue = "2000",
            description =
                    "How many bits to flip in each kind of file, beside cutting it at every length"
                            + " (default: ${DEFAULT-VALUE}).")
    private int flips;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of moments and bits (default: ${DEFAULT-VALUE}).")
    private int seed;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "results/hostile",
            description = "Folder to work in, made if missing (default: ${DEFAULT-VALUE}).")
    private Path folder;

    /**
     * Creates the command; picocli fills in its options.
     *
     * @param program makes a fresh command line of the program
     */
    public HostileCommand(Supplier<CommandLine> program) {
        this.program = program;
    }

    /** Tries all of it. */
    @Override
    public Integer call() throws IOException, InterruptedException {
        if (kills < 1 || flips < 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--kills and --flips are at least 1, not " + Math.min(kills, flips) + ".");
        }
        OutputFolder files = OutputFolder.open(folder);
        // the class that the command line began with
        String main = spec.root().userObject().getClass().getName();
        List<Trials> known =
                List.of(
                        new Kills(program, kills, seed),
                        new Environments(main),
                        new Corruptions(),
                        new RefusedOptions(program),
                        new FuzzOfResults());
        Set<String> wanted = new LinkedHashSet<>(kinds);
        List<String> names = known.stream().map(Trials::kind).toList();
        if (wanted.isEmpty() || !names.containsAll(wanted)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--kinds are some of " + String.join(", ", names) + ", not " + kinds + ".");
        }
        PrintWriter out = spec.commandLine().getOut();
        List<String> failures = new ArrayList<>();
        for (Trials trials : known) {
            if (wanted.contains(trials.kind())) {
                Path place = files.file(trials.kind());
                FolderDeletion.delete(place);
                Files.createDirectories(place);
                Tally tally = new Tally();
                trials.run(place, tally);
                String count =
                        String.format(
                                Locale.ROOT,
                                "%s: %,d tried, %,d passed",
                                trials.kind(),
                                tally.getTried(),
                                tally.getPassed());
                out.println(count);
                out.flush();
                tally.getFailures()
                        .forEach(failure -> failures.add(trials.kind() + ", " + failure));
            }
        }
        if (failures.isEmpty()) {
            out.println("All passed.");
        } else {
            failures.forEach(failure -> out.println("Failed: " + failure));
        }
        out.flush();
        return failures.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
    }

    /** Makes results with the program itself, and then tries every kind of file. */
    private final class FuzzOfResults implements Trials {

        @Override
        public String kind() {
            return "fuzz";
        }

        @Override
        public void run(Path place, Tally tally) throws IOException {
            Path compared = place.resolve("compared");
            ProgramAnswer answer =
                    ProgramAnswer.to(
                            program,
                            "compare",
                            "--dataset=glyphs",
                            "--limit=60",
                            "--test-limit=20",
                            "--hidden=5",
                            "--batch=20",
                            "--epochs=1",
                            "--seeds=1",
                            "--methods=bp",
                            "--out=" + compared);
            if (answer.exitCode() != ExitCode.OK) {
                throw new IllegalStateException("A small comparison failed: " + answer.err());
            }
            byte[] results = Files.readAllBytes(compared.resolve("results.json"));
            new Fuzz(flips, seed, results).run(place, tally);
        }
    }
}
