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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
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
    private static final double MEBIBYTE = 1 << 20;

    /** The mean of one sample alone leaves nothing to decorrelate. */
    private static final int WARM_UP_BATCH = 2;

    private PeakMemory() {}

    /**
     * Runs in the process of its own and prints the number of MiB.
     *
     * @param arguments workload, method, batch, threads, and, as JSON, the settings of
     *     decorrelation layers
     * @throws IOException if the system does not tell the size of the process
     */
    public static void main(String[] arguments) throws IOException {
        Workload workload = Workload.named(arguments[0]);
        Method method = Methods.named(arguments[1]);
        int batch = Integer.parseInt(arguments[2]);
        Engine engine = EngineThreads.start(Integer.parseInt(arguments[3]));
        DecorrelationSettings decorrelation =
                new Gson().fromJson(arguments[4], DecorrelationSettings.class);
        // loads the engine's code for every kernel that will be needed
        try (Step warmUp =
                new Step(
                        engine,
                        method,
                        decorrelation,
                        Workload.named("conv-stride2"),
                        WARM_UP_BATCH)) {
            warmUp.nanoseconds();
            warmUp.optimizerNanoseconds();
        }
        Device device = engine.defaultDevice();
        if (device.isGpu()) {
            // what the engine keeps of the warm-up would be used again and not be seen
            JniUtils.emptyCudaCache();
        }
        double before = mebibytes(device);
        double peak;
        try (Step step = new Step(engine, method, decorrelation, workload, batch);
                Watch watch = new Watch(device)) {
            for (int i = 0; i < STEPS; ++i) {
                step.nanoseconds();
                step.optimizerNanoseconds();
            }
            peak = watch.peak();
        }
        System.out.printf(Locale.ROOT, "%.1f%n", peak - before);
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
                Workload.named(model), method, DecorrelationSettings.DEFAULT, batch, threads);
    }

    /**
     * Measures a method on a workload.
     *
     * @return the peak in MiB above what the empty program takes, or nothing where it cannot be
     *     measured
     */
    static OptionalDouble measure(
            Workload workload,
            Method method,
            DecorrelationSettings decorrelation,
            int batch,
            int threads)
            throws IOException, InterruptedException {
        if (!Files.isReadable(STATUS)) {
            return OptionalDouble.empty();
        }
        ProcessBuilder builder =
                new ProcessBuilder(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xms" + HEAP,
                                "-Xmx" + HEAP,
                                "-XX:+AlwaysPreTouch",
                                "-XX:+UseSerialGC",
                                "-DOPT_OUT_TRACKING=true",
                                "-cp",
                                System.getProperty("java.class.path"),
                                PeakMemory.class.getName(),
                                workload.name(),
                                method.name(),
                                String.valueOf(batch),
                                String.valueOf(threads),
                                new Gson().toJson(decorrelation)));
        Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try {
            String printed =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0
                    ? OptionalDouble.of(Double.parseDouble(printed.trim()))
                    : OptionalDouble.empty();
        } finally {
            process.destroy();
        }
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
