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
import org.locallearning.djl.creditassignment.rule.KolenPollack;
import org.locallearning.djl.zoo.data.DataOptions;
import org.locallearning.djl.zoo.data.DataSets;
import org.locallearning.djl.zoo.data.ImageData;
import org.locallearning.djl.zoo.network.AhmadNetworks;

/** Trains a paper's network on a data set by a rule whose feedback weights learn. */
public final class NetworkOfTheZoo {

    private NetworkOfTheZoo() {}

    /**
     * Trains the network and prints its accuracy.
     *
     * @param arguments the name of a data set of ten classes, glyphs unless given
     * @throws IOException if the data set cannot be read
     * @throws TranslateException if a batch cannot be put together
     */
    public static void main(String[] arguments) throws IOException, TranslateException {
        String name = arguments.length > 0 ? arguments[0] : "glyphs";
        // shown: begin
        DataOptions options = DataOptions.builder().optLimit(1000).optTestLimit(500).build();
        try (ImageData images = DataSets.load(name, options);
                Model model = Model.newInstance(name)) {
            int classes = images.getClasses().size();
            model.setBlock(AhmadNetworks.CONVOLUTIONAL.create(images.getSampleShape(), classes));
            TrainingConfig config =
                    new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                            .addEvaluator(new Accuracy())
                            .addTrainingListeners(TrainingListener.Defaults.basic());
            try (Trainer trainer = KolenPollack.builder().build().newTrainer(model, config)) {
                trainer.initialize(new Shape(32).addAll(images.getSampleShape()));
                EasyTrain.fit(trainer, 2, images.training(32), images.test(100));
                System.out.println(trainer.getTrainingResult().getValidateEvaluation("Accuracy"));
            }
        }
        // shown: end
    }
}
