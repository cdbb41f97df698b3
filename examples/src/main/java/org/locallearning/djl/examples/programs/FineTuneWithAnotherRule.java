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

import ai.djl.ModelException;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.TrainingConfig;
import ai.djl.training.evaluator.Accuracy;
import ai.djl.training.listener.TrainingListener;
import ai.djl.training.loss.Loss;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import org.locallearning.djl.creditassignment.rule.DirectFeedbackAlignment;
import org.locallearning.djl.zoo.data.DataOptions;
import org.locallearning.djl.zoo.data.DataSets;
import org.locallearning.djl.zoo.data.ImageData;

/** Trains a model of the zoo on, on other digits and with another rule than it was made with. */
public final class FineTuneWithAnotherRule {

    private FineTuneWithAnotherRule() {}

    /**
     * Trains one epoch, and prints the accuracy.
     *
     * @param arguments the name of a data set of ten classes with grey images of 28x28 pixels,
     *     glyphs unless given
     * @throws IOException if the data set or the model cannot be read
     * @throws ModelException if there is no such model
     * @throws TranslateException if a batch cannot be put together
     */
    public static void main(String[] arguments)
            throws IOException, ModelException, TranslateException {
        String name = arguments.length > 0 ? arguments[0] : "glyphs";
        // shown: begin
        Criteria<NDList, NDList> trainedByBackpropagation =
                Criteria.builder()
                        .setTypes(NDList.class, NDList.class)
                        .optGroupId("org.locallearning")
                        .optArtifactId("mlp")
                        .optFilter("dataset", "mnist")
                        .optFilter("rule", "bp")
                        .build();
        TrainingConfig config =
                new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                        .addEvaluator(new Accuracy())
                        .addTrainingListeners(TrainingListener.Defaults.basic());
        DirectFeedbackAlignment rule = DirectFeedbackAlignment.builder().build();
        try (ZooModel<NDList, NDList> model = trainedByBackpropagation.loadModel();
                ImageData digits = DataSets.load(name, DataOptions.builder().build());
                Trainer trainer = rule.newTrainer(model, config)) {
            trainer.initialize(new Shape(64).addAll(digits.getSampleShape()));
            EasyTrain.fit(trainer, 1, digits.training(64), digits.test(100));
            System.out.println(trainer.getTrainingResult().getValidateEvaluation("Accuracy"));
        }
        // shown: end
    }
}
