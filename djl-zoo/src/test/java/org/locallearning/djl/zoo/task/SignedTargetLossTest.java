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
package org.locallearning.djl.zoo.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.locallearning.djl.creditassignment.ForcedCollection;

class SignedTargetLossTest {

    @Test
    void isHalfTheSquaredDistanceToTheTargets() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray labels = manager.create(new long[] {2, 0});
            NDArray outputs =
                    manager.create(
                            new float[] {-0.9f, -0.4f, 0.9f, 0.9f, -0.9f, 0.1f}, new Shape(2, 3));
            outputs.setRequiresGradient(true);
            assertArrayEquals(
                    new float[] {-0.9f, -0.9f, 0.9f, 0.9f, -0.9f, -0.9f},
                    SignedTargetLoss.targets(labels, 3).toFloatArray());
            try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                NDArray loss =
                        Task.SIGNED_TARGETS
                                .newLoss()
                                .evaluate(new NDList(labels), new NDList(outputs));
                // (0.5² + 1²) / 2, over 2 samples
                assertEquals(0.3125f, loss.getFloat(), 1e-6f);
                ForcedCollection.run();
                collector.backward(loss);
            }
            assertArrayEquals(
                    new float[] {0, 0.25f, 0, 0, 0, 0.5f},
                    outputs.getGradient().toFloatArray(),
                    1e-6f);
        }
    }

    /** In a batch of one, or of one label, the difference would be taken of all pairs of rows. */
    @ParameterizedTest
    @CsvSource({"1, 1, 3", "3, 1, 1", "2, 2, 3", "1, 2, 1"})
    void otherNumbersOfLabelsThanSamplesAreRefused(int samples, int labels, int width) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDList label = new NDList(manager.zeros(new Shape(labels, width), DataType.INT64));
            NDList outputs = new NDList(manager.zeros(new Shape(samples, 3)));
            SignedTargetLoss loss = new SignedTargetLoss();
            String message =
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> loss.evaluate(label, outputs))
                            .getMessage();
            assertTrue(
                    message.contains(label.head().getShape().toString())
                            && message.contains(outputs.head().getShape().toString()),
                    message);
        }
    }

    @Test
    void labelsMayBeAColumn() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray labels = manager.create(new long[] {2, 0});
            NDList outputs = new NDList(manager.ones(new Shape(2, 3)));
            SignedTargetLoss loss = new SignedTargetLoss();
            // (0.1² + 2 · 1.9²) / 2
            double expected = 3.615;
            NDList column = new NDList(labels.reshape(2, 1));
            assertEquals(expected, loss.evaluate(new NDList(labels), outputs).getFloat(), 1e-5);
            assertEquals(expected, loss.evaluate(column, outputs).getFloat(), 1e-5);
        }
    }
}
