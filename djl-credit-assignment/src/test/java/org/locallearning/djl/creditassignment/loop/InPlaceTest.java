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
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.loss.Loss;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.ForcedCollection;
import org.locallearning.djl.creditassignment.Gradients;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.RuleCase;

/** Blocks that change their inputs in place, which the stock trainer lets them do. */
class InPlaceTest {

    private static final Shape INPUT = new Shape(6, 5);
    private static final Shape OUTPUT = new Shape(6, 4);

    /**
     * A network and its twin that changes nothing in place.
     *
     * @param name the name, for the test's title
     * @param block the network
     * @param twin the twin
     */
    private record Twins(String name, Supplier<Block> block, Supplier<Block> twin) {

        @Override
        public String toString() {
            return name;
        }
    }

    private static SequentialBlock net(Function<NDArray, NDArray> lambda) {
        return new SequentialBlock()
                .add(NetworkCase.linear(5))
                .add(list -> new NDList(lambda.apply(list.head())))
                .add(NetworkCase.linear(4));
    }

    private static SequentialBlock end(Function<NDArray, NDArray> lambda) {
        return new SequentialBlock()
                .add(NetworkCase.linear(4))
                .add(list -> new NDList(lambda.apply(list.head())));
    }

    private static SequentialBlock afterView(Function<NDArray, NDArray> lambda) {
        return new SequentialBlock()
                .add(NetworkCase.linear(6))
                .add(list -> new NDList(list.head().reshape(6, 2, 3)))
                .add(list -> new NDList(lambda.apply(list.head())))
                .add(Blocks.batchFlattenBlock())
                .add(NetworkCase.linear(4));
    }

    private static Block join(Function<List<NDList>, NDList> function, Block... branches) {
        ParallelBlock parallel = new ParallelBlock(function);
        for (Block branch : branches) {
            parallel.add(branch);
        }
        return new SequentialBlock()
                .add(NetworkCase.linear(5))
                .add(parallel)
                .add(Activation::tanh)
                .add(NetworkCase.linear(4));
    }

    private static NDList add(List<NDList> branches) {
        return new NDList(branches.get(0).head().add(branches.get(1).head()));
    }

    private static NDList addInPlace(List<NDList> branches) {
        return new NDList(branches.get(0).head().addi(branches.get(1).head()));
    }

    private static Block halved(Function<NDArray, NDArray> lambda) {
        return new SequentialBlock()
                .add(NetworkCase.linear(5))
                .add(list -> new NDList(lambda.apply(list.head())));
    }

    static Stream<Twins> twins() {
        return Stream.of(
                new Twins(
                        "a factor after a layer",
                        () -> net(x -> x.muli(2)),
                        () -> net(x -> x.mul(2))),
                new Twins(
                        "a factor at the output",
                        () -> end(x -> x.divi(2)),
                        () -> end(x -> x.div(2))),
                new Twins(
                        "after a view",
                        () -> afterView(x -> x.subi(1)),
                        () -> afterView(x -> x.sub(1))),
                new Twins(
                        "a sum of branches",
                        () ->
                                join(
                                        InPlaceTest::addInPlace,
                                        NetworkCase.linear(5),
                                        Blocks.identityBlock()),
                        () ->
                                join(
                                        InPlaceTest::add,
                                        NetworkCase.linear(5),
                                        Blocks.identityBlock())),
                new Twins(
                        "inside a branch",
                        () ->
                                join(
                                        InPlaceTest::add,
                                        halved(x -> x.muli(0.5f)),
                                        Blocks.identityBlock()),
                        () ->
                                join(
                                        InPlaceTest::add,
                                        halved(x -> x.mul(0.5f)),
                                        Blocks.identityBlock())));
    }

    /** The stock trainer fails here, since the other branch needs what is changed. */
    private static Twins sumIntoTheIdentity() {
        return new Twins(
                "a sum into the identity",
                () -> join(InPlaceTest::addInPlace, Blocks.identityBlock(), NetworkCase.linear(5)),
                () -> join(InPlaceTest::add, Blocks.identityBlock(), NetworkCase.linear(5)));
    }

    private static Gradients gradients(
            Supplier<? extends Block> block, Gradients.TrainerFactory factory) {
        try (Loop loop = Loop.start(block, INPUT, factory)) {
            NDArray data = loop.noise(1, INPUT);
            NDArray labels = loop.noise(2, OUTPUT);
            // what is found out about a block in the first batch holds for the next
            for (int batch = 0; batch < 2; batch++) {
                try (GradientCollector collector = loop.collector()) {
                    NDArray prediction = loop.forward(data, labels);
                    NDArray loss = loop.loss(labels, prediction);
                    Engine.getEngine("PyTorch").setRandomSeed(7);
                    collector.backward(loss);
                }
            }
            return loop.gradients();
        }
    }

    @ParameterizedTest
    @MethodSource("twins")
    void trainsAsUnderTheStockTrainer(Twins twins) {
        Gradients stock =
                ForcedCollection.without(() -> gradients(twins.block(), Model::newTrainer));
        assertEquals(0, gradients(twins.block(), Loop.BACKPROPAGATION).distanceTo(stock), 1e-5);
    }

    static Stream<Arguments> rulesOnTwins() {
        return RuleCase.all().stream()
                .flatMap(
                        rule ->
                                Stream.concat(twins(), Stream.of(sumIntoTheIdentity()))
                                        .map(twins -> Arguments.of(rule, twins)));
    }

    @ParameterizedTest
    @MethodSource("rulesOnTwins")
    void trainsAsItsTwin(RuleCase rule, Twins twins) {
        Gradients expected = gradients(twins.twin(), rule);
        assertEquals(0, gradients(twins.block(), rule).distanceTo(expected), 1e-5);
    }

    static Stream<Twins> inputs() {
        return Stream.of(
                new Twins(
                        "at the input",
                        () ->
                                new SequentialBlock()
                                        .add(list -> new NDList(list.head().muli(0.5f)))
                                        .add(NetworkCase.linear(4)),
                        null),
                new Twins(
                        "at the input, after a view",
                        () ->
                                new SequentialBlock()
                                        .add(list -> new NDList(list.head().reshape(6, 5)))
                                        .add(list -> new NDList(list.head().muli(0.5f)))
                                        .add(NetworkCase.linear(4)),
                        null));
    }

    @ParameterizedTest
    @MethodSource("inputs")
    void theBatchIsChangedAsUnderTheStockTrainer(Twins twins) {
        Gradients stock =
                ForcedCollection.without(() -> gradients(twins.block(), Model::newTrainer));
        assertEquals(0, gradients(twins.block(), Loop.BACKPROPAGATION).distanceTo(stock), 1e-5);
    }

    /** Networks in which something else uses what a block changes. */
    static Stream<Twins> shared() {
        return Stream.of(
                new Twins(
                        "02ParallelBlock_01LambdaBlock (LambdaBlock)",
                        () ->
                                join(
                                        InPlaceTest::add,
                                        new SequentialBlock()
                                                .add(list -> new NDList(list.head().muli(2))),
                                        NetworkCase.linear(5)),
                        null),
                new Twins(
                        "02SequentialBlock_02LambdaBlock (LambdaBlock)",
                        () ->
                                new SequentialBlock()
                                        .add(NetworkCase.linear(5))
                                        .add(
                                                new SequentialBlock()
                                                        .add(NetworkCase.linear(5))
                                                        .add(
                                                                list ->
                                                                        new NDList(
                                                                                list.head()
                                                                                        .muli(2)))
                                                        .setReturnIntermediate(true))
                                        .add(
                                                list ->
                                                        add(
                                                                List.of(
                                                                        new NDList(list.get(0)),
                                                                        new NDList(list.get(1)))))
                                        .add(NetworkCase.linear(4)),
                        null));
    }

    @ParameterizedTest
    @MethodSource("shared")
    void whatElseUsesItIsNotGuessed(Twins twins) {
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> gradients(twins.block(), Loop.BACKPROPAGATION))
                        .getMessage();
        assertTrue(message.contains("changes its input in place"), message);
        assertTrue(message.contains("mul in place of muli"), message);
        assertTrue(message.contains("(LambdaBlock)"), message);
    }

    /** The squared error with labels drawn to a half, which takes no memory of its own. */
    private static final class InPlaceLoss extends Loss {

        private final boolean inPlace;

        InPlaceLoss(boolean inPlace) {
            super("drawn squared error");
            this.inPlace = inPlace;
        }

        @Override
        public NDArray evaluate(NDList labels, NDList predictions) {
            NDArray label = labels.head();
            NDArray prediction = predictions.head();
            NDArray half = inPlace ? label.muli(0.9f).addi(0.05f) : label.mul(0.9f).add(0.05f);
            return (inPlace ? prediction.subi(half) : prediction.sub(half)).square().mean();
        }
    }

    private static Gradients lossGradients(boolean inPlace, Gradients.TrainerFactory factory) {
        Supplier<Block> block =
                () ->
                        new SequentialBlock()
                                .add(NetworkCase.linear(5))
                                .add(Activation::tanh)
                                .add(NetworkCase.linear(4));
        Gradients.TrainerFactory withLoss =
                (model, config) -> {
                    DefaultTrainingConfig other =
                            new DefaultTrainingConfig(new InPlaceLoss(inPlace))
                                    .optOptimizer(config.getOptimizer());
                    return factory.apply(model, other);
                };
        try (Loop loop = Loop.start(block, INPUT, withLoss)) {
            for (int batch = 0; batch < 2; batch++) {
                NDArray data = loop.noise(1, INPUT);
                NDArray labels = loop.noise(2, OUTPUT);
                try (GradientCollector collector = loop.collector()) {
                    NDArray loss = loop.loss(labels, loop.forward(data, labels));
                    Engine.getEngine("PyTorch").setRandomSeed(7);
                    collector.backward(loss);
                }
            }
            return loop.gradients();
        }
    }

    @Test
    void aLossMayChangePredictionsAndLabels() {
        Gradients stock = ForcedCollection.without(() -> lossGradients(true, Model::newTrainer));
        assertEquals(0, lossGradients(true, Loop.BACKPROPAGATION).distanceTo(stock), 1e-5);
    }

    static List<RuleCase> rules() {
        return RuleCase.all();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void aLossThatChangesWhatItGetsIsTheSameLoss(RuleCase rule) {
        Gradients expected = lossGradients(false, rule);
        assertEquals(0, lossGradients(true, rule).distanceTo(expected), 1e-5);
    }
}
