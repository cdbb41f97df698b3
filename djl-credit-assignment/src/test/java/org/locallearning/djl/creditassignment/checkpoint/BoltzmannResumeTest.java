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

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.listener.TrainingListener;
import ai.djl.training.listener.TrainingListenerAdapter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.checkpoint.ResumableRun.OptimizerCase;
import org.locallearning.djl.creditassignment.checkpoint.ResumableRun.Program;
import org.locallearning.djl.decorrelation.boltzmann.BoltzmannLearning;
import org.locallearning.djl.decorrelation.boltzmann.CentredGradient;
import org.locallearning.djl.decorrelation.boltzmann.CovariancePenalty;
import org.locallearning.djl.decorrelation.boltzmann.IncrementalWhitening;
import org.locallearning.djl.decorrelation.boltzmann.NaturalGradient;
import org.locallearning.djl.decorrelation.boltzmann.PeriodicWhitening;
import org.locallearning.djl.decorrelation.boltzmann.PersistentContrastiveDivergence;
import org.locallearning.djl.decorrelation.boltzmann.ReconstructionError;
import org.locallearning.djl.decorrelation.boltzmann.RestrictedBoltzmannMachine;

/** A Boltzmann machine goes on from a checkpoint. */
class BoltzmannResumeTest {

    private static final TrainingPosition POSITION = new TrainingPosition(3, 0, 2);

    static List<BoltzmannLearning> everyKind() {
        return List.of(
                BoltzmannLearning.builder().build(),
                BoltzmannLearning.builder()
                        .optNegativePhase(new PersistentContrastiveDivergence(2, 7))
                        .optDirection(new CentredGradient())
                        .optWeightDecay(1e-4)
                        .build(),
                BoltzmannLearning.builder().optDirection(new NaturalGradient(0.01, 2)).build(),
                BoltzmannLearning.builder()
                        .optNegativePhase(new PersistentContrastiveDivergence(1, 14))
                        .optDirection(IncrementalWhitening.builder().build())
                        .optPenalty(CovariancePenalty.builder().build())
                        .build(),
                BoltzmannLearning.builder()
                        .optDirection(PeriodicWhitening.builder().optInterval(3).build())
                        .build());
    }

    static Stream<Arguments> cases() {
        return everyKind().stream()
                .flatMap(
                        learning ->
                                ResumeContract.ofDjl().stream()
                                        .map(optimizer -> Arguments.of(learning, optimizer)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void goesOnAsIfItHadNotStopped(
            BoltzmannLearning learning, OptimizerCase optimizer, @TempDir Path folder)
            throws Exception {
        NetworkCase machine =
                new NetworkCase(
                        "machine",
                        () -> RestrictedBoltzmannMachine.builder().setHiddenUnits(4).build(),
                        new Shape(8, 6),
                        1);
        ResumeContract.checkGoesOn(
                new Program(machine, ReconstructionError::new, learning::newTrainer),
                optimizer,
                folder);
    }

    /** The direction is no gradient of a parameter; its step would be lost. */
    @ParameterizedTest
    @MethodSource("everyKind")
    void theMiddleOfABatchIsRefused(BoltzmannLearning learning, @TempDir Path folder)
            throws Exception {
        Path file = folder.resolve("checkpoint");
        List<String> messages = new ArrayList<>();
        TrainingListener saving =
                new TrainingListenerAdapter() {
                    @Override
                    public void onTrainingBatch(Trainer trainer, BatchData batchData) {
                        messages.add(
                                assertThrows(
                                                IllegalStateException.class,
                                                () -> Checkpoint.save(trainer, POSITION, file))
                                        .getMessage());
                    }
                };
        try (Model model = machine();
                Trainer trainer = learning.newTrainer(model, config(saving));
                NDManager manager = NDManager.newBaseManager("PyTorch")) {
            trainer.initialize(new Shape(8, 6));
            ArrayDataset data =
                    new ArrayDataset.Builder()
                            .setData(manager.zeros(new Shape(16, 6)))
                            .setSampling(8, false)
                            .build();
            EasyTrain.fit(trainer, 1, data, null);
            assertEquals(2, messages.size());
            assertTrue(messages.get(0).contains("trainer.step()"), messages.get(0));
            assertTrue(Files.notExists(file));
            Checkpoint.save(trainer, POSITION, file);
        }
    }

    static Stream<Arguments> kindsAndBatches() {
        return everyKind().stream()
                .flatMap(
                        learning ->
                                Stream.of(0, 2).map(batches -> Arguments.of(learning, batches)));
    }

    /** Before the first batch nothing is learned beside the machine: no chains, means, matrices. */
    @ParameterizedTest
    @MethodSource("kindsAndBatches")
    void goesBackFromTheMiddleOfABatch(
            BoltzmannLearning learning, int batches, @TempDir Path folder) throws Exception {
        Path file = folder.resolve("checkpoint");
        Path once = folder.resolve("once");
        Path twice = folder.resolve("twice");
        Engine.getEngine("PyTorch").setRandomSeed(1);
        try (Model model = machine();
                Trainer trainer = learning.newTrainer(model, config())) {
            trainer.initialize(new Shape(8, 6));
            if (batches > 0) {
                train(trainer, 1);
            }
            Checkpoint.save(trainer, new TrainingPosition(3, 0, batches), file);
            train(trainer, 2);
            Checkpoint.save(trainer, POSITION, once);
            Checkpoint.load(trainer, file);
            forward(trainer);
            Checkpoint.load(trainer, file);
            assertThrows(IllegalStateException.class, trainer::step);
            train(trainer, 2);
            Checkpoint.save(trainer, POSITION, twice);
        }
        assertEquals(-1, Files.mismatch(once, twice));
    }

    private static Model machine() {
        Model model = Model.newInstance("machine", "PyTorch");
        model.setBlock(RestrictedBoltzmannMachine.builder().setHiddenUnits(4).build());
        return model;
    }

    private static DefaultTrainingConfig config(TrainingListener... listeners) {
        return new DefaultTrainingConfig(new ReconstructionError()).addTrainingListeners(listeners);
    }

    /** Trains two batches. */
    private static void train(Trainer trainer, int seed) {
        Engine.getEngine("PyTorch").setRandomSeed(seed);
        for (int i = 0; i < 2; i++) {
            forward(trainer);
            trainer.step();
        }
    }

    private static void forward(Trainer trainer) {
        try (NDManager manager = trainer.getManager().newSubManager()) {
            trainer.forward(
                    new NDList(
                            manager.randomUniform(0, 1, new Shape(8, 6), DataType.FLOAT32)
                                    .round()));
        }
    }
}
