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

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.loss.IndexLoss;
import ai.djl.training.loss.Loss;
import ai.djl.training.loss.SimpleCompositeLoss;
import ai.djl.util.Pair;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.locallearning.djl.creditassignment.CreditTrainer;
import org.locallearning.djl.creditassignment.Gradients;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.TrainingRun;

/** Inference in networks whose last stage puts out several arrays. */
class SeveralHeadsTest {

    private static final Shape INPUT = new Shape(5, 7);

    /** Two heads and one of both their widths are one function, and so are their losses. */
    @ParameterizedTest
    @EnumSource
    void theyLearnLikeOneHeadOfTheirWidths(InferenceSchedule schedule) {
        InferenceLearning rule = InferenceLearning.builder().optSchedule(schedule).build();
        Map<String, double[]> two =
                gradients(
                        new SequentialBlock()
                                .add(NetworkCase.linear(6))
                                .add(Activation::tanh)
                                .add(
                                        new ParallelBlock(
                                                SeveralHeadsTest::both,
                                                List.of(
                                                        NetworkCase.linear(3),
                                                        NetworkCase.linear(2)))),
                        new SimpleCompositeLoss()
                                .addLoss(new IndexLoss(Loss.softmaxCrossEntropyLoss(), 0))
                                .addLoss(new IndexLoss(Loss.softmaxCrossEntropyLoss(), 1)),
                        rule);
        Map<String, double[]> one =
                gradients(
                        new SequentialBlock()
                                .add(NetworkCase.linear(6))
                                .add(Activation::tanh)
                                .add(NetworkCase.linear(5)),
                        new TwoSoftmaxes(),
                        rule);
        for (String kind : List.of("_weight", "_bias")) {
            assertArrayEquals(one.get("01Linear" + kind), two.get("01Linear" + kind), 1e-12);
            assertArrayEquals(
                    one.get("03Linear" + kind),
                    concat(
                            two.get("03ParallelBlock_01Linear" + kind),
                            two.get("03ParallelBlock_02Linear" + kind)),
                    1e-12);
        }
    }

    @ParameterizedTest
    @EnumSource
    void branchesAloneAreRefused(InferenceSchedule schedule) {
        NetworkCase wideAndDeep =
                new NetworkCase("wide and deep", SeveralHeadsTest::wideAndDeep, INPUT, 3);
        InferenceLearning rule = InferenceLearning.builder().optSchedule(schedule).build();
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> TrainingRun.start(wideAndDeep, rule::newTrainer))
                        .getMessage();
        assertTrue(message.contains("backpropagation by another name"), message);
    }

    @ParameterizedTest
    @EnumSource
    void aNormalizationInFrontOfBranchesIsNoStage(InferenceSchedule schedule) {
        NetworkCase normalized =
                new NetworkCase(
                        "normalized",
                        () ->
                                new SequentialBlock()
                                        .add(BatchNorm.builder().build())
                                        .add(wideAndDeep()),
                        INPUT,
                        3);
        InferenceLearning rule = InferenceLearning.builder().optSchedule(schedule).build();
        assertThrows(
                IllegalArgumentException.class,
                () -> TrainingRun.start(normalized, rule::newTrainer));
    }

    /** A single layer and its normalization learn by the delta rule. */
    @Test
    void aNormalizationInFrontOfALayerIsFine() {
        NetworkCase normalized =
                new NetworkCase(
                        "normalized",
                        () ->
                                new SequentialBlock()
                                        .add(BatchNorm.builder().build())
                                        .add(NetworkCase.linear(3)),
                        INPUT,
                        3);
        TrainingRun.start(normalized, InferenceLearning.builder().build()::newTrainer)
                .assign(0)
                .close();
    }

    @Test
    void arraysBetweenAllStagesAreRefused() {
        NetworkCase split =
                new NetworkCase(
                        "split",
                        () ->
                                new SequentialBlock()
                                        .add(
                                                new ParallelBlock(
                                                        SeveralHeadsTest::both,
                                                        List.of(
                                                                NetworkCase.linear(4),
                                                                NetworkCase.linear(5))))
                                        .add(list -> new NDList(list.get(0).concat(list.get(1), 1)))
                                        .add(NetworkCase.linear(3)),
                        INPUT,
                        3);
        InferenceLearning rule = InferenceLearning.builder().build();
        try (TrainingRun run = TrainingRun.start(split, rule::newTrainer)) {
            String message =
                    assertThrows(IllegalArgumentException.class, () -> run.assign(0)).getMessage();
            assertTrue(message.contains("between 01ParallelBlock and 03Linear"), message);
        }
    }

    /** Without hidden layers every rule is the delta rule. */
    @Test
    void headsAloneAreNot() {
        NetworkCase heads =
                new NetworkCase(
                        "heads",
                        () ->
                                new ParallelBlock(
                                        SeveralHeadsTest::sum,
                                        List.of(NetworkCase.linear(3), NetworkCase.linear(3))),
                        INPUT,
                        3);
        TrainingRun.start(heads, InferenceLearning.builder().build()::newTrainer).close();
    }

    private static Block wideAndDeep() {
        return new SequentialBlock()
                .add(
                        new ParallelBlock(
                                SeveralHeadsTest::sum,
                                List.of(NetworkCase.linear(3), NetworkCase.mlp(3, 6))));
    }

    private static NDList both(List<NDList> heads) {
        return new NDList(heads.get(0).singletonOrThrow(), heads.get(1).singletonOrThrow());
    }

    private static NDList sum(List<NDList> heads) {
        return new NDList(heads.get(0).singletonOrThrow().add(heads.get(1).singletonOrThrow()));
    }

    private static double[] concat(double[] first, double[] second) {
        return DoubleStream.concat(Arrays.stream(first), Arrays.stream(second)).toArray();
    }

    private static Map<String, double[]> gradients(Block block, Loss loss, InferenceLearning rule) {
        try (Model model = Model.newInstance("heads", "PyTorch")) {
            model.setDataType(DataType.FLOAT64);
            model.setBlock(block);
            try (CreditTrainer trainer = rule.newTrainer(model, new DefaultTrainingConfig(loss))) {
                trainer.initialize(INPUT);
                // the same numbers in the order of units, whether they are in one array or in two
                fill(block, "01Linear", 2);
                fill(block, "03", 3);
                NDList data =
                        new NDList(
                                trainer.getManager()
                                        .create(normal(new Random(1), INPUT.size()), INPUT));
                NDArray first = trainer.getManager().create(new int[] {0, 1, 2, 0, 1});
                NDArray second = trainer.getManager().create(new int[] {1, 0, 0, 1, 1});
                NDList labels = new NDList(first, second);
                try (GradientCollector collector = trainer.newGradientCollector()) {
                    NDList predictions = trainer.forward(data, labels);
                    collector.backward(loss.evaluate(labels, predictions));
                }
                assertEquals(
                        2,
                        InferenceLearning.getFreeEnergy(trainer).orElseThrow().getStages().size());
                return Gradients.read(model).byPath();
            }
        }
    }

    /** Fills weights from the first unit to the last. */
    private static void fill(Block block, String prefix, int seed) {
        Random random = new Random(seed);
        for (Pair<String, Parameter> each : block.getParameters()) {
            if (each.getKey().startsWith(prefix) && each.getKey().endsWith("_weight")) {
                NDArray array = each.getValue().getArray();
                double[] values = normal(random, array.size());
                try (NDArray alias = array.stopGradient();
                        NDArray filled = array.getManager().create(values, array.getShape())) {
                    alias.muli(0).addi(filled);
                }
            }
        }
    }

    private static double[] normal(Random random, long size) {
        return DoubleStream.generate(random::nextGaussian).limit(size).toArray();
    }

    /** The sum of the losses of the first three and the last two of five outputs. */
    private static final class TwoSoftmaxes extends Loss {

        TwoSoftmaxes() {
            super("two softmaxes");
        }

        @Override
        public NDArray evaluate(NDList labels, NDList predictions) {
            NDArray prediction = predictions.singletonOrThrow();
            Loss loss = Loss.softmaxCrossEntropyLoss();
            NDArray first =
                    loss.evaluate(new NDList(labels.get(0)), new NDList(prediction.get(":, :3")));
            return first.add(
                    loss.evaluate(new NDList(labels.get(1)), new NDList(prediction.get(":, 3:"))));
        }
    }
}
