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
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.loss.SoftmaxCrossEntropyLoss;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.locallearning.djl.creditassignment.NetworkCase;

/** How far one number for all units of a sample turns a gradient away. */
class UnitNoiseTest {

    @Test
    void cosineIsThatOfNormalNoise() {
        Random random = new Random(3);
        int units = 50;
        int samples = 20_000;
        double product = 0;
        double square = 0;
        double exact = 0;
        for (int n = 0; n < samples; n++) {
            double[] gradient = random.doubles(units).map(value -> value - 0.5).toArray();
            double[] noise = new double[units];
            double change = 0;
            for (int k = 0; k < units; k++) {
                noise[k] = random.nextGaussian();
                change += gradient[k] * noise[k];
            }
            for (int k = 0; k < units; k++) {
                product += change * noise[k] * gradient[k];
                square += change * noise[k] * change * noise[k];
                exact += gradient[k] * gradient[k];
            }
        }
        double cosine = product / Math.sqrt(square * exact);
        assertEquals(UnitNoise.cosine(units), cosine, 0.02 * cosine);
        assertEquals(1 / UnitNoise.cosine(units), Math.sqrt(square / exact), 0.02 / cosine);
    }

    @Test
    void warnsOnceOfManyUnits() {
        assertEquals("", logOfTwoBatches(600));
        String log = logOfTwoBatches(1200);
        assertEquals(2, log.split("Node perturbation changes", -1).length, log);
        assertTrue(log.contains("changes 1203 outputs of every sample"), log);
    }

    @Test
    void warnsOnceOfLossesWhoseRoundingDrownsTheNoise() {
        assertEquals("", logOfTwoBatches(5, Loss.l2Loss(), 1));
        String log = logOfTwoBatches(5, Loss.l2Loss(), 1e5);
        assertEquals(2, log.split("Noise changes the losses", -1).length, log);
        assertTrue(log.contains("Scale labels"), log);
    }

    private static String logOfTwoBatches(int hidden) {
        return logOfTwoBatches(hidden, Loss.softmaxCrossEntropyLoss(), 1);
    }

    private static String logOfTwoBatches(int hidden, Loss loss, double labelScale) {
        Engine.getEngine("PyTorch").setRandomSeed(1);
        PrintStream standard = System.err;
        ByteArrayOutputStream captured = new ByteArrayOutputStream();
        System.setErr(new PrintStream(captured, true, StandardCharsets.UTF_8));
        try (Model model = Model.newInstance("units", "PyTorch")) {
            model.setBlock(NetworkCase.mlp(3, hidden));
            DefaultTrainingConfig config = new DefaultTrainingConfig(loss);
            try (Trainer trainer = NodePerturbation.builder().build().newTrainer(model, config);
                    NDManager manager = trainer.getManager().newSubManager()) {
                trainer.initialize(new Shape(4, 5));
                NDList data = new NDList(manager.randomNormal(new Shape(4, 5)));
                NDList labels =
                        loss instanceof SoftmaxCrossEntropyLoss
                                ? new NDList(manager.create(new int[] {0, 1, 2, 0}))
                                : new NDList(manager.ones(new Shape(4, 3)).mul(labelScale));
                for (int batch = 0; batch < 2; batch++) {
                    try (GradientCollector collector = trainer.newGradientCollector()) {
                        NDList predictions = trainer.forward(data, labels);
                        collector.backward(loss.evaluate(labels, predictions));
                    }
                }
            }
        } finally {
            System.setErr(standard);
        }
        return captured.toString(StandardCharsets.UTF_8);
    }
}
