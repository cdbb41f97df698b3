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

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Batch;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.locallearning.djl.creditassignment.provenance.SavedModel;
import org.locallearning.djl.creditassignment.provenance.TrainingRecord;
import org.locallearning.djl.examples.ProgramRun;
import org.locallearning.djl.examples.commandline.ExitCode;
import org.locallearning.djl.examples.environment.Build;
import org.locallearning.djl.examples.results.Results;
import org.locallearning.djl.examples.results.RunResult;
import org.locallearning.djl.zoo.data.DataOptions;
import org.locallearning.djl.zoo.data.DataSets;
import org.locallearning.djl.zoo.data.ImageData;
import org.locallearning.djl.zoo.model.RuleWeights;

/** The models that a comparison saves. */
class SavedModelsTest {

    private static final String COMMAND =
            "compare --limit 200 --test-limit 100 --hidden 20,15 --activation tanh --epochs 2"
                    + " --threads 1 --batch 20 --methods bp,bp+decor,fa,lra --seeds 3"
                    + " --alignments 0 --save-models";

    @TempDir private static Path out;

    @BeforeAll
    static void train() {
        ProgramRun run = ProgramRun.of(COMMAND + " --out " + out);
        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        assertTrue(run.out().contains("Models: " + out.resolve("models")), run.out());
    }

    private static Path folder(String method) {
        return out.resolve("models").resolve(name(method));
    }

    private static String name(String method) {
        return method + "-seed3";
    }

    private static ImageData images() throws IOException {
        return DataSets.load(
                "glyphs", DataOptions.builder().optLimit(200).optTestLimit(100).build());
    }

    /** What is published of the folder would be of another comparison. */
    @Test
    void aRunThatDivergedHasNoModel(@TempDir Path again) throws Exception {
        String command =
                COMMAND.replace("bp,bp+decor,fa,lra", "bp,fa").replace("tanh", "relu")
                        + " --out "
                        + again;
        assertEquals(ExitCode.OK, ProgramRun.of(command).exitCode());
        ProgramRun diverged = ProgramRun.of(command + " --learning-rate fa=1e30");
        assertEquals(3, diverged.exitCode(), diverged.err());
        Path models = again.resolve("models");
        SavedModel.check(models.resolve("bp-seed3"), "bp-seed3");
        try (Stream<Path> files = Files.list(models.resolve("fa-seed3"))) {
            assertEquals(List.of(), files.toList());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bp+decor", "fa"})
    void djlAloneGetsTheAccuracyOfTheRecord(String method) throws Exception {
        TrainingRecord record = SavedModel.check(folder(method), name(method));
        Path test = out.resolve("test-" + method);
        try (ImageData images = images();
                NDManager manager = NDManager.newBaseManager("PyTorch");
                Batch batch = images.test(100).getData(manager).iterator().next()) {
            NDArray data = batch.getData().singletonOrThrow();
            NDArray classes = batch.getLabels().singletonOrThrow();
            Files.write(test, new NDList(data, classes).encode());
        }
        String printed = runPlain(folder(method).toString(), name(method), test.toString());
        assertEquals(100, record.accuracy().samples());
        long right = Math.round(100 * record.accuracy().value());
        assertTrue(printed.contains("right: " + right + System.lineSeparator()), printed);
        String json = printed.substring(printed.indexOf('{'), printed.lastIndexOf('}') + 1);
        assertEquals(
                record, TrainingRecord.fromJson(json).toBuilder().optFile(record.file()).build());
    }

    /** Runs without any class of ours but the program itself. */
    private static String runPlain(String... args) throws Exception {
        String classPath =
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(entry -> isDjls(entry) || entry.contains("test-classes"))
                        .filter(entry -> !entry.contains("djl-"))
                        .collect(Collectors.joining(File.pathSeparator));
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Dai.djl.pytorch.num_threads=1",
                                "-Dstdout.encoding=UTF-8",
                                "-Dfile.encoding=UTF-8",
                                "-cp",
                                classPath,
                                PlainClassifier.class.getName()));
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(2, TimeUnit.MINUTES), output);
        assertEquals(0, process.exitValue(), output);
        return output;
    }

    private static boolean isDjls(String entry) {
        return !entry.contains("locallearning") && entry.endsWith(".jar");
    }

    @Test
    void recordsSayHowTheModelsWereMade() throws Exception {
        TrainingRecord record = SavedModel.check(folder("bp+decor"), name("bp+decor"));
        assertTrue(record.accuracy().value() > 0.3, "it has learned: " + record.accuracy());
        assertEquals("mlp", record.model().name());
        assertEquals(Map.of("hidden", "[20, 15]", "activation", "tanh"), record.model().options());
        // folded: 28 × 28 inputs, 20, 15 and 10 units with biases
        assertEquals(784 * 20 + 20 + 20 * 15 + 15 + 15 * 10 + 10, record.model().parameters());
        assertTrue(
                record.model().blocks().values().stream()
                        .noneMatch(block -> block.contains("Decorr")),
                record.model().blocks().toString());
        assertEquals(3, record.training().decorrelation().size());
        assertEquals("bp+decor", record.training().method());
        assertEquals(2, record.training().epochs());
        assertEquals(20, record.training().batch());
        assertEquals(Map.of("training", 3L), record.training().seeds());
        assertEquals(1, record.software().threads());
        assertEquals(Build.current().version(), record.software().library());
        assertTrue(record.program().command().contains("--save-models"));
        try (ImageData images = images()) {
            assertEquals(images.describe(), record.data());
            assertEquals(images.getClasses(), record.model().classes());
        }
        assertEquals(
                "decorrelation is folded into the weights",
                record.notes().get("form"),
                record.notes().toString());
    }

    @Test
    void rulesWithWeightsOfTheirOwnLeaveThem() throws Exception {
        Engine.getEngine("PyTorch");
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Map<String, NDArray> feedback = RuleWeights.load(folder("fa"), name("fa"), manager);
            // those of the two layers above the first
            assertEquals(
                    Set.of("(15, 20)", "(10, 15)"),
                    feedback.values().stream()
                            .map(weight -> weight.getShape().toString())
                            .collect(Collectors.toSet()));
            assertFalse(RuleWeights.load(folder("lra"), name("lra"), manager).isEmpty());
        }
        assertTrue(Files.notExists(RuleWeights.file(folder("bp"), name("bp"))));
        try (Stream<Path> files = Files.list(folder("bp"))) {
            assertEquals(2, files.count());
        }
    }

    @Test
    void resultsHoldEverySettingOfEveryRun() throws Exception {
        Results results = Results.fromJson(Files.readString(out.resolve("results.json")));
        for (RunResult run : results.runs()) {
            TrainingRecord record = SavedModel.check(folder(run.method()), name(run.method()));
            assertEquals(record.training().rule(), run.settings().rule());
            assertEquals(record.training().loss(), run.settings().loss());
            assertEquals(record.training().optimizer(), run.settings().optimizer());
            assertEquals(record.training().decorrelation(), run.settings().decorrelation());
            assertEquals(record.data().sha256(), run.settings().dataSha256());
        }
        // files of before
        String before =
                Files.readString(out.resolve("results.json"))
                        .replaceAll("(?s)\"settings\": \\{\\s*\"rule\".*?\\n      \\},", "");
        assertNull(Results.fromJson(before).runs().get(0).settings());
    }
}
