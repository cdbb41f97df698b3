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
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.locallearning.djl.examples.commandline.CommandLineText;
import org.locallearning.djl.examples.commandline.DataArguments;
import org.locallearning.djl.examples.commandline.ExitCode;
import org.locallearning.djl.examples.commandline.ModelNames;
import org.locallearning.djl.examples.commandline.ProgramVersion;
import org.locallearning.djl.examples.commandline.ResumeArguments;
import org.locallearning.djl.examples.environment.Build;
import org.locallearning.djl.examples.environment.EngineThreads;
import org.locallearning.djl.examples.environment.Machine;
import org.locallearning.djl.examples.method.DecorrelationArguments;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.MethodArguments;
import org.locallearning.djl.examples.method.MethodNames;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.method.OptimizerKind;
import org.locallearning.djl.examples.method.OptimizerNames;
import org.locallearning.djl.examples.method.RateSchedule;
import org.locallearning.djl.examples.output.OutputFolder;
import org.locallearning.djl.examples.results.Results;
import org.locallearning.djl.examples.results.RunResult;
import org.locallearning.djl.examples.results.Settings;
import org.locallearning.djl.examples.training.Console;
import org.locallearning.djl.examples.training.ModelSummary;
import org.locallearning.djl.examples.training.RunCheckpoints;
import org.locallearning.djl.examples.training.RunRates;
import org.locallearning.djl.examples.training.TrainingPlan;
import org.locallearning.djl.examples.training.TrainingRun;
import org.locallearning.djl.zoo.data.DataOptions;
import org.locallearning.djl.zoo.data.DataSets;
import org.locallearning.djl.zoo.data.ImageData;
import org.locallearning.djl.zoo.network.NetworkOptions;
import org.locallearning.djl.zoo.network.Networks;
import org.locallearning.djl.zoo.task.Task;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
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
                    + " results.json. They are replaced after every finished run. A comparison that"
                    + " was stopped, however, goes on where it stopped when it is started again with"
                    + " the same settings, and gives the same numbers."
        },
        optionListHeading = "%nGeneral:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every run finished",
            "1:data cannot be read, the output folder cannot be written, or a loss is NaN or"
                    + " infinite",
            "2:the command line asks for something that does not exist"
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
            "      --methods bp,bp+decor,fa,fa+decor --decor-rate bp+decor=1e-4"
        })
public final class CompareCommand implements Callable<Integer> {

    private static final String MLP = "mlp";

    /** Before the options without an order, which have -1. */
    private static final int FIRST = -2;

    /** Two hidden layers: with one, direct feedback alignment is feedback alignment. */
    private static final LayerSizes MLP_HIDDEN = new LayerSizes(List.of(300, 100));

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

    @ArgGroup(validate = false, heading = "%nData:%n")
    private final ImageArguments data = new ImageArguments();

    @ArgGroup(validate = false, heading = "%nModel:%n")
    private final ModelArguments model = new ModelArguments();

    @ArgGroup(validate = false, heading = "%nTraining:%n")
    private final TrainingArguments training = new TrainingArguments();

    @ArgGroup(validate = false, heading = "%nSettings of single methods:%n")
    private final MethodArguments methodChoices = new MethodArguments();

    @ArgGroup(validate = false, heading = "%nDecorrelation layers, of methods with +decor:%n")
    private final DecorrelationArguments decorrelation = new DecorrelationArguments();

    @ArgGroup(validate = false, heading = "%nOutput:%n")
    private final OutputArguments output = new OutputArguments();

    /** Creates the command; picocli fills in its options. */
    public CompareCommand() {}

    /** Which images, and what is done to them. */
    private static final class ImageArguments extends DataArguments {

        @Option(
                names = {"--dataset", "--data-set"},
                order = FIRST,
                paramLabel = "NAME",
                defaultValue = "glyphs",
                description =
                        "glyphs (drawn by the program), mnist, fashion-mnist, cifar10, cifar100,"
                                + " svhn or tiny-imagenet (default: ${DEFAULT-VALUE}).")
        private String dataset;

        @Option(
                names = "--standardise",
                negatable = true,
                fallbackValue = "true",
                description =
                        "Give every channel of the training images mean 0 and variance 1, or"
                                + " keep pixels in 0 to 1 (default: --standardise; for the"
                                + " autoencoder pixels are always in 0.005 to 0.995).")
        private Boolean standardise;

        @Option(
                names = "--signed-pixels",
                description =
                        "Keep pixels in -1 to 1, with --no-standardise; the rates of alonso-conv"
                                + " are for these.")
        private boolean signedPixels;

        @Option(
                names = "--whole-batches",
                description =
                        "Leave out the images at the end of an epoch that fill no batch: a step by"
                                + " few images is a noisy one just before the test (default: take"
                                + " them).")
        private boolean wholeBatches;

        @Option(
                names = "--augment",
                description =
                        "Vary training images at random, each anew in every epoch: crop and mirror"
                                + " (cifar10, cifar100 and tiny-imagenet), or shift and distort"
                                + " (mnist).")
        private boolean augment;
    }

    /** Which network. */
    private static final class ModelArguments {

        @Option(
                names = "--model",
                paramLabel = "NAME",
                defaultValue = MLP,
                completionCandidates = ModelNames.class,
                description = "One of the models listed below (default: ${DEFAULT-VALUE}).")
        private String name;

        @Option(
                names = "--hidden",
                paramLabel = "SIZES",
                converter = LayerSizes.Converter.class,
                description =
                        "Sizes of the hidden dense layers, such as 300,100 or 1000x4 (default: the"
                                + " model's; mlp: 300,100).")
        private LayerSizes hidden;

        @Option(
                names = "--activation",
                paramLabel = "NAME",
                description =
                        "tanh, relu, leaky-relu, elu, logistic or sign (default: the model's, relu or"
                                + " leaky-relu).")
        private String activation;

        @Option(
                names = "--slope",
                paramLabel = "X",
                description = "Slope of leaky-relu below zero (default: 0.01).")
        private Float slope;
    }

    /** How to train. */
    private static final class TrainingArguments {

        @Option(
                names = "--methods",
                split = ",",
                paramLabel = "NAME",
                defaultValue = "bp,fa,dfa",
                completionCandidates = MethodNames.class,
                description =
                        "Methods to compare, out of those listed below, each also as"
                                + " METHOD-OPTIMIZER, such as seqil-mq or bp-sgd, and with +decor"
                                + " behind it, for decorrelation layers (default:"
                                + " ${DEFAULT-VALUE}).")
        private List<String> methods;

        @Option(
                names = "--epochs",
                paramLabel = "N",
                defaultValue = "10",
                description = "Passes over the training images (default: ${DEFAULT-VALUE}).")
        private int epochs;

        @Option(
                names = "--seeds",
                split = ",",
                paramLabel = "N",
                defaultValue = "1,2,3",
                description = "One run per method and seed (default: ${DEFAULT-VALUE}).")
        private List<Integer> seeds;

        @Option(
                names = "--batch",
                paramLabel = "N",
                defaultValue = "64",
                description = "Images per training step (default: ${DEFAULT-VALUE}).")
        private int batch;

        @Option(
                names = "--optimizer",
                paramLabel = "NAME",
                defaultValue = "adam",
                completionCandidates = OptimizerNames.class,
                converter = OptimizerNames.Converter.class,
                description =
                        "Optimizer of methods that do not name their own, out of"
                                + " ${COMPLETION-CANDIDATES}; il, seqil and ipc take sgd unless"
                                + " named otherwise (default: ${DEFAULT-VALUE}).")
        private OptimizerKind optimizer;

        @Option(
                names = "--learning-rate",
                split = ",",
                paramLabel = "METHOD=RATE",
                description =
                        "Learning rate of a method (default: presets per method, data set,"
                                + " model and optimizer).")
        private Map<String, Float> learningRates = new LinkedHashMap<>();

        @Option(
                names = "--decor-rate",
                split = ",",
                paramLabel = "METHOD=RATE",
                description =
                        "Rate of the decorrelation layers of a method, such as fa+decor=1e-5"
                                + " (default: presets per method, data set and model).")
        private Map<String, Double> decorrelationRates = new LinkedHashMap<>();

        @Option(
                names = "--alignments",
                paramLabel = "N",
                defaultValue = "4",
                description =
                        "Measure the angle to backpropagation about N times per epoch; each time"
                                + " costs one backward pass more (default: ${DEFAULT-VALUE}).")
        private int alignments;

        @Option(
                names = "--correlations",
                paramLabel = "N",
                defaultValue = "4",
                description =
                        "Measure the correlations before and behind every decorrelation layer about"
                                + " N times per epoch (default: ${DEFAULT-VALUE}).")
        private int correlations;

        @Option(
                names = "--threads",
                paramLabel = "N",
                description =
                        "Threads of one operation (default: half of the processors,"
                                + " ${DEFAULT-VALUE} here).")
        private int threads = EngineThreads.byDefault();
    }

    /** What to leave behind. */
    private static final class OutputArguments {

        @Option(
                names = "--out",
                paramLabel = "DIR",
                defaultValue = "results",
                description = "Output folder, made if missing (default: ${DEFAULT-VALUE}).")
        private Path folder;
    }

    @Mixin private ResumeArguments resume;

    /** Runs the comparison. */
    @Override
    public Integer call() throws IOException, TranslateException {
        List<Method> methods = checkUsage();
        OutputFolder folder = OutputFolder.open(output.folder);
        Engine engine = EngineThreads.start(training.threads);
        DataOptions dataOptions =
                data.dataOptions()
                        .optStandardise(standardise())
                        .optSignedPixels(data.signedPixels)
                        .optAugment(data.augment)
                        .optTask(Networks.named(model.name).getTask())
                        .optWholeBatches(data.wholeBatches)
                        .build();
        PrintWriter out = spec.commandLine().getOut();
        try (ImageData images = load(dataOptions)) {
            Supplier<Block> blocks =
                    () ->
                            Networks.named(model.name)
                                    .create(
                                            modelOptions(),
                                            images.getSampleShape(),
                                            images.getClasses().size());
            ModelSummary summary = summarise(engine, blocks, images);
            Results start = results(engine, images, summary);
            out.println(images.getTitle() + ": " + images.getProvenance());
            out.println(summary.text());
            out.println(trainingSummary());
            out.println();
            UnfinishedComparison unfinished = unfinished(folder, start.machine());
            run(
                    new TrainingRun(
                            engine,
                            images,
                            blocks,
                            new TrainingPlan(
                                    training.epochs,
                                    training.batch,
                                    training.optimizer,
                                    methodChoices.settings(model.name),
                                    decorrelation.settings(),
                                    training.alignments,
                                    training.correlations)),
                    methods,
                    start,
                    new ResultFiles(folder),
                    unfinished);
        }
        return ExitCode.OK;
    }

    private ImageData load(DataOptions options) throws IOException, TranslateException {
        try {
            return DataSets.load(data.dataset, options);
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
    }

    private UnfinishedComparison unfinished(OutputFolder folder, Machine machine)
            throws IOException {
        Map<String, String> settings = new LinkedHashMap<>();
        for (OptionSpec option : spec.options()) {
            if (!NO_SETTINGS.contains(option.longestName())) {
                Object value = option.getValue();
                settings.put(option.longestName(), String.valueOf(value));
            }
        }
        settings.putAll(RunCheckpoints.of(output.folder, 0, machine).settings());
        try {
            return UnfinishedComparison.open(folder, settings, resume.isFresh());
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
    }

    private void run(
            TrainingRun run,
            List<Method> methods,
            Results start,
            ResultFiles files,
            UnfinishedComparison unfinished)
            throws IOException, TranslateException {
        PrintWriter out = spec.commandLine().getOut();
        Console console =
                new Console(
                        out,
                        Help.Ansi.AUTO.enabled(),
                        methods,
                        Networks.named(model.name).getTask());
        List<RunResult> finished = new ArrayList<>();
        console.header();
        for (int seed : training.seeds) {
            for (Method method : methods) {
                Optional<RunResult> stored = unfinished.find(method, seed);
                if (stored.isPresent()) {
                    console.stored(stored.get());
                    finished.add(stored.get());
                    continue;
                }
                RunCheckpoints checkpoints =
                        RunCheckpoints.of(
                                unfinished.checkpoints(method, seed),
                                resume.batches(),
                                start.machine());
                try {
                    finished.add(run.run(method, seed, rates(method), console, checkpoints));
                } catch (IllegalStateException e) {
                    throw new IllegalStateException(
                            "The run of "
                                    + method.name()
                                    + " with seed "
                                    + seed
                                    + " stopped: "
                                    + e.getMessage(),
                            e);
                } finally {
                    console.close();
                }
                unfinished.keep(method, finished.get(finished.size() - 1));
                files.write(start.with(finished));
            }
        }
        Results results = start.with(finished);
        files.write(results);
        unfinished.finish();
        console.summary(results);
        out.println(files.summary());
        out.flush();
    }

    private List<Method> checkUsage() {
        checkName("data set", data.dataset, DataSets.names());
        checkName("model", model.name, Networks.names());
        checkAtLeast("--epochs", training.epochs, 1);
        checkAtLeast("--batch", training.batch, 1);
        checkAtLeast("--threads", training.threads, 1);
        checkAtLeast("--alignments", training.alignments, 0);
        checkAtLeast("--correlations", training.correlations, 0);
        if (Boolean.TRUE.equals(data.standardise)
                && Networks.named(model.name).getTask() == Task.RECONSTRUCTION) {
            throw usage(
                    "The model "
                            + model.name
                            + " puts out pixels between 0 and 1 and takes the same: leave"
                            + " --standardise out.");
        }
        if (data.signedPixels
                && (standardise() || Networks.named(model.name).getTask().reconstructs())) {
            throw usage(
                    "--signed-pixels goes with --no-standardise and a model that classifies, not with"
                            + " standardised or reconstructed images.");
        }
        if (new HashSet<>(training.seeds).size() < training.seeds.size()) {
            throw usage("A seed is given twice: --seeds names each seed once.");
        }
        try {
            data.check();
            resume.check();
            List<Method> methods = Methods.named(training.methods);
            modelOptions();
            decorrelation.settings();
            methodChoices.settings(model.name);
            training.learningRates.forEach(
                    (method, rate) -> checkRate("--learning-rate", "learning", method, rate));
            training.decorrelationRates.forEach(this::checkDecorrelationRate);
            return methods;
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
    }

    private void checkName(String kind, String name, List<String> names) {
        if (!names.contains(name)) {
            throw usage(
                    "Unknown "
                            + kind
                            + " '"
                            + name
                            + "': choose one of "
                            + String.join(", ", names)
                            + ".");
        }
    }

    private void checkAtLeast(String option, Integer value, int least) {
        if (value != null && value < least) {
            throw usage(option + " is at least " + least + ", not " + value + ".");
        }
    }

    private void checkDecorrelationRate(String method, double rate) {
        if (!Methods.named(method).decorrelated()) {
            throw usage(
                    String.format(
                            "--decor-rate names the method '%s', which has no decorrelation layers:"
                                    + " name '%s'.",
                            method, method + Method.DECORRELATED));
        }
        checkRate("--decor-rate", "decorrelation", method, rate);
    }

    private void checkRate(String option, String kind, String method, double rate) {
        Methods.named(method);
        if (!training.methods.contains(method)) {
            throw usage(
                    option
                            + " names the method '"
                            + method
                            + "', which --methods "
                            + String.join(",", training.methods)
                            + " does not train.");
        }
        if (!(rate > 0) || Double.isInfinite(rate)) {
            throw usage(
                    String.format("The %s rate of %s is positive, not %s.", kind, method, rate));
        }
    }

    private ParameterException usage(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }

    private boolean standardise() {
        return data.standardise == null
                ? Networks.named(model.name).getTask() == Task.CLASSIFICATION
                : data.standardise;
    }

    private LayerSizes hidden() {
        return model.hidden == null && model.name.equals(MLP) ? MLP_HIDDEN : model.hidden;
    }

    private NetworkOptions modelOptions() {
        NetworkOptions.Builder options = NetworkOptions.builder();
        if (hidden() != null) {
            options.optHidden(hidden().sizes().stream().mapToInt(Integer::intValue).toArray());
        }
        if (model.activation != null) {
            options.optActivation(model.activation);
        }
        if (model.slope != null) {
            options.optSlope(model.slope);
        }
        return options.build();
    }

    private ModelSummary summarise(Engine engine, Supplier<Block> blocks, ImageData images) {
        Block block;
        try {
            block = blocks.get();
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
        Shape input = new Shape(training.batch).addAll(images.getSampleShape());
        return ModelSummary.of(engine, model.name, model.activation, block, input);
    }

    private String trainingSummary() {
        return String.format(
                Locale.ROOT,
                "epochs: %d, batches of %d, %s, seeds: %s, threads: %d",
                training.epochs,
                training.batch,
                training.optimizer.title(),
                String.join(", ", training.seeds.stream().map(String::valueOf).toList()),
                training.threads);
    }

    private RunRates rates(Method method) {
        return RunRates.preset(method, data.dataset, model.name, training.optimizer)
                .with(
                        training.learningRates.get(method.name()),
                        training.decorrelationRates.get(method.name()));
    }

    private Results results(Engine engine, ImageData images, ModelSummary summary) {
        Settings settings =
                new Settings(
                        data.dataRepository() == null ? null : data.dataRepository().toString(),
                        hidden() == null ? null : hidden().sizes(),
                        model.activation,
                        model.slope,
                        training.methods,
                        training.epochs,
                        training.seeds,
                        data.limit(),
                        data.testLimit(),
                        Networks.named(model.name).getTask(),
                        training.batch,
                        training.optimizer.toString(),
                        RateSchedule.CONSTANT,
                        methodChoices.settings(model.name),
                        standardise(),
                        data.augment,
                        training.threads,
                        training.alignments,
                        decorrelation.settings(),
                        training.correlations);
        return new Results(
                data.dataset,
                model.name,
                images.getTitle(),
                images.getProvenance(),
                summary.text(),
                summary.parameters(),
                settings,
                CommandLineText.of(spec),
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                Build.current(),
                Machine.of(engine, training.threads),
                List.of());
    }
}
