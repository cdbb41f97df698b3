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
package org.locallearning.djl.creditassignment;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Model;
import ai.djl.basicdataset.cv.classification.Mnist;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.repository.RemoteRepository;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The first handwritten digits of MNIST, to train on and to test on.
 *
 * @param batch the batch size
 * @param trained the number of training images
 * @param tested the number of test images
 * @param epochs the number of passes over the training images
 */
public record Digits(int batch, int trained, int tested, int epochs) {

    /** Seen from the module's folder. */
    private static final Path DATA = Path.of("..", "..", "shared", "data");

    /** Skips the tests of a class where there is no MNIST. */
    public static void assumePresent() {
        System.setProperty("disableProgressBar", "true");
        assumeTrue(
                Files.isDirectory(DATA),
                () -> "there is no MNIST at " + DATA.toAbsolutePath().normalize());
    }

    /** Trains on the first images, always from the same seed, and tests on others. */
    public double accuracy(
            Block block, DefaultTrainingConfig config, Gradients.TrainerFactory factory)
            throws Exception {
        Engine.getEngine("PyTorch").setRandomSeed(1);
        try (Model model = Model.newInstance("digits", "PyTorch")) {
            model.setBlock(block);
            try (Trainer trainer = factory.apply(model, config)) {
                trainer.initialize(new Shape(batch, 1, 28, 28));
                EasyTrain.fit(trainer, epochs, mnist(Dataset.Usage.TRAIN, trained), null);
                long right = 0;
                for (Batch images : trainer.iterateDataset(mnist(Dataset.Usage.TEST, tested))) {
                    try (images) {
                        NDArray answers = trainer.evaluate(images.getData()).head().argMax(1);
                        NDArray labels =
                                images.getLabels().head().toType(answers.getDataType(), false);
                        right += answers.eq(labels).sum().getLong();
                    }
                }
                return (double) right / tested;
            }
        }
    }

    private Mnist mnist(Dataset.Usage usage, int images) throws Exception {
        Mnist mnist =
                Mnist.builder()
                        .optRepository(new RemoteRepository("data", DATA.toUri()))
                        .optUsage(usage)
                        .optLimit(images)
                        .setSampling(batch, usage == Dataset.Usage.TRAIN)
                        .build();
        mnist.prepare();
        return mnist;
    }
}
