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
import ai.djl.training.TrainingConfig;
import ai.djl.training.evaluator.Accuracy;
import ai.djl.training.listener.TrainingListener;
import ai.djl.training.loss.Loss;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.locallearning.djl.creditassignment.CreditAssignment;
import org.locallearning.djl.creditassignment.CreditTrainer;
import org.locallearning.djl.creditassignment.rule.KolenPollack;
import org.locallearning.djl.zoo.data.DataOptions;
import org.locallearning.djl.zoo.data.DataSets;
import org.locallearning.djl.zoo.data.ImageData;
import org.locallearning.djl.zoo.network.Networks;

/**
 * Saves a model in the middle of training, with the feedback weights that its rule has learned, and
 * goes on.
 */
public final class SaveAndGoOn {

    private SaveAndGoOn() {}

    /**
     * Trains, saves, loads and goes on, and prints the accuracy.
     *
     * @param arguments the name of a data set of ten classes, glyphs unless given
     * @throws IOException if the data set cannot be read
     * @throws TranslateException if a batch cannot be put together
     * @throws MalformedModelException if a saved file is damaged
     */
    public static void main(String[] arguments)
            throws IOException, TranslateException, MalformedModelException {
        String name = arguments.length > 0 ? arguments[0] : "glyphs";
        // shown: begin
        Path folder = Files.createTempDirectory("saved");
        CreditAssignment rule = KolenPollack.builder().build();
        TrainingConfig config =
                new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                        .addEvaluator(new Accuracy())
                        .addTrainingListeners(TrainingListener.Defaults.basic());
        try (ImageData digits = DataSets.load(name, DataOptions.builder().build())) {
            Shape batch = new Shape(64).addAll(digits.getSampleShape());
            try (Model model = Model.newInstance("digits")) {
                model.setBlock(Networks.PERCEPTRON.create(digits.getSampleShape(), 10));
                try (CreditTrainer trainer = rule.newTrainer(model, config)) {
                    trainer.initialize(batch);
                    EasyTrain.fit(trainer, 1, digits.training(64), digits.test(100));
                    model.save(folder, "digits");
                    trainer.saveState(folder.resolve("digits.rule"));
                }
            }
            try (Model model = Model.newInstance("digits")) {
                model.setBlock(Networks.PERCEPTRON.create(digits.getSampleShape(), 10));
                model.load(folder, "digits");
                try (CreditTrainer trainer = rule.newTrainer(model, config)) {
                    trainer.initialize(batch);
                    trainer.loadState(folder.resolve("digits.rule"));
                    EasyTrain.fit(trainer, 1, digits.training(64), digits.test(100));
                    System.out.println(
                            trainer.getTrainingResult().getValidateEvaluation("Accuracy"));
                }
            }
        }
        // shown: end
    }
}
