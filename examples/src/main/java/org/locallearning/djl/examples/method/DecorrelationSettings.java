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
package org.locallearning.djl.examples.method;

import ai.djl.util.Preconditions;
import org.locallearning.djl.decorrelation.Cost;
import org.locallearning.djl.decorrelation.DecorrelationOptions;
import org.locallearning.djl.decorrelation.Gain;
import org.locallearning.djl.decorrelation.MeanRemoval;
import org.locallearning.djl.decorrelation.VarianceTerm;

/**
 * What is chosen for every decorrelation layer, beside its rate: how much work goes into learning.
 *
 * @param sampleFraction the share of a batch that the matrix learns from, in (0, 1]
 * @param interval the number of steps from one update to the next
 * @param blockSize the greatest number of features that are decorrelated with each other, 0 for all
 * @param rank the number of directions that are decorrelated where an input is wider, 0 for all
 * @param gain how the matrix is rescaled at every update
 * @param mean which mean is removed, null for that of the batch
 * @param samplesPerUpdate the least number of samples for one update, which may stand for several
 * @param unitVariance the weight of the unit-variance term, 0 for none
 * @param varianceTerm what that scales, null for rows
 * @param offDiagonal whether variances are left out of the covariance
 * @param triangular whether a feature is decorrelated from those before it alone
 */
public record DecorrelationSettings(
        double sampleFraction,
        int interval,
        int blockSize,
        int rank,
        Gain gain,
        MeanRemoval mean,
        int samplesPerUpdate,
        double unitVariance,
        VarianceTerm varianceTerm,
        boolean offDiagonal,
        boolean triangular) {

    /**
     * The settings of the paper's code, in which the matrix learns at every step; but for the
     * patches of a convolution, of which at most 1,024 are looked at.
     */
    public static final DecorrelationSettings PAPER =
            new DecorrelationSettings(0.1, 1, 0, 0, Gain.MEAN_OF_RATIOS);

    /** The defaults of {@link DecorrelationOptions}: the paper's, with several updates at once. */
    public static final DecorrelationSettings DEFAULT =
            PAPER.with(PAPER.rank, Cost.full().getSamplesPerUpdate());

    /**
     * Creates settings.
     *
     * @param sampleFraction the share of a batch that the matrix learns from, in (0, 1]
     * @param interval the number of steps from one update to the next
     * @param blockSize the greatest number of features that are decorrelated with each other
     * @param rank the number of directions that are decorrelated where an input is wider
     * @param gain how the matrix is rescaled at every update
     * @param mean which mean is removed, null for that of the batch
     * @param samplesPerUpdate the least number of samples for one update; 0, in results of earlier
     *     versions, for 1
     * @param unitVariance the weight of the unit-variance term, 0 for none
     * @param varianceTerm what that scales, null for rows
     * @param offDiagonal whether variances are left out of the covariance
     * @param triangular whether a feature is decorrelated from those before it alone
     * @throws IllegalArgumentException if the block size or the rank is negative
     */
    public DecorrelationSettings {
        Preconditions.checkArgument(
                blockSize >= 0,
                "The largest block size must be 0, for all features, or more, but is " + blockSize);
        Preconditions.checkArgument(
                rank >= 0, "The rank must be 0, for all directions, or more, but is " + rank);
        samplesPerUpdate = samplesPerUpdate == 0 ? 1 : samplesPerUpdate;
    }

    /**
     * Creates settings with the mean of the batch removed, updates that each stand for themselves,
     * and the covariance alone to learn from.
     *
     * @param sampleFraction the share of a batch that the matrix learns from, in (0, 1]
     * @param interval the number of steps from one update to the next
     * @param blockSize the greatest number of features that are decorrelated with each other
     * @param rank the number of directions that are decorrelated where an input is wider
     * @param gain how the matrix is rescaled at every update
     */
    public DecorrelationSettings(
            double sampleFraction, int interval, int blockSize, int rank, Gain gain) {
        this(sampleFraction, interval, blockSize, rank, gain, null, 1, 0, null, false, false);
    }

    /**
     * Returns these settings with another rank.
     *
     * @param other the number of directions that are decorrelated where an input is wider, 0 for
     *     all
     * @return the same otherwise
     */
    public DecorrelationSettings withRank(int other) {
        return with(other, samplesPerUpdate);
    }

    private DecorrelationSettings with(int directions, int samples) {
        return new DecorrelationSettings(
                sampleFraction,
                interval,
                blockSize,
                directions,
                gain,
                mean,
                samples,
                unitVariance,
                varianceTerm,
                offDiagonal,
                triangular);
    }

    /**
     * Returns the settings of a layer.
     *
     * @param rate the rate at which it learns
     * @return the settings
     * @throws IllegalArgumentException if a value is out of its range
     */
    public DecorrelationOptions at(double rate) {
        return DecorrelationOptions.builder()
                .optRate(rate)
                .optCost(
                        form().withSampleFraction(sampleFraction)
                                .withUpdateInterval(interval)
                                .withSamplesPerUpdate(samplesPerUpdate))
                .optGain(gain)
                .optMean(mean == null ? MeanRemoval.BATCH : mean)
                .optUnitVariance(
                        unitVariance, varianceTerm == null ? VarianceTerm.ROWS : varianceTerm)
                .optDiagonal(!offDiagonal)
                .optTriangular(triangular)
                .build();
    }

    private Cost form() {
        if (rank != 0) {
            Preconditions.checkArgument(
                    blockSize == 0, "Blocks and a rank exclude each other; choose one of them.");
            return Cost.rank(rank);
        }
        return blockSize == 0 ? Cost.full() : Cost.blocks(blockSize);
    }
}
