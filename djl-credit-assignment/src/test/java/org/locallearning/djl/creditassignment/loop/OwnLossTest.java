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
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.L2WeightDecay;
import ai.djl.training.loss.Loss;
import ai.djl.training.loss.SimpleCompositeLoss;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.CreditTrainer;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.RuleCase;
import org.locallearning.djl.creditassignment.rule.NodePerturbation;

/** Rules that learn from the trainer's loss, in loops that give backward another later on. */
class OwnLossTest {

    private static final Shape INPUT = new Shape(4, 5);
    private static final Shape LABELS = new Shape(4, 3);

    /** What a loop gives to backward in a batch. */
    private interface BatchLoss {
        NDArray evaluate(Loop loop, NDArray labels, NDArray prediction);
    }

    private static Block net() {
        return new SequentialBlock()
                .add(NetworkCase.linear(6))
                .add(Activation.tanhBlock())
                .add(NetworkCase.linear(3));
    }

    private static void train(RuleCase rule, BatchLoss later) {
        train(rule, later, (loop, data) -> loop.noise(3, LABELS));
    }

    private static void train(
            RuleCase rule, BatchLoss later, BiFunction<Loop, NDArray, NDArray> labelsOfLater) {
        try (Loop loop = Loop.start(OwnLossTest::net, INPUT, rule.rule()::newTrainer)) {
            for (int i = 0; i < 2; i++) {
                NDArray data = loop.noise(i, INPUT);
                NDArray labels = i == 0 ? loop.noise(2, LABELS) : labelsOfLater.apply(loop, data);
                try (GradientCollector collector = loop.collector()) {
                    NDArray prediction = loop.forward(data, labels);
                    collector.backward(
                            i == 0
                                    ? loop.loss(labels, prediction)
                                    : later.evaluate(loop, labels, prediction));
                }
                loop.trainer().step();
            }
        }
    }

    static List<RuleCase> rules() {
        return RuleCase.perturbing();
    }

    private static void assertRefused(RuleCase rule, BatchLoss later) {
        String message =
                assertThrows(IllegalStateException.class, () -> train(rule, later)).getMessage();
        assertTrue(message.contains("learns from the trainer's own loss"), message);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void aPenaltyThatSetsInLaterIsRefused(RuleCase rule) {
        assertRefused(
                rule,
                (loop, labels, prediction) ->
                        loop.loss(labels, prediction).add(prediction.square().mean()));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void labelsThatAreMixedInSomeBatchesAreRefused(RuleCase rule) {
        assertRefused(
                rule,
                (loop, labels, prediction) ->
                        loop.loss(labels.add(labels.flip(0)).mul(0.5f), prediction));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void aLossThatIsScaledInSomeBatchesIsRefused(RuleCase rule) {
        assertRefused(rule, (loop, labels, prediction) -> loop.loss(labels, prediction).div(2));
    }

    /** A loss that adds noise to the labels whenever it is evaluated. */
    private static final class NoisyLoss extends Loss {

        NoisyLoss() {
            super("noisy");
        }

        @Override
        public NDArray evaluate(NDList labels, NDList predictions) {
            NDArray label = labels.head();
            NDArray noise =
                    label.getManager().randomNormal(0, 1, label.getShape(), label.getDataType());
            return predictions.head().sub(label.add(noise)).square().mean();
        }
    }

    @ParameterizedTest
    @MethodSource("rules")
    void aLossThatDrawsRandomNumbersIsNamed(RuleCase rule) {
        try (Model model = Model.newInstance("loop", "PyTorch");
                NDManager manager = NDManager.newBaseManager("PyTorch")) {
            model.setBlock(net());
            try (Trainer trainer =
                    rule.rule().newTrainer(model, new DefaultTrainingConfig(new NoisyLoss()))) {
                trainer.initialize(INPUT);
                NDArray data = manager.randomNormal(INPUT);
                NDArray labels = manager.randomNormal(LABELS);
                try (GradientCollector collector = trainer.newGradientCollector()) {
                    NDList predictions = trainer.forward(new NDList(data), new NDList(labels));
                    NDArray loss = trainer.getLoss().evaluate(new NDList(labels), predictions);
                    String message =
                            assertThrows(
                                            IllegalStateException.class,
                                            () -> collector.backward(loss))
                                    .getMessage();
                    assertTrue(message.contains("another gradient each time"), message);
                }
            }
        }
    }

    /** The decay makes its arrays with the manager of the weights. */
    @ParameterizedTest
    @MethodSource("rules")
    void aPenaltyLeavesNoArrays(RuleCase rule) {
        try (Model model = Model.newInstance("loop", "PyTorch")) {
            model.setBlock(net());
            model.getBlock().initialize(model.getNDManager(), DataType.FLOAT32, INPUT);
            NDList weights = new NDList();
            model.getBlock().getParameters().values().stream()
                    .filter(parameter -> parameter.getType() == Parameter.Type.WEIGHT)
                    .forEach(parameter -> weights.add(parameter.getArray()));
            SimpleCompositeLoss loss = new SimpleCompositeLoss();
            loss.addLoss(Loss.l2Loss()).addLoss(new L2WeightDecay("decay", weights, 0.1f));
            try (Trainer trainer = rule.rule().newTrainer(model, new DefaultTrainingConfig(loss))) {
                trainer.initialize(INPUT);
                List<Integer> open = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    trainOnce(trainer);
                    open.add(model.getNDManager().getManagedArrays().size());
                }
                assertEquals(open.get(1), open.get(3));
            }
        }
    }

    private static void trainOnce(Trainer trainer) {
        try (NDManager manager = trainer.getManager().newSubManager();
                GradientCollector collector = trainer.newGradientCollector()) {
            NDList data = new NDList(manager.randomNormal(INPUT));
            NDList labels = new NDList(manager.randomNormal(LABELS));
            NDList predictions = trainer.forward(data, labels);
            try (NDArray loss = evaluate(trainer.getLoss(), labels, predictions)) {
                collector.backward(loss);
            }
        }
    }

    /** Leaves nothing open but the loss. */
    private static NDArray evaluate(Loss loss, NDList labels, NDList predictions) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray value = loss.evaluate(labels, predictions);
            NDScope.unregister(value);
            return value;
        }
    }

    /** Trains for six batches, of which the host reads what comes of the sixth. */
    private static void trainWithRareChecks(RuleCase rule, Set<Integer> scaled) {
        try (Loop loop = Loop.start(OwnLossTest::net, INPUT, rule.rule()::newTrainer)) {
            ((CreditTrainer) loop.trainer()).setLossCheckInterval(5);
            for (int i = 0; i < 6; i++) {
                NDArray labels = loop.noise(2, LABELS);
                try (GradientCollector collector = loop.collector()) {
                    NDArray loss = loop.loss(labels, loop.forward(loop.noise(i, INPUT), labels));
                    collector.backward(scaled.contains(i) ? loss.mul(2) : loss);
                }
                loop.trainer().step();
            }
        }
    }

    /** What is right in later batches does not make up for what was wrong before. */
    @ParameterizedTest
    @MethodSource("rules")
    void anotherLossInBatchesThatAreCheckedLaterIsRefused(RuleCase rule) {
        for (Set<Integer> scaled : List.of(Set.of(1), Set.of(2, 3), Set.of(4), Set.of(5))) {
            String message =
                    assertThrows(
                                    IllegalStateException.class,
                                    () -> trainWithRareChecks(rule, scaled),
                                    scaled::toString)
                            .getMessage();
            assertTrue(message.contains("learns from the trainer's own loss"), message);
        }
        trainWithRareChecks(rule, Set.of());
    }

    /** What rules that perturb are for: it is of no use to backward. */
    @Test
    void aLossOfSamplesWithoutAGradientIsLearnedFrom() {
        NodePerturbation rule =
                NodePerturbation.builder()
                        .optNoiseScale(10)
                        .optSampleLoss(
                                (labels, predictions) ->
                                        predictions
                                                .head()
                                                .gt(labels.head())
                                                .toType(DataType.FLOAT32, false)
                                                .mean(new int[] {1}))
                        .build();
        try (Loop loop = Loop.start(OwnLossTest::net, INPUT, rule::newTrainer)) {
            for (int i = 0; i < 3; i++) {
                try (GradientCollector collector = loop.collector()) {
                    NDArray labels = loop.noise(2, LABELS);
                    collector.backward(
                            loop.loss(labels, loop.forward(loop.noise(i, INPUT), labels)));
                }
                loop.trainer().step();
            }
        }
    }

    @Test
    void aLossOfSamplesThatIsNotTheLossOfTheLoopIsRefusedAtOnce() {
        NodePerturbation rule =
                NodePerturbation.builder()
                        .optSampleLoss(
                                (labels, predictions) ->
                                        predictions
                                                .head()
                                                .sub(labels.head())
                                                .abs()
                                                .mean(new int[] {1}))
                        .build();
        try (Loop loop = Loop.start(OwnLossTest::net, INPUT, rule::newTrainer);
                GradientCollector collector = loop.collector()) {
            NDArray labels = loop.noise(2, LABELS);
            NDArray loss = loop.loss(labels, loop.forward(loop.noise(1, INPUT), labels));
            String message =
                    assertThrows(IllegalStateException.class, () -> collector.backward(loss))
                            .getMessage();
            assertTrue(
                    message.startsWith(
                            "NodePerturbation learns from the mean of its own loss of samples"
                                    + " (optSampleLoss) of the predictions"),
                    message);
        }
    }

    /** Errors that vanish are rounding, in which two ways to compute one loss differ. */
    @ParameterizedTest
    @MethodSource("rules")
    void theSameLossByOtherMeansTrainsToTheEnd(RuleCase rule) {
        train(
                rule,
                (loop, labels, prediction) -> prediction.add(3).sub(labels.add(3)).square().mean(),
                (loop, data) ->
                        loop.trainer().evaluate(new NDList(data)).singletonOrThrow().add(1e-6));
    }
}
