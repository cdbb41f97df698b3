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
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.TrainingConfig;
import ai.djl.training.evaluator.Accuracy;
import ai.djl.training.listener.EvaluatorTrainingListener;
import ai.djl.training.loss.Loss;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.locallearning.djl.decorrelation.Decorrelate;
import org.locallearning.djl.zoo.data.DataOptions;
import org.locallearning.djl.zoo.data.DataSets;
import org.locallearning.djl.zoo.data.ImageData;

/**
 * Decorrelates a network of DJL, trains it, folds the decorrelation away, and ships a plain model.
 */
public final class DecorrelateFoldShip {

    private DecorrelateFoldShip() {}

    /**
     * Trains, folds, saves and loads, and prints the accuracy before and after.
     *
     * @param arguments the name of a data set of ten classes, glyphs unless given
     * @throws IOException if the data set cannot be read
     * @throws TranslateException if a batch cannot be put together
     * @throws MalformedModelException if a saved file is damaged
     */
    public static void main(String[] arguments)
            throws IOException, TranslateException, MalformedModelException {
        String name = arguments.length > 0 ? arguments[0] : "glyphs";
        Path folder = Files.createTempDirectory("shipped");
        try (ImageData digits = DataSets.load(name, DataOptions.builder().build())) {
            train(digits, folder);
            ship(digits, folder);
        }
    }

    // shown: begin
    private static void train(ImageData digits, Path folder)
            throws IOException, TranslateException {
        int pixels = (int) digits.getSampleShape().size();
        try (Model model = Model.newInstance("digits")) {
            model.setBlock(Decorrelate.model(network(pixels)));
            try (Trainer trainer = model.newTrainer(config())) {
                trainer.initialize(new Shape(64, pixels));
                EasyTrain.fit(trainer, 2, digits.training(64), null);
                System.out.println(accuracy(trainer, digits));
            }
            model.setBlock(Decorrelate.fold(model.getBlock()));
            model.save(folder, "digits");
        }
    }

    /** Needs DJL alone. */
    private static void ship(ImageData digits, Path folder)
            throws IOException, TranslateException, MalformedModelException {
        int pixels = (int) digits.getSampleShape().size();
        try (Model shipped = Model.newInstance("digits")) {
            shipped.setBlock(network(pixels));
            shipped.load(folder, "digits");
            try (Trainer trainer = shipped.newTrainer(config())) {
                System.out.println(accuracy(trainer, digits));
            }
        }
    }

    private static Block network(int pixels) {
        return new SequentialBlock()
                .add(Blocks.batchFlattenBlock(pixels))
                .add(Linear.builder().setUnits(256).build())
                .add(Activation::relu)
                .add(Linear.builder().setUnits(10).build());
    }

    // shown: end

    private static TrainingConfig config() {
        return new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                .addEvaluator(new Accuracy())
                .addTrainingListeners(new EvaluatorTrainingListener());
    }

    private static float accuracy(Trainer trainer, ImageData digits)
            throws IOException, TranslateException {
        EasyTrain.evaluateDataset(trainer, digits.test(100));
        trainer.notifyListeners(listener -> listener.onEpoch(trainer));
        return trainer.getTrainingResult().getValidateEvaluation("Accuracy");
    }
}
