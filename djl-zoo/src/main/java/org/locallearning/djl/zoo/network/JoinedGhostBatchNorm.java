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

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.nn.norm.GhostBatchNorm;
import java.util.stream.LongStream;

/**
 * Batch normalization by the statistics of parts of the batch, each of about {@code
 * optVirtualBatchSize} samples.
 *
 * <p>DJL's {@link GhostBatchNorm} stacks the normalized parts: from a batch of (8, n) in two parts
 * it makes (2, 4, n), and it rejects batches that do not divide evenly. This block joins them, and
 * its parts may differ by one sample. No part has one sample unless the batch has: in parts of 2,
 * an odd batch has one of 3.
 *
 * <ul>
 *   <li>input: as for {@link GhostBatchNorm}, (batch, n, *)
 *   <li>output: the same shape
 * </ul>
 *
 * <p>Hoffer, Hubara and Soudry, "Train longer, generalize better: closing the generalization gap in
 * large batch training of neural networks", 2017.
 */
public final class JoinedGhostBatchNorm extends GhostBatchNorm {

    private final int virtualBatchSize;

    private JoinedGhostBatchNorm(Builder builder, int virtualBatchSize) {
        super(builder);
        this.virtualBatchSize = virtualBatchSize;
    }

    /**
     * Creates a block.
     *
     * @param virtualBatchSize the largest number of samples that are normalized together, at least
     *     2; with 2, an odd batch has one part of 3
     * @return the block
     */
    public static JoinedGhostBatchNorm of(int virtualBatchSize) {
        if (virtualBatchSize < 2) {
            throw new IllegalArgumentException(
                    "At least 2 samples are normalized together, not " + virtualBatchSize + ".");
        }
        return new JoinedGhostBatchNorm(
                GhostBatchNorm.builder().optVirtualBatchSize(virtualBatchSize), virtualBatchSize);
    }

    /** {@inheritDoc} */
    @Override
    protected NDList[] split(NDList list) {
        NDArray batch = list.singletonOrThrow();
        long size = batch.getShape().get(0);
        long wanted = (size + virtualBatchSize - 1) / virtualBatchSize;
        // no part of one sample, which has no variance
        long parts = Math.min(wanted, size / 2);
        if (parts <= 1) {
            return new NDList[] {list};
        }
        long[] cuts = LongStream.range(1, parts).map(part -> part * size / parts).toArray();
        return batch.split(cuts).stream().map(NDList::new).toArray(NDList[]::new);
    }

    /** {@inheritDoc} */
    @Override
    protected NDList batchify(NDList[] subBatches) {
        NDList parts = new NDList();
        for (NDList part : subBatches) {
            parts.add(part.singletonOrThrow());
        }
        return new NDList(parts.size() == 1 ? parts.head() : NDArrays.concat(parts));
    }
}
