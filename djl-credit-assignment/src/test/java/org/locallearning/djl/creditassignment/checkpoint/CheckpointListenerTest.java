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
package org.locallearning.djl.creditassignment.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.evaluator.Accuracy;
import ai.djl.training.listener.EpochTrainingListener;
import ai.djl.training.listener.EvaluatorTrainingListener;
import ai.djl.training.listener.TrainingListener;
import ai.djl.training.listener.TrainingListenerAdapter;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.RuleCase;
import org.locallearning.djl.creditassignment.checkpoint.ResumableRun.OptimizerCase;
import org.locallearning.djl.creditassignment.checkpoint.ResumableRun.Program;
import org.locallearning.djl.creditassignment.evaluator.MacroF1;
import org.locallearning.djl.creditassignment.optimizer.PlateauTracker;
import org.locallearning.djl.creditassignment.rule.FeedbackAlignment;
import org.locallearning.djl.creditassignment.rule.KolenPollack;

/** When checkpoints are saved, which are kept, and which is gone on from. */
class CheckpointListenerTest {

    @TempDir private Path folder;
    private Path checkpoints;
    private Path expected;
    private Path actual;

    @BeforeEach
    void nameFiles() throws Exception {
        checkpoints = folder.resolve("checkpoints");
        expected = folder.resolve("never-stopped");
        actual = folder.resolve("stopped");
        run(folder.resolve("other")).finish(1, expected);
    }

    private static ResumableRun run(Path checkpoints) {
        return new ResumableRun(
                new Program(
                        NetworkCase.twoHiddenLayers(),
                        Loss::softmaxCrossEntropyLoss,
                        new RuleCase("Kolen-Pollack", KolenPollack.builder().build())),
                ResumeContract.ofDjl().get(1),
                checkpoints);
    }

    private List<String> files() throws Exception {
        try (Stream<Path> files = Files.list(checkpoints)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void keepsTheLastTwo() throws Exception {
        run(checkpoints).stopAfter(5, 1);
        assertEquals(
                List.of("checkpoint-000001-000000001.state", "checkpoint-000001-000000002.state"),
                files());
        run(checkpoints).finish(1, actual);
        assertEquals(
                List.of("checkpoint-000001-000000003.state", "checkpoint-000002-000000000.state"),
                files());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ar-EG", "th-TH-u-nu-thai", "tr-TR"})
    void goesOnInEveryLocaleFromWhatAnotherSaved(String locale) throws Exception {
        Locale usual = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag(locale));
            run(checkpoints).stopAfter(2, 1);
            assertEquals(
                    List.of(
                            "checkpoint-000000-000000001.state",
                            "checkpoint-000000-000000002.state"),
                    files());
            Locale.setDefault(usual);
            run(checkpoints).stopAfter(2, 2);
            Locale.setDefault(Locale.forLanguageTag(locale));
            run(checkpoints).finish(2, actual);
        } finally {
            Locale.setDefault(usual);
        }
        assertEquals(-1, Files.mismatch(expected, actual));
    }

    @Test
    void savesAsOftenAsItIsTold() throws Exception {
        run(checkpoints).with(builder -> builder.optBatches(0)).stopAfter(5, 1);
        assertEquals(List.of("checkpoint-000001-000000000.state"), files());
        Path second = folder.resolve("second");
        checkpoints = second;
        run(second)
                .with(
                        builder ->
                                builder.optBatches(0).optEpochs(0).optInterval(Duration.ofNanos(1)))
                .stopAfter(2, 1);
        assertEquals(2, files().size());
        Path third = folder.resolve("third");
        checkpoints = third;
        run(third)
                .with(builder -> builder.optBatches(0).optEpochs(0).optInterval(Duration.ofDays(1)))
                .finish(1, actual);
        assertEquals(List.of(), files());
        assertEquals(-1, Files.mismatch(expected, actual));
    }

    @Test
    void takesTheOneBeforeADamagedOne() throws Exception {
        run(checkpoints).stopAfter(4, 1);
        Path last = checkpoints.resolve(files().get(1));
        Files.write(last, new byte[100]);
        Files.createFile(checkpoints.resolve(files().get(1) + ".123.tmp"));
        run(checkpoints).stopAfter(0, 2);
        assertEquals(
                List.of(
                        "checkpoint-000001-000000000.state",
                        "checkpoint-000001-000000001.state.damaged"),
                files());
        run(checkpoints).finish(2, actual);
        assertEquals(-1, Files.mismatch(expected, actual));
    }

    @Test
    void anOldOneThatCannotBeDeletedIsNoReasonToStop() throws Exception {
        Path old = checkpoints.resolve("checkpoint-000001-000000000.state");
        Files.createDirectories(old.resolve("in use"));
        CheckpointFolder folder = new CheckpointFolder(checkpoints);
        for (int epoch = 2; epoch < 6; epoch++) {
            folder.save(new TrainingPosition(5, epoch, 0), file -> Files.write(file, new byte[1]));
        }
        assertEquals(
                List.of(
                        "checkpoint-000001-000000000.state",
                        "checkpoint-000004-000000000.state",
                        "checkpoint-000005-000000000.state"),
                files());
    }

    @Test
    void seedsThatDifferInAnyBitGiveOtherNumbers() {
        Set<Integer> seeds = new HashSet<>();
        seeds.add(new TrainingPosition(1, 0, 0).epochSeed());
        for (int bit = 0; bit < Integer.SIZE; bit++) {
            seeds.add(new TrainingPosition(1 ^ 1 << bit, 0, 0).epochSeed());
        }
        assertEquals(1 + Integer.SIZE, seeds.size());
    }

    @Test
    void doesNotStartOverInSilenceWhereAllAreDamaged() throws Exception {
        run(checkpoints).stopAfter(4, 1);
        for (String name : files()) {
            Files.write(checkpoints.resolve(name), new byte[100]);
        }
        for (int i = 0; i < 2; i++) {
            String message =
                    assertThrows(
                                    MalformedModelException.class,
                                    () -> run(checkpoints).finish(1, actual))
                            .getMessage();
            assertTrue(message.contains(files().get(0)), message);
            assertTrue(message.contains(files().get(1)), message);
        }
        CheckpointListener.builder().setFolder(checkpoints).setSeed(5).build().clear();
        assertEquals(List.of(), files());
    }

    @Test
    void anotherSeedOrSettingIsRefused() throws Exception {
        run(checkpoints).with(builder -> builder.optSetting("data set", "noise")).stopAfter(4, 1);
        assertRefused(
                run(checkpoints)
                        .with(builder -> builder.optSetting("data set", "noise").setSeed(6)),
                "seed 5",
                "6");
        assertRefused(
                run(checkpoints).with(builder -> builder.optSetting("data set", "digits")),
                "data set",
                "'noise'",
                "'digits'");
        assertRefused(run(checkpoints), "data set", "not set");
    }

    /** A program may start over with the trainer that a checkpoint was refused for. */
    @Test
    void whatIsRefusedForItsSeedLeavesTheTrainerAsItWas() throws Exception {
        run(checkpoints).stopAfter(4, 1);
        CheckpointListener listener =
                CheckpointListener.builder().setFolder(checkpoints).setSeed(6).build();
        try (Model model = Model.newInstance("other seed", "PyTorch")) {
            model.setBlock(NetworkCase.twoHiddenLayers().block().get());
            DefaultTrainingConfig config =
                    new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                            .optOptimizer(ResumeContract.ofDjl().get(1).factory().create(model))
                            .addEvaluators(List.of(new Accuracy(), new MacroF1()))
                            .addTrainingListeners(new EvaluatorTrainingListener(), listener);
            try (Trainer trainer = KolenPollack.builder().build().newTrainer(model, config)) {
                trainer.initialize(NetworkCase.twoHiddenLayers().input());
                float[] before = firstParameter(model);
                MalformedModelException refused =
                        assertThrows(MalformedModelException.class, () -> listener.resume(trainer));
                assertTrue(refused.getMessage().contains("seed"), refused.getMessage());
                assertArrayEquals(before, firstParameter(model));
            }
        }
    }

    private static float[] firstParameter(Model model) {
        return model.getBlock().getParameters().valueAt(0).getArray().toFloatArray();
    }

    private void assertRefused(ResumableRun run, String... parts) {
        String message =
                assertThrows(MalformedModelException.class, () -> run.finish(1, actual))
                        .getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
        assertTrue(message.contains(checkpoints.toString()), message);
    }

    @Test
    void whatListenersRememberGoesOn() throws Exception {
        run(folder.resolve("c")).finish(1, expected);
        Path[] ends = {expected, actual};
        for (int i = 0; i < 2; i++) {
            Path saved = folder.resolve("listeners" + i);
            if (i == 1) {
                withPlateau(saved).stopAfter(4, 1);
            }
            withPlateau(saved).finish(1, ends[i]);
        }
        assertEquals(-1, Files.mismatch(expected, actual));
    }

    /** The rate falls where no loss is progress: after the second epoch. */
    private static ResumableRun withPlateau(Path checkpoints) {
        PlateauTracker tracker =
                PlateauTracker.builder().setBaseValue(0.1f).optThreshold(0.999).build();
        return new ResumableRun(
                        new Program(
                                NetworkCase.twoHiddenLayers(),
                                Loss::softmaxCrossEntropyLoss,
                                new RuleCase("Kolen-Pollack", KolenPollack.builder().build())),
                        new OptimizerCase(
                                "falling",
                                model ->
                                        Optimizer.sgd()
                                                .setLearningRateTracker(tracker)
                                                .optMomentum(0.5f)
                                                .build()),
                        checkpoints)
                .with(tracker, new EpochTrainingListener());
    }

    @Test
    void hasToBeTheLastListener() {
        TrainingListener late = new TrainingListenerAdapter() {};
        String message =
                assertThrows(
                                IllegalStateException.class,
                                () -> run(checkpoints).lastly(late).finish(1, actual))
                        .getMessage();
        assertTrue(message.contains("last of the trainer's listeners"), message);
    }

    @Test
    void trainingOnOtherDataIsRefused() {
        String message =
                assertThrows(
                                IllegalStateException.class,
                                () -> run(checkpoints).unseeded().finish(1, actual))
                        .getMessage();
        assertTrue(message.contains("resumable(data)"), message);
    }

    @Test
    void servesOneTrainerAfterAnother() throws Exception {
        CheckpointListener listener =
                CheckpointListener.builder().setFolder(checkpoints).setSeed(5).build();
        NetworkCase network = NetworkCase.twoHiddenLayers();
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                        .addTrainingListeners(listener);
        try (Model model = Model.newInstance("again", "PyTorch")) {
            model.setBlock(network.block().get());
            int batch = (int) network.input().get(0);
            NDManager manager = model.getNDManager();
            Dataset data =
                    new ArrayDataset.Builder()
                            .setData(manager.ones(network.input()))
                            .optLabels(manager.zeros(new Shape(batch)))
                            .setSampling(batch, true)
                            .build();
            try (Trainer first = FeedbackAlignment.builder().build().newTrainer(model, config)) {
                first.initialize(network.input());
                assertFalse(listener.resume(first));
                EasyTrain.fit(first, 2, listener.resumable(data), null);
            }
            assertEquals(2, listener.getEpoch());
            listener.clear();
            try (Trainer second = FeedbackAlignment.builder().build().newTrainer(model, config)) {
                second.initialize(network.input());
                String message =
                        assertThrows(
                                        IllegalStateException.class,
                                        () ->
                                                EasyTrain.fit(
                                                        second, 1, listener.resumable(data), null))
                                .getMessage();
                assertTrue(message.contains("call resume(trainer)"), message);
                assertFalse(listener.resume(second));
                assertEquals(new TrainingPosition(5, 0, 0), listener.getPosition());
                EasyTrain.fit(second, 1, listener.resumable(data), null);
                assertEquals(List.of("checkpoint-000001-000000000.state"), files());
            }
        }
    }

    @Test
    void aFolderThatCannotBeWrittenIsRefusedBeforeTraining() throws Exception {
        Path file = Files.createFile(folder.resolve("taken"));
        for (Path place : List.of(file, file.resolve("below"))) {
            String message =
                    assertThrows(IOException.class, () -> run(place).finish(1, actual))
                            .getMessage();
            assertTrue(
                    message.startsWith("Checkpoints cannot be written to " + place + " ("),
                    message);
            assertTrue(message.endsWith("name another folder by setFolder."));
        }
        assertFalse(Files.exists(actual));
    }

    /** Nothing is wrong with the folder, so that no other one is advised. */
    @Test
    void anInterruptedThreadIsNamed() throws Exception {
        TrainingListener interrupting =
                new TrainingListenerAdapter() {
                    @Override
                    public void onTrainingBatch(Trainer trainer, BatchData batchData) {
                        if (Files.exists(checkpoints)) {
                            Thread.currentThread().interrupt();
                        }
                    }
                };
        String message;
        try {
            message =
                    assertThrows(
                                    UncheckedIOException.class,
                                    () -> run(checkpoints).with(interrupting).finish(1, actual))
                            .getMessage();
        } finally {
            assertTrue(Thread.interrupted());
        }
        assertEquals(
                "No checkpoint was written to "
                        + checkpoints
                        + ", since the thread was interrupted; those that are there are whole, and"
                        + " training goes on from the last.",
                message);
        run(checkpoints).finish(2, actual);
        assertTrue(Files.exists(actual));
    }

    @Test
    void batchesOfAnotherSizeWithinAnEpochAreRefused() throws Exception {
        run(checkpoints).stopAfter(2, 1);
        int size = (int) NetworkCase.twoHiddenLayers().input().get(0);
        String message =
                assertThrows(
                                IllegalStateException.class,
                                () -> run(checkpoints).withBatchSize(1).finish(1, actual))
                        .getMessage();
        assertTrue(
                message.startsWith(
                        "The batches of this epoch that are done, 2, had "
                                + 2 * size
                                + " samples, but here they have 2;"),
                message);
        run(checkpoints).finish(1, actual);
        assertEquals(-1, Files.mismatch(expected, actual));
    }

    @Test
    void settingsThatNeverSaveAreRefused() {
        CheckpointListener.Builder never =
                CheckpointListener.builder().setFolder(folder).setSeed(1).optEpochs(0);
        assertThrows(IllegalArgumentException.class, never::build);
        assertThrows(IllegalArgumentException.class, never.optBatches(-1)::build);
    }
}
