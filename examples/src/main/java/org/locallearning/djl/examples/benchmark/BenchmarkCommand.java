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
package org.locallearning.djl.examples.benchmark;

import ai.djl.engine.Engine;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.locallearning.djl.examples.commandline.CommandLineText;
import org.locallearning.djl.examples.commandline.DecorrelationArguments;
import org.locallearning.djl.examples.commandline.ExitCode;
import org.locallearning.djl.examples.commandline.ProgramVersion;
import org.locallearning.djl.examples.commandline.UselessOptions;
import org.locallearning.djl.examples.commandline.Values;
import org.locallearning.djl.examples.environment.Build;
import org.locallearning.djl.examples.environment.EngineThreads;
import org.locallearning.djl.examples.environment.Machine;
import org.locallearning.djl.examples.environment.Memory;
import org.locallearning.djl.examples.method.DecorrelationSettings;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.MethodNames;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.output.ErrorStream;
import org.locallearning.djl.examples.output.OutputFolder;
import org.locallearning.djl.examples.output.TextTable;
import org.locallearning.djl.examples.training.MemoryNeed;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Times a training step of each method next to stock backpropagation. */
@Command(
        name = "benchmark",
        mixinStandardHelpOptions = true,
        versionProvider = ProgramVersion.class,
        sortOptions = false,
        abbreviateSynopsis = true,
        descriptionHeading = "%n",
        description = {
            "Times a training step of each method next to DJL's own backpropagation.",
            "",
            "A step is forward, loss and the gradient of every weight, on a batch of noise; the"
                    + " optimizer's time is in a column of its own. The methods take turns,"
                    + " step by step, in one run; the ratio is the median over the rounds of a"
                    + " method's time over backpropagation's in the same round. Where decorrelation"
                    + " layers learn in one of k steps, times are means over k rounds each, no"
                    + " round in two of them. Quartiles of the ratio are left out where there are"
                    + " fewer than 4 times or means. Beside it stand the"
                    + " products with weights, counted while it ran, the multiply-adds that the"
                    + " method needs, the rate of a 1024x1024 matrix product measured in the same"
                    + " rounds, and the peak memory of the method alone in a process of its own"
                    + " (Linux).",
            "",
            "The output folder gets benchmark.json."
        },
        optionListHeading = "%nGeneral:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every step was timed",
            "1:the output folder cannot be written, or a method cannot train a model",
            "2:the command line asks for something that does not exist or has no use"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  java -jar examples/target/local-learning.jar benchmark",
            "  java -jar examples/target/local-learning.jar benchmark \\",
            "      --models alonso-dense --methods bp-adam,il,seqil,ipc,seqil-mq",
            "  java -jar examples/target/local-learning.jar benchmark \\",
            "      --models dense-1000,resnet20 --methods fa,dfa,usf --repeats 50",
            "  java -jar examples/target/local-learning.jar benchmark \\",
            "      --models dense-3072,ahmad-conv --methods bp+decor,fa+decor",
            "  java -jar examples/target/local-learning.jar benchmark --threads 1 --no-memory"
        })
public final class BenchmarkCommand implements Callable<Integer> {

    private static final String FILE = "benchmark.json";

    /** Every step's time is kept; the quartiles of fewer say as much. */
    private static final int MOST_REPEATS = 100_000;

    private static final String NOT_MEASURED = "-";

    @Spec private CommandSpec spec;

    @ArgGroup(validate = false, heading = "%nBenchmark:%n")
    private final Arguments arguments = new Arguments();

    @ArgGroup(validate = false, heading = "%nDecorrelation layers, of methods with +decor:%n")
    private final DecorrelationArguments decorrelation = new DecorrelationArguments();

    /** Creates the command; picocli fills in its options. */
    public BenchmarkCommand() {}

    private static final class Arguments {

        @Option(
                names = "--models",
                split = ",",
                paramLabel = "NAME",
                defaultValue = "dense-1000,dense-3072,conv-stride1,conv-stride2",
                completionCandidates = WorkloadNames.class,
                description =
                        "Models to time, out of ${COMPLETION-CANDIDATES} (default:"
                                + " ${DEFAULT-VALUE}).")
        private List<String> models;

        @Option(
                names = "--methods",
                split = ",",
                paramLabel = "NAME",
                defaultValue = "bp,bp-tape,fa,dfa",
                completionCandidates = MethodNames.class,
                description =
                        "Methods to time, out of ${COMPLETION-CANDIDATES}, each also as"
                                + " METHOD-OPTIMIZER and as METHOD+decor, with decorrelation"
                                + " layers (default: ${DEFAULT-VALUE}); bp is always among"
                                + " them.")
        private List<String> methods;

        @Option(
                names = "--repeats",
                paramLabel = "N",
                defaultValue = "20",
                description =
                        "Timed steps per method and model (default: ${DEFAULT-VALUE}); more where"
                                + " decorrelation layers learn in one of k steps and N is no"
                                + " multiple of k.")
        private int repeats;

        @Option(
                names = "--batch",
                paramLabel = "N",
                description = "Samples in a batch (default: 256 dense, 32 convolution, 64 others).")
        private Integer batch;

        @Option(
                names = "--threads",
                paramLabel = "N",
                description =
                        "Threads of one operation (default: half of the processors,"
                                + " ${DEFAULT-VALUE} here).")
        private int threads = EngineThreads.byDefault();

        @Option(
                names = "--memory",
                negatable = true,
                defaultValue = "true",
                fallbackValue = "true",
                description =
                        "Measure peak memory, a few seconds per method and model, or leave it out"
                                + " (default: --memory).")
        private boolean memory;

        @Option(
                names = "--out",
                paramLabel = "DIR",
                defaultValue = "results",
                description = "Output folder, made if missing (default: ${DEFAULT-VALUE}).")
        private Path folder;
    }

    /** What is to be timed. */
    private record Request(
            List<Workload> workloads, List<Method> methods, DecorrelationSettings decorrelation) {}

    /** Runs the benchmark. */
    @Override
    public Integer call() throws IOException, InterruptedException {
        Request request = request();
        Build.current().checkMayWrite(arguments.folder);
        OutputFolder folder = OutputFolder.open(arguments.folder);
        Engine engine = EngineThreads.start(arguments.threads);
        checkMemory(request.workloads);

        PrintWriter out = spec.commandLine().getOut();
        TextTable table = table(request);
        out.println(table.header());
        List<BenchmarkResults.Row> rows = new ArrayList<>();
        List<Double> rates = new ArrayList<>();
        BenchmarkResults results = null;
        String started = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        Machine machine = Machine.of(engine, arguments.threads);
        for (Workload workload : request.workloads) {
            Double baseline = null;
            for (BenchmarkResults.Row timed : time(engine, workload, request, rates)) {
                BenchmarkResults.Row row =
                        arguments.memory
                                ? withMemory(timed, request.decorrelation, baseline)
                                : timed;
                if (isBaseline(row)) {
                    baseline = row.peakMiB();
                }
                rows.add(row);
                out.println(cells(table, row));
                out.flush();
            }
            results =
                    new BenchmarkResults(
                            machine,
                            Build.current(),
                            CommandLineText.of(spec),
                            started,
                            arguments.repeats,
                            request.decorrelation,
                            Quartiles.of(rates.stream().mapToDouble(r -> r).toArray()).median(),
                            List.copyOf(rows));
            folder.write(FILE, results.toJson());
        }
        explain(out, results, request.workloads);
        out.println("Numbers: " + folder.file(FILE));
        out.flush();
        return ExitCode.OK;
    }

    private Request request() {
        Request request = parsed();
        UselessOptions.refuse(spec, request.methods, List.of());
        checkPositive("--repeats", arguments.repeats);
        if (arguments.repeats > MOST_REPEATS) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--repeats is at most " + MOST_REPEATS + ", not " + arguments.repeats + ".");
        }
        checkPositive("--batch", arguments.batch);
        request.workloads.forEach(workload -> checkPeriod(request, batch(workload)));
        return request;
    }

    private Request parsed() {
        try {
            LinkedHashSet<String> names = new LinkedHashSet<>(List.of(Methods.BASELINE));
            names.addAll(arguments.methods);
            EngineThreads.check(arguments.threads);
            return new Request(
                    arguments.models.stream().map(Workload::named).toList(),
                    Methods.named(names),
                    decorrelation.settings());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private int batch(Workload workload) {
        return arguments.batch == null ? workload.batch() : arguments.batch;
    }

    /**
     * Steps are timed until every decorrelation layer has learned, which is not to take for ever.
     */
    private void checkPeriod(Request request, int batch) {
        long period = InterleavedTiming.period(request.methods, request.decorrelation, batch);
        if (period > MOST_REPEATS) {
            throw new ParameterException(
                    spec.commandLine(),
                    String.format(
                            Locale.ROOT,
                            "Decorrelation layers would learn once in %d steps, and at most %d are"
                                    + " timed: lower --decor-interval or --decor-samples.",
                            period,
                            MOST_REPEATS));
        }
    }

    private TextTable table(Request request) {
        return new TextTable()
                .left("model", widest(arguments.models))
                .left("method", widest(request.methods.stream().map(Method::name).toList()))
                .left("device", 6)
                .right("batch", 5)
                .right("ms/step", 8)
                .right("steps/s", 8)
                .right("samples/s", 9)
                .right("x bp", 5)
                .right("quartiles", 12)
                .right("CPU x bp", 8)
                .right("products", 8)
                .right("x bp", 5)
                .right("MAC x bp", 8)
                .right("GFLOP/s", 8)
                .right("opt ms", 6)
                .right("peak MiB", 8)
                .right("MiB x bp", 8);
    }

    private List<BenchmarkResults.Row> time(
            Engine engine, Workload workload, Request request, List<Double> rates) {
        try (MatrixRate matrix = new MatrixRate(engine)) {
            return new InterleavedTiming(engine, arguments.repeats, request.decorrelation)
                    .time(workload, batch(workload), request.methods, matrix, rates);
        }
    }

    private BenchmarkResults.Row withMemory(
            BenchmarkResults.Row row, DecorrelationSettings settings, Double baseline)
            throws IOException, InterruptedException {
        OptionalDouble peak =
                PeakMemory.measure(
                        Workload.named(row.model()),
                        Methods.named(row.method()),
                        settings,
                        row.batch(),
                        arguments.threads,
                        reason -> explainUnmeasured(row, reason));
        if (peak.isEmpty()) {
            return row;
        }
        double measured = peak.getAsDouble();
        return row.withPeakMiB(measured, isBaseline(row) ? Double.valueOf(measured) : baseline);
    }

    private void explainUnmeasured(BenchmarkResults.Row row, String reason) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(
                ErrorStream.WARNING
                        + "The peak memory of "
                        + row.method()
                        + " on "
                        + row.model()
                        + " could not be measured: "
                        + reason);
        err.flush();
    }

    private static boolean isBaseline(BenchmarkResults.Row row) {
        return row.method().equals(Methods.BASELINE);
    }

    private static String cells(TextTable table, BenchmarkResults.Row row) {
        return table.row(
                row.model(),
                row.method(),
                row.device(),
                row.batch(),
                fixed("%.1f", row.medianMs()),
                fixed("%.1f", row.stepsPerSecond()),
                fixed("%.0f", row.samplesPerSecond()),
                fixed("%.2f", row.ratioToBp()),
                quartiles(row),
                fixed("%.2f", row.processorRatioToBp()),
                row.products(),
                fixed("%.2f", row.productRatio()),
                fixed("%.2f", row.multiplyAddRatio()),
                fixed("%.1f", row.gflops()),
                fixed("%.1f", row.optimizerMs()),
                fixed("%.0f", row.peakMiB()),
                fixed("%.2f", row.peakRatioToBp()));
    }

    private static String quartiles(BenchmarkResults.Row row) {
        return row.ratioLow() == null
                ? NOT_MEASURED
                : fixed("%.2f", row.ratioLow()) + " - " + fixed("%.2f", row.ratioHigh());
    }

    private static void explain(
            PrintWriter out, BenchmarkResults results, List<Workload> workloads) {
        out.println();
        for (Workload workload : workloads) {
            out.println(workload.name() + " is " + workload.description() + ".");
        }
        out.println(
                "x bp: time over that of bp in the same round, and products over those of bp; CPU:"
                        + " processor time, without that of other programs; MAC:"
                        + " multiply-adds of a step; opt ms: the optimizer's step, which is not in"
                        + " ms/step; peak: memory of model, gradients and a step.");
        for (BenchmarkResults.Row row : results.rows()) {
            if (row.codeProducts() != null) {
                out.println(
                        row.model()
                                + ", "
                                + row.method()
                                + ": "
                                + row.products()
                                + " products; "
                                + row.paperProducts()
                                + " by the paper's formula with the forward pass, "
                                + row.codeProducts()
                                + " in its authors' code.");
            }
        }
        out.println(
                "A 1024x1024 matrix product ran at "
                        + fixed("%.1f", results.matrixGflops())
                        + " GFLOP/s (median of the same rounds).");
        out.println(results.machine().summary());
    }

    private void checkMemory(List<Workload> workloads) {
        if (arguments.batch == null) {
            return;
        }
        for (Workload workload : workloads) {
            try {
                MemoryNeed.checkBatch(
                        workload.block(), workload.sample(), arguments.batch, Memory.total());
            } catch (IllegalArgumentException e) {
                throw new ParameterException(
                        spec.commandLine(), workload.name() + ": " + e.getMessage(), e);
            }
        }
    }

    private void checkPositive(String option, Integer value) {
        try {
            Values.checkLeast(option, 1, value);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private static int widest(List<String> names) {
        return names.stream().mapToInt(String::length).max().orElse(0);
    }

    private static String fixed(String format, Double value) {
        return value == null ? NOT_MEASURED : String.format(Locale.ROOT, format, value);
    }
}
