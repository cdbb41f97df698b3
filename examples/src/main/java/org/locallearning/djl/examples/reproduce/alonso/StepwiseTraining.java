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
package org.locallearning.djl.examples.reproduce.alonso;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.nn.Block;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.Batch;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.util.function.IntConsumer;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.MethodSettings;
import org.locallearning.djl.zoo.data.ImageData;

/** A classifier in training, step by step, so that it can be measured in between. */
final class StepwiseTraining implements AutoCloseable {

    private final ImageData images;
    private final Model model;
    private final Trainer trainer;

    /**
     * Starts from the weights that belong to a seed.
     *
     * @param engine the engine
     * @param images the images
     * @param block the network, not yet initialized
     * @param method the method
     * @param settings what is chosen for the method
     * @param optimizer the optimizer, for the network's parameters
     * @param seed the seed of weights and order
     */
    StepwiseTraining(
            Engine engine,
            ImageData images,
            Block block,
            Method method,
            MethodSettings settings,
            Optimizer optimizer,
            int seed) {
        this.images = images;
        engine.setRandomSeed(seed);
        model = Model.newInstance(method.name(), engine.getEngineName());
        model.setBlock(block);
        trainer =
                method.trainer()
                        .newTrainer(
                                model,
                                new DefaultTrainingConfig(images.getTask().newLoss())
                                        .optOptimizer(optimizer),
                                seed,
                                settings);
        trainer.initialize(Paper.batchShape(images));
        engine.setRandomSeed(seed);
    }

    Model model() {
        return model;
    }

    /**
     * Trains, pass by pass over the images.
     *
     * @param steps the number of steps
     * @param beforeStep gets the number of every step, from 1, when its gradients are there
     */
    void train(int steps, IntConsumer beforeStep) throws IOException, TranslateException {
        int step = 0;
        while (step < steps) {
            for (Batch batch : trainer.iterateDataset(images.training(Paper.BATCH))) {
                try (batch) {
                    EasyTrain.trainBatch(trainer, batch);
                    beforeStep.accept(++step);
                    trainer.step();
                }
                if (step == steps) {
                    break;
                }
            }
        }
    }

    /** {@inheritDoc} */
    @Override
    public void close() {
        trainer.close();
        model.close();
    }
}
