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

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.layer.LayerTable;
import org.locallearning.djl.decorrelation.Cost;
import org.locallearning.djl.decorrelation.DecorrelatedConv2d;
import org.locallearning.djl.decorrelation.Decorrelation;
import org.locallearning.djl.decorrelation.DecorrelationOptions;

/** A second run of a tape: the same function, but for the changes that are asked for. */
class RerunTest {

    static Stream<NetworkCase> networks() {
        return Stream.of(NetworkCase.small(), NetworkCase.decorrelated(), usedTwice())
                .flatMap(List::stream);
    }

    /** Decorrelation layers whose second use has the matrix that the first use left. */
    static List<NetworkCase> usedTwice() {
        DecorrelationOptions options =
                DecorrelationOptions.builder()
                        .optRate(0.05)
                        .optCost(Cost.full().withSampleFraction(1))
                        .build();
        return List.of(
                new NetworkCase(
                        "dense twice",
                        () -> {
                            Block twice = Decorrelation.builder().optOptions(options).build();
                            return new SequentialBlock()
                                    .add(NetworkCase.linear(8))
                                    .add(twice)
                                    .add(NetworkCase.linear(8))
                                    .add(twice)
                                    .add(NetworkCase.linear(4));
                        },
                        new Shape(6, 9),
                        4),
                new NetworkCase(
                        "convolution twice",
                        () -> {
                            Block twice =
                                    DecorrelatedConv2d.builder()
                                            .setFilters(3)
                                            .setKernelShape(new Shape(3, 3))
                                            .optPadding(new Shape(1, 1))
                                            .optOptions(options)
                                            .build();
                            return new SequentialBlock()
                                    .add(twice)
                                    .add(Activation.tanhBlock())
                                    .add(twice)
                                    .add(Blocks.batchFlattenBlock())
                                    .add(NetworkCase.linear(4));
                        },
                        new Shape(6, 3, 5, 5),
                        4));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void withoutChangesGivesTheSamePredictions(NetworkCase network) {
        record(
                network,
                true,
                recorded -> {
                    Tape tape = recorded.tape;
                    NDList again = tape.rerun((block, outputs) -> outputs);
                    float[] expected = tape.getPredictions().head().toFloatArray();
                    assertArrayEquals(expected, again.head().toFloatArray(), 2e-5f);
                    assertEquals(Optional.empty(), tape.findNotRerunnable());
                });
    }

    @ParameterizedTest
    @MethodSource("networks")
    void changesOfOneSampleReachNoOther(NetworkCase network) {
        record(
                network,
                true,
                recorded -> {
                    Tape tape = recorded.tape;
                    NDList again =
                            tape.rerun(
                                    (block, outputs) -> {
                                        NDArray output = outputs.head();
                                        NDArray noise = output.zerosLike();
                                        noise.set(new NDIndex("0"), 0.5f);
                                        return new NDList(output.add(noise));
                                    });
                    float[] first = row(tape.getPredictions(), 0);
                    float[] changed = row(again, 0);
                    assertTrue(distance(first, changed) > 1e-3);
                    long samples = network.input().get(0);
                    for (int n = 1; n < samples; n++) {
                        assertArrayEquals(row(tape.getPredictions(), n), row(again, n), 2e-5f);
                    }
                });
    }

    private static float[] row(NDList predictions, int n) {
        return predictions.head().get(n).toFloatArray();
    }

    private static double distance(float[] some, float[] others) {
        double sum = 0;
        for (int i = 0; i < some.length; i++) {
            sum += Math.abs(some[i] - others[i]);
        }
        return sum;
    }

    @ParameterizedTest
    @MethodSource("networks")
    void leavesStateAlone(NetworkCase network) {
        record(
                network,
                true,
                recorded -> {
                    Map<String, float[]> before = recorded.parameters();
                    recorded.tape.rerun((block, outputs) -> outputs);
                    Map<String, float[]> after = recorded.parameters();
                    before.forEach(
                            (path, values) -> assertArrayEquals(values, after.get(path), path));
                });
    }

    @Test
    void perturbsWhatLearnsInTheOrderInWhichItRan() {
        NetworkCase network = networks().filter(n -> n.name().equals("dropout")).findFirst().get();
        record(
                network,
                true,
                recorded -> {
                    List<String> perturbed = new ArrayList<>();
                    recorded.tape.rerun(
                            (block, outputs) -> {
                                perturbed.add(block.getPath());
                                assertEquals(
                                        block.getOutputs().head().getShape(),
                                        outputs.head().getShape());
                                return outputs;
                            });
                    assertEquals(
                            List.of("01Linear", "04Linear", "05BatchNorm", "07Linear"), perturbed);
                });
    }

    @Test
    void needsATapeThatWasRecordedForIt() {
        record(
                NetworkCase.small().get(0),
                false,
                recorded ->
                        assertTrue(
                                assertThrows(
                                                IllegalStateException.class,
                                                () -> recorded.tape.rerun((b, outputs) -> outputs))
                                        .getMessage()
                                        .contains("rerunnable")));
    }

    private record Recorded(Model model, Tape tape) {

        Map<String, float[]> parameters() {
            Map<String, float[]> values = new LinkedHashMap<>();
            for (Pair<String, Parameter> parameter : model.getBlock().getParameters()) {
                values.put(parameter.getKey(), parameter.getValue().getArray().toFloatArray());
            }
            return values;
        }
    }

    private static void record(NetworkCase network, boolean rerunnable, Consumer<Recorded> test) {
        Engine engine = Engine.getEngine("PyTorch");
        engine.setRandomSeed(4);
        try (Model model = Model.newInstance(network.name(), "PyTorch");
                NDManager manager = model.getNDManager().newSubManager()) {
            model.setBlock(network.block().get());
            model.getBlock().initialize(model.getNDManager(), DataType.FLOAT32, network.input());
            ParameterStore store = new ParameterStore(manager, false);
            Network read = Network.of(model.getBlock(), LayerTable.standard());
            NDArray data = manager.randomNormal(0, 1, network.input(), DataType.FLOAT32);
            NDArray labels = manager.zeros(new Shape(network.input().get(0)));
            GradientCollector recording = engine.newGradientCollector();
            try (Tape tape =
                    Tape.record(read, store, new NDList(data), new NDList(labels), rerunnable)) {
                test.accept(new Recorded(model, tape));
            } finally {
                recording.close();
            }
        }
    }
}
