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
package org.locallearning.djl.examples.reproduce;

import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.locallearning.djl.examples.commandline.CommandLineText;
import org.locallearning.djl.examples.commandline.DivergedRuns;
import org.locallearning.djl.examples.commandline.ExitCode;
import org.locallearning.djl.examples.commandline.NearestName;
import org.locallearning.djl.examples.commandline.OptionName;
import org.locallearning.djl.examples.commandline.ProgramVersion;
import org.locallearning.djl.examples.commandline.ResumeArguments;
import org.locallearning.djl.examples.commandline.UselessOptions;
import org.locallearning.djl.examples.environment.Build;
import org.locallearning.djl.examples.environment.EngineThreads;
import org.locallearning.djl.examples.output.OutputFolder;
import org.locallearning.djl.examples.output.TextTable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a figure or a table of a paper again. */
@Command(
        name = "reproduce",
        mixinStandardHelpOptions = true,
        versionProvider = ProgramVersion.class,
        sortOptions = false,
        abbreviateSynopsis = true,
        descriptionHeading = "%n",
        description = {
            "Makes a figure or a table of a paper again; --list names them all.",
            "",
            "The output folder gets report.html (one file, opens in any browser), a picture named"
                    + " after the target, and results.json with the numbers and what made them:"
                    + " command, commit, seeds and machine. Long targets keep every finished run and"
                    + " how far the run at hand has come, and a second start with the same settings"
                    + " goes on where the first stopped."
        },
        parameterListHeading = "%n",
        optionListHeading = "%nGeneral:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the figure is there",
            "1:data cannot be read, the output folder cannot be written, or a method cannot train"
                    + " the model",
            "2:the command line asks for something that does not exist or has no use",
            "3:a run diverged, its loss NaN or infinite; the others finished"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  java -jar examples/target/local-learning.jar reproduce --list",
            "  java -jar examples/target/local-learning.jar reproduce ahmad-figure-2",
            "  java -jar examples/target/local-learning.jar reproduce \\",
            "      ahmad-figure-4 --epochs 5 --seeds 1,2,3 --data-repository DIR"
        })
public final class ReproduceCommand implements Callable<Integer> {

    private static final int MOST_HOURS = 72;
    private static final String LIST = "--list";
    private static final String STACKTRACE = "--stacktrace";
    private static final Set<String> ALWAYS = Set.of("--out", "--threads", STACKTRACE);

    private final List<Target> targets;

    @Spec private CommandSpec spec;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "TARGET",
            description = "The figure or table, such as ahmad-figure-1.")
    private String target;

    @Option(names = LIST, description = "List the targets.")
    private boolean list;

    @ArgGroup(validate = false, heading = "%nTarget, where it has a use for them:%n")
    private final ReproduceArguments arguments = new ReproduceArguments();

    @ArgGroup(validate = false, heading = "%nGoing on, where a target keeps its runs:%n")
    private final ResumeArguments resume = new ResumeArguments();

    /**
     * Creates the command; picocli fills in its options.
     *
     * @param targets the figures and tables that it can make
     */
    public ReproduceCommand(List<Target> targets) {
        this.targets = List.copyOf(targets);
    }

    /** Lists the targets, or makes one. */
    @Override
    public Integer call() throws IOException, TranslateException {
        PrintWriter out = spec.commandLine().getOut();
        if (list) {
            if (target != null) {
                throw usage("--list takes no target: leave '" + target + "' out.");
            }
            refuse(
                    Set.of(LIST, STACKTRACE),
                    name -> LIST + " lists every target and has no use for " + name);
            list(out);
            return ExitCode.OK;
        }
        if (target == null) {
            throw usage("No target is given: --list names them.");
        }
        Target chosen = named(target);
        try {
            arguments.check();
            resume.check();
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
        Set<String> useful = new HashSet<>(ALWAYS);
        useful.addAll(chosen.options());
        refuse(useful, name -> chosen.name() + " has no use for " + name);
        if (!arguments.dataSets(List.of()).isEmpty()) {
            UselessOptions.refuse(spec, List.of(), arguments.dataSets(List.of()));
        }
        Build.current().checkMayWrite(arguments.folder(chosen));
        try (OutputFolder folder = OutputFolder.openAlone(arguments.folder(chosen))) {
            Reproduction reproduction =
                    new Reproduction(
                            chosen,
                            arguments,
                            resume,
                            EngineThreads.start(arguments.threads()),
                            folder,
                            out,
                            Help.Ansi.AUTO.enabled(),
                            CommandLineText.of(spec),
                            Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
            return make(chosen, reproduction);
        }
    }

    private int make(Target chosen, Reproduction reproduction)
            throws IOException, TranslateException {
        try {
            chosen.run(reproduction);
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
        reproduction.out().println(reproduction.summary());
        reproduction.out().flush();
        return DivergedRuns.exitCode(reproduction.runs(), spec.commandLine().getErr());
    }

    private void list(PrintWriter out) {
        int widest = targets.stream().mapToInt(t -> t.name().length()).max().orElse(0);
        TextTable table =
                new TextTable().left("target", widest).right("about", 6).left("what it shows", 40);
        out.println(table.header());
        for (Target each : targets) {
            out.println(table.row(each.name(), rounded(each.expectedTime()), each.title()));
            out.println(table.row("", "", each.paper()));
        }
        out.println();
        out.println(
                "The time is that of the target's own settings on two cores, more or less; fewer"
                        + " --epochs or --seeds take less. Long targets keep what they have done, and a"
                        + " second start goes on from there.");
        out.flush();
    }

    private static String rounded(Duration time) {
        if (time.compareTo(Duration.ofMinutes(1)) < 0) {
            return time.toSeconds() + " s";
        }
        if (time.compareTo(Duration.ofHours(1)) < 0) {
            return time.toMinutes() + " min";
        }
        return time.toHours() < MOST_HOURS ? time.toHours() + " h" : time.toDays() + " days";
    }

    private Target named(String name) {
        return targets.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> usage("Unknown target '" + name + "': " + choices(name) + "."));
    }

    /** The targets that begin so, or the one that may be meant, or all of them. */
    private String choices(String name) {
        List<String> names = targets.stream().map(Target::name).toList();
        List<String> beginning = names.stream().filter(each -> each.startsWith(name)).toList();
        if (!beginning.isEmpty()) {
            return "choose from " + String.join(", ", beginning);
        }
        return NearestName.advice(name, names, "choose from");
    }

    /** Refuses the first option that was given and is not among those that change something. */
    private void refuse(Set<String> useful, UnaryOperator<String> reason) {
        for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
            if (Collections.disjoint(useful, List.of(option.names()))) {
                throw usage(reason.apply(OptionName.of(option)) + ": leave the option out.");
            }
        }
    }

    private ParameterException usage(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }
}
