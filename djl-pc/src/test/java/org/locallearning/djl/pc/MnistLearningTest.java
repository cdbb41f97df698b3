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
package org.locallearning.djl.pc;

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
import ai.djl.nn.core.Linear;
import ai.djl.repository.RemoteRepository;
import ai.djl.repository.Repository;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.evaluator.Accuracy;
import ai.djl.training.listener.EvaluatorTrainingListener;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Inference learning learns digits, through DJL's own training loop. */
class MnistLearningTest {

    private static final int IMAGES = 6000;

    record Learning(
            String name,
            InferenceLearning rule,
            Function<Block, Optimizer> optimizer,
            double least) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Learning> learnings() {
        InferenceLearning sequential = InferenceLearning.builder().build();
        InferenceLearning simultaneous =
                InferenceLearning.builder().optSchedule(InferenceSchedule.SIMULTANEOUS).build();
        InferenceLearning incremental =
                InferenceLearning.builder().optSchedule(InferenceSchedule.INCREMENTAL).build();
        return List.of(
                new Learning("sequential, SGD", sequential, block -> sgd(0.5f), 0.75),
                new Learning("sequential, MQ", sequential, MnistLearningTest::mq, 0.85),
                new Learning("simultaneous, MQ", simultaneous, MnistLearningTest::mq, 0.85),
                new Learning("incremental, SGD", incremental, block -> sgd(0.2f), 0.65));
    }

    private static Optimizer sgd(float rate) {
        return Optimizer.sgd().setLearningRateTracker(Tracker.fixed(rate)).build();
    }

    private static Optimizer mq(Block block) {
        return Mq.builder()
                .setBlock(block)
                .setLearningRateTracker(Tracker.fixed(3e-4f))
                .optKeep(0.999f)
                .build();
    }

    @ParameterizedTest
    @MethodSource("learnings")
    void learnsDigits(Learning learning) throws IOException, TranslateException {
        Path data = data();
        Assumptions.assumeTrue(
                data != null, "MNIST is not at hand: there is no folder shared/data beside this");
        Repository repository = new RemoteRepository("data", data.toUri());
        Engine.getEngine("PyTorch").setRandomSeed(12);
        try (Model model = Model.newInstance("digits", "PyTorch")) {
            Block block =
                    new SequentialBlock()
                            .add(Blocks.batchFlattenBlock(784))
                            .add(Linear.builder().setUnits(128).build())
                            .add(Activation::relu)
                            .add(Linear.builder().setUnits(64).build())
                            .add(Activation::relu)
                            .add(Linear.builder().setUnits(10).build());
            model.setBlock(block);
            DefaultTrainingConfig config =
                    new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                            .optOptimizer(learning.optimizer.apply(block))
                            .addEvaluator(new Accuracy())
                            .addTrainingListeners(new EvaluatorTrainingListener());
            try (Trainer trainer = learning.rule.newTrainer(model, config)) {
                trainer.initialize(new Shape(1, 1, 28, 28));
                EasyTrain.fit(
                        trainer,
                        2,
                        mnist(repository, Dataset.Usage.TRAIN, IMAGES),
                        mnist(repository, Dataset.Usage.TEST, 1000));
                float accuracy = trainer.getTrainingResult().getValidateEvaluation("Accuracy");
                assertTrue(accuracy > learning.least, learning + ": accuracy " + accuracy);
            }
        }
    }

    /**
     * Grey of the right brightness everywhere costs the entropy of the mean pixel, which is all
     * that an autoencoder can do that has not learned where digits are.
     */
    @ParameterizedTest
    @EnumSource(
            value = InferenceSchedule.class,
            names = {"SEQUENTIAL", "SIMULTANEOUS"})
    void reconstructsDigits(InferenceSchedule schedule) throws IOException, TranslateException {
        Path data = data();
        Assumptions.assumeTrue(
                data != null, "MNIST is not at hand: there is no folder shared/data beside this");
        Dataset images =
                mnist(new RemoteRepository("data", data.toUri()), Dataset.Usage.TRAIN, 3200);
        Engine.getEngine("PyTorch").setRandomSeed(12);
        try (Model model = Model.newInstance("digits", "PyTorch")) {
            Block block =
                    new SequentialBlock()
                            .add(Blocks.batchFlattenBlock(784))
                            .add(Linear.builder().setUnits(128).build())
                            .add(Activation::relu)
                            .add(Linear.builder().setUnits(20).build())
                            .add(Activation::relu)
                            .add(Linear.builder().setUnits(128).build())
                            .add(Activation::relu)
                            .add(Linear.builder().setUnits(784).build());
            model.setBlock(block);
            InferenceLearning rule =
                    InferenceLearning.builder().optSchedule(schedule).optIterations(6).build();
            DefaultTrainingConfig config =
                    new DefaultTrainingConfig(Loss.sigmoidBinaryCrossEntropyLoss())
                            .optOptimizer(mq(block));
            try (Trainer trainer = rule.newTrainer(model, config)) {
                trainer.initialize(new Shape(1, 1, 28, 28));
                double loss = 0;
                double brightness = 0;
                int batches = 0;
                for (int pass = 0; pass < 2; pass++) {
                    loss = 0;
                    brightness = 0;
                    batches = 0;
                    for (Batch batch : trainer.iterateDataset(images)) {
                        try (batch) {
                            loss += reconstruct(trainer, batch.getData());
                            brightness += batch.getData().head().mean().getFloat();
                            batches++;
                        }
                    }
                }
                double mean = brightness / batches;
                double grey = -mean * Math.log(mean) - (1 - mean) * Math.log(1 - mean);
                assertTrue(loss / batches < grey, loss / batches + " and " + grey);
            }
        }
    }

    /** Learns to put out what it is shown; returns the loss before the step. */
    private static double reconstruct(Trainer trainer, NDList images) {
        double loss;
        try (GradientCollector collector = trainer.newGradientCollector()) {
            NDList predictions = trainer.forward(images, images);
            NDArray value = trainer.getLoss().evaluate(images, predictions);
            loss = value.getFloat();
            collector.backward(value);
        }
        trainer.step();
        return loss;
    }

    private static Dataset mnist(Repository repository, Dataset.Usage usage, long limit)
            throws IOException, TranslateException {
        Mnist mnist =
                Mnist.builder()
                        .optRepository(repository)
                        .optUsage(usage)
                        .optLimit(limit)
                        .setSampling(32, usage == Dataset.Usage.TRAIN)
                        .build();
        mnist.prepare();
        return mnist;
    }

    private static Path data() {
        for (Path folder = Paths.get("").toAbsolutePath();
                folder != null;
                folder = folder.getParent()) {
            Path data = folder.resolve("shared/data");
            if (Files.isDirectory(data)) {
                return data;
            }
        }
        return null;
    }
}
