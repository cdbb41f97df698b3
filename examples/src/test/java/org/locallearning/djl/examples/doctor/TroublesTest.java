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

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TroublesTest {

    private static final Optional<String> DRIVER = Optional.of("NVRM version: 470.1");
    private static final Surroundings WITHOUT_GPU =
            new Surroundings(
                    Optional.empty(),
                    OptionalInt.empty(),
                    List.of("cpu"),
                    Optional.empty(),
                    List.of(),
                    false);

    private static Surroundings withDriver(OptionalInt status, String flavor) {
        return new Surroundings(
                DRIVER, status, List.of(flavor), Optional.empty(), List.of(), false);
    }

    @Test
    void aMachineWithoutAGpuHasNone() {
        assertEquals(List.of(), Troubles.of(WITHOUT_GPU, 0));
        assertEquals(List.of(), Troubles.of(withDriver(OptionalInt.of(0), "cu128"), 1));
    }

    static Stream<Arguments> troubles() {
        return Stream.of(
                Arguments.of(withDriver(OptionalInt.of(0), "cpu"), "natives for the CPU are on"),
                Arguments.of(withDriver(OptionalInt.empty(), "cu128"), "libcudart was not found"),
                Arguments.of(withDriver(OptionalInt.of(35), "cu128"), "driver is too old"),
                Arguments.of(withDriver(OptionalInt.of(100), "cu128"), "no device"),
                Arguments.of(withDriver(OptionalInt.of(999), "cu128"), "error 999"),
                Arguments.of(
                        new Surroundings(
                                DRIVER,
                                OptionalInt.of(0),
                                List.of(),
                                Optional.of("/opt/libtorch/lib"),
                                List.of("libtorch.so", "libtorch_cpu.so"),
                                false),
                        "is for the CPU: take one with libtorch_cuda"),
                Arguments.of(
                        new Surroundings(
                                Optional.empty(),
                                OptionalInt.empty(),
                                List.of(),
                                Optional.of("/nowhere"),
                                List.of(),
                                true),
                        "/nowhere, where there are no files"));
    }

    @ParameterizedTest
    @MethodSource("troubles")
    void eachIsOneSentence(Surroundings found, String part) {
        List<String> sentences = Troubles.of(found, 0);
        assertEquals(1, sentences.size(), sentences.toString());
        assertTrue(sentences.get(0).contains(part), sentences.get(0));
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(
                        new UnsatisfiedLinkError("libcudart.so.12: cannot open shared object file"),
                        "libcudart"),
                Arguments.of(
                        new IllegalStateException(
                                "No PyTorch native library matches your operating system: cu99"),
                        "no PyTorch natives for this CUDA"),
                Arguments.of(
                        new IllegalStateException(
                                "Failed to download PyTorch native library",
                                new UnknownHostException("publish.djl.ai")),
                        "offline"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void theEngineSaysWhyItDoesNotStart(Throwable failure, String part) {
        String sentence = Troubles.ofStart(failure, WITHOUT_GPU);
        assertTrue(sentence.contains(part), sentence);
    }
}
