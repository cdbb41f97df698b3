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

import ai.djl.training.tracker.Tracker;
import ai.djl.util.Preconditions;

/**
 * The settings of the decorrelation rule; immutable.
 *
 * <p>The defaults are those that the author of "Correlations Are Ruining Your Gradient Descent"
 * ran, with one difference: a gain that is the mean ratio of norms, but of the demeaned in place of
 * the raw input; the batch mean in training; and the covariance with its diagonal, estimated from
 * the first tenth of the batch.
 *
 * @see DecorrelationRule
 */
public final class DecorrelationOptions {

    private final Tracker schedule;
    private final double rate;
    private final Gain gain;
    private final boolean rawInputNorm;
    private final double minGain;
    private final double maxGain;
    private final MeanRemoval meanRemoval;
    private final double meanMomentum;
    private final double sampleFraction;
    private final int maxPatches;
    private final boolean diagonal;
    private final double unitVariance;
    private final int updateInterval;
    private final int maxBlockSize;
    private final int rank;

    private DecorrelationOptions(Builder builder) {
        schedule = builder.schedule;
        rate = builder.rate;
        gain = builder.gain;
        rawInputNorm = builder.rawInputNorm;
        minGain = builder.minGain;
        maxGain = builder.maxGain;
        meanRemoval = builder.meanRemoval;
        meanMomentum = builder.meanMomentum;
        sampleFraction = builder.sampleFraction;
        maxPatches = builder.maxPatches;
        diagonal = builder.diagonal;
        unitVariance = builder.unitVariance;
        updateInterval = builder.updateInterval;
        maxBlockSize = builder.maxBlockSize;
        rank = builder.rank;
    }

    /**
     * Returns the decorrelation rate η at a step.
     *
     * @param step the number of training forwards that the layer has learned from
     * @return the rate, at least 0
     */
    public double getRate(long step) {
        if (schedule == null) {
            return rate;
        }
        double scheduled = schedule.getNewValue(Math.toIntExact(step));
        Preconditions.checkArgument(
                scheduled >= 0 && Double.isFinite(scheduled),
                "The decorrelation rate must be finite and not negative, but its schedule gave "
                        + scheduled
                        + " at step "
                        + step);
        return scheduled;
    }

    /**
     * Returns the kind of gain.
     *
     * @return the kind of gain
     */
    public Gain getGain() {
        return gain;
    }

    /**
     * Returns whether the gain compares with the norm of the raw input.
     *
     * @return true for the raw input, false for the demeaned input
     */
    public boolean isRawInputNorm() {
        return rawInputNorm;
    }

    /**
     * Returns the lower limit of the gain.
     *
     * @return the lower limit of the gain
     */
    public double getMinGain() {
        return minGain;
    }

    /**
     * Returns the upper limit of the gain.
     *
     * @return the upper limit of the gain
     */
    public double getMaxGain() {
        return maxGain;
    }

    /**
     * Returns which mean is removed from the input.
     *
     * @return which mean is removed from the input
     */
    public MeanRemoval getMeanRemoval() {
        return meanRemoval;
    }

    /**
     * Returns the share of the new batch mean in the running mean.
     *
     * @return the momentum of the running mean, in (0, 1]
     */
    public double getMeanMomentum() {
        return meanMomentum;
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
     * Returns whether the covariance enters the update with its diagonal.
     *
     * @return whether the covariance enters the update with its diagonal
     */
    public boolean isDiagonal() {
        return diagonal;
    }

    /**
     * Returns the weight κ of the unit-variance term.
     *
     * @return the weight, in [0, 1]
     */
    public double getUnitVariance() {
        return unitVariance;
    }

    /**
     * Returns the number of training steps from one update of M to the next.
     *
     * @return the number of training steps from one update of M to the next
     */
    public int getUpdateInterval() {
        return updateInterval;
    }

    /**
     * Returns the largest diagonal block of M in front of dense layers.
     *
     * @return the largest number of features in a block; 0 for a full matrix
     */
    public int getMaxBlockSize() {
        return maxBlockSize;
    }

    /**
     * Returns the number of directions that M mixes in front of dense layers.
     *
     * @return the rank; 0 for a full matrix
     */
    public int getRank() {
        return rank;
    }

    /**
     * Returns whether M is of low rank for an input of a given width.
     *
     * @param features the width n of the input
     * @return true if a rank is set and below the width
     */
    boolean isLowRank(long features) {
        return rank > 0 && rank < features;
    }

    /** Returns a gain within its limits. */
    double clamp(double unlimited) {
        return Math.max(minGain, Math.min(maxGain, unlimited));
    }

    /**
     * Returns the number of equal diagonal blocks that M has for an input of a given width: the
     * smallest that divides the width into blocks of at most the configured size.
     *
     * @param features the width n of the input
     * @return the number of blocks; 1 where M is a full matrix
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
                        + "; set optMaxBlockSize to a divisor of "
                        + features);
        return blocks;
    }

    /**
     * Creates a builder with the default settings.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Creates a builder with these settings, to vary some of them.
     *
     * @return a new builder
     */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.schedule = schedule;
        builder.rate = rate;
        builder.gain = gain;
        builder.rawInputNorm = rawInputNorm;
        builder.minGain = minGain;
        builder.maxGain = maxGain;
        builder.meanRemoval = meanRemoval;
        builder.meanMomentum = meanMomentum;
        builder.sampleFraction = sampleFraction;
        builder.maxPatches = maxPatches;
        builder.diagonal = diagonal;
        builder.unitVariance = unitVariance;
        builder.updateInterval = updateInterval;
        builder.maxBlockSize = maxBlockSize;
        builder.rank = rank;
        return builder;
    }

    /** {@inheritDoc} */
    @Override
    public String toString() {
        return "DecorrelationOptions(rate="
                + (schedule == null ? rate : schedule)
                + ", gain="
                + gain
                + ", rawInputNorm="
                + rawInputNorm
                + ", gainLimits=["
                + minGain
                + ", "
                + maxGain
                + "], meanRemoval="
                + meanRemoval
                + ", meanMomentum="
                + meanMomentum
                + ", sampleFraction="
                + sampleFraction
                + ", maxPatches="
                + maxPatches
                + ", diagonal="
                + diagonal
                + ", unitVariance="
                + unitVariance
                + ", updateInterval="
                + updateInterval
                + ", maxBlockSize="
                + (maxBlockSize == 0 ? "none" : maxBlockSize)
                + ", rank="
                + (rank == 0 ? "full" : rank)
                + ')';
    }

    /** The builder of {@link DecorrelationOptions}. */
    public static final class Builder {

        private Tracker schedule;
        private double rate = 1e-5;
        private Gain gain = Gain.MEAN_OF_RATIOS;
        private boolean rawInputNorm;
        private double minGain = 0.1;
        private double maxGain = 10;
        private MeanRemoval meanRemoval = MeanRemoval.BATCH;
        private double meanMomentum = 0.1;
        private double sampleFraction = 0.1;
        private int maxPatches = 1024;
        private boolean diagonal = true;
        private double unitVariance;
        private int updateInterval = 1;
        private int maxBlockSize;
        private int rank;

        private Builder() {}

        /**
         * Sets the decorrelation rate η; 1e-5 by default.
         *
         * <p>Stable where η times the largest eigenvalue of the layer's output covariance is below
         * 1; for standardized images that eigenvalue is of the order of 100 to 1000. With rate 0
         * nothing is learned and M stays as it is.
         *
         * @param rate the rate, at least 0
         * @return this builder
         */
        public Builder optRate(double rate) {
            Preconditions.checkArgument(
                    rate >= 0 && Double.isFinite(rate),
                    "The decorrelation rate must be finite and not negative, but is " + rate);
            this.rate = rate;
            schedule = null;
            return this;
        }

        /**
         * Sets a schedule for the decorrelation rate, over the training forwards of each layer.
         *
         * @param schedule the schedule
         * @return this builder
         */
        public Builder optRate(Tracker schedule) {
            this.schedule = schedule;
            return this;
        }

        /**
         * Sets the kind of gain; {@link Gain#MEAN_OF_RATIOS} by default.
         *
         * @param gain the kind of gain
         * @return this builder
         */
        public Builder optGain(Gain gain) {
            this.gain = gain;
            return this;
        }

        /**
         * Sets whether the gain compares with the raw in place of the demeaned input, as the
         * authors' code does; false by default.
         *
         * <p>With a mean that is not 0 the raw norm makes M grow at every step.
         *
         * @param rawInputNorm true for the raw input
         * @return this builder
         */
        public Builder optRawInputNorm(boolean rawInputNorm) {
            this.rawInputNorm = rawInputNorm;
            return this;
        }

        /**
         * Sets the limits that the gain of one update is clamped to; 0.1 and 10 by default.
         *
         * @param min the lower limit, above 0 and at most 1
         * @param max the upper limit, at least 1
         * @return this builder
         */
        public Builder optGainLimits(double min, double max) {
            Preconditions.checkArgument(
                    min > 0 && min <= 1 && max >= 1,
                    "The limits of the gain must enclose 1 and be above 0, but are "
                            + min
                            + " and "
                            + max);
            minGain = min;
            maxGain = max;
            return this;
        }

        /**
         * Sets which mean is removed from the input; {@link MeanRemoval#BATCH} by default.
         *
         * @param meanRemoval which mean is removed
         * @return this builder
         */
        public Builder optMeanRemoval(MeanRemoval meanRemoval) {
            this.meanRemoval = meanRemoval;
            return this;
        }

        /**
         * Sets the share of the new batch mean in the running mean; 0.1 by default.
         *
         * @param meanMomentum the share, in (0, 1]
         * @return this builder
         */
        public Builder optMeanMomentum(double meanMomentum) {
            Preconditions.checkArgument(
                    meanMomentum > 0 && meanMomentum <= 1,
                    "The momentum of the running mean must be in (0, 1], but is " + meanMomentum);
            this.meanMomentum = meanMomentum;
            return this;
        }

        /**
         * Sets the fraction of the batch that the statistics are taken from; 0.1 by default. The
         * first {@code floor(fraction · N) + 1} samples of a batch of N serve, at most N.
         *
         * @param sampleFraction the fraction, in (0, 1]
         * @return this builder
         */
        public Builder optSampleFraction(double sampleFraction) {
            Preconditions.checkArgument(
                    sampleFraction > 0 && sampleFraction <= 1,
                    "The fraction of the batch must be in (0, 1], but is " + sampleFraction);
            this.sampleFraction = sampleFraction;
            return this;
        }

        /**
         * Sets the largest number of patches that a convolution takes its statistics from; 1024 by
         * default. Where the sampled images have more, every t-th row and column of positions
         * serves.
         *
         * @param maxPatches the largest number of patches, at least 2
         * @return this builder
         */
        public Builder optMaxPatches(int maxPatches) {
            Preconditions.checkArgument(
                    maxPatches >= 2,
                    "The largest number of patches must be 2 or more, but is " + maxPatches);
            this.maxPatches = maxPatches;
            return this;
        }

        /**
         * Sets whether the covariance enters the update with its diagonal, as in the paper; true by
         * default.
         *
         * @param diagonal false to push on the off-diagonal correlations alone
         * @return this builder
         */
        public Builder optDiagonal(boolean diagonal) {
            this.diagonal = diagonal;
            return this;
        }

        /**
         * Sets the weight κ of a term that drives each output to unit variance; 0, no such term, by
         * default.
         *
         * @param unitVariance the weight, in [0, 1]
         * @return this builder
         */
        public Builder optUnitVariance(double unitVariance) {
            Preconditions.checkArgument(
                    unitVariance >= 0 && unitVariance <= 1,
                    "The weight of the unit-variance term must be in [0, 1], but is "
                            + unitVariance);
            this.unitVariance = unitVariance;
            return this;
        }

        /**
         * Sets the number of training steps from one update of M to the next; 1 by default.
         *
         * @param updateInterval the number of steps, at least 1
         * @return this builder
         */
        public Builder optUpdateInterval(int updateInterval) {
            Preconditions.checkArgument(
                    updateInterval >= 1,
                    "The number of steps between updates must be 1 or more, but is "
                            + updateInterval);
            this.updateInterval = updateInterval;
            return this;
        }

        /**
         * Sets the largest diagonal block of M in front of dense layers; by default M is a full
         * matrix. An input wider than this is cut into equal runs of consecutive features, each
         * decorrelated within itself, at a cost that falls with the number of runs.
         *
         * @param maxBlockSize the largest number of features in a block; 0 for a full matrix
         * @return this builder
         */
        public Builder optMaxBlockSize(int maxBlockSize) {
            Preconditions.checkArgument(
                    maxBlockSize >= 0,
                    "The largest block size must not be negative, but is " + maxBlockSize);
            this.maxBlockSize = maxBlockSize;
            return this;
        }

        /**
         * Sets the number r of directions that M mixes in front of dense layers wider than that; by
         * default M is a full matrix.
         *
         * <p>M is then {@code γ (I − V Vᵀ) + V A Vᵀ} with r orthonormal columns in V, and learns A
         * and γ by the same rule from a covariance that is projected onto those columns. V is found
         * once, from the first training batch, as the directions in which it varies most: there the
         * rule acts first and strongest, while directions of small variance hardly move at usual
         * rates; batches of r samples or more show r such directions. The layer costs {@code 2 n r}
         * multiply-adds a sample each way in place of {@code n²}.
         *
         * <p>Use it where the input is wide and keeps its statistics, as images do, and exclude
         * {@link #optMaxBlockSize}, {@link Gain#UNITWISE}, {@link #optUnitVariance} and a
         * covariance without diagonal, which are about single features.
         *
         * @param rank the number of directions; 0 for a full matrix
         * @return this builder
         */
        public Builder optRank(int rank) {
            Preconditions.checkArgument(rank >= 0, "The rank must not be negative, but is " + rank);
            this.rank = rank;
            return this;
        }

        /**
         * Builds the settings.
         *
         * @return the settings
         * @throws IllegalArgumentException if settings exclude each other
         */
        public DecorrelationOptions build() {
            boolean byFeature = gain == Gain.UNITWISE || unitVariance != 0 || !diagonal;
            Preconditions.checkArgument(
                    rank == 0 || maxBlockSize == 0 && !byFeature,
                    "A matrix of low rank goes with neither blocks, a unit-wise gain, a"
                            + " unit-variance term nor a covariance without diagonal; leave out"
                            + " optRank or those");
            return new DecorrelationOptions(this);
        }
    }
}
