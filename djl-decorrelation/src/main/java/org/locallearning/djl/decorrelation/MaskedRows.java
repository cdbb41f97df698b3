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
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import org.locallearning.djl.decorrelation.internal.HostNumber;
import org.locallearning.djl.decorrelation.internal.HostValues;

/**
 * The rows of one batch that count, such as the tokens of sequences that are no padding. Mean and
 * samples are those of a batch without the others.
 *
 * @param rows how the layer sees a batch without a mask
 * @param counts which rows count, boolean, (batch, *)
 * @param total how many do
 */
record MaskedRows(InputRows rows, NDArray counts, long total) implements InputRows {

    private static final int[] ROWS = {0};

    /**
     * Looks at the mask of a batch.
     *
     * @param rows how the layer sees a batch without a mask
     * @param input the batch, (batch, *, n)
     * @param mask the mask, (batch, *), 0 where a row does not count
     * @param layer the name of the layer
     * @throws IllegalArgumentException if the mask has another shape, or no row counts
     */
    static MaskedRows of(InputRows rows, NDArray input, NDArray mask, String layer) {
        Shape shape = input.getShape();
        Shape needed = shape.slice(0, shape.dimension() - 1);
        if (!mask.getShape().equals(needed)) {
            throw new IllegalArgumentException(
                    "Decorrelation layer '"
                            + layer
                            + "' got an input "
                            + shape
                            + " with a mask "
                            + mask.getShape()
                            + ", which should be "
                            + needed
                            + ": 1 for each row that counts, 0 for padding.");
        }
        NDArray counts = mask.stopGradient().toType(DataType.BOOLEAN, false);
        long total = HostValues.longs(counts.toType(DataType.INT64, false).sum())[0];
        if (total == 0) {
            throw new IllegalArgumentException(
                    "Decorrelation layer '"
                            + layer
                            + "' got a training batch "
                            + shape
                            + " of padding alone; leave out batches whose mask is 0.");
        }
        return new MaskedRows(rows, counts, total);
    }

    @Override
    public String describe(long features) {
        return rows.describe(features);
    }

    @Override
    public boolean fits(Shape input, long features) {
        return rows.fits(input, features);
    }

    @Override
    public long meanCount(Shape batch) {
        return total;
    }

    @Override
    public NDArray mean(NDArray batch) {
        NDArray weights =
                counts.toType(batch.getDataType(), false).expandDims(counts.getShape().dimension());
        NDArray sum = rows.rows(batch.mul(weights)).sum(ROWS);
        return HostNumber.mul(sum, 1.0 / total);
    }

    @Override
    public NDArray alongFeatures(NDArray means) {
        return rows.alongFeatures(means);
    }

    @Override
    public long sampleSize(long batchSize) {
        return rows.sampleSize(batchSize);
    }

    /** The rows of the first samples of the batch that count. */
    @Override
    public NDArray rows(NDArray samples) {
        NDArray all = rows.rows(samples);
        NDArray which = first(samples.getShape().get(0)).reshape(-1).nonzero().reshape(-1);
        return all.get(new NDIndex("{}", which));
    }

    @Override
    public NDArray counted(NDArray batch) {
        return rows(batch);
    }

    @Override
    public boolean isSampled(Shape batch) {
        NDArray sampled = first(sampleSize(batch.get(0)));
        return HostValues.isTrue(sampled.any());
    }

    private NDArray first(long samples) {
        return counts.get(new NDIndex().addSliceDim(0, samples));
    }

    @Override
    public NDArray decorrelated(NDArray output, NDArray rows, DecorrelationMatrix matrix) {
        return sample(output);
    }
}
