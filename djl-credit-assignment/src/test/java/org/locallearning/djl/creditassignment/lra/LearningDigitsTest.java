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
package org.locallearning.djl.creditassignment.lra;

import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.initializer.NormalInitializer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.locallearning.djl.creditassignment.CreditAssignment;
import org.locallearning.djl.creditassignment.Digits;
import org.locallearning.djl.creditassignment.Gradients;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.rule.FeedbackDistribution;

/**
 * Handwritten digits: hidden layers that learn by targets beat hidden layers that stay as they
 * began, in nets of tanh and of sign units.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LearningDigitsTest {

    private static final Digits DIGITS = new Digits(32, 4000, 1000, 3);

    @BeforeAll
    void lookForTheData() {
        Digits.assumePresent();
    }

    @Test
    void tanhUnitsLearn() throws Exception {
        LocalRepresentationAlignment rule =
                LocalRepresentationAlignment.builder().optWiring(ErrorWiring.skip(2)).build();
        assertLearns(Activation::tanhBlock, rule, 1e-3f, 0.85);
    }

    @Test
    void signUnitsLearnAndMoreSoFromBothSides() throws Exception {
        double frozen =
                accuracy(network(SignActivation::signBlock, true), 1e-3f, Model::newTrainer);
        double paper = signAccuracy(ErrorDifference.ONE_SIDED);
        double central = signAccuracy(ErrorDifference.CENTRAL);
        assertTrue(paper > frozen + 0.05, paper + " against " + frozen + " frozen");
        assertTrue(central > paper + 0.01, central + " against " + paper + " from one side");
        assertTrue(central > 0.85, "accuracy " + central);
    }

    private static double signAccuracy(ErrorDifference difference) throws Exception {
        LocalRepresentationAlignment rule =
                LocalRepresentationAlignment.builder()
                        .optBeta(0.5)
                        .optFeedback(FeedbackDistribution.normal(1).seeded(0))
                        .optErrorDifference(difference)
                        .build();
        return accuracy(network(SignActivation::signBlock, false), 1e-3f, rule::newTrainer);
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
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                        .optInitializer(new NormalInitializer(0.05f), Parameter.Type.WEIGHT)
                        .optOptimizer(
                                Optimizer.adam()
                                        .optLearningRateTracker(Tracker.fixed(rate))
                                        .build());
        return DIGITS.accuracy(block, config, factory);
    }
}
