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
package org.locallearning.djl.examples.commandline;

import ai.djl.util.Preconditions;
import org.locallearning.djl.decorrelation.Gain;
import org.locallearning.djl.decorrelation.MeanRemoval;
import org.locallearning.djl.decorrelation.VarianceTerm;
import org.locallearning.djl.examples.method.DecorrelationRates;
import org.locallearning.djl.examples.method.DecorrelationSettings;
import picocli.CommandLine.Option;

/** The options of the command line that hold for every decorrelation layer. */
public final class DecorrelationArguments {

    @Serves(Purpose.DECORRELATION)
    @Option(
            names = "--decor-sample",
            paramLabel = "FRACTION",
            description =
                    "Share of a batch that a decorrelation layer learns from (default:"
                            + " ${DEFAULT-VALUE}).")
    private double sampleFraction = DecorrelationSettings.DEFAULT.sampleFraction();

    @Serves(Purpose.DECORRELATION)
    @Option(
            names = "--decor-interval",
            paramLabel = "N",
            description =
                    "A decorrelation layer learns at every Nth step, and at every Nth of those at"
                            + " which it would where one update stands for several, see"
                            + " --decor-samples (default: ${DEFAULT-VALUE}).")
    private int interval = DecorrelationSettings.DEFAULT.interval();

    @Serves(Purpose.DECORRELATION)
    @Option(
            names = "--decor-samples",
            paramLabel = "N",
            description =
                    "Samples that an update of a decorrelation layer takes at the least; where the"
                            + " share of a batch has fewer, one update stands for several, in"
                            + " samples and in rate (default: ${DEFAULT-VALUE}).")
    private int samplesPerUpdate = DecorrelationSettings.DEFAULT.samplesPerUpdate();

    @Serves(Purpose.DECORRELATION)
    @Option(
            names = "--decor-block",
            paramLabel = "N",
            description =
                    "Decorrelate at most N features with each other, 0 for all of a layer (default:"
                            + " ${DEFAULT-VALUE}).")
    private int blockSize = DecorrelationSettings.DEFAULT.blockSize();

    @Serves(Purpose.DECORRELATION)
    @Option(
            names = "--decor-rank",
            paramLabel = "N",
            description =
                    "Decorrelate the N directions in which a wider input varies most, 0 for all"
                            + " (default: ${DEFAULT-VALUE}).")
    private int rank = DecorrelationSettings.DEFAULT.rank();

    @Serves(Purpose.DECORRELATION)
    @Option(
            names = "--decor-gain",
            paramLabel = "NAME",
            description =
                    "How the matrix is rescaled at every update: mean_of_ratios (the mean over"
                            + " samples of the norm before over that after, as in the paper's"
                            + " code), scalar (the ratio over all samples, which keeps the activity"
                            + " exactly), unitwise (one per feature) or none (default:"
                            + " mean_of_ratios).")
    private Gain gain = DecorrelationSettings.DEFAULT.gain();

    @Serves(Purpose.DECORRELATION)
    @Option(
            names = "--decor-mean",
            paramLabel = "NAME",
            description =
                    "Which mean is removed before the matrix: batch (that of the batch in training,"
                            + " a running one in evaluation), running (in both) or none (default:"
                            + " batch).")
    private MeanRemoval mean;

    @Serves(Purpose.DECORRELATION)
    @Option(
            names = "--decor-variance",
            paramLabel = "WEIGHT",
            description =
                    "Weight, from 0 to 1, of a term that drives every decorrelated feature to unit"
                            + " variance, next to that of the covariance (default:"
                            + " ${DEFAULT-VALUE}).")
    private double unitVariance = DecorrelationSettings.DEFAULT.unitVariance();

    @Serves(Purpose.DECORRELATION)
    @Option(
            names = "--decor-variance-term",
            paramLabel = "NAME",
            description =
                    "What that term scales: rows of the matrix, by the variance of the feature that"
                            + " they make, or columns, as the decorbp library does (default: rows).")
    private VarianceTerm varianceTerm;

    @Serves(Purpose.DECORRELATION)
    @Option(
            names = "--decor-off-diagonal",
            description =
                    "Learn from the covariance without its diagonal, the variances, as the decorbp"
                            + " library does.")
    private boolean offDiagonal;

    @Serves(Purpose.DECORRELATION)
    @Option(
            names = "--decor-triangular",
            description = "Decorrelate each feature from those before it alone.")
    private boolean triangular;

    /** Creates the options; picocli fills them in. */
    public DecorrelationArguments() {}

    /**
     * Returns what was chosen.
     *
     * @return the settings
     * @throws IllegalArgumentException if a value is out of its range
     */
    public DecorrelationSettings settings() {
        check();
        DecorrelationSettings settings =
                new DecorrelationSettings(
                        sampleFraction,
                        interval,
                        blockSize,
                        rank,
                        gain,
                        mean,
                        samplesPerUpdate,
                        unitVariance,
                        varianceTerm,
                        offDiagonal,
                        triangular);
        settings.at(DecorrelationRates.USUAL);
        return settings;
    }

    private void check() {
        Preconditions.checkArgument(
                sampleFraction > 0 && sampleFraction <= 1,
                "--decor-sample is above 0 and at most 1, not " + sampleFraction + ".");
        Values.checkLeast("--decor-interval", 1, interval);
        Values.checkLeast("--decor-samples", 1, samplesPerUpdate);
        Values.checkLeast("--decor-block", 0, blockSize);
        Values.checkLeast("--decor-rank", 0, rank);
        Preconditions.checkArgument(
                unitVariance >= 0 && unitVariance <= 1,
                "--decor-variance is from 0 to 1, not " + unitVariance + ".");
        Preconditions.checkArgument(
                blockSize == 0 || rank == 0,
                "--decor-block and --decor-rank exclude each other: give one of them.");
        boolean byFeature = gain == Gain.UNITWISE || unitVariance != 0 || offDiagonal || triangular;
        Preconditions.checkArgument(
                rank == 0 || !byFeature,
                "--decor-rank has no single features, which --decor-gain unitwise,"
                        + " --decor-variance, --decor-off-diagonal and --decor-triangular are of:"
                        + " leave it or them out.");
        Preconditions.checkArgument(
                varianceTerm == null || unitVariance != 0,
                "--decor-variance-term says what the unit-variance term scales, which has no"
                        + " weight; give --decor-variance, too.");
    }
}
