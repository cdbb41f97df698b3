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

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code M ← s M − L R}, by the engine's operation and without it, against loops. */
class ScaledDifferenceTest extends ArrayTest {

    private static final int ROWS = 5;
    private static final int COLUMNS = 4;
    private static final int INNER = 3;

    ScaledDifferenceTest() {
        super(3);
    }

    private enum Form {
        CHOSEN {
            @Override
            void subtract(NDArray matrix, double scale, NDArray left, NDArray right) {
                ScaledDifference.subtract(matrix, scale, left, right);
            }
        },
        SCRIPTED {
            @Override
            void subtract(NDArray matrix, double scale, NDArray left, NDArray right) {
                ScaledDifference.scripted(matrix, scale, left, right);
            }
        },
        PLAIN {
            @Override
            void subtract(NDArray matrix, double scale, NDArray left, NDArray right) {
                ScaledDifference.plain(matrix, scale, left, right);
            }
        };

        abstract void subtract(NDArray matrix, double scale, NDArray left, NDArray right);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void changesTheMatrixInPlace(Form form) {
        NDArray matrix = random(ROWS, COLUMNS);
        check(form, matrix);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void changesOneBlockOfAStack(Form form) {
        NDArray stack = manager.randomNormal(0, 1, new Shape(2, ROWS, COLUMNS), DataType.FLOAT64);
        double[] untouched = stack.get(0).toDoubleArray();
        check(form, stack.get(1));
        assertArrayEquals(untouched, stack.get(0).toDoubleArray());
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void changesAMatrixWithAName(Form form) {
        NDArray matrix = random(ROWS, COLUMNS);
        matrix.setName("decorrelation");
        check(form, matrix);
    }

    private void check(Form form, NDArray matrix) {
        NDArray left = random(INNER, ROWS).transpose();
        NDArray right = random(INNER, COLUMNS);
        double[] before = matrix.toDoubleArray();
        double[] l = left.toDoubleArray();
        double[] r = right.toDoubleArray();
        double[] expected = new double[ROWS * COLUMNS];
        for (int i = 0; i < ROWS; ++i) {
            for (int j = 0; j < COLUMNS; ++j) {
                double product = 0;
                for (int k = 0; k < INNER; ++k) {
                    product += l[i * INNER + k] * r[k * COLUMNS + j];
                }
                expected[i * COLUMNS + j] = 0.7 * before[i * COLUMNS + j] - product;
            }
        }
        int arrays = manager.getManagedArrays().size();
        form.subtract(matrix, 0.7, left, right);
        assertArrayEquals(expected, matrix.toDoubleArray(), 1e-12);
        assertEquals(arrays, manager.getManagedArrays().size(), "arrays left over");
    }
}
