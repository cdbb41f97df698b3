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
package org.locallearning.djl.examples.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.zoo.LocalLearningModelZoo;

/** The short programs do what they say, on the digits that they draw. */
class ProgramsTest {

    /** A program's {@code main}. */
    interface Program {
        void main(String[] arguments) throws Exception;
    }

    record Named(String name, Program program) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Named> classifiers() {
        return List.of(
                new Named("SwapTheRule", SwapTheRule::main),
                new Named("PredictiveCoding", PredictiveCoding::main),
                new Named("NetworkOfTheZoo", NetworkOfTheZoo::main),
                new Named("YourOwnRule", YourOwnRule::main),
                new Named("SaveAndGoOn", SaveAndGoOn::main),
                new Named("FineTuneWithAnotherRule", FineTuneWithAnotherRule::main),
                new Named("GoOnWithItsFeedback", GoOnWithItsFeedback::main));
    }

    /** Ten classes take turns, so that chance is 0.1. */
    @ParameterizedTest
    @MethodSource("classifiers")
    void classifiesDigitsItHasNotSeen(Named named) throws Exception {
        List<String> lines = run(named.program());

        assertEquals(1, lines.size(), lines.toString());
        assertTrue(Float.parseFloat(lines.get(0)) > 0.5, lines.get(0));
    }

    /** Folding keeps the function, and DJL alone loads what was saved. */
    @Test
    void shipsWhatItTrained() throws Exception {
        List<String> lines = run(DecorrelateFoldShip::main);

        assertEquals(2, lines.size(), lines.toString());
        float trained = Float.parseFloat(lines.get(0));
        assertTrue(trained > 0.5, lines.get(0));
        // one image in 1,000 may be on the edge
        assertEquals(trained, Float.parseFloat(lines.get(1)), 0.0015f);
    }

    /** Two classes take turns, so that chance is 0.5; folding keeps the function. */
    @Test
    void bertFindsTheSubjectOfSentences() throws Exception {
        List<String> lines = run(DecorrelateBert::main);

        assertEquals(3, lines.size(), lines.toString());
        float decorrelated = Float.parseFloat(lines.get(1));
        assertTrue(decorrelated > 0.75, lines.toString());
        assertEquals(decorrelated, Float.parseFloat(lines.get(2)), 0.0015f);
    }

    /** 30 pictures, two of them twice among 32, out of 65,536: log(1 / 65,536) is -11.09. */
    @Test
    void machineFindsThePicturesLikely() throws Exception {
        List<String> lines = run(BoltzmannMachine::main);

        assertEquals(1, lines.size(), lines.toString());
        double[] likelihoods =
                Arrays.stream(lines.get(0).replaceAll("[\\[\\] ]", "").split(","))
                        .mapToDouble(Double::parseDouble)
                        .toArray();
        double best = -(28 / 32.0 * Math.log(32) + 4 / 32.0 * Math.log(16));
        double last = likelihoods[likelihoods.length - 1];
        assertTrue(last > -6 && last <= best, lines.get(0));
    }

    @Test
    void readsTheSevenThatItDraws() throws Exception {
        List<String> lines = run(ClassifyAnImage::main);

        assertEquals(1, lines.size(), lines.toString());
        assertTrue(lines.get(0).matches(".*\\b7\\b.*"), lines.get(0));
    }

    /** In a process whose class path has nothing of this project but the program itself. */
    @Test
    void djlAloneLoadsWhatWasFolded(@TempDir Path folder) throws Exception {
        String name = "mlp-mnist-bp-decor";
        Path picture = folder.resolve("seven.png");
        try (OutputStream out = Files.newOutputStream(picture)) {
            ClassifyAnImage.seven().save(out, "png");
        }
        String file = LoadWithDjlAlone.class.getName().replace('.', '/') + ".class";
        Path copy = folder.resolve("classes").resolve(file);
        Files.createDirectories(copy.getParent());
        try (InputStream in = LoadWithDjlAlone.class.getClassLoader().getResourceAsStream(file)) {
            Files.copy(in, copy);
        }
        Path project = Path.of("..").toRealPath();
        String libraries =
                Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(entry -> !Path.of(entry).toAbsolutePath().startsWith(project))
                        .filter(entry -> !entry.contains("locallearning"))
                        // Spark's, of which a program without it knows nothing
                        .filter(entry -> !entry.contains("log4j-slf4j2-impl"))
                        .collect(Collectors.joining(File.pathSeparator));
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                folder.resolve("classes") + File.pathSeparator + libraries,
                                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                                LoadWithDjlAlone.class.getName(),
                                LocalLearningModelZoo.bundled().model(name).getFolder().toString(),
                                name,
                                picture.toString())
                        .redirectErrorStream(true)
                        .start();

        String printed =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertEquals(0, process.waitFor(), printed);
        assertEquals("7", printed.strip());
    }

    private static List<String> run(Program program) throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            System.setOut(out);
            program.main(new String[0]);
        } finally {
            System.setOut(before);
        }
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
