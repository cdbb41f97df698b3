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

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import org.locallearning.djl.decorrelation.internal.DeviceArrays;

/**
 * A matrix that mixes features within equal runs of consecutive ones alone; each block is a {@link
 * FullMatrix}.
 *
 * @param values the diagonal blocks of M, (blocks, n / blocks, n / blocks)
 */
record BlockDiagonalMatrix(NDArray values) implements DecorrelationMatrix {

    /** The form for some blocks; of a single one, a full matrix. */
    static MatrixForm form(long width, long blocks) {
        long size = width / blocks;
        return blocks == 1
                ? FullMatrix.form(width)
                : MatrixForm.of(new Shape(blocks, size, size), BlockDiagonalMatrix::new);
    }

    @Override
    public NDArray multiply(NDArray rows) {
        return ArrayScope.returning(
                () -> {
                    NDList parts = new NDList();
                    List<DecorrelationMatrix> blocks = blocks();
                    for (int i = 0; i < blocks.size(); ++i) {
                        parts.add(blocks.get(i).multiply(columns(rows, i, blocks.size())));
                    }
                    return NDArrays.concat(parts, -1);
                });
    }

    /**
     * Returns the features that a block mixes.
     *
     * @param rows the rows, (*, n)
     * @param block which block, from 0
     * @param blocks the number of blocks
     * @return the columns of the block, (*, n / blocks)
     */
    static NDArray columns(NDArray rows, int block, int blocks) {
        if (blocks == 1) {
            return rows;
        }
        long size = rows.getShape().get(rows.getShape().dimension() - 1) / blocks;
        return rows.get(
                new NDIndex().addEllipseDim().addSliceDim(block * size, (block + 1) * size));
    }

    @Override
    public List<DecorrelationMatrix> blocks() {
        List<DecorrelationMatrix> blocks = new ArrayList<>();
        for (int i = 0; i < values.getShape().get(0); ++i) {
            blocks.add(new FullMatrix(values.get(i)));
        }
        return blocks;
    }

    @Override
    public SampleGain learn(ActivitySample sample, UpdateRate rate, DecorrelationOptions options) {
        throw new UnsupportedOperationException("The blocks learn, each by itself.");
    }

    @Override
    public NDArray toFull() {
        long count = values.getShape().get(0);
        long width = count * values.getShape().get(1);
        NDArray eye = DeviceArrays.identity(values, width);
        return multiply(eye).transpose();
    }

    @Override
    public long multiplyAdds(long rows) {
        return rows * values.size();
    }

    @Override
    public long learningMultiplyAdds(long rows, DecorrelationOptions options) {
        long count = values.getShape().get(0);
        return count * DecorrelationRule.multiplyAdds(rows, values.getShape().get(1), options);
    }
}
