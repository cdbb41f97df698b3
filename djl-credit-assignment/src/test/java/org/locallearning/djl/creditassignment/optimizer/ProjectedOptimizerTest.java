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
package org.locallearning.djl.creditassignment.optimizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.util.Pair;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.locallearning.djl.creditassignment.NetworkCase;

/** The projection of the paper's appendix, alone and in front of an optimizer. */
class ProjectedOptimizerTest {

    @Test
    void aLongArrayIsCutToTheRadius() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray array = manager.create(new double[] {6, 0, -8, 0}, new Shape(2, 2));
            double[] projected = ProjectedOptimizer.project(array, 2).toDoubleArray();
            assertArrayEquals(new double[] {1.2, 0, -1.6, 0}, projected, 1e-12);
        }
    }

    @Test
    void aShortArrayStaysAsItIs() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray array = manager.create(new double[] {0.3, -0.4});
            assertArrayEquals(
                    array.toDoubleArray(),
                    ProjectedOptimizer.project(array, 0.75f).toDoubleArray(),
                    1e-15);
            NDArray zero = manager.zeros(new Shape(3), DataType.FLOAT64);
            assertArrayEquals(new double[3], ProjectedOptimizer.project(zero, 1).toDoubleArray());
        }
    }

    /** 70,000 squares of 1 overflow in half precision, squares of 1e-4 underflow. */
    @ParameterizedTest
    @CsvSource({"70000, 1, 1", "1000000, 1e-4, 0.01"})
    void aLongArrayOfHalfPrecisionIsCutToTheRadius(int size, double entry, double radius) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray array = manager.ones(new Shape(size)).mul(entry).toType(DataType.FLOAT16, true);
            NDArray projected = ProjectedOptimizer.project(array, radius);
            assertEquals(DataType.FLOAT16, projected.getDataType());
            double norm =
                    projected.toType(DataType.FLOAT64, true).square().sum().sqrt().getDouble();
            // an entry of 1e-5 has four binary digits in half precision
            assertEquals(radius, norm, radius * 0.05);
        }
    }

    @Test
    void aSecondProjectionChangesNothing() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Engine.getEngine("PyTorch").setRandomSeed(3);
            NDArray array = manager.randomNormal(0, 1, new Shape(7, 5), DataType.FLOAT64);
            NDArray once = ProjectedOptimizer.project(array, 0.5f);
            NDArray twice = ProjectedOptimizer.project(once, 0.5f);
            assertArrayEquals(once.toDoubleArray(), twice.toDoubleArray(), 1e-14);
        }
    }

    @Test
    void everyStepOfTheStockTrainerIsAsLongAsItsGradientOrTheRadius() {
        Map<String, double[]> steps = steps(1000);
        Map<String, double[]> projected = steps(0.25f);
        boolean cut = false;
        for (Map.Entry<String, double[]> entry : steps.entrySet()) {
            double norm = norm(entry.getValue());
            double factor = Math.min(1, 0.25 / norm);
            cut |= factor < 1;
            double[] expected = entry.getValue().clone();
            for (int i = 0; i < expected.length; i++) {
                expected[i] *= factor;
            }
            assertArrayEquals(expected, projected.get(entry.getKey()), 1e-6, entry.getKey());
        }
        assertTrue(cut, "no gradient was longer than the radius");
    }

    /** What one step of plain gradient descent takes away from each parameter. */
    private static Map<String, double[]> steps(float radius) {
        Engine.getEngine("PyTorch").setRandomSeed(5);
        Optimizer descent = Optimizer.sgd().setLearningRateTracker(Tracker.fixed(1)).build();
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                        .optOptimizer(
                                ProjectedOptimizer.builder()
                                        .setOptimizer(descent)
                                        .optRadius(radius)
                                        .build());
        try (Model model = Model.newInstance("mlp", "PyTorch")) {
            model.setBlock(NetworkCase.mlp(4, 12, 11));
            try (Trainer trainer = model.newTrainer(config);
                    NDManager manager = trainer.getManager().newSubManager()) {
                trainer.initialize(new Shape(6, 9));
                Map<String, double[]> before = values(model);
                NDList data =
                        new NDList(manager.randomNormal(0, 3, new Shape(6, 9), DataType.FLOAT32));
                NDList labels = new NDList(manager.create(new int[] {0, 1, 2, 3, 0, 1}));
                try (GradientCollector collector = trainer.newGradientCollector()) {
                    NDList predictions = trainer.forward(data, labels);
                    collector.backward(trainer.getLoss().evaluate(labels, predictions));
                }
                trainer.step();
                Map<String, double[]> steps = values(model);
                steps.forEach(
                        (path, after) -> {
                            for (int i = 0; i < after.length; i++) {
                                after[i] = before.get(path)[i] - after[i];
                            }
                        });
                return steps;
            }
        }
    }

    private static Map<String, double[]> values(Model model) {
        Map<String, double[]> values = new LinkedHashMap<>();
        for (Pair<String, Parameter> parameter : model.getBlock().getParameters()) {
            try (NDArray wide = parameter.getValue().getArray().toType(DataType.FLOAT64, true)) {
                values.put(parameter.getKey(), wide.toDoubleArray());
            }
        }
        return values;
    }

    private static double norm(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value * value;
        }
        return Math.sqrt(sum);
    }

    @Test
    void printsEverySetting() {
        Optimizer descent = Optimizer.sgd().setLearningRateTracker(Tracker.fixed(1)).build();
        ProjectedOptimizer projected =
                ProjectedOptimizer.builder().setOptimizer(descent).optRadius(0.1).build();
        String inner =
                "Sgd[learningRateTracker FixedTracker[value 1.0], momentum 0.0, rescaleGrad 1.0,"
                        + " clipGrad -1.0, weightDecays 0.0, beginNumUpdate 0]";
        assertEquals("ProjectedOptimizer(radius 0.1, " + inner + ")", projected.toString());
        assertEquals(
                "ProjectedOptimizer(radius 1.0, ProjectedOptimizer(radius 0.1, " + inner + "))",
                ProjectedOptimizer.builder().setOptimizer(projected).build().toString());
    }

    @Test
    void badSettingsAreRefused() {
        for (float radius : new float[] {0, -1, Float.NaN, Float.POSITIVE_INFINITY}) {
            String message =
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> ProjectedOptimizer.builder().optRadius(radius))
                            .getMessage();
            assertTrue(message.contains("radius"), message);
        }
        assertEquals(
                "Give the optimizer to project for: setOptimizer.",
                assertThrows(NullPointerException.class, () -> ProjectedOptimizer.builder().build())
                        .getMessage());
    }
}
