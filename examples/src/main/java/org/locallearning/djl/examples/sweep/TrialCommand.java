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

import ai.djl.engine.Engine;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.locallearning.djl.decorrelation.internal.FolderDeletion;
import org.locallearning.djl.examples.commandline.CommandLineText;
import org.locallearning.djl.examples.commandline.ExitCode;
import org.locallearning.djl.examples.commandline.ExperimentArguments;
import org.locallearning.djl.examples.environment.EngineThreads;
import org.locallearning.djl.examples.environment.Machine;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.output.OutputFolder;
import org.locallearning.djl.examples.results.Results;
import org.locallearning.djl.examples.results.RunResult;
import org.locallearning.djl.examples.sweep.trial.TrialStarter;
import org.locallearning.djl.examples.training.CheckpointRefusedException;
import org.locallearning.djl.examples.training.Console;
import org.locallearning.djl.examples.training.Experiment;
import org.locallearning.djl.examples.training.FinishedRuns;
import org.locallearning.djl.examples.training.RunCheckpoints;
import org.locallearning.djl.examples.training.Session;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * One trial of a sweep, in a process of its own: trains as {@code compare} does, up to an epoch,
 * writes {@code results.json} alone, and keeps its checkpoint, so that it can go on.
 */
@Command(
        name = "trial",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        // started by a sweep
        hidden = true,
        descriptionHeading = "%n",
        description = {
            "Trains one trial of a sweep up to an epoch, or goes on with it from its checkpoint."
        })
public final class TrialCommand implements Callable<Integer> {

    static final String STOP_AFTER = "--stop-after";

    @Spec private CommandSpec spec;

    @Mixin private final ExperimentArguments arguments = new ExperimentArguments();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "results",
            description = "Folder of the trial, made if missing.")
    private Path folder;

    @Option(
            names = STOP_AFTER,
            paramLabel = "EPOCH",
            description =
                    "Train up to this epoch only, and leave the test images alone (default: to the"
                            + " end, and test).")
    private int stopAfter;

    @Option(
            names = TrialStarter.END_WITH_INPUT,
            description = "End at the end of standard input, which is that of whoever started it.")
    private boolean endWithInput;

    /** Creates the command; picocli fills in its options. */
    public TrialCommand() {}

    /** Returns what is trained; for the tests of a command line before it is used. */
    Experiment experiment() {
        return arguments.experiment();
    }

    /** Trains. */
    @Override
    public Integer call() throws IOException, TranslateException {
        if (endWithInput) {
            endWith(System.in);
        }
        Experiment experiment;
        try {
            experiment = arguments.experiment();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        try {
            return train(experiment);
        } catch (CheckpointRefusedException e) {
            spec.commandLine()
                    .getOut()
                    .println("Note: the trial begins anew: " + e.getCause().getMessage());
            FolderDeletion.delete(checkpoints());
            return train(experiment);
        }
    }

    private int train(Experiment experiment) throws IOException, TranslateException {
        OutputFolder files = OutputFolder.open(folder);
        Engine engine = EngineThreads.start(arguments.threads());
        Machine machine = Machine.of(engine, arguments.threads());
        PrintWriter out = spec.commandLine().getOut();
        String started = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        try (Session session = Session.open(experiment, engine, machine)) {
            out.println(session.description());
            Results results =
                    session.run(
                            session.results(CommandLineText.of(spec), started),
                            new Checkpoints(machine, session.imagesSha256()),
                            new Console(
                                    out,
                                    false,
                                    experiment.methods(),
                                    session.task(),
                                    experiment.data().getValidation() > 0),
                            finished -> write(files, finished));
            for (RunResult run : results.divergedRuns()) {
                spec.commandLine().getErr().println("Error: " + run.divergence().reason());
                return TrialStarter.STOPPED;
            }
        } catch (IllegalArgumentException e) {
            // of this model or setting, which others of the sweep do not have
            spec.commandLine().getErr().println("Error: " + e.getMessage());
            return ExitCode.FAILED;
        } catch (IllegalStateException e) {
            spec.commandLine().getErr().println("Error: " + e.getMessage());
            return TrialStarter.STOPPED;
        }
        return ExitCode.OK;
    }

    private Path checkpoints() {
        return folder.resolve("checkpoints");
    }

    /** Writes results, of which a setting with which training diverged has none. */
    private static void write(OutputFolder files, Results results) throws IOException {
        if (results.divergedRuns().isEmpty()) {
            files.write(TrialStarter.RESULTS, results.toJson());
        }
    }

    /** Ends the process with the one that holds the other end of its standard input. */
    private static void endWith(InputStream input) {
        Thread watch =
                new Thread(
                        () -> {
                            try {
                                while (input.read() >= 0) {
                                    // nothing is ever written to it
                                }
                            } catch (IOException e) {
                                // it is gone too
                            }
                            Runtime.getRuntime().halt(ExitCode.FAILED);
                        },
                        "end with input");
        watch.setDaemon(true);
        watch.start();
    }

    /** The checkpoints stay, and the results are with whoever started the trial. */
    private final class Checkpoints implements FinishedRuns {

        private final Machine machine;
        private final String imagesSha256;

        Checkpoints(Machine machine, String imagesSha256) {
            this.machine = machine;
            this.imagesSha256 = imagesSha256;
        }

        @Override
        public Optional<RunResult> find(Method method, int seed) {
            return Optional.empty();
        }

        @Override
        public RunCheckpoints checkpoints(Method method, int seed) {
            return RunCheckpoints.of(TrialCommand.this.checkpoints(), 0, machine)
                    .with("images of SHA-256", imagesSha256)
                    .stoppingAfter(stopAfter);
        }

        @Override
        public void keep(Method method, RunResult run) {
            // nothing to delete: the trial may go on
        }
    }
}
