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
package org.locallearning.djl.emulation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag(EmulatedGpus.TAG)
class EmulatedGpusTest {

    static {
        EmulatedGpus.install(2);
    }

    @Test
    void anArrayThatIsSetHasMemoryOfItsOwn() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());
        buffer.putFloat(0, 1).putFloat(4, 2);
        try (NDManager manager = NDManager.newBaseManager(Device.gpu(1));
                NDArray array = manager.create(new float[] {5, 6});
                NDArray alias = array.stopGradient()) {
            array.set(buffer);
            buffer.putFloat(0, 3).putFloat(4, 4);
            assertArrayEquals(new float[] {1, 2}, array.toFloatArray());
            // as on a GPU, where the array gets new memory
            assertArrayEquals(new float[] {5, 6}, alias.toFloatArray());
        }
    }
}
