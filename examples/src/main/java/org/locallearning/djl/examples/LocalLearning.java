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

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.locallearning.djl.decorrelation.internal.FileFailure;
import org.locallearning.djl.examples.benchmark.BenchmarkCommand;
import org.locallearning.djl.examples.commandline.ExitCode;
import org.locallearning.djl.examples.commandline.GivenArguments;
import org.locallearning.djl.examples.commandline.NearestName;
import org.locallearning.djl.examples.commandline.OptionName;
import org.locallearning.djl.examples.commandline.ProgramVersion;
import org.locallearning.djl.examples.commandline.Values;
import org.locallearning.djl.examples.compare.CompareCommand;
import org.locallearning.djl.examples.compare.ReportCommand;
import org.locallearning.djl.examples.doctor.DoctorCommand;
import org.locallearning.djl.examples.hostile.HostileCommand;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.output.ErrorStream;
import org.locallearning.djl.examples.reproduce.ReproduceCommand;
import org.locallearning.djl.examples.reproduce.Target;
import org.locallearning.djl.examples.sweep.SweepCommand;
import org.locallearning.djl.examples.sweep.TrialCommand;
import org.locallearning.djl.examples.torture.TortureCommand;
import org.locallearning.djl.examples.zoo.ZooCommand;
import org.locallearning.djl.zoo.network.Networks;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The program: trains Deep Java Library models with several credit-assignment rules side by side.
 *
 * <p>Exit codes: {@value ExitCode#OK} when everything asked for was done, {@value ExitCode#FAILED}
 * when it could not be done (data, output folder, a method that cannot train the model), {@value
 * ExitCode#USAGE} when the command line asks for something that does not exist or has no use,
 * {@value ExitCode#DIVERGED} when runs diverged. A failure is one sentence on standard error.
 */
@Command(
        name = "local-learning",
        versionProvider = ProgramVersion.class,
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "SUBCOMMAND",
        descriptionHeading = "%n",
        description = {
            "Trains Deep Java Library models with backpropagation and with rules that replace it,"
                    + " side by side, on the same data and from the same initial weights."
        },
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nSubcommands:%n",
        subcommands = {
            CompareCommand.class,
            BenchmarkCommand.class,
            DoctorCommand.class,
            ReportCommand.class,
            SweepCommand.class,
            TrialCommand.class,
            ZooCommand.class,
            TortureCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:everything asked for was done",
            "1:it could not be done: data, output folder, or a method that cannot train the model",
            "2:the command line asks for something that does not exist or has no use",
            "3:it was done, but runs diverged: their losses are NaN or infinite"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  java -jar examples/target/local-learning.jar compare",
            "  java -jar examples/target/local-learning.jar benchmark --models dense-1000",
            "  java -jar examples/target/local-learning.jar reproduce --list",
            "  java -jar examples/target/local-learning.jar compare --help"
        })
public final class LocalLearning implements Runnable {

    private static final String TELEMETRY = "OPT_OUT_TRACKING";

    @Spec private CommandSpec spec;

    @Option(
            names = "--stacktrace",
            scope = CommandLine.ScopeType.INHERIT,
            description = "After an error, print where in the program it came from.")
    private boolean stacktrace;

    /** Creates the program; {@link #main(String[])} runs it. */
    public LocalLearning() {}

    /**
     * Runs the program and ends the process with its exit code.
     *
     * @param arguments the command line
     */
    public static void main(String[] arguments) {
        if (System.getenv(TELEMETRY) == null && System.getProperty(TELEMETRY) == null) {
            System.setProperty(TELEMETRY, "true");
        }
        // pictures are drawn in memory
        System.setProperty("java.awt.headless", "true");
        System.setErr(new ErrorStream(System.err));
        System.exit(commandLine().execute(arguments));
    }

    /**
     * Returns the parser and runner of the program's command line.
     *
     * @return a fresh command line, its streams those of the process until set otherwise
     */
    public static CommandLine commandLine() {
        CommandLine program = new CommandLine(new LocalLearning());
        program.addSubcommand(new ReproduceCommand(Targets.ALL));
        program.addSubcommand(new HostileCommand(LocalLearning::commandLine));
        ReportCommand report = program.getSubcommands().get("report").getCommand();
        report.setTitles(
                Targets.ALL.stream().collect(Collectors.toMap(Target::name, Target::title)));
        for (String name : List.of("compare", "sweep")) {
            CommandLine command = program.getSubcommands().get(name);
            addList(command, "Methods:", Methods::titles);
            addList(command, "Models:", LocalLearning::networks);
        }
        Values.registerOn(program);
        return program.setUsageHelpAutoWidth(true)
                .setExecutionStrategy(LocalLearning::execute)
                .setParameterExceptionHandler(LocalLearning::explainUsage)
                .setExecutionExceptionHandler(LocalLearning::explainFailure);
    }

    private static Map<String, String> networks() {
        Map<String, String> descriptions = new LinkedHashMap<>();
        Networks.ALL.forEach(each -> descriptions.put(each.getName(), each.getDescription()));
        return descriptions;
    }

    /** Called when no subcommand is given. */
    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "No subcommand is given: choose one of " + names(spec) + ".");
    }

    /** Adds a list of names, and of what they stand for, to a help text, before its exit codes. */
    private static void addList(
            CommandLine command, String heading, Supplier<Map<String, String>> entries) {
        UsageMessageSpec usage = command.getCommandSpec().usageMessage();
        List<String> sections = new ArrayList<>(usage.sectionKeys());
        sections.add(
                sections.indexOf(UsageMessageSpec.SECTION_KEY_EXIT_CODE_LIST_HEADING), heading);
        usage.sectionKeys(sections);
        usage.sectionMap()
                .put(
                        heading,
                        help ->
                                help.createHeading("%n" + heading + "%n")
                                        + help.createTextTable(entries.get()));
    }

    /** Runs the subcommand, unless its arguments are wrong whatever they mean. */
    private static int execute(ParseResult result) {
        GivenArguments.check(result);
        try {
            return new CommandLine.RunLast().execute(result);
        } catch (OutOfMemoryError | StackOverflowError e) {
            throw new CommandLine.ExecutionException(
                    result.commandSpec().commandLine(), explainExhaustion(e), e);
        }
    }

    /** Says what to do where Java ran out of something. */
    private static String explainExhaustion(VirtualMachineError e) {
        return e instanceof OutOfMemoryError
                ? String.format(
                        Locale.ROOT,
                        "Java's memory of %,d MB is used up (%s): give it more, as in java -Xmx4g"
                                + " -jar, or take less data (--limit) or a smaller model.",
                        Runtime.getRuntime().maxMemory() >> 20,
                        e.getMessage())
                : "Something is nested too deeply for Java's stack; --stacktrace shows where.";
    }

    private static int explainUsage(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        String message = e.getMessage();
        if (e instanceof UnmatchedArgumentException unmatched) {
            String first = unmatched.getUnmatched().get(0);
            if (first.startsWith("@")) {
                message =
                        "'"
                                + first.substring(1)
                                + "' cannot be read as a file of arguments: name one that is"
                                + " there, such as --write-presets of sweep makes.";
            } else if (first.startsWith("-")) {
                List<String> options = options(command.getCommandSpec());
                message =
                        "Unknown option '"
                                + first
                                + "': "
                                + NearestName.advice(first, options, "the options are")
                                + ".";
            } else if (!command.getCommandSpec().positionalParameters().isEmpty()) {
                message =
                        "Unexpected argument '"
                                + first
                                + "': give one "
                                + command.getCommandSpec()
                                        .positionalParameters()
                                        .get(0)
                                        .paramLabel()
                                + ", and every setting as an option.";
            } else if (command.getSubcommands().isEmpty()) {
                message =
                        "Unexpected argument '"
                                + first
                                + "': every setting is an option, such as --epochs 5.";
            } else {
                message =
                        "Unknown subcommand '"
                                + first
                                + "': choose one of "
                                + names(command.getCommandSpec())
                                + ".";
            }
        }
        ArgSpec argument = e.getArgSpec();
        if (argument != null
                && Map.class.isAssignableFrom(argument.type())
                && e.getCause() == null) {
            message =
                    String.format(
                            "%s takes %s, several separated by commas, not '%s'.",
                            OptionName.of(argument), argument.paramLabel(), e.getValue());
        }
        if (e instanceof OverwrittenOptionException repeated) {
            message = GivenArguments.twice(repeated.getOverwritten());
        }
        PrintWriter err = command.getErr();
        err.println("Error: " + message + (message.endsWith(".") ? "" : "."));
        err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return ExitCode.USAGE;
    }

    private static int explainFailure(Exception e, CommandLine command, ParseResult result) {
        LocalLearning program =
                command.getCommandSpec().root().userObject() instanceof LocalLearning p ? p : null;
        PrintWriter err = command.getErr();
        String message = FileFailure.sentence(e).orElse(e.getMessage());
        err.println(
                "Error: "
                        + (message == null || message.isBlank()
                                ? e.getClass().getSimpleName() + " (--stacktrace shows where)"
                                : message));
        if (program != null && program.stacktrace) {
            e.printStackTrace(err);
        }
        return ExitCode.FAILED;
    }

    /** The subcommands that the help names, too. */
    private static String names(CommandSpec spec) {
        return spec.subcommands().entrySet().stream()
                .filter(each -> !each.getValue().getCommandSpec().usageMessage().hidden())
                .map(Map.Entry::getKey)
                .collect(Collectors.joining(", "));
    }

    private static List<String> options(CommandSpec spec) {
        TreeSet<String> names = new TreeSet<>();
        spec.options().forEach(option -> names.add(OptionName.of(option)));
        return List.copyOf(names);
    }
}
