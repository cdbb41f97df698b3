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
package org.locallearning.djl.creditassignment.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.util.Pair;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.Gradients;
import org.locallearning.djl.creditassignment.NetworkCase;

/** The rule equals its formula in plain loops, noise for noise. */
class PlainNodePerturbationTest {

    private static final int SAMPLES = 5;
    private static final int INPUTS = 4;
    private static final int HIDDEN = 3;
    private static final int OUTPUTS = 2;
    private static final double SCALE = 0.3;

    static Stream<Arguments> forms() {
        return Stream.of(NodePerturbation.Mode.values())
                .flatMap(mode -> Stream.of(Arguments.of(mode, false), Arguments.of(mode, true)));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void equalsThePlainFormula(NodePerturbation.Mode mode, boolean antithetic) {
        Random random = new Random(3);
        double[][] inputs = normal(random, SAMPLES, INPUTS);
        double[][] labels = normal(random, SAMPLES, OUTPUTS);
        try (Model model = Model.newInstance("plain", "PyTorch")) {
            model.setDataType(DataType.FLOAT64);
            model.setBlock(NetworkCase.mlp(OUTPUTS, HIDDEN));
            DefaultTrainingConfig config = new DefaultTrainingConfig(Loss.l2Loss());
            config.optInitializer(
                    (manager, shape, type) ->
                            manager.create(random.doubles(shape.size(), -1, 1).toArray(), shape),
                    parameter -> true);
            NodePerturbation rule =
                    NodePerturbation.builder()
                            .optMode(mode)
                            .optAntithetic(antithetic)
                            .optNoiseScale(SCALE)
                            .optNoise(new FixedNoise(1))
                            .build();
            try (Trainer trainer = rule.newTrainer(model, config)) {
                trainer.initialize(new Shape(SAMPLES, INPUTS));
                NDArray data = trainer.getManager().create(inputs);
                NDList label = new NDList(trainer.getManager().create(labels));
                try (GradientCollector collector = trainer.newGradientCollector()) {
                    NDList predictions = trainer.forward(new NDList(data), label);
                    collector.backward(trainer.getLoss().evaluate(label, predictions));
                }
                double[][] expected =
                        plain(model, inputs, labels)
                                .gradients(
                                        mode,
                                        antithetic,
                                        noise("01Linear", HIDDEN),
                                        noise("03Linear", OUTPUTS),
                                        SCALE);
                List<double[]> actual = List.copyOf(Gradients.read(model).byPath().values());
                for (int i = 0; i < expected.length; i++) {
                    for (int j = 0; j < expected[i].length; j++) {
                        assertEquals(expected[i][j], actual.get(i)[j], 1e-12);
                    }
                }
            }
        }
    }

    private static double[][] normal(Random random, int rows, int columns) {
        double[][] values = new double[rows][columns];
        for (double[] row : values) {
            for (int i = 0; i < columns; i++) {
                row[i] = random.nextGaussian();
            }
        }
        return values;
    }

    private static double[] noise(String path, int units) {
        double[] noise = FixedNoise.unitNoise(path, SAMPLES * units);
        for (int i = 0; i < noise.length; i++) {
            noise[i] *= SCALE;
        }
        return noise;
    }

    private static PlainNodePerturbation plain(Model model, double[][] inputs, double[][] labels) {
        Map<String, double[]> values = new LinkedHashMap<>();
        for (Pair<String, Parameter> parameter : model.getBlock().getParameters()) {
            values.put(parameter.getKey(), parameter.getValue().getArray().toDoubleArray());
        }
        return new PlainNodePerturbation(
                inputs,
                labels,
                rows(values.get("01Linear_weight"), INPUTS),
                values.get("01Linear_bias"),
                rows(values.get("03Linear_weight"), HIDDEN),
                values.get("03Linear_bias"));
    }

    private static double[][] rows(double[] values, int columns) {
        double[][] rows = new double[values.length / columns][columns];
        for (int i = 0; i < values.length; i++) {
            rows[i / columns][i % columns] = values[i];
        }
        return rows;
    }
}
