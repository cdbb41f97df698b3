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

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.listener.EvaluatorTrainingListener;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import org.locallearning.djl.creditassignment.provenance.ModelDescription;
import org.locallearning.djl.creditassignment.provenance.ProgramDescription;
import org.locallearning.djl.creditassignment.provenance.SavedModel;
import org.locallearning.djl.creditassignment.provenance.TrainingRecord;
import org.locallearning.djl.decorrelation.boltzmann.BoltzmannLearning;
import org.locallearning.djl.decorrelation.boltzmann.BoltzmannParameters;
import org.locallearning.djl.decorrelation.boltzmann.CentredGradient;
import org.locallearning.djl.decorrelation.boltzmann.ReconstructionError;
import org.locallearning.djl.decorrelation.boltzmann.RestrictedBoltzmannMachine;
import org.locallearning.djl.zoo.data.ImageData;
import org.locallearning.djl.zoo.model.RecordedModel;

/**
 * The hidden units of a restricted Boltzmann machine, whose probabilities {@code σ(xW + b)} are
 * features of an image: trained without labels, saved as a dense layer with logistic units.
 */
final class BoltzmannFeatures {

    private static final int BATCH = 64;

    /** The best of the rates that were tried for this direction on MNIST. */
    private static final float RATE = 0.5f;

    private final Engine engine;
    private final ImageData images;
    private final ProgramDescription program;

    BoltzmannFeatures(Engine engine, ImageData images, ProgramDescription program) {
        this.engine = engine;
        this.images = images;
        this.program = program;
    }

    /** Trains and saves, and returns the name of the files. */
    String fit(int units, int epochs, int seed, Path folder)
            throws IOException, TranslateException {
        String name = "rbm-" + images.getName();
        BoltzmannLearning learning =
                BoltzmannLearning.builder().optDirection(new CentredGradient()).build();
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(new ReconstructionError())
                        .optOptimizer(
                                Optimizer.sgd().setLearningRateTracker(Tracker.fixed(RATE)).build())
                        .addTrainingListeners(new EvaluatorTrainingListener());
        RestrictedBoltzmannMachine machine =
                RestrictedBoltzmannMachine.builder().setHiddenUnits(units).build();
        try (Model model = Model.newInstance(name, engine.getEngineName())) {
            model.setBlock(machine);
            engine.setRandomSeed(seed);
            try (Trainer trainer = learning.newTrainer(model, config)) {
                trainer.initialize(new Shape(BATCH).addAll(images.getSampleShape()));
                EasyTrain.fit(trainer, epochs, images.training(BATCH), images.test(BATCH));
                BoltzmannParameters learned = machine.getBoltzmannParameters();
                SequentialBlock block =
                        DenseMap.of(
                                model.getNDManager(),
                                images.getSampleShape(),
                                learned.weight().transpose(),
                                learned.hiddenBias(),
                                true);
                TrainingRecord record =
                        TrainingRecord.of(trainer).toBuilder()
                                .optData(images.describe())
                                .optProgram(program)
                                .optDate(Instant.now())
                                .optModel(ModelDescription.of(RecordedModel.FEATURES, block))
                                .optOption(RecordedModel.UNITS, String.valueOf(units))
                                .optMethod("cd1")
                                .optSeed("run", seed)
                                .optBatch(BATCH)
                                .optEpochs(epochs)
                                .optNote(
                                        "reconstruction",
                                        String.format(
                                                Locale.ROOT,
                                                "mean squared error of a pixel in 0 to 1, %,d test"
                                                        + " images: %.4f",
                                                images.getTestSize(),
                                                trainer.getTrainingResult().getValidateLoss()))
                                .build();
                SavedModel.save(block, record, folder, name);
            }
        }
        return name;
    }
}
