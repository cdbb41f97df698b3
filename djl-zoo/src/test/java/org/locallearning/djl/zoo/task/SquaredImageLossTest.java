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

class SquaredImageLossTest {

    @Test
    void isTheSquaredErrorOfAnImage() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray images =
                    manager.create(new float[] {0.9f, -0.9f, 0, 0.5f, 0, 0}, new Shape(2, 1, 1, 3));
            NDArray outputs =
                    manager.create(new float[] {0.9f, 0.1f, 2, 0.5f, 0, -1}, new Shape(2, 3));
            outputs.setRequiresGradient(true);
            try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                NDArray loss =
                        Task.SIGNED_RECONSTRUCTION
                                .newLoss()
                                .evaluate(new NDList(images), new NDList(outputs));
                // (1² + 2²) of the first image and 1² of the second
                assertEquals(3, loss.getFloat(), 1e-6f);
                ForcedCollection.run();
                collector.backward(loss);
            }
            assertArrayEquals(
                    new float[] {0, 1, 2, 0, 0, -1}, outputs.getGradient().toFloatArray(), 1e-6f);
        }
    }
}
