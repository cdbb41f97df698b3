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
package org.locallearning.djl.creditassignment.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.GradientCollector;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.ForcedCollection;
import org.locallearning.djl.creditassignment.Gradients;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.RuleCase;
import org.locallearning.djl.creditassignment.rule.NodePerturbation;

/** Several forwards of one network in one gradient collector. */
class SeveralForwardsTest {

    private static final Shape INPUT = new Shape(6, 4);

    /** Two forwards, and the labels of both. */
    private record Twice(NDArray labels, NDArray first, NDArray second) {

        static Twice of(Loop loop) {
            NDArray labels = loop.noise(3, INPUT);
            return new Twice(
                    labels,
                    loop.forward(loop.noise(1, INPUT), labels),
                    loop.forward(loop.noise(2, INPUT), labels));
        }
    }

    private static Block net() {
        return NetworkCase.mlp(4, 7, 5);
    }

    private static Loop start(Gradients.TrainerFactory factory) {
        return Loop.start(SeveralForwardsTest::net, INPUT, factory);
    }

    private static Gradients run(
            Gradients.TrainerFactory factory, BiConsumer<Loop, GradientCollector> batch) {
        try (Loop loop = start(factory)) {
            try (GradientCollector collector = loop.collector()) {
                batch.accept(loop, collector);
            }
            return loop.gradients();
        }
    }

    private static void assertAsStock(BiConsumer<Loop, GradientCollector> batch) {
        Gradients stock = ForcedCollection.without(() -> run(Model::newTrainer, batch));
        assertEquals(0, run(Loop.BACKPROPAGATION, batch).distanceTo(stock), 1e-5);
    }

    @Test
    void twinsThatAreCompared() {
        assertAsStock(SeveralForwardsTest::compareTwins);
    }

    private static void compareTwins(Loop loop, GradientCollector collector) {
        NDArray left = loop.forward(loop.noise(1, INPUT), loop.noise(3, INPUT));
        NDArray right = loop.forward(loop.noise(2, INPUT), loop.noise(3, INPUT));
        collector.backward(left.sub(right).square().sum().add(left.mul(right).mean()));
    }

    @Test
    void aForwardThatIsNotLookedAt() {
        assertAsStock(
                (loop, collector) -> {
                    NDArray labels = loop.noise(3, INPUT);
                    loop.forward(loop.noise(1, INPUT), labels);
                    NDArray used = loop.forward(loop.noise(2, INPUT), labels);
                    collector.backward(loop.loss(labels, used));
                });
    }

    @Test
    void predictionsThatAreTheNextInputs() {
        assertAsStock(
                (loop, collector) -> {
                    NDArray labels = loop.noise(3, INPUT);
                    NDArray state = loop.noise(1, INPUT);
                    NDArray sum = null;
                    for (int t = 0; t < 4; t++) {
                        // the loss and the next forward share this
                        state = loop.forward(state, labels).mul(0.7f).tanh();
                        NDArray loss = loop.loss(labels, state);
                        sum = sum == null ? loss : sum.add(loss);
                    }
                    collector.backward(sum);
                });
    }

    @Test
    void backwardInAnotherOrderThanForward() {
        assertAsStock(
                (loop, collector) -> {
                    Twice twice = Twice.of(loop);
                    collector.backward(loop.loss(twice.labels(), twice.first()));
                    collector.backward(loop.loss(twice.labels(), twice.second()).mul(0.25f));
                });
    }

    @Test
    void theGradientOfAnInputOfTheUsers() {
        double[] expected = ForcedCollection.without(() -> inputGradient(Model::newTrainer));
        double[] found = inputGradient(Loop.BACKPROPAGATION);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], found[i], 1e-6);
        }
    }

    private static double[] inputGradient(Gradients.TrainerFactory factory) {
        try (Loop loop = start(factory)) {
            NDArray data = loop.noise(1, INPUT);
            data.setRequiresGradient(true);
            try (GradientCollector collector = loop.collector()) {
                NDArray labels = loop.noise(3, INPUT);
                collector.backward(loop.loss(labels, loop.forward(data, labels)));
            }
            float[] gradient = data.getGradient().toFloatArray();
            double[] wide = new double[gradient.length];
            for (int i = 0; i < wide.length; i++) {
                wide[i] = gradient[i];
            }
            return wide;
        }
    }

    static List<RuleCase> rules() {
        return RuleCase.all();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void theSumOfTwoLossesGivesTheSumOfTheirGradients(RuleCase rule) {
        Gradients together =
                run(
                        rule,
                        (loop, collector) -> {
                            Twice twice = Twice.of(loop);
                            NDArray sum =
                                    loop.loss(twice.labels(), twice.first())
                                            .add(loop.loss(twice.labels(), twice.second()));
                            Engine.getEngine("PyTorch").setRandomSeed(9);
                            collector.backward(sum);
                        });
        try (Loop loop = start(rule)) {
            NDArray labels = loop.noise(3, INPUT);
            NDArray[] data = {loop.noise(1, INPUT), loop.noise(2, INPUT)};
            Engine.getEngine("PyTorch").setRandomSeed(9);
            // a rule that draws random numbers draws them for the last forward first
            for (int i = 1; i >= 0; i--) {
                try (GradientCollector collector = loop.collector()) {
                    collector.backward(loop.loss(labels, loop.forward(data[i], labels)));
                }
            }
            assertEquals(0, together.distanceTo(loop.gradients()), 1e-5);
        }
    }

    @ParameterizedTest
    @MethodSource("rules")
    void everyForwardGetsItsOwnError(RuleCase rule) {
        if (Loop.isDrivenByLoss(rule)) {
            String message =
                    assertThrows(
                                    IllegalStateException.class,
                                    () -> run(rule, SeveralForwardsTest::compareTwins))
                            .getMessage();
            assertTrue(message.contains("learns from the trainer's own loss"), message);
            return;
        }
        Gradients together = run(rule, SeveralForwardsTest::compareTwins);
        try (Loop loop = start(rule)) {
            NDArray labels = loop.noise(3, INPUT);
            NDArray[] data = {loop.noise(1, INPUT), loop.noise(2, INPUT)};
            NDArray left = loop.trainer().evaluate(new NDList(data[0])).head();
            NDArray right = loop.trainer().evaluate(new NDList(data[1])).head();
            // d/dl of |l - r|² + mean(l r), and d/dr
            NDArray[] errors = {
                left.sub(right).mul(2).add(right.div(left.size())),
                right.sub(left).mul(2).add(left.div(left.size()))
            };
            Engine.getEngine("PyTorch").setRandomSeed(103);
            loop.noise(3, INPUT);
            for (int i = 1; i >= 0; i--) {
                try (GradientCollector collector = loop.collector()) {
                    NDArray predictions = loop.forward(data[i], labels);
                    collector.backward(predictions.mul(errors[i]).sum());
                }
            }
            assertEquals(0, together.distanceTo(loop.gradients()), 1e-4);
        }
    }

    @ParameterizedTest
    @MethodSource("rules")
    void aScaledLossScalesTheGradientOrIsRefused(RuleCase rule) {
        BiConsumer<Loop, GradientCollector> half =
                (loop, collector) -> {
                    NDArray labels = loop.noise(3, INPUT);
                    NDArray predictions = loop.forward(loop.noise(1, INPUT), labels);
                    collector.backward(loop.loss(labels, predictions).div(2));
                };
        if (Loop.isDrivenByLoss(rule)) {
            assertThrows(IllegalStateException.class, () -> run(rule, half));
        } else {
            run(rule, half);
        }
    }

    private static String refusal(BiConsumer<Loop, GradientCollector> batch) {
        return assertThrows(IllegalStateException.class, () -> run(Loop.BACKPROPAGATION, batch))
                .getMessage();
    }

    @Test
    void aForwardHasOneBackward() {
        String message =
                refusal(
                        (loop, collector) -> {
                            Twice twice = Twice.of(loop);
                            collector.backward(loop.loss(twice.labels(), twice.first()));
                            collector.backward(loop.loss(twice.first(), twice.second()));
                        });
        assertTrue(message.contains("earlier backward"), message);
    }

    @Test
    void aBatchIsClosedAfterItsBackward() {
        String message =
                refusal(
                        (loop, collector) -> {
                            NDArray labels = loop.noise(3, INPUT);
                            NDArray loss;
                            try (NDManager batch = loop.manager().newSubManager()) {
                                NDArray data = batch.ones(INPUT);
                                // of the labels' manager, and so still open
                                loss = loop.loss(labels, loop.forward(data, labels));
                            }
                            loop.forward(loop.noise(2, INPUT), labels);
                            collector.backward(loss);
                        });
        assertTrue(message.contains("closed before its backward"), message);
    }

    @Test
    void noStepComesBetweenForwardAndBackward() {
        String message =
                refusal(
                        (loop, collector) -> {
                            Twice twice = Twice.of(loop);
                            NDArray secondLoss = loop.loss(twice.labels(), twice.second());
                            collector.backward(loop.loss(twice.labels(), twice.first()));
                            loop.trainer().step();
                            collector.backward(secondLoss);
                        });
        assertTrue(message.contains("took a step between"), message);
    }

    @Test
    void predictionsOfAnEarlierCollectorAreNoForward() {
        try (Loop loop = start(Loop.BACKPROPAGATION)) {
            NDArray labels = loop.noise(3, INPUT);
            NDArray early;
            try (GradientCollector collector = loop.collector()) {
                early = loop.forward(loop.noise(1, INPUT), labels);
                collector.zeroGradients();
            }
            try (GradientCollector collector = loop.collector()) {
                loop.forward(loop.noise(1, INPUT), labels);
                NDArray loss = loop.loss(labels, early);
                String message =
                        assertThrows(IllegalStateException.class, () -> collector.backward(loss))
                                .getMessage();
                assertTrue(message.contains("no forward of this gradient collector"), message);
            }
        }
    }

    @Test
    void noErrorGoesThroughEvaluate() {
        String message =
                refusal(
                        (loop, collector) -> {
                            NDArray labels = loop.noise(3, INPUT);
                            NDArray target =
                                    loop.trainer()
                                            .evaluate(new NDList(loop.noise(2, INPUT)))
                                            .singletonOrThrow()
                                            .muli(0.9f);
                            NDArray prediction = loop.forward(loop.noise(1, INPUT), labels);
                            collector.backward(loop.loss(target, prediction));
                        });
        assertTrue(message.contains("trainer.evaluate"), message);
        assertAsStock(
                (loop, collector) -> {
                    NDArray labels = loop.noise(3, INPUT);
                    NDArray target =
                            loop.trainer()
                                    .evaluate(new NDList(loop.noise(2, INPUT)))
                                    .singletonOrThrow()
                                    .stopGradient();
                    NDArray prediction = loop.forward(loop.noise(1, INPUT), labels);
                    collector.backward(loop.loss(target, prediction));
                });
    }

    @Test
    void labelsAreMissingOnlyWhereTheyAreNeeded() {
        for (RuleCase rule : RuleCase.all()) {
            BiConsumer<Loop, GradientCollector> unlabelled =
                    (loop, collector) -> {
                        NDArray predictions =
                                loop.trainer()
                                        .forward(new NDList(loop.noise(1, INPUT)))
                                        .singletonOrThrow();
                        collector.backward(predictions.square().mean());
                    };
            if (Loop.isDrivenByLoss(rule)) {
                String message =
                        assertThrows(IllegalArgumentException.class, () -> run(rule, unlabelled))
                                .getMessage();
                assertTrue(message.contains("call forward(data, labels)"), message);
            } else {
                run(rule, unlabelled);
            }
        }
        assertAsStock(
                (loop, collector) ->
                        collector.backward(
                                loop.trainer()
                                        .forward(new NDList(loop.noise(1, INPUT)))
                                        .singletonOrThrow()
                                        .square()
                                        .mean()));
    }

    @Test
    void aSampleLossMayDoWithoutLabels() {
        NodePerturbation rule =
                NodePerturbation.builder()
                        .optSampleLoss(
                                (labels, predictions) ->
                                        predictions.head().square().mean(new int[] {1}))
                        .build();
        Gradients gradients =
                run(
                        rule::newTrainer,
                        (loop, collector) -> {
                            NDList data = new NDList(loop.noise(1, INPUT));
                            NDArray predictions = loop.trainer().forward(data).singletonOrThrow();
                            collector.backward(predictions.square().mean());
                        });
        assertTrue(gradients.byPath().values().stream().allMatch(all -> all[0] != 0));
    }
}
