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
package org.locallearning.djl.decorrelation;

import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.basicdataset.cv.classification.Mnist;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.repository.RemoteRepository;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The stock trainer learns faster with decorrelation, on real images. */
class MnistLearningTest {

    @ParameterizedTest
    @ValueSource(strings = {"dense", "convolution"})
    void decorrelationLearnsFasterInTheSameSteps(String name) throws Exception {
        Path data = data();
        Assumptions.assumeTrue(data != null, "../shared/data is not there");
        double plain = testLoss(data, name, false);
        double decorrelated = testLoss(data, name, true);
        assertTrue(
                decorrelated < 0.93 * plain,
                "test loss " + decorrelated + " with, " + plain + " without decorrelation");
    }

    private static double testLoss(Path data, String name, boolean decorrelate) throws Exception {
        Engine.getInstance().setRandomSeed(1);
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                        .optOptimizer(
                                Optimizer.adam()
                                        .optLearningRateTracker(Tracker.fixed(0.002f))
                                        .build());
        try (Model model = Model.newInstance(name)) {
            Block block = name.equals("dense") ? dense() : convolution();
            DecorrelationOptions options =
                    DecorrelationOptions.builder()
                            .optRate(1e-4)
                            .optCost(Cost.full().withSampleFraction(0.5))
                            .build();
            model.setBlock(
                    decorrelate
                            ? Decorrelate.builder()
                                    .optOptions(options)
                                    .build()
                                    .convert(block)
                                    .block()
                            : block);
            try (Trainer trainer = model.newTrainer(config)) {
                trainer.initialize(new Shape(64, 1, 28, 28));
                EasyTrain.fit(trainer, 6, dataset(data, Dataset.Usage.TRAIN, 1920), null);
                double sum = 0;
                int batches = 0;
                Dataset test = dataset(data, Dataset.Usage.TEST, 640);
                for (Batch batch : trainer.iterateDataset(test)) {
                    NDList outputs = trainer.evaluate(batch.getData());
                    NDArray loss = trainer.getLoss().evaluate(batch.getLabels(), outputs);
                    sum += loss.getFloat();
                    ++batches;
                    batch.close();
                }
                return sum / batches;
            }
        }
    }

    private static Block dense() {
        return new SequentialBlock()
                .add(Blocks.batchFlattenBlock())
                .add(Linear.builder().setUnits(100).build())
                .add(Activation::relu)
                .add(Linear.builder().setUnits(10).build());
    }

    private static Block convolution() {
        return new SequentialBlock()
                .add(convolution(8))
                .add(Activation::relu)
                .add(convolution(16))
                .add(Activation::relu)
                .add(Blocks.batchFlattenBlock())
                .add(Linear.builder().setUnits(10).build());
    }

    private static Block convolution(int filters) {
        return Conv2d.builder()
                .setKernelShape(new Shape(3, 3))
                .optStride(new Shape(2, 2))
                .setFilters(filters)
                .build();
    }

    private static Dataset dataset(Path data, Dataset.Usage usage, int limit) throws Exception {
        Mnist mnist =
                Mnist.builder()
                        .optRepository(new RemoteRepository("data", data.toUri()))
                        .optUsage(usage)
                        .optLimit(limit)
                        .setSampling(64, usage == Dataset.Usage.TRAIN)
                        .build();
        mnist.prepare();
        return mnist;
    }

    /** The data beside the repository, or null. */
    private static Path data() {
        for (Path folder = Path.of("").toAbsolutePath();
                folder != null;
                folder = folder.getParent()) {
            Path data = folder.resolve("shared").resolve("data");
            if (Files.isDirectory(data.resolve("dataset"))) {
                return data;
            }
        }
        return null;
    }
}
