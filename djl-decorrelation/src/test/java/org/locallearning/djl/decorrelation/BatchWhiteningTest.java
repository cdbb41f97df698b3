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
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.Test;

/** Whitening by Newton's iteration. */
class BatchWhiteningTest extends ArrayTest {

    BatchWhiteningTest() {
        super(29);
    }

    @Test
    void outputOfEnoughIterationsIsWhite() {
        BatchWhitening layer = BatchWhitening.builder().optIterations(30).optEpsilon(1e-12).build();
        layer.initialize(manager, DataType.FLOAT64, new Shape(50, 4));
        NDArray data = random(50, 4).matMul(random(4, 4)).add(3);
        NDArray output = layer.forward(store, new NDList(data), true).singletonOrThrow();
        NDArray covariance = CorrelationStatistics.covariance(output);
        NDArray identity = eye(4);
        assertEquals(0, covariance.sub(identity).abs().max().getDouble(), 1e-8);
        assertEquals(0, output.mean(new int[] {0}).abs().max().getDouble(), 1e-12);
    }

    @Test
    void matrixIsTheInverseSquareRoot() {
        NDArray rows = random(30, 5);
        NDArray whitening = BatchWhitening.whiteningMatrix(rows, 40, 0.1);
        NDArray covariance = rows.transpose().matMul(rows).div(30).add(eye(5).mul(0.1));
        NDArray product = whitening.matMul(whitening).matMul(covariance);
        NDArray identity = eye(5);
        assertEquals(0, product.sub(identity).abs().max().getDouble(), 1e-10);
    }

    @Test
    void batchOfOneIsRefused() {
        BatchWhitening layer = BatchWhitening.builder().optName("white").build();
        layer.initialize(manager, DataType.FLOAT64, new Shape(1, 4));
        NDList one = new NDList(random(1, 4));
        Exception e =
                assertThrows(IllegalArgumentException.class, () -> layer.forward(store, one, true));
        assertTrue(e.getMessage().contains("'white'"), e.getMessage());
        assertThrows(
                IllegalArgumentException.class, () -> BatchWhitening.builder().optIterations(0));
        assertThrows(IllegalArgumentException.class, () -> BatchWhitening.builder().optEpsilon(0));
    }
}
