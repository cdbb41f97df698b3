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
package org.locallearning.djl.zoo.data;

import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.evaluator.Accuracy;
import ai.djl.training.listener.EvaluatorTrainingListener;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import org.junit.jupiter.api.Test;
import org.locallearning.djl.zoo.network.NetworkOptions;
import org.locallearning.djl.zoo.network.Networks;

/** What the drawn digits promise: easy with a hidden layer, out of a linear classifier's reach. */
class GlyphsLearningTest {

    @Test
    void aHiddenLayerLearnsWhatALinearClassifierCannot() throws Exception {
        float linear = testAccuracy(NetworkOptions.builder().optHidden().build());
        float perceptron = testAccuracy(NetworkOptions.builder().build());
        assertTrue(perceptron > 0.95, "perceptron: " + perceptron);
        assertTrue(linear < 0.9 && linear > 0.5, "linear: " + linear);
    }

    private static float testAccuracy(NetworkOptions options) throws Exception {
        Engine.getInstance().setRandomSeed(1);
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                        .optDevices(new Device[] {Device.cpu()})
                        .optOptimizer(
                                Optimizer.adam()
                                        .optLearningRateTracker(Tracker.fixed(1e-3f))
                                        .build())
                        .addEvaluator(new Accuracy())
                        .addTrainingListeners(new EvaluatorTrainingListener());
        try (ImageData data = DataSets.load("glyphs", DataOptions.builder().build());
                Model model = Model.newInstance("glyphs", Device.cpu())) {
            model.setBlock(Networks.named("mlp").create(options, data.getSampleShape(), 10));
            try (Trainer trainer = model.newTrainer(config)) {
                trainer.initialize(new Shape(1).addAll(data.getSampleShape()));
                EasyTrain.fit(trainer, 6, data.training(64), data.test(250));
                return trainer.getTrainingResult().getEvaluations().get("validate_Accuracy");
            }
        }
    }
}
