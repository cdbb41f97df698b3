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
package org.locallearning.djl.examples.results;

import ai.djl.ndarray.NDArray;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.locallearning.djl.decorrelation.internal.HostValues;

/**
 * Rows of numbers, kept in few letters.
 *
 * @param length the numbers in a row
 * @param values all of them, float32, Base64
 */
public record TileSheet(int length, String values) {

    /**
     * Keeps the rows of a matrix.
     *
     * @param rows the matrix, (rows, length)
     * @return the sheet
     */
    public static TileSheet of(NDArray rows) {
        float[] numbers = HostValues.floats(rows);
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * numbers.length);
        bytes.asFloatBuffer().put(numbers);
        return new TileSheet(
                (int) rows.getShape().get(1), Base64.getEncoder().encodeToString(bytes.array()));
    }

    /**
     * Returns the rows.
     *
     * @return the numbers of each
     */
    public List<double[]> rows() {
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(values));
        List<double[]> rows = new ArrayList<>();
        while (bytes.hasRemaining()) {
            double[] row = new double[length];
            for (int i = 0; i < length; ++i) {
                row[i] = bytes.getFloat();
            }
            rows.add(row);
        }
        return rows;
    }
}
