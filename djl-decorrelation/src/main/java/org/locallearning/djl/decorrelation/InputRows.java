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
import ai.djl.ndarray.types.Shape;

/**
 * A decorrelation layer's view of its input: the part that has a mean, and the rows that its matrix
 * acts on.
 */
interface InputRows {

    /** Returns the inputs that a layer takes, as text: {@code inputs of shape (batch, *, 6)}. */
    String describe(long features);

    /** Returns whether an input has the given number of features. */
    boolean fits(Shape input, long features);

    /** Returns the number of values that the mean of each feature is over, for a batch. */
    long meanCount(Shape batch);

    /** Returns the mean of each feature of a batch, of a shape that broadcasts to the batch's. */
    NDArray mean(NDArray batch);

    /** Returns means of shape (features) in a shape that broadcasts to a batch's. */
    NDArray alongFeatures(NDArray means);

    /** Returns how many samples of a batch one update takes its statistics from. */
    long sampleSize(long batchSize);

    /** Returns the rows that the matrix acts on, (K, n), for some samples. */
    NDArray rows(NDArray samples);

    /**
     * Returns the part of a batch that a matrix of its own is made from: all of it, where every row
     * counts.
     *
     * @param batch the batch with its mean removed
     */
    default NDArray counted(NDArray batch) {
        return batch;
    }

    /** Returns whether the samples of a batch that the statistics are taken from have any rows. */
    default boolean isSampled(Shape batch) {
        return true;
    }

    /**
     * Returns the decorrelated rows of a sample.
     *
     * @param output the output of the layer for the whole batch
     * @param rows the rows of the sample with their mean removed, (K, n)
     * @param matrix the matrix that the output was computed with
     * @return the rows, (K, n), outside the gradient's graph
     */
    NDArray decorrelated(NDArray output, NDArray rows, DecorrelationMatrix matrix);

    /** Returns the rows of the first samples of a batch, (K, n), outside the gradient's graph. */
    default NDArray sample(NDArray batch) {
        return rows(firstSamples(batch));
    }

    /** Returns the first samples of a batch, outside the gradient's graph. */
    default NDArray firstSamples(NDArray batch) {
        long samples = sampleSize(batch.getShape().get(0));
        return batch.stopGradient().get(new NDIndex().addSliceDim(0, samples));
    }
}
