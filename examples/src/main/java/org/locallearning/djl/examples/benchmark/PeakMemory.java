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

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.cuda.CudaUtils;
import com.google.gson.Gson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.locallearning.djl.examples.environment.EngineThreads;
import org.locallearning.djl.examples.method.DecorrelationSettings;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.Methods;

/**
 * Measures what a method needs in memory: model, gradients, feedback, the state of its optimizer
 * (plain SGD has none), and one step.
 *
 * <p>A process cannot tell what one of several methods needed, because freed memory stays with it.
 * So each method runs alone in a process of its own, whose Java heap is taken in full at the start
 * and so does not count. Memory is looked at about once a millisecond, without the pages of files:
 * the kernel takes back pages of the engine's own code when it likes. Linux alone tells it.
 */
public final class PeakMemory {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String ANONYMOUS = "RssAnon:";
    private static final String HEAP = "192m";
    private static final int STEPS = 6;

    /**
     * Models to warm up on, of which a method takes the first that it can train, in a process that
     * has tried no other. They are not the one that is measured: what stays with the process of
     * that would be used again and not be seen.
     */
    private static final List<Workload> WARM_UPS =
            List.of(Workload.named("conv-stride2"), Workload.tiny());

    /** What tells an error of the process from what else its libraries may say. */
    private static final String ERROR = "Error: ";

    private static final double MEBIBYTE = 1 << 20;

    /** The mean of one sample alone leaves nothing to decorrelate. */
    private static final int WARM_UP_BATCH = 2;

    private PeakMemory() {}

    /**
     * Runs in the process of its own and prints the number of MiB.
     *
     * @param arguments workload, method, batch, threads, as JSON the settings of decorrelation
     *     layers, and the number of the model to warm up on
     * @throws IOException if the system does not tell the size of the process
     */
    public static void main(String[] arguments) throws IOException {
        try {
            System.out.printf(Locale.ROOT, "%.1f%n", measure(arguments));
        } catch (RuntimeException | Error e) {
            System.err.println(ERROR + (e.getMessage() == null ? e.toString() : e.getMessage()));
            System.exit(1);
        }
    }

    private static double measure(String[] arguments) throws IOException {
        Workload workload = Workload.named(arguments[0]);
        Method method = Methods.named(arguments[1]);
        int batch = Integer.parseInt(arguments[2]);
        Engine engine = EngineThreads.start(Integer.parseInt(arguments[3]));
        DecorrelationSettings decorrelation =
                new Gson().fromJson(arguments[4], DecorrelationSettings.class);
        Workload small = WARM_UPS.get(Integer.parseInt(arguments[5]));
        // loads the engine's code for every kernel that will be needed
        try (Step warmUp = new Step(engine, method, decorrelation, small, WARM_UP_BATCH)) {
            warmUp.nanoseconds();
            warmUp.optimizerNanoseconds();
        }
        Device device = engine.defaultDevice();
        if (device.isGpu()) {
            // what the engine keeps of the warm-up would be used again and not be seen
            JniUtils.emptyCudaCache();
        }
        double before = mebibytes(device);
        try (Step step = new Step(engine, method, decorrelation, workload, batch);
                Watch watch = new Watch(device)) {
            for (int i = 0; i < STEPS; ++i) {
                step.nanoseconds();
                step.optimizerNanoseconds();
            }
            return watch.peak() - before;
        }
    }

    /**
     * Measures a method, without decorrelation layers, on a model of the benchmark.
     *
     * @param model the model's name in the benchmark
     * @param method the method
     * @param batch the number of samples in a batch
     * @param threads the threads of one operation
     * @return the peak in MiB above what the empty program takes, or nothing where it cannot be
     *     measured
     * @throws IOException if the process cannot be started
     * @throws InterruptedException if the thread is interrupted while it runs
     */
    public static OptionalDouble measure(String model, Method method, int batch, int threads)
            throws IOException, InterruptedException {
        return measure(
                Workload.named(model),
                method,
                DecorrelationSettings.DEFAULT,
                batch,
                threads,
                reason -> {});
    }

    /**
     * Measures a method on a workload.
     *
     * @param failed takes why it could not be measured, where the process failed
     * @return the peak in MiB above what the empty program takes, or nothing where it cannot be
     *     measured
     */
    static OptionalDouble measure(
            Workload workload,
            Method method,
            DecorrelationSettings decorrelation,
            int batch,
            int threads,
            Consumer<String> failed)
            throws IOException, InterruptedException {
        if (!Files.isReadable(STATUS)) {
            return OptionalDouble.empty();
        }
        String reason = "";
        for (int warmUp = 0; warmUp < WARM_UPS.size(); warmUp++) {
            Ended ended =
                    run(
                            workload.name(),
                            method.name(),
                            String.valueOf(batch),
                            String.valueOf(threads),
                            new Gson().toJson(decorrelation),
                            String.valueOf(warmUp));
            if (ended.exitCode == 0) {
                return OptionalDouble.of(Double.parseDouble(ended.printed.trim()));
            }
            reason = ended.reason;
        }
        failed.accept(reason);
        return OptionalDouble.empty();
    }

    /** How a process ended: what it printed, and its first error. */
    private record Ended(int exitCode, String printed, String reason) {}

    private static Ended run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "-Xms" + HEAP,
                        "-Xmx" + HEAP,
                        "-XX:+AlwaysPreTouch",
                        "-XX:+UseSerialGC",
                        "-DOPT_OUT_TRACKING=true",
                        "-cp",
                        System.getProperty("java.class.path"),
                        PeakMemory.class.getName()));
        command.addAll(List.of(arguments));
        Path errors = Files.createTempFile("peak-memory", ".txt");
        try {
            Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
            try {
                String printed =
                        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                int exitCode = process.waitFor();
                return new Ended(exitCode, printed, firstError(errors, exitCode));
            } finally {
                process.destroy();
            }
        } finally {
            Files.delete(errors);
        }
    }

    private static String firstError(Path errors, int exitCode) throws IOException {
        return new String(Files.readAllBytes(errors), Charset.defaultCharset())
                .lines()
                .filter(line -> line.startsWith(ERROR))
                .findFirst()
                .map(line -> line.substring(ERROR.length()))
                .orElse("its process ended with exit code " + exitCode + ".");
    }

    /** Returns the memory in use: of a GPU as its driver counts it, or of this process. */
    private static double mebibytes(Device device) throws IOException {
        if (device.isGpu()) {
            return CudaUtils.getGpuMemory(device).getUsed() / MEBIBYTE;
        }
        try (Stream<String> lines = Files.lines(STATUS)) {
            String line = lines.filter(l -> l.startsWith(ANONYMOUS)).findFirst().orElseThrow();
            return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
        }
    }

    /** Looks at the memory of this process until it is closed, and remembers the most. */
    private static final class Watch implements AutoCloseable {

        private final Thread thread = new Thread(this::look, "memory watch");
        private final Device device;
        private volatile double peak;
        private volatile boolean closed;

        Watch(Device device) {
            this.device = device;
            thread.setDaemon(true);
            thread.start();
        }

        private void look() {
            try {
                while (!closed) {
                    peak = Math.max(peak, mebibytes(device));
                    Thread.sleep(1);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        double peak() throws IOException {
            return Math.max(peak, mebibytes(device));
        }

        /** {@inheritDoc} */
        @Override
        public void close() {
            closed = true;
        }
    }
}
