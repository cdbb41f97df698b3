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
import ai.djl.ndarray.types.DataType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.locallearning.djl.emulation.EmulatedCalls;
import org.locallearning.djl.emulation.EmulatedGpus;

@Tag(EmulatedGpus.TAG)
class DeviceRoundingOnGpuTest {

    static {
        EmulatedGpus.install(2);
    }

    @AfterEach
    void restore() {
        EmulatedCalls.setTensorFloat32(false);
    }

    @Test
    void findsConvolutionsInTensorFloat32() {
        EmulatedCalls.setTensorFloat32(true);
        DeviceRounding rounding = DeviceRounding.measure(Device.gpu(1), DataType.FLOAT32);
        assertTrue(rounding.isConvolutionReduced(), rounding.toString());
        assertFalse(rounding.isProductReduced(), rounding.toString());
        assertEquals(0x1p-11, rounding.unit(true), 0x1p-12);
    }

    @Test
    void findsSinglePrecision() {
        DeviceRounding rounding = DeviceRounding.measure(Device.gpu(1), DataType.FLOAT32);
        assertFalse(rounding.isConvolutionReduced(), rounding.toString());
        assertEquals(0x1p-24, rounding.unit(true));
    }

    @Test
    void leavesNothingOnTheDevice() {
        long before = EmulatedCalls.tensorsOn(1);
        DeviceRounding.measure(Device.gpu(1), DataType.FLOAT32);
        assertEquals(before, EmulatedCalls.tensorsOn(1));
    }
}
