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

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import org.junit.jupiter.api.Test;

/** Removing a batch's mean, and its gradient. */
class BatchMeanTest extends ArrayTest {

    BatchMeanTest() {
        super(7);
    }

    @Test
    void centringHasTheGradientOfItsFormula() {
        NDArray data = manager.randomNormal(new Shape(3, 2, 4, 5));
        data.setRequiresGradient(true);
        NDArray error = manager.randomNormal(data.getShape());
        int[] axes = {0, 2, 3};
        NDArray centred;
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            centred = BatchMean.remove(data, BatchMean.of(data, axes, true));
            collector.backward(centred.mul(error).sum());
        }
        NDArray detached = data.stopGradient();
        NDArray expected = detached.sub(detached.sum(axes, true).div(60));
        assertEquals(0, expected.sub(centred.stopGradient()).abs().max().getFloat(), 1e-6);
        // centring is its own transpose
        NDArray recentred = error.sub(error.sum(axes, true).div(60));
        assertEquals(0, recentred.sub(data.getGradient()).abs().max().getFloat(), 1e-6);
    }
}
