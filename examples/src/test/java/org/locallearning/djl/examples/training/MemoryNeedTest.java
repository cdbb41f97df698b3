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
package org.locallearning.djl.examples.training;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.locallearning.djl.zoo.network.Networks;

class MemoryNeedTest {

    private static final Shape SAMPLE = new Shape(1, 28, 28);
    private static final double MIB = 1 << 20;
    private static final Pattern FITTING = Pattern.compile(": (\\d+)(?:x\\d+)? would fit\\.");

    @Test
    void weightsAndGradientsOfHiddenLayersAreCounted() {
        // 1 + 1000 * 1000 + 1000 * 10 weights and as many gradients of 4 bytes
        double bytes = 8 * (1000 + 1000 * 1000 + 1000 * 10);
        int[] hidden = {1000, 1000};
        assertDoesNotThrow(() -> MemoryNeed.checkHidden(hidden, SAMPLE, 10, bytes));
        assertThrows(
                IllegalArgumentException.class,
                () -> MemoryNeed.checkHidden(hidden, SAMPLE, 10, bytes - 1));
    }

    @Test
    void sizesThatWouldFitDoSoWithTheOptimizersShare() {
        for (int layers = 1; layers <= 4; ++layers) {
            int[] hidden = new int[layers];
            Arrays.fill(hidden, 100_000_000);
            double memory = 512 * MIB;
            int size =
                    named(
                            assertThrows(
                                    IllegalArgumentException.class,
                                    () -> MemoryNeed.checkHidden(hidden, SAMPLE, 10, memory)));
            // weights, gradients and the two moments of Adam
            double need = 16.0 * size * (784 + 10 + (layers - 1.0) * size);
            assertTrue(need < memory, layers + " of " + size);
            assertTrue(need > memory / 8, layers + " of " + size);
        }
    }

    @Test
    void batchThatWouldFitDoesSo() {
        Supplier<Block> blocks = () -> Networks.named("conv").create(SAMPLE, 10);
        double memory = 512 * MIB;
        int batch =
                named(
                        assertThrows(
                                IllegalArgumentException.class,
                                () ->
                                        MemoryNeed.checkBatch(
                                                blocks, SAMPLE, Integer.MAX_VALUE, memory)));
        assertTrue(batch > 100, "batch " + batch);
        assertDoesNotThrow(() -> MemoryNeed.checkBatch(blocks, SAMPLE, batch, memory));
        // the first convolution alone puts out 8 images of 28x28 for each
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        MemoryNeed.checkBatch(
                                blocks, SAMPLE, (int) (memory / (4 * 8 * 784)) + 1, memory));
    }

    private static int named(IllegalArgumentException e) {
        Matcher matcher = FITTING.matcher(e.getMessage());
        assertTrue(matcher.find(), e.getMessage());
        return Integer.parseInt(matcher.group(1));
    }
}
