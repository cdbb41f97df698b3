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
package org.locallearning.djl.creditassignment.representation;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Model;
import ai.djl.basicdataset.cv.classification.Mnist;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.repository.RemoteRepository;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.initializer.NormalInitializer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.locallearning.djl.creditassignment.CreditAssignment;
import org.locallearning.djl.creditassignment.Gradients;
import org.locallearning.djl.creditassignment.NetworkCase;

/**
 * Handwritten digits: hidden layers that learn by targets beat hidden layers that stay as they
 * began, in nets of tanh and of sign units.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LearningDigitsTest {

    /** Seen from the module's folder. */
    private static final Path DATA = Path.of("..", "..", "shared", "data");

    private static final int BATCH = 32;
    private static final int TRAINED = 4000;
    private static final int TESTED = 1000;
    private static final int EPOCHS = 3;

    @BeforeAll
    void lookForTheData() {
        System.setProperty("disableProgressBar", "true");
        assumeTrue(
                Files.isDirectory(DATA),
                () -> "there is no MNIST at " + DATA.toAbsolutePath().normalize());
    }

    @Test
    void tanhUnitsLearn() throws Exception {
        LocalRepresentationAlignment rule =
                LocalRepresentationAlignment.builder().optWiring(ErrorWiring.skip(2)).build();
        assertLearns(Activation::tanhBlock, rule, 1e-3f, 0.85);
    }

    @Test
    void signUnitsLearn() throws Exception {
        // a target differs only where a sign flips: it takes a larger β to move one
        LocalRepresentationAlignment rule =
                LocalRepresentationAlignment.builder()
                        .optBeta(1)
                        .optErrorMatrixUpdate(ErrorMatrixUpdate.LRA_E)
                        .build();
        assertLearns(SignActivation::signBlock, rule, 2e-3f, 0.75);
    }

    private static void assertLearns(
            Supplier<Block> activation, CreditAssignment rule, float rate, double least)
            throws Exception {
        double frozen = accuracy(network(activation, true), rate, Model::newTrainer);
        double accuracy = accuracy(network(activation, false), rate, rule::newTrainer);
        assertTrue(accuracy > frozen + 0.05, accuracy + " against " + frozen + " frozen");
        assertTrue(accuracy > least, "accuracy " + accuracy);
    }

    private static Block network(Supplier<Block> activation, boolean frozen) {
        SequentialBlock block = new SequentialBlock().add(Blocks.batchFlattenBlock());
        for (int i = 0; i < 3; i++) {
            Block layer = NetworkCase.linear(100);
            layer.freezeParameters(frozen);
            block.add(layer).add(activation.get());
        }
        return block.add(NetworkCase.linear(10));
    }

    private static double accuracy(Block block, float rate, Gradients.TrainerFactory factory)
            throws Exception {
        Engine.getEngine("PyTorch").setRandomSeed(1);
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                        .optInitializer(new NormalInitializer(0.05f), Parameter.Type.WEIGHT)
                        .optOptimizer(
                                Optimizer.adam()
                                        .optLearningRateTracker(Tracker.fixed(rate))
                                        .build());
        try (Model model = Model.newInstance("digits", "PyTorch")) {
            model.setBlock(block);
            try (Trainer trainer = factory.apply(model, config)) {
                trainer.initialize(new Shape(BATCH, 1, 28, 28));
                EasyTrain.fit(trainer, EPOCHS, mnist(Dataset.Usage.TRAIN, TRAINED), null);
                long right = 0;
                for (Batch batch : trainer.iterateDataset(mnist(Dataset.Usage.TEST, TESTED))) {
                    try (batch) {
                        NDArray answers = trainer.evaluate(batch.getData()).head().argMax(1);
                        NDArray labels =
                                batch.getLabels().head().toType(answers.getDataType(), false);
                        right += answers.eq(labels).sum().getLong();
                    }
                }
                return (double) right / TESTED;
            }
        }
    }

    private static Mnist mnist(Dataset.Usage usage, int images) throws Exception {
        Mnist mnist =
                Mnist.builder()
                        .optRepository(new RemoteRepository("data", DATA.toUri()))
                        .optUsage(usage)
                        .optLimit(images)
                        .setSampling(BATCH, usage == Dataset.Usage.TRAIN)
                        .build();
        mnist.prepare();
        return mnist;
    }
}
