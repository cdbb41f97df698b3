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

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.locallearning.djl.examples.commandline.CommandLineText;
import org.locallearning.djl.examples.commandline.ExitCode;
import org.locallearning.djl.examples.commandline.ExperimentArguments;
import org.locallearning.djl.examples.commandline.GivenArguments;
import org.locallearning.djl.examples.commandline.ImageArguments;
import org.locallearning.djl.examples.commandline.ProgramVersion;
import org.locallearning.djl.examples.commandline.ResumeArguments;
import org.locallearning.djl.examples.commandline.Seeds;
import org.locallearning.djl.examples.commandline.UselessOptions;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.output.OutputFolder;
import org.locallearning.djl.examples.results.EpochResult;
import org.locallearning.djl.examples.sweep.spark.SparkTrialRunner;
import org.locallearning.djl.examples.sweep.trial.LocalTrialRunner;
import org.locallearning.djl.examples.sweep.trial.TrialProgram;
import org.locallearning.djl.examples.sweep.trial.TrialRunner;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Tries settings of methods with several seeds, each trial in a process of its own. */
@Command(
        name = "sweep",
        mixinStandardHelpOptions = true,
        versionProvider = ProgramVersion.class,
        sortOptions = false,
        abbreviateSynopsis = true,
        defaultValueProvider = SweepCommand.Defaults.class,
        descriptionHeading = "%n",
        description = {
            "Trains every method with every setting of a grid and with every seed, and chooses the"
                    + " best setting of each method by images that are held out of training. The"
                    + " test images are used once, with the chosen setting.",
            "",
            "It takes the options of compare; --dataset and --model take several names, separated"
                    + " by commas. Every trial is a process of its own, and a trial with the same"
                    + " options has the same numbers, wherever it runs.",
            "",
            "The output folder gets report.html and results.json. A sweep that was stopped goes on"
                    + " where it stopped when it is started again; with more values, seeds or"
                    + " methods it keeps the trials that it has."
        },
        optionListHeading = "%nGeneral:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every method has a setting that was chosen and tested",
            "1:data cannot be read, the output folder cannot be written, trials die, or every"
                    + " setting of a method failed",
            "2:the command line asks for something that does not exist, or for more than"
                    + " 200 trials without --yes"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  java -jar examples/target/local-learning.jar sweep --validation 1000 \\",
            "      --methods bp,fa --grid learning-rate=1e-4,1e-3,1e-2 --seeds 1..3 \\",
            "      --epochs 5",
            "  java -jar examples/target/local-learning.jar sweep --dataset mnist \\",
            "      --validation 10000 --methods fa+decor --epochs 9 --halving \\",
            "      --grid learning-rate=1e-4,3e-4,1e-3 decor-rate=1e-6,1e-5,1e-4"
        })
public final class SweepCommand implements Callable<Integer> {

    private static final int MOST_TRIALS = 200;
    private static final Pattern SIZE = Pattern.compile("(\\d{1,6})([mMgG])");

    @Spec private CommandSpec spec;

    @ArgGroup(validate = false, heading = "%nWhat is tried:%n")
    private final GridArguments choices = new GridArguments();

    @Mixin private final ExperimentArguments experiment = new ExperimentArguments();

    @ArgGroup(validate = false, heading = "%nOn this machine:%n")
    private final MachineArguments machine = new MachineArguments();

    @ArgGroup(validate = false, heading = "%nOn a cluster:%n")
    private final ClusterArguments cluster = new ClusterArguments();

    @ArgGroup(validate = false, heading = "%nOutput:%n")
    private final SweepOutputArguments output = new SweepOutputArguments();

    /** Creates the command; picocli fills in its options. */
    public SweepCommand() {}

    /** What a sweep tries. */
    private static final class GridArguments {

        @Option(
                names = "--grid",
                arity = "1..*",
                paramLabel = "AXIS=VALUES",
                description = {
                    "Settings and the values that are tried, every value of one with every value of"
                            + " the others, such as learning-rate=1e-4,1e-3 batch=32,64. An axis"
                            + " is an option of compare without its dashes: ${COMPLETION-CANDIDATES}."
                            + " It is for every method; METHOD:AXIS=VALUES is for one."
                },
                completionCandidates = AxisNames.class)
        private List<String> axes = List.of();

        @Option(
                names = "--halving",
                arity = "0..1",
                paramLabel = "FACTOR",
                fallbackValue = "3",
                description =
                        "Train all settings for few epochs and go on with the best, one of FACTOR,"
                                + " for FACTOR times as many, until the last have all epochs"
                                + " (FACTOR: ${FALLBACK-VALUE}).")
        private Integer factor;

        @Option(names = "--yes", description = "Start more than " + MOST_TRIALS + " trials.")
        private boolean sure;
    }

    /** The names of the axes, for the help text. */
    private static final class AxisNames extends ArrayList<String> {

        private static final long serialVersionUID = 1L;

        AxisNames() {
            super(SweptOption.names());
        }
    }

    /** How trials run here. */
    private static final class MachineArguments {

        @Option(
                names = "--parallel",
                paramLabel = "N",
                description =
                        "Trials at a time (default: as many as there are processors for their"
                                + " threads, and memory).")
        private Integer parallel;

        @Option(
                names = "--trial-heap",
                paramLabel = "SIZE",
                defaultValue = "1g",
                description =
                        "The most Java heap of a trial; images and weights come on top, outside of"
                                + " it (default: ${DEFAULT-VALUE}).")
        private String heap;
    }

    /** How trials run on a cluster. */
    private static final class ClusterArguments {

        private static final String SPARK = "--spark";

        /** No master is called so. */
        private static final String OF_SUBMIT = "spark-submit";

        private static final String SPARK_CONTEXT = "org.apache.spark.SparkContext";

        @Option(
                names = SPARK,
                arity = "0..1",
                paramLabel = "MASTER",
                fallbackValue = OF_SUBMIT,
                description =
                        "Run the trials as tasks of a Spark cluster, with Spark on the class path,"
                                + " as spark-submit starts the program (MASTER: that of"
                                + " spark-submit).")
        private String master;

        @Option(
                names = "--ship-data",
                description =
                        "Send the folder of --data-repository to every executor (default: executors"
                                + " find it under the same path).")
        private boolean ship;

        @Option(
                names = "--program",
                paramLabel = "JAR",
                description =
                        "Where executors find local-learning.jar, with lib beside it; a relative"
                                + " path starts at the executor's folder (default: where it is"
                                + " here).")
        private String program;

        @Option(
                names = "--work",
                paramLabel = "DIR",
                description =
                        "A folder that all executors share, best with this machine, which then"
                                + " clears it, so that a trial goes on from its"
                                + " checkpoint wherever it ran (default: the executor's own; a"
                                + " trial that moves begins anew, with the same numbers).")
        private Path work;
    }

    /** What to leave behind. */
    private static final class SweepOutputArguments {

        @Option(
                names = "--out",
                paramLabel = "DIR",
                defaultValue = "results/sweep",
                description = "Output folder, made if missing (default: ${DEFAULT-VALUE}).")
        private Path folder;

        @Option(
                names = "--write-presets",
                paramLabel = "FILE",
                description =
                        "Write the chosen settings to a file of arguments, which compare takes as"
                                + " @FILE; where one command line cannot have them all, to several"
                                + " whose names begin so.")
        private Path presets;

        @Option(
                names = ResumeArguments.FRESH,
                description = "Run the trials again that an earlier start has stored.")
        private boolean fresh;
    }

    /** Measurements that a sweep has no use for are left out unless somebody asks for them. */
    static final class Defaults implements IDefaultValueProvider {

        @Override
        public String defaultValue(ArgSpec argument) {
            boolean measured =
                    argument instanceof OptionSpec option
                            && List.of("--alignments", "--correlations")
                                    .contains(option.longestName());
            return measured ? "0" : null;
        }
    }

    /** Runs the sweep. */
    @Override
    public Integer call() throws IOException, InterruptedException {
        SweepPlan plan;
        TrialCommandLine commandLine;
        try {
            List<Method> methods = Methods.named(names(TrialCommandLine.METHODS));
            UselessOptions.refuse(spec, methods, names(TrialCommandLine.DATASET));
            Grid grid = Grid.parse(choices.axes, methods);
            commandLine = new TrialCommandLine(spec, methods, grid);
            plan = plan(methods, grid);
            check(plan, commandLine);
            if (output.presets != null) {
                PresetFiles.check(output.presets);
            }
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        PresetFiles presets =
                output.presets == null ? null : new PresetFiles(output.presets, commandLine);
        try (OutputFolder folder = OutputFolder.openAlone(output.folder)) {
            return run(plan, commandLine, folder, presets);
        }
    }

    private int run(
            SweepPlan plan, TrialCommandLine commandLine, OutputFolder folder, PresetFiles presets)
            throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        String started = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        TrialStore store = new TrialStore(folder.file("trials"));
        try (TrialRunner runner = runner(store)) {
            SweepFiles files = new SweepFiles(folder, plan, CommandLineText.of(spec), started);
            Sweep sweep =
                    new Sweep(
                            plan,
                            commandLine,
                            store,
                            runner,
                            new SweepProgress(out, plan, runner, files::write));
            files.of(sweep);
            askBeyond(plan, sweep, runner);
            if (output.fresh) {
                sweep.forget();
            }
            long others = sweep.ofOtherBuilds();
            if (others > 0) {
                out.printf(
                        Locale.ROOT,
                        "Note: %d stored trial%s of another build of this program: --fresh runs"
                                + " them again.%n",
                        others,
                        others == 1 ? " is" : "s are");
            }
            Map<Trial.Subject, SettingScore> chosen;
            try {
                chosen = sweep.run();
            } finally {
                files.write();
            }
            files.write(chosen);
            sweep.deleteCheckpoints();
            List<Path> written =
                    presets == null ? List.of() : presets.write(chosen, CommandLineText.of(spec));
            return summary(plan, files, chosen, written);
        }
    }

    private List<String> names(String option) {
        Object value = spec.findOption(option).getValue();
        return value instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : GivenArguments.names(option, String.valueOf(value));
    }

    private SweepPlan plan(List<Method> methods, Grid grid) {
        List<String> datasets = names(TrialCommandLine.DATASET);
        List<String> models = names(TrialCommandLine.MODEL);
        Map<Trial.Subject, List<Map<SweptOption, String>>> settings = new LinkedHashMap<>();
        int most = 0;
        for (String dataset : datasets) {
            for (String model : models) {
                for (Method method : methods) {
                    List<Map<SweptOption, String>> all = grid.settings(method);
                    settings.put(new Trial.Subject(dataset, model, method.name()), all);
                    most = Math.max(most, all.size());
                }
            }
        }
        boolean validated = spec.findOption(ImageArguments.VALIDATION).getValue() != null;
        if (most > 1 && !validated) {
            throw new IllegalArgumentException(
                    "A sweep chooses by images that it holds out of training: give --validation N,"
                            + " such as a sixth of the training images.");
        }
        Seeds seeds = spec.findOption(TrialCommandLine.SEEDS).getValue();
        int epochs = spec.findOption("--epochs").getValue();
        return new SweepPlan(
                settings,
                seeds.values(),
                epochs,
                validated,
                choices.factor == null ? null : new Halving(choices.factor, most, epochs));
    }

    /** Reads the command line of every setting as its process will. */
    private static void check(SweepPlan plan, TrialCommandLine commandLine) {
        if (new HashSet<>(plan.seeds()).size() < plan.seeds().size()) {
            throw new IllegalArgumentException(
                    "A seed is given twice: --seeds names each seed once.");
        }
        int seed = plan.seeds().get(0);
        plan.settings()
                .forEach(
                        (subject, settings) ->
                                settings.forEach(
                                        setting ->
                                                TrialCommandLine.experiment(
                                                        commandLine.of(
                                                                new Trial(
                                                                        subject, setting, seed)))));
    }

    private TrialRunner runner(TrialStore store) throws IOException, InterruptedException {
        // the class that the command line began with
        Class<?> main = spec.root().userObject().getClass();
        TrialProgram program =
                cluster.program == null
                        ? TrialProgram.running(main, machine.heap)
                        : TrialProgram.ofJar(cluster.program, machine.heap);
        if (cluster.master != null) {
            return onCluster(program);
        }
        if (cluster.ship || cluster.program != null || cluster.work != null) {
            throw usage(
                    "--ship-data, --program and --work are for --spark: add it, or leave them"
                            + " out.");
        }
        return new LocalTrialRunner(program, store.folder(), parallel());
    }

    private TrialRunner onCluster(TrialProgram program) throws IOException, InterruptedException {
        if (machine.parallel != null) {
            throw usage(
                    "--parallel is for this machine: on a cluster, its cores decide how many"
                            + " trials run at a time.");
        }
        Path data = spec.findOption("--data-repository").getValue();
        if (cluster.ship && data == null) {
            throw usage("--ship-data sends the folder of --data-repository: name one.");
        }
        bytes(machine.heap);
        try {
            Class.forName(ClusterArguments.SPARK_CONTEXT);
        } catch (ClassNotFoundException e) {
            throw new IOException(
                    "Spark is not on the class path: start the program with spark-submit, or leave"
                            + " --spark out.",
                    e);
        }
        return SparkTrialRunner.connect(
                program,
                new SparkTrialRunner.Settings(
                        cluster.master.equals(ClusterArguments.OF_SUBMIT) ? "" : cluster.master,
                        experiment.threads(),
                        data,
                        cluster.ship,
                        cluster.work),
                note -> {
                    spec.commandLine().getOut().println(note);
                    spec.commandLine().getOut().flush();
                });
    }

    private int parallel() {
        int processors = Runtime.getRuntime().availableProcessors();
        int byProcessors = Math.max(1, processors / experiment.threads());
        double memory =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)
                        .getTotalMemorySize();
        // as much as the heap again, for images, weights and the engine
        int byMemory = (int) Math.max(1, memory / (2 * bytes(machine.heap)));
        int parallel =
                machine.parallel == null ? Math.min(byProcessors, byMemory) : machine.parallel;
        if (parallel < 1) {
            throw usage("--parallel is at least 1, not " + parallel + ".");
        }
        if (parallel * bytes(machine.heap) > memory) {
            throw usage(
                    String.format(
                            Locale.ROOT,
                            "%s--trial-heap %s takes more than the %.0f GiB of this machine: lower"
                                    + " %s.",
                            parallel == 1 ? "" : "--parallel " + parallel + " with ",
                            machine.heap,
                            memory / (1L << 30),
                            parallel == 1 ? "it" : "one of them"));
        }
        return parallel;
    }

    private double bytes(String size) {
        Matcher matcher = SIZE.matcher(size);
        if (!matcher.matches() || Integer.parseInt(matcher.group(1)) == 0) {
            throw usage("--trial-heap is a size such as 512m or 2g, not '" + size + "'.");
        }
        int shift = matcher.group(2).equalsIgnoreCase("g") ? 30 : 20;
        return Integer.parseInt(matcher.group(1)) * (double) (1L << shift);
    }

    private ParameterException usage(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }

    /** Says how long many trials will take, unless they are wanted anyway. */
    private void askBeyond(SweepPlan plan, Sweep sweep, TrialRunner runner)
            throws IOException, InterruptedException {
        int trials = plan.trials().size();
        if (trials <= MOST_TRIALS || choices.sure) {
            return;
        }
        StoredTrial first = sweep.probe();
        if (first.failed()) {
            throw new IOException("The first of " + trials + " trials failed: " + first.failure());
        }
        double perEpoch =
                first.run().epochs().stream()
                        .mapToDouble(EpochResult::seconds)
                        .average()
                        .orElseThrow();
        double start = Math.max(0, first.seconds() - first.epochs() * perEpoch);
        double seconds = (trials * start + plan.workAfter(0) * perEpoch) / runner.parallel();
        throw usage(
                String.format(
                        Locale.ROOT,
                        "%d trials would take about %s, %d at a time, if all take as long as the"
                                + " first: start them with --yes, or leave values out.",
                        trials,
                        SweepProgress.duration(seconds),
                        runner.parallel()));
    }

    private int summary(
            SweepPlan plan,
            SweepFiles files,
            Map<Trial.Subject, SettingScore> chosen,
            List<Path> presets) {
        PrintWriter out = spec.commandLine().getOut();
        out.println();
        out.println(files.summary());
        presets.forEach(
                file ->
                        out.println(
                                "Presets: " + CommandLineText.of(List.of("compare", "@" + file))));
        out.flush();
        List<String> without =
                plan.settings().keySet().stream()
                        .filter(subject -> !chosen.containsKey(subject))
                        .map(Trial.Subject::toString)
                        .toList();
        if (!without.isEmpty()) {
            spec.commandLine()
                    .getErr()
                    .println(
                            "Error: Every setting of "
                                    + String.join(", ", without)
                                    + " failed with some seed; results.json has the last lines.");
            return ExitCode.FAILED;
        }
        return ExitCode.OK;
    }
}
