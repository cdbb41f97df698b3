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
package org.locallearning.djl.examples.benchmark;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/** The machine's own rate of multiplying matrices, the yardstick for every step. */
final class MatrixRate implements AutoCloseable {

    private static final int SIZE = 1024;

    private final NDManager manager;
    private final NDArray left;
    private final NDArray right;

    MatrixRate(Engine engine) {
        manager = engine.newBaseManager();
        left = manager.randomNormal(new Shape(SIZE, SIZE));
        right = manager.randomNormal(new Shape(SIZE, SIZE));
    }

    /**
     * Multiplies two float32 matrices of 1024x1024.
     *
     * @return the rate in GFLOP per second, a multiply-add counted as two operations
     */
    double gflops() {
        long start = System.nanoTime();
        try (NDArray product = left.matMul(right);
                NDArray corner = product.get("0, 0")) {
            corner.getFloat();
        }
        return 2.0 * SIZE * SIZE * SIZE / (System.nanoTime() - start);
    }

    /** {@inheritDoc} */
    @Override
    public void close() {
        manager.close();
    }
}
