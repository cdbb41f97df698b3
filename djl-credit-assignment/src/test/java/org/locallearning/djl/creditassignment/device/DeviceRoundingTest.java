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
package org.locallearning.djl.creditassignment.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.Test;

class DeviceRoundingTest {

    @Test
    void singlePrecisionIsNotReducedOnTheHost() {
        DeviceRounding rounding = DeviceRounding.measure(Device.cpu(), DataType.FLOAT32);
        // sums of some hundred terms lose a few units
        assertTrue(rounding.product() > 0x1p-26 && rounding.product() < 0x1p-20);
        assertTrue(rounding.convolution() > 0x1p-26 && rounding.convolution() < 0x1p-20);
        assertEquals(0x1p-24, rounding.unit(true));
        assertEquals("float32", rounding.toString());
    }

    @Test
    void reducedConvolutionsAreTold() {
        DeviceRounding rounding = new DeviceRounding(Device.gpu(), DataType.FLOAT32, 2e-7, 2.9e-4);
        assertTrue(rounding.isConvolutionReduced());
        assertFalse(rounding.isProductReduced());
        assertEquals(0x1p-24, rounding.unit(false));
        // the unit of 10 bits
        assertEquals(0x1p-11, rounding.unit(true), 0x1p-13);
        assertEquals("float32, convolutions in reduced precision (2.9e-04)", rounding.toString());
    }

    @Test
    void measuringLeavesRandomNumbersAlone() {
        Engine engine = Engine.getEngine("PyTorch");
        try (NDManager manager = engine.newBaseManager()) {
            engine.setRandomSeed(3);
            float expected = manager.randomNormal(new Shape(1)).getFloat();
            engine.setRandomSeed(3);
            DeviceRounding.measure(Device.cpu(), DataType.FLOAT32);
            assertEquals(expected, manager.randomNormal(new Shape(1)).getFloat());
        }
    }
}
