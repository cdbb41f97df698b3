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

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.TrainingConfig;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.evaluator.Accuracy;
import ai.djl.training.listener.TrainingListener;
import ai.djl.training.loss.Loss;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.locallearning.djl.creditassignment.CreditAssignment;
import org.locallearning.djl.creditassignment.checkpoint.CheckpointListener;
import org.locallearning.djl.creditassignment.rule.KolenPollack;
import org.locallearning.djl.zoo.data.DataOptions;
import org.locallearning.djl.zoo.data.DataSets;
import org.locallearning.djl.zoo.data.ImageData;
import org.locallearning.djl.zoo.network.Networks;

/**
 * Trains, stops, and goes on as if it had not stopped: with the optimizer's moments, the feedback
 * weights that the rule has learned, and the order of the data.
 */
public final class SaveAndGoOn {

    private SaveAndGoOn() {}

    /**
     * Trains one epoch, goes on for another, and prints the accuracy.
     *
     * @param arguments the name of a data set of ten classes, glyphs unless given
     * @throws IOException if the data set cannot be read
     * @throws TranslateException if a batch cannot be put together
     * @throws MalformedModelException if every checkpoint is damaged
     */
    public static void main(String[] arguments)
            throws IOException, TranslateException, MalformedModelException {
        String name = arguments.length > 0 ? arguments[0] : "glyphs";
        Path folder = Files.createTempDirectory("checkpoints");
        train(name, folder, 1);
        // as a program does that is started again
        System.out.println(train(name, folder, 2));
    }

    private static float train(String name, Path folder, int epochs)
            throws IOException, TranslateException, MalformedModelException {
        // shown: begin
        CheckpointListener checkpoints =
                CheckpointListener.builder().setFolder(folder).setSeed(7).optBatches(50).build();
        TrainingConfig config =
                new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                        .addEvaluator(new Accuracy())
                        .addTrainingListeners(TrainingListener.Defaults.basic())
                        .addTrainingListeners(checkpoints); // the last of them
        CreditAssignment rule = KolenPollack.builder().build();
        try (ImageData digits = DataSets.load(name, DataOptions.builder().build());
                Model model = Model.newInstance("digits")) {
            model.setBlock(Networks.PERCEPTRON.create(digits.getSampleShape(), 10));
            try (Trainer trainer = rule.newTrainer(model, config)) {
                trainer.initialize(new Shape(64).addAll(digits.getSampleShape()));
                checkpoints.resume(trainer); // from the last checkpoint, if there is one
                int left = epochs - checkpoints.getEpoch();
                Dataset training = checkpoints.resumable(digits.training(64));
                EasyTrain.fit(trainer, left, training, digits.test(100));
                return trainer.getTrainingResult().getValidateEvaluation("Accuracy");
            }
        }
        // shown: end
    }
}
