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
package org.locallearning.djl.examples.reproduce.millea;

import ai.djl.training.tracker.Tracker;
import java.math.BigDecimal;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.locallearning.djl.decorrelation.boltzmann.BoltzmannLearning;
import org.locallearning.djl.decorrelation.boltzmann.CentredGradient;
import org.locallearning.djl.decorrelation.boltzmann.ContrastiveDivergence;
import org.locallearning.djl.decorrelation.boltzmann.CovarianceBlock;
import org.locallearning.djl.decorrelation.boltzmann.CovariancePenalty;
import org.locallearning.djl.decorrelation.boltzmann.ExactCovariancePenalty;
import org.locallearning.djl.decorrelation.boltzmann.ExactExpectation;
import org.locallearning.djl.decorrelation.boltzmann.IncrementalWhitening;
import org.locallearning.djl.decorrelation.boltzmann.NaturalGradient;
import org.locallearning.djl.decorrelation.boltzmann.PenaltyWeight;
import org.locallearning.djl.decorrelation.boltzmann.PeriodicWhitening;
import org.locallearning.djl.decorrelation.boltzmann.PersistentContrastiveDivergence;

/**
 * A way of learning, with the learning rates it gets here. The report names none.
 *
 * <p>Those of {@code cd}, {@code centred}, {@code whitening} and {@code periodic}, and on the small
 * machine of {@code exact} and {@code natural}, gave the greatest log-likelihood of 10,000 training
 * images after four epochs with seed 1, of the rates tried: 0.02 to 0.5, but 0.002 to 0.05 for the
 * whitened ones, and 0.02 to 2 on the small machine. {@code pcd} has a rate that its chains can
 * follow; the others have that of what they differ from by one setting.
 *
 * @param name its name on the command line
 * @param title what it is
 * @param rate the learning rate of machines with 28 x 28 visible units
 * @param smallRate the learning rate of the machine with 7 x 7 visible units
 * @param learning the settings
 */
record RbmMethod(
        String name, String title, float rate, float smallRate, BoltzmannLearning learning) {

    private static final int CHAINS = 100;
    private static final float FALL = 0.99f;
    private static final Pattern PENALTY =
            Pattern.compile("penalty-(\\d+(?:\\.\\d+)?)-(\\d+(?:\\.\\d+)?)");

    private static final List<RbmMethod> ALL =
            List.of(
                    new RbmMethod(
                            "cd",
                            "contrastive divergence, CD-1",
                            0.2f,
                            2,
                            BoltzmannLearning.builder().build()),
                    new RbmMethod(
                            "pcd",
                            "persistent contrastive divergence, 1 step of 100 chains",
                            0.1f,
                            0.5f,
                            BoltzmannLearning.builder()
                                    .optNegativePhase(
                                            new PersistentContrastiveDivergence(1, CHAINS))
                                    .build()),
                    new RbmMethod(
                            "centred",
                            "CD-1 along the centred gradient",
                            0.5f,
                            2,
                            BoltzmannLearning.builder()
                                    .optDirection(new CentredGradient())
                                    .build()),
                    new RbmMethod(
                            "penalty",
                            "CD-1 with the report's covariance penalty, threshold 0.01, share 0.1",
                            0.2f,
                            2,
                            BoltzmannLearning.builder()
                                    .optPenalty(CovariancePenalty.builder().build())
                                    .build()),
                    new RbmMethod(
                            "penalty-binary",
                            "CD-1 with the report's covariance penalty, which is alone at first and"
                                    + " then goes for good",
                            0.2f,
                            2,
                            BoltzmannLearning.builder()
                                    .optPenalty(
                                            CovariancePenalty.builder()
                                                    .optWeight(new PenaltyWeight.Binary())
                                                    .build())
                                    .build()),
                    new RbmMethod(
                            "penalty-falling",
                            "CD-1 with the report's covariance penalty, whose weight is "
                                    + FALL
                                    + "^t in batch t",
                            0.2f,
                            2,
                            BoltzmannLearning.builder()
                                    .optPenalty(
                                            CovariancePenalty.builder()
                                                    .optWeight(
                                                            new PenaltyWeight.Scheduled(
                                                                    Tracker.factor()
                                                                            .setBaseValue(1)
                                                                            .setFactor(FALL)
                                                                            .optMaxUpdates(
                                                                                    Integer
                                                                                            .MAX_VALUE)
                                                                            .build()))
                                                    .build())
                                    .build()),
                    new RbmMethod(
                            "exact-penalty",
                            "CD-1 with the exact gradient of the covariance penalty, weight 0.1",
                            0.2f,
                            2,
                            BoltzmannLearning.builder()
                                    .optPenalty(new ExactCovariancePenalty(0.1))
                                    .build()),
                    exactPenalty("visible", CovarianceBlock.VISIBLE),
                    exactPenalty("hidden", CovarianceBlock.HIDDEN),
                    new RbmMethod(
                            "whitening",
                            "CD-1 in whitened coordinates, learned incrementally",
                            0.05f,
                            0.5f,
                            BoltzmannLearning.builder()
                                    .optDirection(IncrementalWhitening.builder().build())
                                    .build()),
                    new RbmMethod(
                            "periodic",
                            "CD-1 in whitened coordinates, decomposed every 100 batches",
                            0.05f,
                            0.2f,
                            BoltzmannLearning.builder()
                                    .optDirection(PeriodicWhitening.builder().build())
                                    .build()),
                    new RbmMethod(
                            "exact",
                            "the exact gradient of the log-likelihood",
                            0.2f,
                            1,
                            BoltzmannLearning.builder()
                                    .optNegativePhase(new ExactExpectation())
                                    .build()),
                    new RbmMethod(
                            "natural",
                            "the exact gradient along the exact natural direction, damping 0.01,"
                                    + " inverted every 5 batches",
                            0.2f,
                            0.2f,
                            BoltzmannLearning.builder()
                                    .optNegativePhase(new ExactExpectation())
                                    .optDirection(new NaturalGradient(0.01, 5))
                                    .build()));

    private static RbmMethod exactPenalty(String units, CovarianceBlock block) {
        return new RbmMethod(
                "exact-penalty-" + units,
                "CD-1 with the exact gradient of a penalty on the covariance of "
                        + units
                        + " units, weight 0.1",
                0.2f,
                2,
                BoltzmannLearning.builder()
                        .optPenalty(new ExactCovariancePenalty(0.1, block))
                        .build());
    }

    /** CD-1 with the report's penalty under given settings. */
    static RbmMethod penalty(double threshold, double share) {
        String plainThreshold = plain(threshold);
        String plainShare = plain(share);
        return new RbmMethod(
                "penalty-" + plainThreshold + "-" + plainShare,
                "CD-1 with the report's covariance penalty, threshold "
                        + plainThreshold
                        + ", share "
                        + plainShare,
                named("penalty").rate,
                named("penalty").smallRate,
                BoltzmannLearning.builder()
                        .optNegativePhase(new ContrastiveDivergence(1))
                        .optPenalty(
                                CovariancePenalty.builder()
                                        .optThreshold(threshold)
                                        .optShare(share)
                                        .build())
                        .build());
    }

    /** A setting without an exponent. */
    static String plain(double setting) {
        return BigDecimal.valueOf(setting).stripTrailingZeros().toPlainString();
    }

    /**
     * The method of a name; {@code penalty-0.01-0.001} is the penalty with threshold 0.01 and share
     * 0.001.
     *
     * @throws IllegalArgumentException if there is no such method, or a share is above 1
     */
    static RbmMethod named(String name) {
        Matcher settings = PENALTY.matcher(name);
        if (settings.matches()) {
            return penalty(
                    Double.parseDouble(settings.group(1)), Double.parseDouble(settings.group(2)));
        }
        return ALL.stream()
                .filter(method -> method.name.equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "Unknown method '"
                                                + name
                                                + "': choose from "
                                                + String.join(
                                                        ", ",
                                                        ALL.stream().map(RbmMethod::name).toList())
                                                + " or penalty-THRESHOLD-SHARE."));
    }
}
