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

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import org.locallearning.djl.decorrelation.internal.FolderDeletion;
import org.locallearning.djl.examples.commandline.ExitCode;
import org.locallearning.djl.examples.commandline.ProgramVersion;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.output.OutputFolder;
import org.locallearning.djl.examples.report.ResultFolder;
import org.locallearning.djl.examples.results.Results;
import org.locallearning.djl.examples.results.RunResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Kills a comparison again and again, and compares what comes out with one that was left alone. */
@Command(
        name = "torture",
        mixinStandardHelpOptions = true,
        versionProvider = ProgramVersion.class,
        sortOptions = false,
        // for those who work on the program
        hidden = true,
        descriptionHeading = "%n",
        description = {
            "Kills a small comparison (SIGKILL) at random moments of training and saving, starts it"
                    + " again each time, and checks that nothing is lost beyond the last batch that"
                    + " was saved, and that the results are those of a comparison that was left"
                    + " alone."
        },
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:nothing was lost", "1:something was lost, or a program failed"})
public final class TortureCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Option(
            names = "--kills",
            paramLabel = "N",
            defaultValue = "20",
            description = "How often to kill (default: ${DEFAULT-VALUE}).")
    private int kills;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of the moments (default: ${DEFAULT-VALUE}).")
    private int seed;

    @Option(
            names = "--methods",
            split = ",",
            paramLabel = "NAME",
            defaultValue = "kp+decor,seqil-mq",
            description = "Methods to train (default: ${DEFAULT-VALUE}).")
    private List<String> methods;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "results/torture",
            description = "Folder to work in, made if missing (default: ${DEFAULT-VALUE}).")
    private Path folder;

    /** Creates the command; picocli fills in its options. */
    public TortureCommand() {}

    /** Kills and compares. */
    @Override
    public Integer call() throws IOException, InterruptedException {
        if (kills < 1) {
            throw new ParameterException(
                    spec.commandLine(), "--kills is at least 1, not " + kills + ".");
        }
        try {
            Methods.named(methods);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        PrintWriter out = spec.commandLine().getOut();
        OutputFolder files = OutputFolder.open(folder);
        Random random = new Random(seed);
        Path alone = files.file("alone");
        FolderDeletion.delete(alone);
        // the class that the command line began with
        String program = spec.root().userObject().getClass().getName();
        new Comparison(program, String.join(",", methods), alone).runAlone();
        Results expected = results(alone);
        int killed = 0;
        int rounds = 0;
        while (killed < kills) {
            Path tortured = files.file("tortured");
            FolderDeletion.delete(tortured);
            killed +=
                    new Comparison(program, String.join(",", methods), tortured)
                            .torture(random, kills - killed);
            String difference = difference(expected, results(tortured));
            if (!difference.isEmpty()) {
                throw new IllegalStateException(
                        "After " + killed + " kills the results are others: " + difference);
            }
            rounds++;
            out.printf(
                    Locale.ROOT,
                    "%d of %d kills, %d comparisons finished%n",
                    killed,
                    kills,
                    rounds);
            out.flush();
        }
        out.println("Nothing was lost; every result is that of the comparison left alone.");
        out.flush();
        return ExitCode.OK;
    }

    private static Results results(Path output) throws IOException {
        return Results.fromJson(Files.readString(output.resolve(ResultFolder.NUMBERS)));
    }

    /** Names the first run that differs in anything but the time that it took. */
    private static String difference(Results expected, Results actual) {
        if (expected.runs().size() != actual.runs().size()) {
            return actual.runs().size() + " runs in the place of " + expected.runs().size();
        }
        for (int i = 0; i < expected.runs().size(); i++) {
            RunResult one = expected.runs().get(i).withoutTimes();
            RunResult other = actual.runs().get(i).withoutTimes();
            if (!one.equals(other)) {
                return other + " in the place of " + one;
            }
        }
        return "";
    }
}
