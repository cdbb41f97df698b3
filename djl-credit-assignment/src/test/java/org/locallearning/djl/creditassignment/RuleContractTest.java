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

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.training.GradientCollector;
import ai.djl.training.loss.Loss;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.layer.LayerTable;
import org.locallearning.djl.creditassignment.tape.Layer;
import org.locallearning.djl.creditassignment.tape.Network;

/** The contract for the rules of this module, and what those that send errors keep to besides. */
class RuleContractTest extends RuleContract {

    @Override
    protected List<RuleCase> rules() {
        return RuleCase.all();
    }

    static Stream<Arguments> errorRulesOnNetworks() {
        return pairs(RuleCase.sendingErrors(), NetworkCase.small());
    }

    static Stream<Arguments> errorRulesWithLosses() {
        return pairs(RuleCase.sendingErrors(), LossCase.all());
    }

    @ParameterizedTest
    @MethodSource("errorRulesOnNetworks")
    void outputLayerGetsTheTrueGradient(RuleCase rule, NetworkCase network) {
        Optional<Layer> outputLayer =
                Network.of(network.block().get(), LayerTable.standard()).getOutputLayer();
        String path = outputLayer.orElseThrow().path() + "_";
        Gradients stock = Gradients.of(network, Model::newTrainer).under(path);
        assertFalse(stock.byPath().isEmpty());
        assertEquals(0, Gradients.of(network, rule).under(path).distanceTo(stock), 1e-6);
    }

    @ParameterizedTest
    @MethodSource("errorRulesWithLosses")
    void outputLayerGetsTheTrueGradientOfAnyLoss(RuleCase rule, LossCase loss) {
        NetworkCase network = NetworkCase.twoHiddenLayers();
        Gradients stock = Gradients.of(network, DataType.FLOAT32, loss, Model::newTrainer);
        Gradients gradients = Gradients.of(network, DataType.FLOAT32, loss, rule);
        assertEquals(0, gradients.under("05Linear").distanceTo(stock.under("05Linear")), 1e-6);
        double[] first = gradients.byPath().get("01Linear_weight");
        assertTrue(Arrays.stream(first).allMatch(Double::isFinite));
    }

    @ParameterizedTest
    @MethodSource("errorRulesOnNetworks")
    void noErrorMakesNoGradient(RuleCase rule, NetworkCase network) {
        try (TrainingRun run = TrainingRun.start(network, rule);
                NDManager manager = run.trainer().getManager().newSubManager()) {
            NDArray data = manager.randomNormal(0, 1, network.input(), DataType.FLOAT32);
            try (GradientCollector collector = run.trainer().newGradientCollector()) {
                NDList predictions = run.trainer().forward(new NDList(data));
                NDList labels = new NDList(predictions.singletonOrThrow().stopGradient());
                collector.backward(Loss.l2Loss().evaluate(labels, predictions));
            }
            run.gradients()
                    .byPath()
                    .forEach(
                            (path, values) -> assertArrayEquals(new double[values.length], values));
        }
    }
}
