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
package org.locallearning.djl.decorrelation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.metric.Metrics;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.TrainingConfig;
import ai.djl.training.dataset.Batch;
import ai.djl.training.listener.TrainingListener;
import ai.djl.training.loss.Loss;
import ai.djl.translate.StackBatchifier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.locallearning.djl.state.StateFile;

class DecorrelationLossListenerTest {

    @Test
    void theLossIsAMetricOfTheTrainer() {
        // measured in steps 0, 2 and 4
        assertMeasured(3, 5, 1);
    }

    @Test
    void aLayerThatDoesNotLearnAtEveryStepIsMeasuredWhenItDoes() {
        // a tenth of the batch and one is 3 samples, so that it learns in steps 0, 4 and 6
        assertMeasured(3, 7, 9);
    }

    /** Measures at every second step at most. */
    private static void assertMeasured(int measurements, int steps, int samplesPerUpdate) {
        // another one beside it measures the first step, too
        DecorrelationLossListener other = new DecorrelationLossListener(steps);
        Block block =
                Decorrelate.builder()
                        .optCost(Cost.full().withSamplesPerUpdate(samplesPerUpdate))
                        .build()
                        .convert(
                                new SequentialBlock()
                                        .add(Linear.builder().setUnits(5).build())
                                        .add(Activation::relu)
                                        .add(Linear.builder().setUnits(2).build()))
                        .block();
        DecorrelationLossListener listener = new DecorrelationLossListener(2);
        TrainingConfig config = config(listener, other);
        try (Model model = Model.newInstance("net")) {
            model.setBlock(block);
            try (Trainer trainer = model.newTrainer(config)) {
                trainer.setMetrics(new Metrics());
                trainer.initialize(new Shape(4, 3));
                NDArray input = trainer.getManager().randomNormal(new Shape(20, 3));
                NDArray labels = trainer.getManager().zeros(new Shape(20));
                for (int step = 0; step < steps; ++step) {
                    train(trainer, input, labels);
                }
                String first = "decorrelation_loss_01Linear";
                assertEquals(measurements + 1, trainer.getMetrics().getMetric(first).size());
                // the first sample, less the batch's mean, under M = I
                NDArray sample =
                        input.toType(DataType.FLOAT64, true)
                                .sub(input.toType(DataType.FLOAT64, true).mean(new int[] {0}))
                                .get("0:" + Math.max(3, samplesPerUpdate));
                double[][] moments = SlowRule.secondMoments(ArrayTest.rows(sample));
                double expected = 0;
                for (int i = 0; i < 3; ++i) {
                    for (int j = 0; j < 3; ++j) {
                        expected += i == j ? 0 : moments[i][j] * moments[i][j] / 9;
                    }
                }
                double found =
                        trainer.getMetrics().getMetric(first).get(0).getValue().doubleValue();
                assertEquals(expected, found, 1e-5);
                assertEquals(Set.of("01Linear", "03Linear"), listener.getLosses().keySet());
                assertEquals(expected, other.getLosses().get("01Linear"), 1e-5);
            }
            model.setBlock(new SequentialBlock().add(Linear.builder().setUnits(2).build()));
            Exception e =
                    assertThrows(
                            IllegalArgumentException.class, () -> model.newTrainer(config).close());
            assertTrue(e.getMessage().contains("Decorrelate.model"), e.getMessage());
        }
    }

    @Test
    void layersOfOneNameAreToldApartByTheirPaths() {
        SequentialBlock block =
                new SequentialBlock()
                        .add(Decorrelate.model(Linear.builder().setUnits(5).build()))
                        .add(Activation::relu)
                        .add(Decorrelate.model(Linear.builder().setUnits(4).build()))
                        .add(Decorrelation.builder().optName("last").build())
                        .add(Linear.builder().setUnits(2).build());
        DecorrelationLossListener listener = new DecorrelationLossListener(1);
        TrainingConfig config = config(listener);
        try (Model model = Model.newInstance("net")) {
            model.setBlock(block);
            try (Trainer trainer = model.newTrainer(config)) {
                trainer.initialize(new Shape(4, 3));
                NDArray input = trainer.getManager().randomNormal(new Shape(20, 3));
                train(trainer, input, trainer.getManager().zeros(new Shape(20)));
                assertEquals(
                        Set.of(
                                "01SequentialBlock/01Decorrelation",
                                "03SequentialBlock/01Decorrelation",
                                "last"),
                        listener.getLosses().keySet());
            }
        }
    }

    @Test
    void goesOnFromWhatWasSaved(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("listener.state");
        DecorrelationLossListener listener = new DecorrelationLossListener(3);
        // measured in steps 0 and 3
        assertEquals(2, train(listener, 5, () -> {}));
        StateFile.save(file, Map.of("listener", listener));

        DecorrelationLossListener other = new DecorrelationLossListener(3);
        // in step 6, of 5 and 6
        int measurements =
                train(
                        other,
                        2,
                        () -> {
                            try (NDManager manager = NDManager.newBaseManager()) {
                                StateFile.load(file, manager, Map.of("listener", other));
                                assertEquals(listener.getLosses(), other.getLosses());
                            } catch (IOException | MalformedModelException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        assertEquals(1, measurements);
    }

    /** Trains and counts measurements. */
    private static int train(DecorrelationLossListener listener, int steps, Runnable first) {
        try (Model model = Model.newInstance("net")) {
            model.setBlock(
                    Decorrelate.builder()
                            .optCost(Cost.full().withSamplesPerUpdate(1))
                            .build()
                            .convert(Linear.builder().setUnits(5).build())
                            .block());
            try (Trainer trainer = model.newTrainer(config(listener))) {
                trainer.setMetrics(new Metrics());
                trainer.initialize(new Shape(4, 3));
                first.run();
                NDArray input = trainer.getManager().randomNormal(new Shape(20, 3));
                NDArray labels = trainer.getManager().zeros(new Shape(20));
                for (int step = 0; step < steps; ++step) {
                    train(trainer, input, labels);
                }
                String name =
                        trainer.getMetrics().getMetricNames().stream()
                                .filter(each -> each.startsWith("decorrelation_loss_"))
                                .findFirst()
                                .orElseThrow();
                return trainer.getMetrics().getMetric(name).size();
            }
        }
    }

    private static TrainingConfig config(TrainingListener... listeners) {
        return new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                .addTrainingListeners(listeners);
    }

    private static void train(Trainer trainer, NDArray input, NDArray labels) {
        EasyTrain.trainBatch(
                trainer,
                new Batch(
                        trainer.getManager().newSubManager(),
                        new NDList(input),
                        new NDList(labels),
                        20,
                        new StackBatchifier(),
                        new StackBatchifier(),
                        0,
                        0));
        trainer.step();
    }
}
