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
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.TrainingConfig;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import org.locallearning.djl.decorrelation.boltzmann.BoltzmannLearning;
import org.locallearning.djl.decorrelation.boltzmann.ContrastiveDivergence;
import org.locallearning.djl.decorrelation.boltzmann.IncrementalWhitening;
import org.locallearning.djl.decorrelation.boltzmann.LogLikelihoodListener;
import org.locallearning.djl.decorrelation.boltzmann.ReconstructionError;
import org.locallearning.djl.decorrelation.boltzmann.RestrictedBoltzmannMachine;

/** Lets a Boltzmann machine learn pictures that have no labels. */
public final class BoltzmannMachine {

    private BoltzmannMachine() {}

    /**
     * Trains the machine and prints how likely it makes the pictures.
     *
     * @param arguments none
     * @throws IOException if the data set cannot be read
     * @throws TranslateException if a batch cannot be put together
     */
    public static void main(String[] arguments) throws IOException, TranslateException {
        // shown: begin
        // pictures of 4x4 pixels: each row is on or off, or each column is
        float[][] pictures = new float[32][16];
        for (int pixel = 0; pixel < 16; pixel++) {
            for (int lines = 0; lines < 16; lines++) {
                pictures[lines][pixel] = lines >> pixel / 4 & 1;
                pictures[16 + lines][pixel] = lines >> pixel % 4 & 1;
            }
        }
        try (NDManager manager = NDManager.newBaseManager();
                Model model = Model.newInstance("bars and stripes")) {
            Dataset images =
                    new ArrayDataset.Builder()
                            .setData(manager.create(pictures))
                            .setSampling(32, true)
                            .build();
            LogLikelihoodListener likelihood =
                    LogLikelihoodListener.builder().setData(images).optInterval(100).build();
            TrainingConfig config =
                    new DefaultTrainingConfig(new ReconstructionError())
                            .addTrainingListeners(likelihood)
                            .optOptimizer(
                                    Optimizer.sgd()
                                            .setLearningRateTracker(Tracker.fixed(0.1f))
                                            .build());

            model.setBlock(RestrictedBoltzmannMachine.builder().setHiddenUnits(10).build());
            BoltzmannLearning learning =
                    BoltzmannLearning.builder()
                            .optNegativePhase(new ContrastiveDivergence(5))
                            .optDirection(IncrementalWhitening.builder().build())
                            .build();
            try (Trainer trainer = learning.newTrainer(model, config)) {
                trainer.initialize(new Shape(32, 16));
                EasyTrain.fit(trainer, 500, images, null);
                // at most -3.38 nats, where every picture has its share
                System.out.println(likelihood.getLogLikelihoods());
            }
        }
        // shown: end
    }
}
