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

import ai.djl.Model;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
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

    private static final Digits DIGITS = new Digits(50, 6000, 2000, 8);

    private double linear;
    private double frozen;

    @BeforeAll
    void trainTheControls() throws Exception {
        Digits.assumePresent();
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
        AlignmentListener listener =
                new AlignmentListener(DIGITS.epochs() * DIGITS.trained() / DIGITS.batch() - 1);
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

    private static double accuracy(Block block, Gradients.TrainerFactory factory) throws Exception {
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                        .optOptimizer(
                                Optimizer.adam()
                                        .optLearningRateTracker(Tracker.fixed(0.002f))
                                        .build());
        return DIGITS.accuracy(block, config, factory);
    }
}
