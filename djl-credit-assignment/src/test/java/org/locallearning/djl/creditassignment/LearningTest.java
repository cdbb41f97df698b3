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

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Model;
import ai.djl.basicdataset.cv.classification.Mnist;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
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
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.alignment.AlignmentListener;
import org.locallearning.djl.creditassignment.alignment.LayerAlignment;
import org.locallearning.djl.creditassignment.rule.FeedbackAlignment;

/**
 * Handwritten digits: the rules teach hidden layers something, which is what their papers claim.
 * Hidden layers that stay as they began do far worse, and so does a linear classifier.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LearningTest {

    /** Seen from the module's folder. */
    private static final Path DATA = Path.of("..", "..", "shared", "data");

    private static final int BATCH = 50;
    private static final int TRAINED = 6000;
    private static final int TESTED = 2000;
    private static final int EPOCHS = 8;

    private double linear;
    private double frozen;

    @BeforeAll
    void trainTheControls() throws Exception {
        System.setProperty("disableProgressBar", "true");
        assumeTrue(
                Files.isDirectory(DATA),
                () -> "there is no MNIST at " + DATA.toAbsolutePath().normalize());
        linear =
                accuracy(
                        new SequentialBlock()
                                .add(Blocks.batchFlattenBlock())
                                .add(NetworkCase.linear(10)),
                        Model::newTrainer);
        SequentialBlock asTheyBegan = network();
        List<Block> layers = asTheyBegan.getChildren().values();
        layers.subList(0, layers.size() - 1).forEach(layer -> layer.freezeParameters(true));
        frozen = accuracy(asTheyBegan, Model::newTrainer);
    }

    static Stream<RuleCase> rules() {
        return RuleCase.all().stream()
                .filter(rule -> List.of("direct, dense", "uniform signs").contains(rule.name()));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void beatsBothControls(RuleCase rule) throws Exception {
        assertBeatsBothControls(accuracy(network(), rule));
    }

    @Test
    void feedbackAlignmentBeatsBothControlsAndAligns() throws Exception {
        AlignmentListener listener = new AlignmentListener(EPOCHS * TRAINED / BATCH - 1);
        double accuracy =
                accuracy(
                        network(),
                        (model, config) ->
                                FeedbackAlignment.builder()
                                        .build()
                                        .newTrainer(model, config.addTrainingListeners(listener)));
        assertBeatsBothControls(accuracy);
        List<LayerAlignment> output =
                listener.getAlignments().stream()
                        .filter(alignment -> "06Linear_weight".equals(alignment.path()))
                        .toList();
        double first = output.get(0).feedbackAngle().orElseThrow();
        double last = output.get(output.size() - 1).feedbackAngle().orElseThrow();
        // the cosine of 300 weights drawn independently is 1 / √300 or 3° from a right angle
        assertEquals(90, first, 15);
        assertTrue(last < 70, "the last angle is " + last);
    }

    private void assertBeatsBothControls(double accuracy) {
        assertTrue(accuracy > frozen + 0.15, accuracy + " against " + frozen + " frozen");
        assertTrue(accuracy > linear + 0.01, accuracy + " against " + linear + " linear");
    }

    private static SequentialBlock network() {
        SequentialBlock block = new SequentialBlock().add(Blocks.batchFlattenBlock());
        NetworkCase.mlp(10, 200, 30).getChildren().values().forEach(block::add);
        return block;
    }

    /** Trains on the first images, always from the same seed, and tests on others. */
    private static double accuracy(Block block, Gradients.TrainerFactory factory) throws Exception {
        Engine.getEngine("PyTorch").setRandomSeed(1);
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                        .optOptimizer(
                                Optimizer.adam()
                                        .optLearningRateTracker(Tracker.fixed(0.002f))
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
