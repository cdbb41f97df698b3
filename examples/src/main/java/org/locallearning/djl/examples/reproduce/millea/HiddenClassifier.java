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
package org.locallearning.djl.examples.reproduce.millea;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import org.locallearning.djl.creditassignment.rule.Backpropagation;
import org.locallearning.djl.decorrelation.boltzmann.BoltzmannParameters;

/**
 * A softmax on the probabilities of the hidden units, trained on all training images at once while
 * the machine stands still.
 */
final class HiddenClassifier {

    private static final int STEPS = 150;
    private static final float RATE = 0.1f;

    private HiddenClassifier() {}

    /**
     * The shares of images that are classified wrongly.
     *
     * @param training of the training images; null where it was not measured
     * @param test of the test images; null where it was not measured
     */
    record Errors(Double training, Double test) {}

    static Errors measure(Engine engine, BoltzmannParameters parameters, RbmData data) {
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                        .optOptimizer(
                                Optimizer.adam()
                                        .optLearningRateTracker(Tracker.fixed(RATE))
                                        .build());
        try (Model model = Model.newInstance("classifier", engine.getEngineName())) {
            model.setBlock(Linear.builder().setUnits(data.classes()).build());
            // the stock trainer takes gradients whose sum is 0 for missing ones, and the sum of
            // these
            // is 0 but for rounding
            try (Trainer trainer = Backpropagation.builder().build().newTrainer(model, config);
                    NDManager scope = trainer.getManager().newSubManager()) {
                // what is computed from images belongs to their manager, which stays open
                scope.tempAttachAll(data.trainingUnits(), data.testUnits());
                NDArray hidden = parameters.hiddenProbabilities(data.trainingUnits());
                trainer.initialize(hidden.getShape());
                for (int step = 0; step < STEPS; ++step) {
                    step(trainer, hidden, data.trainingLabels());
                }
                NDArray testHidden = parameters.hiddenProbabilities(data.testUnits());
                return new Errors(
                        error(trainer, hidden, data.trainingLabels()),
                        error(trainer, testHidden, data.testLabels()));
            }
        }
    }

    private static void step(Trainer trainer, NDArray hidden, NDArray labels) {
        try (NDManager scope = trainer.getManager().newSubManager()) {
            scope.tempAttachAll(hidden, labels);
            try (GradientCollector collector = trainer.newGradientCollector()) {
                NDList outputs = trainer.forward(new NDList(hidden), new NDList(labels));
                collector.backward(trainer.getLoss().evaluate(new NDList(labels), outputs));
            }
            trainer.step();
        }
    }

    private static double error(Trainer trainer, NDArray hidden, NDArray labels) {
        try (NDManager scope = trainer.getManager().newSubManager()) {
            scope.tempAttachAll(hidden, labels);
            NDArray chosen = trainer.evaluate(new NDList(hidden)).singletonOrThrow().argMax(1);
            NDArray right = chosen.toType(DataType.INT64, false).eq(labels);
            return 1 - right.toType(DataType.FLOAT64, false).mean().getDouble();
        }
    }
}
