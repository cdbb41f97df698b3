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

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import org.junit.jupiter.api.Test;
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
}
