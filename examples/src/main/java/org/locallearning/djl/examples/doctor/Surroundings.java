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

import com.sun.jna.NativeLibrary;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * What the engine will find when it starts.
 *
 * @param driver the version of NVIDIA's driver, if there is one
 * @param cudaStatus what CUDA's runtime answers when it is asked for devices, 0 if there are some;
 *     empty if there is no runtime
 * @param packagedNatives the kinds of natives on the class path, such as {@code cpu} or {@code
 *     cu128}
 * @param libraryPath where {@code PYTORCH_LIBRARY_PATH} says that the natives are, if it does
 * @param libraries the names of the files there
 * @param offline whether DJL may fetch nothing
 */
record Surroundings(
        Optional<String> driver,
        OptionalInt cudaStatus,
        List<String> packagedNatives,
        Optional<String> libraryPath,
        List<String> libraries,
        boolean offline) {

    private static final Path DRIVER = Path.of("/proc/driver/nvidia/version");

    /** Looks around. */
    static Surroundings look() {
        Optional<String> path = setting("PYTORCH_LIBRARY_PATH");
        return new Surroundings(
                driverVersion(),
                askRuntime(),
                natives(),
                path,
                path.map(Surroundings::files).orElse(List.of()),
                setting("DJL_OFFLINE").or(() -> setting("ai.djl.offline")).isPresent());
    }

    /** Returns whether the natives that will be loaded are for CUDA. */
    boolean isForCuda() {
        if (libraryPath.isPresent()) {
            return libraries.stream().anyMatch(file -> file.contains("torch_cuda"));
        }
        return packagedNatives.stream().anyMatch(flavor -> flavor.startsWith("cu"));
    }

    private static Optional<String> setting(String name) {
        String value = System.getenv(name);
        return Optional.ofNullable(value == null ? System.getProperty(name) : value)
                .filter(text -> !text.isBlank());
    }

    private static Optional<String> driverVersion() {
        if (!Files.isReadable(DRIVER)) {
            return Optional.empty();
        }
        try (Stream<String> lines = Files.lines(DRIVER)) {
            return lines.findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static OptionalInt askRuntime() {
        try {
            Object[] count = {new int[1]};
            return OptionalInt.of(
                    NativeLibrary.getInstance("cudart")
                            .getFunction("cudaGetDeviceCount")
                            .invokeInt(count));
        } catch (UnsatisfiedLinkError e) {
            return OptionalInt.empty();
        }
    }

    /** The natives as the jars of DJL describe them. */
    private static List<String> natives() {
        try {
            return Collections.list(
                            Surroundings.class
                                    .getClassLoader()
                                    .getResources("native/lib/pytorch.properties"))
                    .stream()
                    .map(Surroundings::flavor)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String flavor(URL description) {
        try (InputStream in = description.openStream()) {
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("flavor", properties.getProperty("classifier", "?"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> files(String path) {
        return Stream.of(path.split(File.pathSeparator))
                .map(File::new)
                .map(File::list)
                .filter(names -> names != null)
                .flatMap(Stream::of)
                .sorted()
                .toList();
    }
}
