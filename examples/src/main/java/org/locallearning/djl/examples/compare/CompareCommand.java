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
package org.locallearning.djl.examples.compare;

import ai.djl.engine.Engine;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.locallearning.djl.examples.commandline.CommandLineText;
import org.locallearning.djl.examples.commandline.DivergedRuns;
import org.locallearning.djl.examples.commandline.ExperimentArguments;
import org.locallearning.djl.examples.commandline.OutputArguments;
import org.locallearning.djl.examples.commandline.ProgramVersion;
import org.locallearning.djl.examples.commandline.ResumeArguments;
import org.locallearning.djl.examples.commandline.UselessOptions;
import org.locallearning.djl.examples.environment.Build;
import org.locallearning.djl.examples.environment.EngineThreads;
import org.locallearning.djl.examples.environment.Machine;
import org.locallearning.djl.examples.output.OutputFolder;
import org.locallearning.djl.examples.results.Results;
import org.locallearning.djl.examples.training.Console;
import org.locallearning.djl.examples.training.Experiment;
import org.locallearning.djl.examples.training.Session;
import org.locallearning.djl.examples.training.TrainingPlan;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Trains several methods on one data set and model, and reports them side by side. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        versionProvider = ProgramVersion.class,
        sortOptions = false,
        abbreviateSynopsis = true,
        descriptionHeading = "%n",
        description = {
            "Trains one model with several methods on one data set and shows them side by side.",
            "",
            "With the same seed every method starts from the same weights and sees the images in"
                    + " the same order. On the same machine with the same number of threads a run"
                    + " repeats bit for bit.",
            "",
            "The output folder gets report.html (one file, opens in any browser), curves.png and"
                    + " results.json, and the models with --save-models. They are replaced after every finished run. A comparison that"
                    + " was stopped, however, goes on where it stopped when it is started again with"
                    + " the same settings, and gives the same numbers."
        },
        optionListHeading = "%nGeneral:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every run finished",
            "1:data cannot be read, the output folder cannot be written, or a method cannot train"
                    + " the model",
            "2:the command line asks for something that does not exist or has no use",
            "3:a run diverged, its loss NaN or infinite; the others finished"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  java -jar examples/target/local-learning.jar compare",
            "      (drawn digits: needs no data and no network)",
            "  java -jar examples/target/local-learning.jar compare \\",
            "      --dataset mnist --hidden 1000 --activation tanh --epochs 20",
            "  java -jar examples/target/local-learning.jar compare \\",
            "      --dataset cifar10 --model dense --batch 256 --epochs 5",
            "  java -jar examples/target/local-learning.jar compare \\",
            "      --methods bp,fa --learning-rate fa=3e-4 --seeds 1,2,3,4,5",
            "  java -jar examples/target/local-learning.jar compare \\",
            "      --methods bp,bp+decor,fa,fa+decor --decor-rate bp+decor=1e-4",
            "  java -jar examples/target/local-learning.jar compare \\",
            "      --methods kp,bp+decor --save-models --out results/kept"
        })
public final class CompareCommand implements Callable<Integer> {

    /** The options that change nothing about a run. */
    private static final Set<String> NO_SETTINGS =
            Set.of(
                    "--out",
                    "--stacktrace",
                    "--help",
                    "--version",
                    ResumeArguments.FRESH,
                    ResumeArguments.SAVE_EVERY);

    @Spec private CommandSpec spec;

    @Mixin private final ExperimentArguments experiment = new ExperimentArguments();

    @ArgGroup(validate = false, heading = "%nOutput:%n")
    private final OutputArguments output = new OutputArguments();

    @ArgGroup(validate = false, heading = "%nGoing on:%n")
    private final ResumeArguments resume = new ResumeArguments();

    /** Creates the command; picocli fills in its options. */
    public CompareCommand() {}

    /** Runs the comparison. */
    @Override
    public Integer call() throws IOException, TranslateException {
        Experiment chosen = checked();
        Build.current().checkMayWrite(output.folder());
        Engine engine = EngineThreads.start(experiment.threads());
        Machine machine = Machine.of(engine, experiment.threads());
        PrintWriter out = spec.commandLine().getOut();
        try (OutputFolder folder = OutputFolder.openAlone(output.folder());
                Session session = open(chosen, engine, machine)) {
            ResultFiles files = new ResultFiles(folder);
            out.println(session.description());
            out.println(trainingSummary(chosen, machine.threads()));
            out.println();
            UnfinishedComparison unfinished = unfinished(folder, machine, session.imagesSha256());
            Console console =
                    new Console(
                            out,
                            Help.Ansi.AUTO.enabled(),
                            chosen.methods(),
                            session.task(),
                            chosen.data().getValidation() > 0);
            Results results =
                    session.run(
                            session.results(
                                    CommandLineText.of(spec), unfinished.started().toString()),
                            unfinished,
                            console,
                            files::write,
                            output.models()
                                    .map(session::saving)
                                    .orElse((method, seed, trainer, made) -> {}));
            unfinished.finish();
            console.summary(results);
            out.println(files.summary());
            output.models().ifPresent(models -> out.println("Models: " + models));
            out.flush();
            return DivergedRuns.exitCode(results.runs(), spec.commandLine().getErr());
        }
    }

    private Experiment checked() {
        try {
            resume.check();
            Experiment chosen = experiment.experiment();
            UselessOptions.refuse(spec, chosen.methods(), List.of(chosen.dataset()));
            return chosen;
        } catch (IllegalArgumentException e) {
            throw usage(e);
        }
    }

    private Session open(Experiment chosen, Engine engine, Machine machine)
            throws IOException, TranslateException {
        try {
            return Session.open(chosen, engine, machine);
        } catch (IllegalArgumentException e) {
            throw usage(e);
        }
    }

    private UnfinishedComparison unfinished(
            OutputFolder folder, Machine machine, String imagesSha256) throws IOException {
        Map<String, String> settings = new LinkedHashMap<>();
        for (OptionSpec option : spec.options()) {
            if (!NO_SETTINGS.contains(option.longestName())) {
                Object value = option.getValue();
                settings.put(option.longestName(), String.valueOf(value));
            }
        }
        settings.put("images of SHA-256", imagesSha256);
        // times are those of a processor, and so is rounding
        settings.put("processor", machine.processor());
        settings.put("cores", String.valueOf(machine.cores()));
        try {
            return UnfinishedComparison.open(folder, settings, resume, machine);
        } catch (IllegalArgumentException e) {
            throw usage(e);
        }
    }

    private static String trainingSummary(Experiment chosen, int threads) {
        TrainingPlan plan = chosen.plan();
        return String.format(
                Locale.ROOT,
                "epochs: %d, batches of %d, %s, seeds: %s, threads: %d",
                plan.epochs(),
                plan.batch(),
                plan.optimizerTitle(),
                String.join(", ", chosen.seeds().stream().map(String::valueOf).toList()),
                threads);
    }

    private ParameterException usage(IllegalArgumentException e) {
        return new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
}
