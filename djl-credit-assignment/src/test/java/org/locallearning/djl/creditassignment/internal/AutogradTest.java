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
package org.locallearning.djl.creditassignment.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import org.junit.jupiter.api.Test;
import org.locallearning.djl.decorrelation.internal.Graph;

/** Which arrays a backward pass reaches, and that asking leaves it exact. */
class AutogradTest {

    @Test
    void tellsWhatIsInTheGraphAndLeavesItThere() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            NDArray data = manager.ones(new Shape(2, 2));
            NDArray weight = manager.ones(new Shape(2, 2));
            weight.setRequiresGradient(true);
            assertInGraph(false, data);
            assertInGraph(true, weight);
            try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                assertInGraph(false, data.mul(data));
                NDArray computed = data.matMul(weight);
                assertInGraph(true, computed);
                assertInGraph(true, computed.add(1));
                assertInGraph(false, computed.stopGradient());
                assertInGraph(false, computed.argMax(1));
                assertInGraph(false, computed.toType(DataType.INT32, true));
                collector.backward(computed.sum());
            }
            assertArrayEquals(new float[] {2, 2, 2, 2}, weight.getGradient().toFloatArray());
        }
    }

    private static void assertInGraph(boolean expected, NDArray array) {
        assertEquals(expected, Graph.holds(array));
        assertEquals(expected, Autograd.isDifferentiable(array));
    }
}
