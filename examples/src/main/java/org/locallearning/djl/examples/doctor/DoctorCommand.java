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
package org.locallearning.djl.examples.doctor;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.jni.LibUtils;
import ai.djl.util.cuda.CudaUtils;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.locallearning.djl.creditassignment.device.DeviceRounding;
import org.locallearning.djl.examples.benchmark.StepTimes;
import org.locallearning.djl.examples.commandline.ExitCode;
import org.locallearning.djl.examples.commandline.ProgramVersion;
import org.locallearning.djl.examples.environment.Build;
import org.locallearning.djl.examples.environment.EngineThreads;
import org.locallearning.djl.examples.environment.Machine;
import org.locallearning.djl.examples.output.Counted;
import org.locallearning.djl.examples.output.TextTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Says whether everything works on this machine. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        versionProvider = ProgramVersion.class,
        sortOptions = false,
        descriptionHeading = "%n",
        description = {
            "Says whether everything works on this machine, in under two minutes.",
            "",
            "It looks for what keeps the engine from a GPU; measures how the device rounds; takes"
                    + " one training step of every method on a dense and on a convolutional network"
                    + " and compares every update with the host's in float64; and times a step of"
                    + " three methods. It works without a GPU, too."
        },
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every number is right",
            "1:a number is wrong, or the engine does not start",
            "2:the command line asks for something that does not exist"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  java -jar examples/target/local-learning.jar doctor",
            "  java -jar examples/target/local-learning.jar doctor --json > doctor.json"
        })
public final class DoctorCommand implements Callable<Integer> {

    private static final List<String> TIMED = List.of("bp", "fa", "seqil");
    private static final String TIMED_MODEL = "dense-1000";
    private static final double GIB = 1L << 30;

    @Spec private CommandSpec spec;

    @Option(names = "--json", description = "Print one JSON object in place of text.")
    private boolean json;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description =
                    "Threads of one operation (default: half of the processors, ${DEFAULT-VALUE}"
                            + " here).")
    private int threads = EngineThreads.byDefault();

    /** Creates the command; picocli fills in its options. */
    public DoctorCommand() {}

    /** Examines the machine. */
    @Override
    public Integer call() {
        try {
            EngineThreads.check(threads);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        PrintWriter out = spec.commandLine().getOut();
        Surroundings surroundings = Surroundings.look();
        DoctorReport report;
        try {
            report = examine(surroundings, EngineThreads.start(threads));
        } catch (LinkageError | RuntimeException e) {
            report =
                    new DoctorReport(
                            null,
                            Build.current(),
                            null,
                            List.of(Troubles.ofStart(e, surroundings)),
                            List.of(),
                            Double.NaN,
                            Double.NaN,
                            List.of(),
                            List.of(),
                            false);
            say("trouble", report.troubles().get(0));
        }
        if (json) {
            out.println(report.toJson());
        } else {
            say(
                    "verdict",
                    report.healthy() ? "every number is right" : "something is wrong, see above");
        }
        out.flush();
        return report.healthy() ? ExitCode.OK : ExitCode.FAILED;
    }

    private DoctorReport examine(Surroundings surroundings, Engine engine) {
        Machine machine = Machine.of(engine, threads);
        Device device = engine.defaultDevice();
        say("engine", machine.engine() + ", " + Counted.of(threads, "thread"));
        say("natives", LibUtils.getLibtorchPath() + origin(surroundings));
        say("machine", machine.summary());
        List<String> devices = Stream.of(engine.getDevices()).map(DoctorCommand::describe).toList();
        devices.forEach(each -> say("device", each));
        List<String> troubles = Troubles.of(surroundings, engine.getGpuCount());
        troubles.forEach(each -> say("trouble", each));
        DeviceRounding rounding = DeviceRounding.measure(device, DataType.FLOAT32);
        say(
                "precision",
                String.format(
                        Locale.ROOT,
                        "%s: a product is off by %.1e, a convolution by %.1e",
                        rounding,
                        rounding.product(),
                        rounding.convolution()));
        if (rounding.isConvolutionReduced() || rounding.isProductReduced()) {
            say(
                    "advice",
                    "set NVIDIA_TF32_OVERRIDE=0 in the environment before Java starts for full"
                            + " float32; perturbation and inference methods need it most");
        }
        List<Check> checks = check(device, rounding);
        List<DoctorReport.StepTime> times = time(engine);
        boolean healthy = checks.stream().noneMatch(each -> each.verdict() == Check.Verdict.WRONG);
        return new DoctorReport(
                machine,
                Build.current(),
                LibUtils.getLibtorchPath(),
                troubles,
                devices,
                rounding.product(),
                rounding.convolution(),
                checks,
                times,
                healthy);
    }

    private static String origin(Surroundings surroundings) {
        return surroundings.libraryPath().isPresent()
                ? " (PYTORCH_LIBRARY_PATH)"
                : surroundings.packagedNatives().isEmpty()
                        ? " (fetched by DJL)"
                        : " (class path: "
                                + String.join(", ", surroundings.packagedNatives())
                                + ")";
    }

    private static String describe(Device device) {
        if (!device.isGpu()) {
            return device.toString();
        }
        return String.format(
                Locale.ROOT,
                "%s, %.1f of %.1f GiB in use",
                device,
                CudaUtils.getGpuMemory(device).getUsed() / GIB,
                CudaUtils.getGpuMemory(device).getMax() / GIB);
    }

    private List<Check> check(Device device, DeviceRounding rounding) {
        PrintWriter out = spec.commandLine().getOut();
        TextTable table =
                new TextTable()
                        .left("network", 7)
                        .left("method", 11)
                        .right("float32 here", 12)
                        .right("on " + device, 12)
                        .left("verdict", 7)
                        .left("update that differs most", 24);
        if (!json) {
            out.println();
            out.println("One step of every method, relative to float64:");
            out.println(table.header());
        }
        return new Checks(device, rounding)
                .run(
                        check -> {
                            if (!json) {
                                out.println(row(table, check));
                                out.flush();
                            }
                        });
    }

    private static String row(TextTable table, Check check) {
        return table.row(
                check.network(),
                check.method(),
                error(check.hostError()),
                error(check.deviceError()),
                check.verdict().name().toLowerCase(Locale.ROOT),
                check.parameter() == null ? check.remark() : check.parameter());
    }

    private static String error(double error) {
        return Double.isNaN(error) ? "-" : String.format(Locale.ROOT, "%.1e", error);
    }

    private List<DoctorReport.StepTime> time(Engine engine) {
        List<DoctorReport.StepTime> times = new ArrayList<>();
        StepTimes.medians(engine, TIMED_MODEL, TIMED)
                .forEach(
                        (method, milliseconds) ->
                                times.add(
                                        new DoctorReport.StepTime(
                                                method, TIMED_MODEL, milliseconds)));
        if (!json) {
            spec.commandLine().getOut().println();
        }
        times.forEach(
                each ->
                        say(
                                "step",
                                String.format(
                                        Locale.ROOT,
                                        "%s on %s: %.1f ms",
                                        each.method(),
                                        each.model(),
                                        each.milliseconds())));
        return times;
    }

    private void say(String subject, String text) {
        if (!json) {
            spec.commandLine().getOut().printf("%-9s %s%n", subject, text);
            spec.commandLine().getOut().flush();
        }
    }
}
