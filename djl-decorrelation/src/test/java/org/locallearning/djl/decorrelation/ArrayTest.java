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
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A test of arrays: a manager and a store that close after each test, and a fixed seed. */
abstract class ArrayTest {

    final int seed;
    NDManager manager;
    ParameterStore store;

    ArrayTest(int seed) {
        this.seed = seed;
    }

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
        store = new ParameterStore(manager, false);
        Engine.getInstance().setRandomSeed(seed);
    }

    @AfterEach
    void close() {
        manager.close();
    }

    NDArray random(long... shape) {
        return random(new Shape(shape));
    }

    NDArray random(Shape shape) {
        return manager.randomNormal(0, 1, shape, DataType.FLOAT64);
    }

    NDArray eye(int n) {
        return manager.eye(n, n, 0, DataType.FLOAT64);
    }

    static double[][] rows(NDArray array) {
        int rows = (int) array.getShape().get(0);
        int columns = (int) array.getShape().get(1);
        double[] flat = array.duplicate().toDoubleArray();
        double[][] result = new double[rows][columns];
        for (int i = 0; i < rows; ++i) {
            System.arraycopy(flat, i * columns, result[i], 0, columns);
        }
        return result;
    }

    static void assertClose(double[][] expected, double[][] actual, double tolerance) {
        assertEquals(expected.length, actual.length);
        for (int i = 0; i < expected.length; ++i) {
            for (int j = 0; j < expected[i].length; ++j) {
                assertEquals(expected[i][j], actual[i][j], tolerance, "at " + i + ", " + j);
            }
        }
    }

    static void assertClose(NDArray expected, NDArray actual, double tolerance) {
        assertEquals(expected.getShape(), actual.getShape());
        NDArray difference = expected.sub(actual).abs().max().toType(DataType.FLOAT64, false);
        assertEquals(0, difference.getDouble(), tolerance);
    }
}
