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
package org.locallearning.djl.zoo.data;

import ai.djl.training.dataset.BatchSampler;
import ai.djl.training.dataset.RandomAccessDataset;
import ai.djl.training.dataset.RandomSampler;
import ai.djl.training.dataset.Sampler;
import java.util.Iterator;
import java.util.List;

/**
 * Shuffled batches, none of a single image unless batches of one are requested or there is only one
 * image.
 *
 * <p>The order comes from DJL's {@link RandomSampler}, and so from {@code Engine.setRandomSeed}. A
 * last batch that is merely smaller is kept, as DJL does, or left out for this epoch if asked for.
 * A last batch of one is left out, because statistics over a batch (batch normalisation,
 * decorrelation) are undefined there. The only batch of a pass is never left out, and is a whole
 * one if that was asked for.
 */
final class TrainingSampler implements Sampler {

    private final int batchSize;
    private final boolean wholeBatches;

    TrainingSampler(int batchSize, boolean wholeBatches) {
        this.batchSize = batchSize;
        this.wholeBatches = wholeBatches;
    }

    /** Returns how many batches a pass over a number of images has. */
    long batches(long images) {
        return images / batchSize + (images % batchSize == 0 || leavesOutLast(images) ? 0 : 1);
    }

    private boolean leavesOutLast(long images) {
        boolean one = batchSize > 1 && images % batchSize == 1;
        return images > batchSize && (one || wholeBatches);
    }

    /** {@inheritDoc} */
    @Override
    public Iterator<List<Long>> sample(RandomAccessDataset dataset) {
        boolean dropLast = leavesOutLast(dataset.size());
        return new BatchSampler(new RandomSampler(), batchSize, dropLast).sample(dataset);
    }

    /** {@inheritDoc} */
    @Override
    public int getBatchSize() {
        return batchSize;
    }
}
