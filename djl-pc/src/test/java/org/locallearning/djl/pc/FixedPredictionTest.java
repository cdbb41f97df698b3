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

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.types.DataType;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.Gradients;
import org.locallearning.djl.creditassignment.NetworkCase;

/** With fixed predictions, inference ends where backpropagation is: a check on the machinery. */
class FixedPredictionTest {

    static List<NetworkCase> networks() {
        return NetworkCase.small();
    }

    private static InferenceLearning.Builder fixed() {
        return InferenceLearning.builder()
                .optFixedPredictions(true)
                .optFullClamp()
                .optStepSize(1)
                .optStepDecay(false);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void oneSequentialIterationEqualsBackpropagation(NetworkCase network) {
        Gradients stock = Gradients.of(network, DataType.FLOAT64, Model::newTrainer);
        Gradients inferred =
                Gradients.of(
                        network, DataType.FLOAT64, fixed().optIterations(1).build()::newTrainer);
        double distance = inferred.distanceTo(stock);
        assertTrue(distance < 1e-11, network + ": " + distance);
    }

    static List<NetworkCase> decorrelated() {
        return NetworkCase.decorrelated();
    }

    @ParameterizedTest
    @MethodSource("decorrelated")
    void equalsBackpropagationThroughDecorrelationLayers(NetworkCase network) {
        Gradients stock = Gradients.of(network, Model::newTrainer);
        Gradients inferred = Gradients.of(network, fixed().optIterations(1).build()::newTrainer);
        double distance = inferred.distanceTo(stock);
        assertTrue(distance < 1e-4, network + ": " + distance);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void simultaneousIterationsEqualBackpropagationInTheEnd(NetworkCase network) {
        Gradients stock = Gradients.of(network, DataType.FLOAT64, Model::newTrainer);
        Gradients inferred =
                Gradients.of(
                        network,
                        DataType.FLOAT64,
                        fixed().optSchedule(InferenceSchedule.SIMULTANEOUS).optIterations(8).build()
                                ::newTrainer);
        double distance = inferred.distanceTo(stock);
        assertTrue(distance < 1e-11, network + ": " + distance);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void inferenceOfNoLengthEqualsBackpropagationToo(NetworkCase network) {
        // stages run again on what is all but their first input, and their first runs are gone:
        // as ε goes to 0, the error of the output layer stays that of backpropagation
        Gradients stock = Gradients.of(network, DataType.FLOAT64, Model::newTrainer);
        Gradients inferred =
                Gradients.of(
                        network,
                        DataType.FLOAT64,
                        InferenceLearning.builder().optFullClamp().optStepSize(1e-9).build()
                                ::newTrainer);
        List<String> paths = List.copyOf(stock.byPath().keySet());
        String last = paths.get(paths.size() - 1);
        double[] expected = stock.byPath().get(last);
        double[] actual = inferred.byPath().get(last);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], 1e-7, network + " " + last);
        }
    }

    @Test
    void gradientsOfMeansOverUnitsAreThoseOfTheSum() {
        Random random = new Random(2);
        double[][] x = new double[3][4];
        double[][] y = new double[3][5];
        Arrays.stream(x).forEach(row -> Arrays.setAll(row, i -> random.nextGaussian()));
        Arrays.stream(y).forEach(row -> Arrays.setAll(row, i -> random.nextDouble()));
        for (PlainNet.Output output : List.of(PlainNet.Output.SIGMOID, PlainNet.Output.IDENTITY)) {
            PlainNet plain = new PlainNet(random, false, output, 4, 6, 5);
            try (DenseNet stock = new DenseNet(plain, DataType.FLOAT64, 1, Model::newTrainer);
                    DenseNet net =
                            new DenseNet(plain, DataType.FLOAT64, 1, fixed().build()::newTrainer)) {
                stock.assign(x, y);
                net.assign(x, y);
                List<double[]> sums = stock.gradients();
                sums.forEach(row -> Arrays.setAll(row, i -> 5 * row[i]));
                assertTrue(DenseNet.distance(net.gradients(), sums) < 1e-12, output.toString());
            }
        }
    }
}
