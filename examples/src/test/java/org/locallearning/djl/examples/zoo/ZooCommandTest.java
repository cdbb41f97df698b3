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
package org.locallearning.djl.examples.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ModelException;
import ai.djl.engine.Engine;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.RandomAccessDataset;
import ai.djl.training.evaluator.Accuracy;
import ai.djl.training.listener.EvaluatorTrainingListener;
import ai.djl.training.loss.Loss;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.locallearning.djl.creditassignment.provenance.DataDescription;
import org.locallearning.djl.creditassignment.provenance.Preprocessing;
import org.locallearning.djl.creditassignment.provenance.SavedModel;
import org.locallearning.djl.creditassignment.provenance.TrainingRecord;
import org.locallearning.djl.creditassignment.transform.ZcaWhitening;
import org.locallearning.djl.examples.LocalLearning;
import org.locallearning.djl.examples.ProgramRun;
import org.locallearning.djl.examples.commandline.ExitCode;
import org.locallearning.djl.zoo.LocalLearningModelZoo;
import org.locallearning.djl.zoo.data.DataOptions;
import org.locallearning.djl.zoo.data.DataSets;
import org.locallearning.djl.zoo.data.ImageData;
import org.locallearning.djl.zoo.network.NetworkOptions;
import org.locallearning.djl.zoo.network.Networks;

/** What is published is listed, shown, and as good as its card says. */
class ZooCommandTest {

    @TempDir static Path saved;
    @TempDir static Path repository;

    private static int right;

    @BeforeAll
    static void trainAndPublish() throws IOException, TranslateException {
        right = train("good", 0, 0);
        // of a program that was killed while it saved
        Path unfinished =
                Files.createDirectory(saved.resolve("good." + UUID.randomUUID() + ".tmp"));
        Files.write(unfinished.resolve("good-0000.params"), new byte[] {1});
        ProgramRun run = ProgramRun.of("zoo publish --from " + saved + " --to " + repository);
        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        assertEquals("mlp-glyphs-bp 0.1.0 was added", run.out().strip());
    }

    /**
     * Trains an epoch and saves, with an accuracy that is some images too high.
     *
     * @param testLimit how many test images it is measured on, 0 for all
     */
    private static int train(String name, int tooMany, int testLimit)
            throws IOException, TranslateException {
        Engine engine = Engine.getEngine("PyTorch");
        NetworkOptions options = NetworkOptions.builder().optHidden(16).build();
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                        .addEvaluator(new Accuracy())
                        .addTrainingListeners(new EvaluatorTrainingListener());
        try (ImageData images =
                        DataSets.load(
                                "glyphs",
                                DataOptions.builder()
                                        .optStandardize(false)
                                        .optTestLimit(testLimit)
                                        .build());
                Model model = Model.newInstance("glyphs", "PyTorch")) {
            engine.setRandomSeed(1);
            Block block =
                    Networks.PERCEPTRON.create(
                            options, images.getSampleShape(), images.getClasses().size());
            model.setBlock(block);
            try (Trainer trainer = model.newTrainer(config)) {
                trainer.initialize(new Shape(32).addAll(images.getSampleShape()));
                RandomAccessDataset test = images.test(32);
                EasyTrain.fit(trainer, 1, images.training(32), test);
                int found =
                        Math.round(
                                trainer.getTrainingResult().getValidateEvaluation("Accuracy")
                                        * images.getTestSize());
                TrainingRecord record =
                        TrainingRecord.of(trainer).toBuilder()
                                .optName("mlp")
                                .optOption("hidden", "[16]")
                                .optMethod("bp")
                                .optBatch(32)
                                .optClasses(images.getClasses())
                                .optAccuracy(
                                        (found + tooMany) / (double) images.getTestSize(),
                                        images.getTestSize())
                                .optData(
                                        new DataDescription(
                                                "glyphs",
                                                images.getProvenance(),
                                                images.getTrainingSize(),
                                                null,
                                                new Preprocessing(
                                                        255,
                                                        List.of(0.0),
                                                        List.of(1.0),
                                                        null,
                                                        null)))
                                .build();
                SavedModel.save(block, record, saved, name);
                return found;
            }
        }
    }

    @Test
    void listsWhatWasPublished() {
        ProgramRun run = ProgramRun.of("zoo list --repository " + repository);

        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        List<String> lines = run.out().lines().toList();
        assertEquals(3, lines.size(), run.out());
        assertTrue(
                lines.get(2).matches("mlp-glyphs-bp +mlp +glyphs +bp +16,10 +[0-9.]+ +0[.]0[0-9]"),
                run.out());
    }

    @Test
    void showsTheCard() {
        ProgramRun run = ProgramRun.of("zoo show mlp-glyphs-bp --repository " + repository);

        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        for (String words :
                List.of(
                        "# mlp-glyphs-bp",
                        "| network | mlp, hidden [16]; 12,730 parameters |",
                        "Adam[",
                        "% of 1,000 test images |",
                        "## Limits",
                        "drawn by this program",
                        "mlp-glyphs-bp-0000.params",
                        "synset.txt")) {
            assertTrue(run.out().contains(words), words + " is not in " + run.out());
        }
    }

    @Test
    void measuresTheAccuracyOfTheCard() {
        ProgramRun run = ProgramRun.of("zoo evaluate mlp-glyphs-bp --repository " + repository);

        assertEquals(ExitCode.OK, run.exitCode(), run.out() + run.err());
        assertTrue(right > 300, right + " of 1,000 images are right");
        assertTrue(
                run.out().contains("mlp-glyphs-bp: " + right + " of 1,000 test images"), run.out());
    }

    @Test
    void saysThatACardClaimsTooMuch(@TempDir Path other, @TempDir Path target)
            throws IOException, TranslateException {
        train("boastful", 1, 0);
        publishAlone("boastful", other, target);

        ProgramRun run = ProgramRun.of("zoo evaluate mlp-glyphs-bp --repository " + target);

        assertEquals(ExitCode.FAILED, run.exitCode());
        assertTrue(run.out().contains("but its card says " + (right + 1) + " of 1,000"), run.out());
    }

    @Test
    void measuresOnAsManyImagesAsTheCard(@TempDir Path other, @TempDir Path target)
            throws IOException, TranslateException {
        int found = train("fewer", 0, 100);
        publishAlone("fewer", other, target);

        ProgramRun run = ProgramRun.of("zoo evaluate mlp-glyphs-bp --repository " + target);

        assertEquals(ExitCode.OK, run.exitCode(), run.out() + run.err());
        assertTrue(run.out().contains(found + " of 100 test images"), run.out());
    }

    private static void publishAlone(String name, Path folder, Path target) throws IOException {
        for (String file : List.of(name + "-0000.params", name + ".json")) {
            Files.move(saved.resolve(file), folder.resolve(file));
        }
        ProgramRun run = ProgramRun.of("zoo publish --from " + folder + " --to " + target);
        assertEquals(ExitCode.OK, run.exitCode(), run.err());
    }

    @Test
    void publishesOnce(@TempDir Path target) {
        String command =
                "zoo publish --from " + saved.resolve("good.json").getParent() + " --to " + target;
        ProgramRun.of(command);

        ProgramRun again = ProgramRun.of(command);

        assertEquals(ExitCode.OK, again.exitCode());
        assertEquals("mlp-glyphs-bp 0.1.0 is there already", again.out().strip());
        ProgramRun newer = ProgramRun.of(command + " --model-version 0.2.0");
        assertEquals("mlp-glyphs-bp 0.2.0 was added", newer.out().strip());
    }

    @Test
    void refusesInOneSentence(@TempDir Path empty) throws IOException {
        assertRefused("zoo", ExitCode.USAGE, "choose one of list, show, evaluate, publish");
        assertRefused("zoo show mlp", ExitCode.USAGE, "There is no model \"mlp\"");
        assertRefused("zoo evaluate mlp", ExitCode.USAGE, "There is no model \"mlp\"");
        assertRefused(
                "zoo fit zca --data-repository " + empty + " --out " + empty,
                ExitCode.USAGE,
                "--data-repository is for data sets that are read from files");
        assertRefused(
                "zoo evaluate mlp-glyphs-bp --data-repository x --repository " + repository,
                ExitCode.USAGE,
                "--data-repository is for data sets that are read from files");
        assertRefused(
                "zoo fit zca --threads 100000 --out " + empty,
                ExitCode.USAGE,
                "--threads is at most 256, not 100000.");
        assertRefused("zoo list --repository nowhere", ExitCode.FAILED, "does not exist");
        assertRefused(
                "zoo publish --from " + empty + " --to " + empty,
                ExitCode.FAILED,
                "no saved models in " + empty);
        Files.write(empty.resolve("net-0000.params"), new byte[] {1, 2, 3});
        assertRefused(
                "zoo publish --from " + empty + " --to " + empty,
                ExitCode.FAILED,
                "net.json is missing");
    }

    /** The commands that made the models of the library are commands. */
    @Test
    void storedCommandsAreUnderstood() throws IOException {
        List<String> commands = Files.readAllLines(Path.of("zoo/commands.txt"));
        for (String command : commands) {
            LocalLearning.commandLine().parseArgs(command.split(" "));
        }
        assertTrue(commands.size() > 5, commands.toString());
    }

    /** A whitened image is (x - mean) M, and Boltzmann features are probabilities. */
    @Test
    void fitsMapsOfImages(@TempDir Path fitted, @TempDir Path target)
            throws IOException, ModelException, TranslateException {
        for (String command :
                List.of(
                        "zoo fit zca --out " + fitted,
                        "zoo fit rbm --units 8 --epochs 1 --out " + fitted,
                        "zoo publish --from " + fitted + " --to " + target)) {
            ProgramRun run = ProgramRun.of(command);
            assertEquals(ExitCode.OK, run.exitCode(), command + run.err());
        }
        LocalLearningModelZoo zoo = LocalLearningModelZoo.of(target.toString());
        DataOptions options = DataOptions.builder().optStandardize(false).build();
        try (ImageData images = DataSets.load("glyphs", options);
                NDManager manager = NDManager.newBaseManager("PyTorch");
                ZcaWhitening expected = ZcaWhitening.fit(images.training(500), manager);
                ZooModel<NDList, NDList> whitening =
                        zoo.model("zca-whitening-glyphs-fit").load(NDList.class, NDList.class);
                ZooModel<NDList, NDList> features =
                        zoo.model("rbm-features-glyphs-cd1").load(NDList.class, NDList.class);
                Predictor<NDList, NDList> white = whitening.newPredictor();
                Predictor<NDList, NDList> hidden = features.newPredictor()) {
            NDArray batch =
                    manager.randomUniform(0, 1, new Shape(4).addAll(images.getSampleShape()));
            assertArrayEquals(
                    expected.transform(batch).toFloatArray(),
                    white.predict(new NDList(batch)).singletonOrThrow().toFloatArray(),
                    1e-3f);
            NDArray probabilities = hidden.predict(new NDList(batch)).singletonOrThrow();
            assertEquals(new Shape(4, 8), probabilities.getShape());
            for (float probability : probabilities.toFloatArray()) {
                assertTrue(probability >= 0 && probability <= 1);
            }
        }
        ProgramRun run =
                ProgramRun.of("zoo evaluate zca-whitening-glyphs-fit --repository " + target);
        assertEquals(ExitCode.FAILED, run.exitCode());
        assertTrue(run.err().contains("is no classifier"), run.err());
        assertRefused("zoo fit zca --units 3 --out " + fitted, ExitCode.USAGE, "leave them out");
    }

    private static void assertRefused(String command, int exitCode, String words) {
        ProgramRun run = ProgramRun.of(command);

        assertEquals(exitCode, run.exitCode(), run.out() + run.err());
        assertTrue(run.errorLines().get(0).contains(words), run.err());
    }
}
