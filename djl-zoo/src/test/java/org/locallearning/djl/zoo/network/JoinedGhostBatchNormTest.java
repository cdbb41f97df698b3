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
package org.locallearning.djl.zoo.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JoinedGhostBatchNormTest {

    /** The sizes of the parts follow the batch size: equal, or different by one. */
    @ParameterizedTest
    @CsvSource({"8, '4 4'", "9, '3 3 3'", "11, '3 4 4'", "3, '3'"})
    void everyPartIsNormalizedByItself(int size, String parts) {
        for (Shape sample : new Shape[] {new Shape(3), new Shape(3, 2, 2)}) {
            try (NDManager manager = NDManager.newBaseManager()) {
                Shape shape = new Shape(size).addAll(sample);
                NDArray batch = manager.randomNormal(2, 3, shape, DataType.FLOAT32);
                Block block = JoinedGhostBatchNorm.of(4);
                block.initialize(manager, DataType.FLOAT32, shape);
                ParameterStore store = new ParameterStore(manager, false);
                NDArray output = block.forward(store, new NDList(batch), true).singletonOrThrow();
                assertEquals(shape, output.getShape());
                int begin = 0;
                for (String part : parts.split(" ")) {
                    int end = begin + Integer.parseInt(part);
                    assertNormalized(batch.get(begin + ":" + end), output.get(begin + ":" + end));
                    begin = end;
                }
                assertEquals(size, begin);
                // in evaluation every sample for itself
                NDArray all = block.forward(store, new NDList(batch), false).singletonOrThrow();
                NDArray one =
                        block.forward(store, new NDList(batch.get("1:2")), false)
                                .singletonOrThrow();
                assertEquals(0, all.get("1:2").sub(one).abs().max().getFloat(), 1e-5);
            }
        }
    }

    /** A feature of one sample has no variance, and would be 0 after normalization. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 32})
    void noPartIsOneSample(int virtualBatchSize) {
        JoinedGhostBatchNorm block = JoinedGhostBatchNorm.of(virtualBatchSize);
        try (NDManager manager = NDManager.newBaseManager()) {
            for (int size = 1; size <= 9; size++) {
                NDList batch = new NDList(manager.zeros(new Shape(size, 3)));
                long[] parts =
                        Arrays.stream(block.split(batch))
                                .mapToLong(part -> part.head().getShape().get(0))
                                .toArray();
                assertEquals(size, Arrays.stream(parts).sum());
                // of a batch of one, and of an odd one in pairs, other parts cannot be made
                long least = Math.min(2, size);
                long most = virtualBatchSize == 2 && size % 2 == 1 ? 3 : virtualBatchSize;
                for (long part : parts) {
                    assertTrue(least <= part && part <= most, size + ": " + part);
                }
            }
        }
    }

    private static void assertNormalized(NDArray input, NDArray output) {
        NDArray before = input.swapAxes(0, 1).reshape(3, -1);
        NDArray after = output.swapAxes(0, 1).reshape(3, -1);
        for (int channel = 0; channel < 3; channel++) {
            float[] x = before.get(channel).toFloatArray();
            float[] y = after.get(channel).toFloatArray();
            double mean = 0;
            double square = 0;
            for (float value : x) {
                mean += value / x.length;
                square += (double) value * value / x.length;
            }
            double deviation = Math.sqrt(square - mean * mean + 1e-5);
            for (int i = 0; i < x.length; i++) {
                assertEquals((x[i] - mean) / deviation, y[i], 1e-4);
            }
        }
    }

    @Test
    void partsOfOneSampleAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> JoinedGhostBatchNorm.of(1));
    }
}
