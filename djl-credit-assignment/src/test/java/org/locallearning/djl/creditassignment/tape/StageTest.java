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
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.layer.LayerTable;

/** Stages by themselves do what the tape does as a whole, and do it again. */
class StageTest {

    private static final float CLOSE = 2e-5f;

    static Stream<NetworkCase> networks() {
        return Stream.of(NetworkCase.small(), NetworkCase.decorrelated()).flatMap(List::stream);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void errorsSentStageByStageMakeTheGradientsOfTheTape(NetworkCase network) {
        record(
                network,
                true,
                (tape, model) -> {
                    NDArray predictions = tape.getPredictions().head();
                    NDList errors = new NDList(predictions.duplicate().sin());
                    tape.backward(
                            errors,
                            (layer, delta) -> layer.inputError(delta, layer.getWeight()),
                            true);
                    Map<String, float[]> expected = takeGradients(model);

                    List<Stage> stages = tape.getStages();
                    NDList current = errors;
                    for (int i = stages.size() - 1; i >= 0; i--) {
                        stages.get(i).addGradients(current);
                        if (i > 0) {
                            current = stages.get(i).inputErrors(current);
                        }
                    }
                    assertSame(expected, takeGradients(model));
                });
    }

    @ParameterizedTest
    @MethodSource("networks")
    void inputErrorsLeaveGradientsAlone(NetworkCase network) {
        record(
                network,
                true,
                (tape, model) -> {
                    List<Stage> stages = tape.getStages();
                    for (Stage stage : stages.subList(1, stages.size())) {
                        NDList errors = new NDList();
                        stage.keepOutputs().forEach(output -> errors.add(output.onesLike()));
                        float[] first = stage.inputErrors(errors).head().toFloatArray();
                        // and can be had twice
                        assertArrayEquals(
                                first, stage.inputErrors(errors).head().toFloatArray(), CLOSE);
                        assertEquals(1, errors.head().min().getFloat());
                    }
                    takeGradients(model)
                            .forEach(
                                    (path, gradient) ->
                                            assertArrayEquals(
                                                    new float[gradient.length], gradient, path));
                });
    }

    @ParameterizedTest
    @MethodSource("networks")
    void errorsOfEarlierPassesDoNotStayAtTheInput(NetworkCase network) {
        record(
                network,
                true,
                (tape, model) -> {
                    List<Stage> stages = tape.getStages();
                    for (Stage stage : stages.subList(1, stages.size())) {
                        NDList errors = new NDList();
                        stage.keepOutputs().forEach(output -> errors.add(output.onesLike()));
                        float[] expected = stage.inputErrors(errors).head().toFloatArray();
                        // sends them to the input too, where nobody asks for them
                        stage.addGradients(errors);
                        float[] found = stage.backward(errors, true).head().toFloatArray();
                        assertArrayEquals(expected, found, CLOSE);
                    }
                    takeGradients(model);
                });
    }

    static Stream<NetworkCase> rerunNetworks() {
        return Stream.concat(networks(), RerunTest.usedTwice().stream());
    }

    @ParameterizedTest
    @MethodSource("rerunNetworks")
    void runsAgainAsTheSameFunctionAndLeavesStateAlone(NetworkCase network) {
        record(
                network,
                true,
                (tape, model) -> {
                    Map<String, float[]> before = values(model);
                    for (Stage stage : tape.getStages()) {
                        try (Stage again = stage.rerun(stage.getInputs(), false);
                                Stage onceMore = again.rerun(again.getInputs(), true)) {
                            float[] expected = stage.keepOutputs().head().toFloatArray();
                            assertArrayEquals(
                                    expected, again.keepOutputs().head().toFloatArray(), CLOSE);
                            assertArrayEquals(
                                    expected, onceMore.keepOutputs().head().toFloatArray(), CLOSE);
                            assertFalse(again.isInputErrorWanted());
                            assertTrue(onceMore.isInputErrorWanted());
                            assertEquals(stage.getPath(), again.toString());
                        }
                    }
                    assertSame(before, values(model));
                });
    }

    @Test
    void endsStagesAtWeightedLayers() {
        NetworkCase mlp = NetworkCase.small().get(1);
        record(
                mlp,
                true,
                (tape, model) -> {
                    List<String> paths = tape.getStages().stream().map(Stage::getPath).toList();
                    assertEquals(List.of("01Linear", "03Linear", "05Linear", "07Linear"), paths);
                    Stage second = tape.getStages().get(1);
                    Stage front = second.getFront();
                    float[] activations = front.keepOutputs().head().toFloatArray();
                    float[] tanh = second.getInputs().head().tanh().toFloatArray();
                    assertArrayEquals(tanh, activations, CLOSE);
                    NDList ones = new NDList(second.getInputs().head().onesLike());
                    float[] slopes = front.inputErrors(ones).head().toFloatArray();
                    for (int i = 0; i < slopes.length; i++) {
                        assertEquals(1 - tanh[i] * tanh[i], slopes[i], CLOSE);
                    }
                });
    }

    @Test
    void needsATapeThatWasRecordedForIt() {
        record(
                NetworkCase.small().get(0),
                false,
                (tape, model) -> assertThrows(IllegalStateException.class, tape::getStages));
    }

    @Test
    void hasNoErrorAtTheInputOfTheNetwork() {
        record(
                NetworkCase.small().get(0),
                true,
                (tape, model) -> {
                    Stage first = tape.getStages().get(0);
                    NDList errors = first.keepOutputs();
                    assertThrows(IllegalStateException.class, () -> first.inputErrors(errors));
                });
    }

    @Test
    void refusesAnotherNumberOfErrorsThanOutputs() {
        record(
                NetworkCase.small().get(1),
                true,
                (tape, model) -> {
                    Stage second = tape.getStages().get(1);
                    NDArray output = second.keepOutputs().head();
                    NDList two = new NDList(output, output);
                    String message =
                            assertThrows(
                                            IllegalArgumentException.class,
                                            () -> second.addGradients(two))
                                    .getMessage();
                    assertTrue(message.contains("03Linear puts out 1 arrays"), message);
                    assertThrows(
                            IllegalArgumentException.class, () -> second.inputErrors(new NDList()));
                    assertThrows(IllegalArgumentException.class, () -> second.backward(two, true));
                });
    }

    private interface Check {
        void on(Tape tape, Model model);
    }

    private static void record(NetworkCase network, boolean rerunnable, Check check) {
        Engine.getEngine("PyTorch").setRandomSeed(23);
        try (Model model = Model.newInstance("stages", "PyTorch")) {
            model.setBlock(network.block().get());
            model.getBlock().initialize(model.getNDManager(), DataType.FLOAT32, network.input());
            try (NDManager manager = model.getNDManager().newSubManager();
                    GradientCollector collector = manager.getEngine().newGradientCollector()) {
                try (Tape tape =
                        Tape.record(
                                Network.of(model.getBlock(), LayerTable.standard()),
                                new ParameterStore(manager, false),
                                new NDList(manager.randomNormal(network.input())),
                                null,
                                rerunnable)) {
                    check.on(tape, model);
                }
                collector.zeroGradients();
            }
        }
    }

    private static Map<String, float[]> takeGradients(Model model) {
        Map<String, float[]> gradients = new LinkedHashMap<>();
        for (Pair<String, Parameter> parameter : model.getBlock().getParameters()) {
            if (parameter.getValue().requiresGradient()) {
                try (NDArray gradient = parameter.getValue().getArray().getGradient()) {
                    gradients.put(parameter.getKey(), gradient.toFloatArray());
                    gradient.subi(gradient.duplicate());
                }
            }
        }
        return gradients;
    }

    private static Map<String, float[]> values(Model model) {
        Map<String, float[]> values = new LinkedHashMap<>();
        for (Pair<String, Parameter> parameter : model.getBlock().getParameters()) {
            values.put(parameter.getKey(), parameter.getValue().getArray().toFloatArray());
        }
        return values;
    }

    private static void assertSame(Map<String, float[]> expected, Map<String, float[]> actual) {
        assertEquals(expected.keySet(), actual.keySet());
        expected.forEach(
                (path, values) -> {
                    float largest = 1;
                    for (float value : values) {
                        largest = Math.max(largest, Math.abs(value));
                    }
                    assertArrayEquals(values, actual.get(path), CLOSE * largest, path);
                });
    }
}
