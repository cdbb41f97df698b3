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

import ai.djl.Model;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.TrainingConfig;
import ai.djl.training.evaluator.Accuracy;
import ai.djl.training.listener.TrainingListener;
import ai.djl.training.loss.Loss;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import org.locallearning.djl.creditassignment.CreditAssignment;
import org.locallearning.djl.creditassignment.rule.FeedbackAlignment;
import org.locallearning.djl.zoo.data.DataOptions;
import org.locallearning.djl.zoo.data.DataSets;
import org.locallearning.djl.zoo.data.ImageData;
import org.locallearning.djl.zoo.network.Networks;

/** Trains a network by feedback alignment in the place of backpropagation. */
public final class SwapTheRule {

    private SwapTheRule() {}

    /**
     * Trains the network and prints its accuracy.
     *
     * @param arguments the name of a data set of ten classes, glyphs unless given
     * @throws IOException if the data set cannot be read
     * @throws TranslateException if a batch cannot be put together
     */
    public static void main(String[] arguments) throws IOException, TranslateException {
        String name = arguments.length > 0 ? arguments[0] : "glyphs";
        try (ImageData digits = DataSets.load(name, DataOptions.builder().build());
                Model model = Model.newInstance("digits")) {
            model.setBlock(Networks.PERCEPTRON.create(digits.getSampleShape(), 10));
            TrainingConfig config =
                    new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                            .addEvaluator(new Accuracy())
                            .addTrainingListeners(TrainingListener.Defaults.basic());

            // shown: begin
            CreditAssignment rule = FeedbackAlignment.builder().build();
            try (Trainer trainer = rule.newTrainer(model, config)) { // was model.newTrainer(config)
                trainer.initialize(new Shape(64).addAll(digits.getSampleShape()));
                EasyTrain.fit(trainer, 2, digits.training(64), digits.test(100));
                System.out.println(trainer.getTrainingResult().getValidateEvaluation("Accuracy"));
            }
            // shown: end
        }
    }
}
