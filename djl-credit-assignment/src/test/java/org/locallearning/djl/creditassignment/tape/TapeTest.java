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
package org.locallearning.djl.creditassignment.tape;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.locallearning.djl.creditassignment.CreditAssignment;
import org.locallearning.djl.creditassignment.Gradients;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.layer.LayerTable;
import org.locallearning.djl.creditassignment.rule.Backpropagation;

/** Which errors the way back asks for. */
class TapeTest {

    static List<NetworkCase> networks() {
        return NetworkCase.small();
    }

    @ParameterizedTest
    @MethodSource("networks")
    void theFirstLayerIsNeverPassed(NetworkCase network) {
        List<String> layers = layers(network);
        assertEquals(Set.copyOf(layers.subList(1, layers.size())), passed(network, 0));
    }

    /** Sequences, in which every layer stands above the one before. */
    static Stream<Arguments> sequencesByFrozenLayers() {
        return NetworkCase.small().stream()
                .filter(
                        network ->
                                !List.of("residual", "nested", "flattened join")
                                        .contains(network.name()))
                .flatMap(
                        network ->
                                IntStream.range(1, layers(network).size())
                                        .mapToObj(frozen -> Arguments.of(network, frozen)));
    }

    @ParameterizedTest(name = "{0}, the first {1} frozen")
    @MethodSource("sequencesByFrozenLayers")
    void noLayerIsPassedWithNothingThatLearnsBelow(NetworkCase network, int frozen) {
        List<String> layers = layers(network);
        assertEquals(
                Set.copyOf(layers.subList(frozen + 1, layers.size())), passed(network, frozen));
    }

    private static List<String> layers(NetworkCase network) {
        return Network.of(network.block().get(), LayerTable.standard()).getLayers().stream()
                .map(Layer::path)
                .toList();
    }

    /**
     * Sends an error back, and tells which layers it passed.
     *
     * @param frozen the number of weighted layers, from below, with which everything up to the next
     *     one is frozen
     */
    private static Set<String> passed(NetworkCase network, int frozen) {
        Engine.getEngine("PyTorch").setRandomSeed(1);
        try (Model model = Model.newInstance(network.name(), "PyTorch");
                NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Block block = network.block().get();
            Network walked = Network.of(block, LayerTable.standard());
            String next = walked.getLayers().get(frozen).path();
            for (Pair<String, Parameter> parameter : block.getParameters()) {
                if (frozen > 0 && parameter.getKey().compareTo(next) < 0) {
                    parameter.getValue().freeze(true);
                }
            }
            block.initialize(model.getNDManager(), DataType.FLOAT32, network.input());
            List<String> passed = new ArrayList<>();
            try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                NDArray data = manager.randomNormal(network.input());
                ParameterStore store = new ParameterStore(manager, false);
                try (Tape tape = Tape.record(walked, store, new NDList(data), null)) {
                    collector.backward(tape.getPredictions().head().square().sum());
                    tape.backward(
                            tape.getOutputErrors(),
                            (layer, delta) -> {
                                passed.add(layer.getLayer().path());
                                return layer.inputError(delta, layer.getWeight());
                            },
                            false);
                }
            }
            Set<String> once = new LinkedHashSet<>(passed);
            assertEquals(passed.size(), once.size(), "no layer is passed twice");
            return once;
        }
    }

    /** The error of the sum is both branches' at once, and that of the branch comes on top. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aJoinOfTwoOutputsSendsEachBranchItsOwnError(boolean sumFirst) {
        NetworkCase network =
                new NetworkCase(
                        "two outputs of a join",
                        () -> joinOfTwo(sumFirst),
                        new Shape(5, 2, 4, 4),
                        3);
        Gradients expected = Gradients.of(network, Model::newTrainer);
        CreditAssignment rule = Backpropagation.builder().build();
        assertEquals(0, Gradients.of(network, rule::newTrainer).distanceTo(expected), 1e-5);
    }

    private static Block joinOfTwo(boolean sumFirst) {
        Block branches =
                new ParallelBlock(
                        list -> {
                            NDArray left = list.get(0).singletonOrThrow();
                            NDArray right = list.get(1).singletonOrThrow();
                            long samples = left.getShape().get(0);
                            NDArray sum = left.reshape(samples, -1).add(right.reshape(samples, -1));
                            return sumFirst ? new NDList(sum, left) : new NDList(left, sum);
                        },
                        List.of(conv(), conv()));
        return new SequentialBlock()
                .add(conv())
                .add(Activation::tanh)
                .add(branches)
                .add(
                        new LambdaBlock(
                                list -> {
                                    NDArray first = list.get(0);
                                    NDArray second = list.get(1);
                                    long samples = first.getShape().get(0);
                                    return new NDList(
                                            first.reshape(samples, -1)
                                                    .tanh()
                                                    .add(second.reshape(samples, -1).square()));
                                }))
                .add(Linear.builder().setUnits(3).build());
    }

    private static Block conv() {
        return Conv2d.builder().setFilters(2).setKernelShape(new Shape(1, 1)).build();
    }
}
