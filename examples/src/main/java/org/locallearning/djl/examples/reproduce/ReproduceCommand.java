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
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.locallearning.djl.examples.commandline.CommandLineText;
import org.locallearning.djl.examples.commandline.ExitCode;
import org.locallearning.djl.examples.commandline.ProgramVersion;
import org.locallearning.djl.examples.commandline.ResumeArguments;
import org.locallearning.djl.examples.environment.Build;
import org.locallearning.djl.examples.environment.EngineThreads;
import org.locallearning.djl.examples.output.OutputFolder;
import org.locallearning.djl.examples.output.TextTable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
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
            "Makes a figure or a table of a paper again. --list tells the names.",
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
            "1:data cannot be read, the output folder cannot be written, or a loss is NaN or"
                    + " infinite",
            "2:the command line asks for something that does not exist"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  java -jar examples/target/local-learning.jar reproduce --list",
            "  java -jar examples/target/local-learning.jar reproduce ahmad-figure-2",
            "  java -jar examples/target/local-learning.jar reproduce \\",
            "      ahmad-figure-4 --epochs 5 --seeds 1,2,3 --data-repository DIR"
        })
public final class ReproduceCommand implements Callable<Integer> {

    private static final Set<String> ALWAYS = Set.of("--out", "--threads", "--stacktrace");

    private final List<Target> targets;

    @Spec private CommandSpec spec;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "TARGET",
            description = "The figure or table, such as ahmad-figure-1.")
    private String target;

    @Option(names = "--list", description = "List the targets.")
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
            list(out);
            return ExitCode.OK;
        }
        if (target == null) {
            throw usage("No target is given: --list tells their names.");
        }
        Target chosen = named(target);
        try {
            arguments.check();
            resume.check();
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
        refuseUseless(chosen);
        Build.current().checkMayWrite(arguments.folder(chosen));
        OutputFolder folder = OutputFolder.open(arguments.folder(chosen));
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
        try {
            chosen.run(reproduction);
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
        out.println(reproduction.summary());
        out.flush();
        return ExitCode.OK;
    }

    private void list(PrintWriter out) {
        int widest = targets.stream().mapToInt(t -> t.name().length()).max().orElse(0);
        TextTable table = new TextTable().left("target", widest).left("what it shows", 40);
        out.println(table.header());
        for (Target each : targets) {
            out.println(table.row(each.name(), each.title()));
            out.println(table.row("", each.paper()));
        }
        out.flush();
    }

    private Target named(String name) {
        return targets.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                usage(
                                        "Unknown target '"
                                                + name
                                                + "': choose from "
                                                + String.join(
                                                        ", ",
                                                        targets.stream().map(Target::name).toList())
                                                + "."));
    }

    private void refuseUseless(Target chosen) {
        for (ArgSpec matched : spec.commandLine().getParseResult().matchedArgs()) {
            if (matched instanceof OptionSpec option) {
                List<String> names = List.of(option.names());
                if (Collections.disjoint(ALWAYS, names)
                        && Collections.disjoint(chosen.options(), names)) {
                    throw usage(
                            String.format(
                                    "%s has no use for %s: leave the option out.",
                                    chosen.name(), names.get(0)));
                }
            }
        }
    }

    private ParameterException usage(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }
}
