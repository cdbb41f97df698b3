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

import ai.djl.util.Preconditions;
import java.util.function.Consumer;

/**
 * Limits the work of a decorrelation layer: the form of M, the share of a batch it learns from, and
 * how often; immutable. Example: {@code Cost.rank(64).withUpdateInterval(4)}.
 *
 * <p>By default M is full and learns from the first tenth of the batch: at every step if that is
 * 128 samples, otherwise with one update for several steps ({@link #withSamplesPerUpdate}). With
 * {@code withSamplesPerUpdate(1)} M learns at every step, as in the paper. The form applies before
 * dense layers; a convolution has a full matrix per group, and {@link Decorrelate} gives it one.
 */
public final class Cost {

    private int maxBlockSize;
    private int rank;
    private double sampleFraction = 0.1;
    private int maxPatches = 1024;
    private int updateInterval = 1;
    private int samplesPerUpdate = 128;
    private int checkInterval = 1;

    private Cost() {}

    /** Returns these settings with a change, which is made in a copy of them. */
    private Cost with(Consumer<Cost> change) {
        Cost copy = new Cost();
        copy.maxBlockSize = maxBlockSize;
        copy.rank = rank;
        copy.sampleFraction = sampleFraction;
        copy.maxPatches = maxPatches;
        copy.updateInterval = updateInterval;
        copy.samplesPerUpdate = samplesPerUpdate;
        copy.checkInterval = checkInterval;
        change.accept(copy);
        return copy;
    }

    /**
     * Returns the cost of a full matrix, {@code n²} multiply-adds a sample each way.
     *
     * @return the cost
     */
    public static Cost full() {
        return new Cost();
    }

    /**
     * Returns the cost of a block-diagonal matrix. An input wider than a block is cut into equal
     * runs of consecutive features, each decorrelated within itself, at a cost that falls with the
     * number of runs.
     *
     * @param maxSize the largest number of features in a block, at least 1
     * @return the cost
     */
    public static Cost blocks(int maxSize) {
        Preconditions.checkArgument(
                maxSize >= 1, "The largest block size must be 1 or more, but is " + maxSize);
        return full().withForm(maxSize, 0);
    }

    /**
     * Returns the cost of a matrix that mixes only r directions, if the input is wider than that:
     * {@code 2 n r} multiply-adds per sample each way instead of {@code n²}.
     *
     * <p>M is then {@code γ (I − V Vᵀ) + V A Vᵀ} with r orthonormal columns in V, and learns A and
     * γ by the same rule from a covariance that is projected onto those columns. V is found once,
     * from the first training batch, as the directions in which it varies most: there the rule acts
     * first and strongest, while directions of small variance hardly move at usual rates; batches
     * of r samples or more show r such directions.
     *
     * <p>Use it where the input is wide and keeps its statistics, as images do. It excludes {@link
     * Gain#UNITWISE}, a unit-variance term, a covariance without diagonal and a triangular form,
     * which are about single features.
     *
     * @param rank the number r of directions, at least 1
     * @return the cost
     */
    public static Cost rank(int rank) {
        Preconditions.checkArgument(rank >= 1, "The rank must be 1 or more, but is " + rank);
        return full().withForm(0, rank);
    }

    /**
     * Returns this cost with another fraction of the batch to take the statistics from than 0.1.
     * The first {@code floor(fraction · N) + 1} samples of a batch of N serve, at most N.
     *
     * @param fraction the fraction, in (0, 1]
     * @return the new cost
     */
    public Cost withSampleFraction(double fraction) {
        Preconditions.checkArgument(
                fraction > 0 && fraction <= 1,
                "The fraction of the batch must be in (0, 1], but is " + fraction);
        return with(cost -> cost.sampleFraction = fraction);
    }

    /**
     * Returns this cost with another largest number of patches than 1024, that a convolution takes
     * its statistics from. If the sampled images have more, only every t-th row and column of
     * positions is used.
     *
     * @param patches the largest number of patches, at least 2
     * @return the new cost
     */
    public Cost withMaxPatches(int patches) {
        Preconditions.checkArgument(
                patches >= 2, "The largest number of patches must be 2 or more, but is " + patches);
        return with(cost -> cost.maxPatches = patches);
    }

    /**
     * Returns this cost with another number of training forwards for each update of M than 1. Which
     * of them M learns from changes each time, so that a layer that runs several times in a step
     * learns from all its uses.
     *
     * @param interval the number of forwards, at least 1
     * @return the new cost
     */
    public Cost withUpdateInterval(int interval) {
        Preconditions.checkArgument(
                interval >= 1,
                "The number of steps between updates must be 1 or more, but is " + interval);
        return with(cost -> cost.updateInterval = interval);
    }

    /**
     * Returns this cost with another least number of samples for one update of M than 128.
     *
     * <p>If the fraction of a batch has fewer, one update replaces k: M learns at one step in k,
     * from k times the fraction of that batch and at k times the rate, for the smallest k that
     * gives that many samples, or the largest that the batch allows. To first order in the rate
     * this is what k updates do, and as many samples serve in the end; but M is read and written
     * once in k steps, which small batches spend much of their time on. The rate of such an update
     * is lowered if it would take away more than half of a direction, but not below that of a
     * single one.
     *
     * @param samples the number of samples, at least 1
     * @return the new cost
     */
    public Cost withSamplesPerUpdate(int samples) {
        Preconditions.checkArgument(
                samples >= 1,
                "The number of samples for an update must be 1 or more, but is " + samples);
        return with(cost -> cost.samplesPerUpdate = samples);
    }

    /**
     * Returns this cost with another number of updates from one check to the next than 1, on a GPU
     * and under a trainer that does not check them with its loss. The layers of a model that {@link
     * Decorrelate} made are checked together, by one wait for the device. What an update that
     * diverges makes of the matrix is found at the next check, and before it is saved or folded.
     *
     * @param interval the number of updates of a layer, at least 1, or 0 to check before saving and
     *     folding alone
     * @return the new cost
     */
    public Cost withCheckInterval(int interval) {
        Preconditions.checkArgument(
                interval >= 0,
                "The number of updates between checks must be 0 or more, but is " + interval);
        return with(cost -> cost.checkInterval = interval);
    }

    /**
     * Returns the largest diagonal block of M.
     *
     * @return the largest number of features in a block; 0 where M is not block-diagonal
     */
    public int getMaxBlockSize() {
        return maxBlockSize;
    }

    /**
     * Returns the number of directions that M mixes.
     *
     * @return the rank; 0 where M is not of low rank
     */
    public int getRank() {
        return rank;
    }

    /**
     * Returns how many of a batch's samples the statistics are taken from: the first {@code
     * floor(fraction · N) + 1}, at most N.
     *
     * @param batchSize the batch size N
     * @return the number of samples
     */
    public long getSampleSize(long batchSize) {
        return Math.min(batchSize, (long) Math.floor(sampleFraction * batchSize) + 1);
    }

    /**
     * Returns the largest number of patches that a convolution takes its statistics from.
     *
     * @return the largest number of patches
     */
    public int getMaxPatches() {
        return maxPatches;
    }

    /**
     * Returns the number of training steps from one update of M to the next, where every update
     * stands for itself.
     *
     * @return the number of steps
     */
    public int getUpdateInterval() {
        return updateInterval;
    }

    /**
     * Returns the number of updates from one check to the next on a GPU.
     *
     * @return the number of updates; 0 where only what is saved or folded is checked
     */
    public int getCheckInterval() {
        return checkInterval;
    }

    /**
     * Returns the least number of samples for one update of M.
     *
     * @return the number of samples; 1 where every update stands for itself
     */
    public int getSamplesPerUpdate() {
        return samplesPerUpdate;
    }

    /**
     * Returns how many updates of M one update stands for, in rate and samples.
     *
     * @param batchSize the batch size
     * @return the number of updates, at least 1
     * @see #withSamplesPerUpdate
     */
    public long getUpdatesAtOnce(long batchSize) {
        long samples = getSampleSize(batchSize);
        long wanted = (samplesPerUpdate + samples - 1) / samples;
        return Math.max(1, Math.min(wanted, batchSize / samples));
    }

    /** Returns how many samples of a batch one update takes. */
    long updateSampleSize(long batchSize) {
        return getUpdatesAtOnce(batchSize) * getSampleSize(batchSize);
    }

    /** Returns the number of training steps from one update of M to the next. */
    long stepsPerUpdate(long batchSize) {
        return updateInterval * getUpdatesAtOnce(batchSize);
    }

    /**
     * Returns the number of equal diagonal blocks that M has for an input of a given width: the
     * smallest that divides the width into blocks of at most the configured size.
     *
     * @param features the width n of the input
     * @return the number of blocks; 1 where M is not block-diagonal
     * @throws IllegalArgumentException if the width has no divisor that gives blocks between a
     *     quarter of the configured size and the configured size
     */
    public int getBlocks(long features) {
        if (maxBlockSize == 0 || features <= maxBlockSize) {
            return 1;
        }
        int blocks = (int) ((features + maxBlockSize - 1) / maxBlockSize);
        while (features % blocks != 0) {
            ++blocks;
        }
        Preconditions.checkArgument(
                4 * (features / blocks) >= maxBlockSize,
                features
                        + " features cannot be cut into equal blocks of at most "
                        + maxBlockSize
                        + "; set Cost.blocks to a divisor of "
                        + features);
        return blocks;
    }

    /** Returns this cost with a full matrix. */
    Cost withFullMatrix() {
        return withRank(0);
    }

    /** Returns this cost with a matrix of another rank, or a full one for 0. */
    Cost withRank(int newRank) {
        return withForm(0, newRank);
    }

    private Cost withForm(int newMaxBlockSize, int newRank) {
        return with(
                cost -> {
                    cost.maxBlockSize = newMaxBlockSize;
                    cost.rank = newRank;
                });
    }

    /** Returns whether M is full for inputs of every width. */
    boolean isFull() {
        return maxBlockSize == 0 && rank == 0;
    }

    /** Returns the form of M in front of a dense layer. */
    MatrixForm form(long features) {
        return rank > 0 && rank < features
                ? LowRankMatrix.form(features, rank)
                : BlockDiagonalMatrix.form(features, getBlocks(features));
    }

    /** {@inheritDoc} */
    @Override
    public String toString() {
        String form = "full";
        if (rank > 0) {
            form = "rank " + rank;
        } else if (maxBlockSize > 0) {
            form = "blocks of " + maxBlockSize;
        }
        return "Cost(matrix="
                + form
                + ", sampleFraction="
                + sampleFraction
                + ", maxPatches="
                + maxPatches
                + ", updateInterval="
                + updateInterval
                + ", samplesPerUpdate="
                + samplesPerUpdate
                + (checkInterval == 1 ? "" : ", checkInterval=" + checkInterval)
                + ')';
    }
}
