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
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
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
import java.util.Map;
import org.locallearning.djl.creditassignment.rule.FeedbackAlignment;
import org.locallearning.djl.creditassignment.rule.FeedbackSource;
import org.locallearning.djl.zoo.LocalLearningModelZoo;
import org.locallearning.djl.zoo.PretrainedModel;
import org.locallearning.djl.zoo.data.DataOptions;
import org.locallearning.djl.zoo.data.DataSets;
import org.locallearning.djl.zoo.data.ImageData;
import org.locallearning.djl.zoo.model.RuleWeights;

/**
 * Goes on with feedback alignment through the very feedback weights that a model has aligned to.
 */
public final class GoOnWithItsFeedback {

    private GoOnWithItsFeedback() {}

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
        PretrainedModel pretrained = LocalLearningModelZoo.bundled().model("mlp-mnist-fa");
        TrainingConfig config =
                new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                        .addEvaluator(new Accuracy())
                        .addTrainingListeners(TrainingListener.Defaults.basic());
        try (ZooModel<NDList, NDList> model = pretrained.load(NDList.class, NDList.class);
                ImageData digits = DataSets.load(name, DataOptions.builder().build())) {
            Map<String, NDArray> feedback =
                    RuleWeights.load(pretrained.getFolder(), model.getName(), model.getNDManager());
            FeedbackAlignment rule =
                    FeedbackAlignment.builder().optFeedback(FeedbackSource.of(feedback)).build();
            try (Trainer trainer = rule.newTrainer(model, config)) {
                trainer.initialize(new Shape(64).addAll(digits.getSampleShape()));
                EasyTrain.fit(trainer, 1, digits.training(64), digits.test(100));
                System.out.println(trainer.getTrainingResult().getValidateEvaluation("Accuracy"));
            }
        }
        // shown: end
    }
}
