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
package org.locallearning.djl.examples.environment;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.types.DataType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.locallearning.djl.creditassignment.device.DeviceRounding;
import org.locallearning.djl.examples.output.Counted;

/**
 * The machine that made a result.
 *
 * @param processor the processor's name as the operating system gives it
 * @param cores how many processors the program may use
 * @param memoryGiB the memory of the machine in GiB, 0 where it cannot be told
 * @param os name and architecture of the operating system
 * @param java name and version of the Java virtual machine
 * @param engine name and version of DJL's engine
 * @param device where the arrays live, such as {@code cpu()} or {@code gpu(0), gpu(1)}, as DJL
 *     writes it
 * @param threads how many threads one operation of the engine may use
 * @param precision what the first device computes in, as measured, such as {@code float32,
 *     convolutions in reduced precision (2.9e-04)}; null in results of earlier versions
 */
public record Machine(
        String processor,
        int cores,
        double memoryGiB,
        String os,
        String java,
        String engine,
        String device,
        int threads,
        String precision) {

    /**
     * Describes the machine the program runs on.
     *
     * @param engine the engine in use
     * @param threads how many threads one operation of the engine may use
     * @return the description
     */
    public static Machine of(Engine engine, int threads) {
        String arch = System.getProperty("os.arch");
        return new Machine(
                field(Path.of("/proc/cpuinfo"), "model name", arch),
                Runtime.getRuntime().availableProcessors(),
                memory(),
                System.getProperty("os.name") + " " + arch,
                System.getProperty("java.vm.name") + " " + Runtime.version(),
                engine.getEngineName() + " " + engine.getVersion(),
                Stream.of(engine.getDevices())
                        .map(Device::toString)
                        .collect(Collectors.joining(", ")),
                threads,
                DeviceRounding.measure(engine.defaultDevice(), DataType.FLOAT32).toString());
    }

    /**
     * Describes the machine in one line.
     *
     * @return processor, cores, threads, engine and Java
     */
    public String summary() {
        return String.format(
                Locale.ROOT,
                "%s, %d cores, %.0f GiB, %s, %s on %s, %s, %s",
                processor,
                cores,
                memoryGiB,
                os,
                engine,
                device.replace("()", ""),
                Counted.of(threads, "thread"),
                java);
    }

    private static double memory() {
        String total = field(Path.of("/proc/meminfo"), "MemTotal", "0 kB").split(" ")[0];
        return Math.round(Long.parseLong(total) / 1024.0 / 102.4) / 10.0;
    }

    /** Reads the first "name : value" line of a file of the kernel. */
    private static String field(Path file, String name, String otherwise) {
        if (!Files.isReadable(file)) {
            return otherwise;
        }
        try (Stream<String> lines = Files.lines(file)) {
            List<String> values =
                    lines.filter(line -> line.startsWith(name))
                            .map(line -> line.substring(line.indexOf(':') + 1).trim())
                            .toList();
            return values.isEmpty() ? otherwise : values.get(0);
        } catch (IOException e) {
            return otherwise;
        }
    }
}
