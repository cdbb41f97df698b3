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
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.recurrent.GRU;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.Collections;
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

/** Lists of arrays that losses and blocks change, and names that they look for. */
class ListsAndNamesTest {

    private static final Shape INPUT = new Shape(6, 5);

    private static Block heads(String... names) {
        ParallelBlock heads =
                new ParallelBlock(
                        list -> {
                            NDList outputs = new NDList();
                            for (int i = 0; i < names.length; i++) {
                                NDArray output = list.get(i).singletonOrThrow();
                                output.setName(names[i]);
                                outputs.add(output);
                            }
                            return outputs;
                        });
        for (int i = 0; i < names.length; i++) {
            heads.add(NetworkCase.linear(3));
        }
        return new SequentialBlock()
                .add(NetworkCase.linear(7))
                .add(list -> new NDList(list.head().tanh()))
                .add(heads);
    }

    private static Gradients train(
            Supplier<? extends Block> block,
            Gradients.TrainerFactory factory,
            Function<NDList, NDArray> loss) {
        return train(block, factory, loss, true);
    }

    private static Gradients train(
            Supplier<? extends Block> block,
            Gradients.TrainerFactory factory,
            Function<NDList, NDArray> loss,
            boolean listsAreLeftAlone) {
        try (Loop loop = Loop.start(block, INPUT, factory)) {
            NDList labels = new NDList(loop.noise(2, new Shape(6, 3)));
            try (GradientCollector collector = loop.collector()) {
                NDList data = new NDList(loop.noise(1, INPUT));
                collector.backward(loss.apply(loop.trainer().forward(data, labels)));
                if (listsAreLeftAlone) {
                    assertEquals(1, data.size());
                    assertEquals(1, labels.size());
                }
            }
            return loop.gradients();
        }
    }

    private static void assertAsStock(
            Supplier<? extends Block> block, Function<NDList, NDArray> loss) {
        Gradients stock = ForcedCollection.without(() -> train(block, Model::newTrainer, loss));
        assertEquals(0, train(block, Loop.BACKPROPAGATION, loss).distanceTo(stock), 1e-5);
    }

    @Test
    void aLossReordersAndEmptiesItsList() {
        assertAsStock(
                () -> heads("a", "b", "c"),
                predictions -> {
                    Collections.reverse(predictions);
                    NDArray loss = predictions.get(0).square().sum();
                    loss = loss.add(predictions.get(2).mul(predictions.get(1)).sum());
                    predictions.clear();
                    return loss;
                });
    }

    @Test
    void aLossUsesOneOfSeveralPredictions() {
        assertAsStock(() -> heads("a", "b"), predictions -> predictions.get(1).square().sum());
    }

    @Test
    void predictionsKeepTheirNames() {
        assertAsStock(
                () -> heads("total_count", "logits"),
                predictions ->
                        predictions
                                .get("total_count")
                                .square()
                                .sum()
                                .add(predictions.get("logits").sum()));
    }

    @Test
    void inputsKeepTheirNames() {
        Supplier<Block> block =
                () ->
                        new SequentialBlock()
                                .add(heads("mean.value", "scale[]"))
                                .add(list -> multiplyNamed(list, "mean.value", "scale[]"))
                                .add(NetworkCase.linear(3));
        assertAsStock(block, predictions -> predictions.head().square().sum());
        for (RuleCase rule : Loop.drivenByErrors()) {
            train(block, rule, predictions -> predictions.head().square().sum());
        }
    }

    /** Looks its inputs up by name, but for the arrays without one of an initialization. */
    private static NDList multiplyNamed(NDList inputs, String... names) {
        NDList found = new NDList();
        for (String name : names) {
            found.add(inputs.head().getName() == null ? inputs.head() : inputs.get(name));
        }
        return new NDList(found.get(0).mul(found.get(1)));
    }

    /** A block that takes labels for inputs, and adds to their list. */
    private static final class LabelReader extends AbstractBlock {

        @Override
        protected NDList forwardInternal(
                ParameterStore store,
                NDList inputs,
                boolean training,
                PairList<String, Object> params) {
            return inputs;
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList data, NDList labels, PairList<String, Object> params) {
            labels.add(data.head());
            data.add(labels.head());
            return new NDList(labels.get(0).mul(labels.get(1)));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            return inputs;
        }
    }

    @Test
    void blocksAddToLabelsAndInputs() {
        Supplier<Block> block =
                () ->
                        new SequentialBlock()
                                .add(NetworkCase.linear(3))
                                .add(new LabelReader())
                                .add(NetworkCase.linear(3))
                                .add(new LabelReader());
        Function<NDList, NDArray> loss = predictions -> predictions.head().square().sum();
        for (RuleCase rule : Loop.drivenByErrors()) {
            train(block, rule, loss);
        }
        Gradients stock =
                ForcedCollection.without(() -> train(block, Model::newTrainer, loss, false));
        assertEquals(0, train(block, Loop.BACKPROPAGATION, loss).distanceTo(stock), 1e-5);
    }

    private static Block recurrent(Block cell) {
        return new SequentialBlock()
                .add(NetworkCase.linear(4))
                .add(LambdaBlock.singleton(x -> x.reshape(6, 2, 2)))
                .add(cell)
                .add(list -> new NDList(list.head().mean(new int[] {1})))
                .add(NetworkCase.linear(3));
    }

    private static Block gru() {
        return GRU.builder().setStateSize(4).setNumLayers(1).optReturnState(false).build();
    }

    private static Block lstm() {
        return LSTM.builder().setStateSize(4).setNumLayers(1).optReturnState(false).build();
    }

    static Stream<Arguments> rulesOnRecurrentNetworks() {
        return Loop.drivenByErrors().stream()
                .flatMap(rule -> Stream.of("GRU", "LSTM").map(cell -> Arguments.of(rule, cell)));
    }

    @ParameterizedTest
    @MethodSource("rulesOnRecurrentNetworks")
    void recurrentBlocksAddTheirStatesToTheirInputs(RuleCase rule, String cell) {
        Supplier<Block> block = () -> recurrent("GRU".equals(cell) ? gru() : lstm());
        Gradients gradients = train(block, rule, predictions -> predictions.head().square().sum());
        assertFalse(gradients.byPath().isEmpty());
        if ("backpropagation".equals(rule.name())) {
            assertAsStock(block, predictions -> predictions.head().square().sum());
        }
    }

    @Test
    void aNormalizationOfOneSampleIsNamed() {
        Supplier<Block> block =
                () ->
                        new SequentialBlock()
                                .add(NetworkCase.linear(4))
                                .add(BatchNorm.builder().build())
                                .add(NetworkCase.linear(3));
        for (RuleCase rule : RuleCase.all()) {
            try (Loop loop = Loop.start(block, INPUT, rule);
                    GradientCollector collector = loop.collector()) {
                NDArray one = loop.manager().zeros(new Shape(1, 5), DataType.FLOAT32);
                NDArray label = loop.manager().zeros(new Shape(1, 3), DataType.FLOAT32);
                String message =
                        assertThrows(IllegalArgumentException.class, () -> loop.forward(one, label))
                                .getMessage();
                assertTrue(message.contains("Layer 02BatchNorm (BatchNorm)"), message);
                assertTrue(message.contains("Expected more than 1 value per channel"), message);
                assertTrue(message.contains("input [(1, 4)]"), message);
                collector.zeroGradients();
            }
        }
    }
}
