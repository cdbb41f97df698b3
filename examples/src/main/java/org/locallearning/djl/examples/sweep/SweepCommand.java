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

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
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
            Grid grid = Grid.parse(choices.axes(), methods);
            commandLine = new TrialCommandLine(spec, methods, grid);
            plan = plan(methods, grid);
            check(plan, commandLine);
            machine.check(experiment.threads(), cluster.isWanted());
            cluster.check(dataRepository());
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
        TrialStore store = new TrialStore(folder.inside("trials"));
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
                    presets == null
                            ? List.of()
                            : presets.write(chosen, sweep::iterations, CommandLineText.of(spec));
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
                settings, seeds.values(), epochs, validated, choices.halving(most, epochs));
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
        if (!cluster.isWanted()) {
            return new LocalTrialRunner(
                    TrialProgram.running(main, machine.heap()),
                    store.folder(),
                    machine.parallel(experiment.threads()));
        }
        PrintWriter out = spec.commandLine().getOut();
        return cluster.connect(
                main,
                machine.heap(),
                experiment.threads(),
                dataRepository(),
                note -> {
                    out.println(note);
                    out.flush();
                });
    }

    private Path dataRepository() {
        return spec.findOption("--data-repository").getValue();
    }

    private ParameterException usage(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }

    /** Says how long many trials will take, unless they are wanted anyway. */
    private void askBeyond(SweepPlan plan, Sweep sweep, TrialRunner runner)
            throws IOException, InterruptedException {
        int trials = plan.trials().size();
        if (!choices.asksBefore(trials)) {
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
                            "Error: No setting of "
                                    + String.join(", ", without)
                                    + " came to its end and its test with every seed; results.json"
                                    + " has the last lines of those that failed.");
            return ExitCode.FAILED;
        }
        return ExitCode.OK;
    }
}
