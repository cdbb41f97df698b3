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
package org.locallearning.djl.decorrelation.boltzmann;

import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What directions and penalties are for, on a machine that can be enumerated. Every number that is
 * compared is exact; only the whitening matrices see samples.
 */
class BoltzmannLearningTest {

    private static final int HIDDEN = 6;
    private static final double LIKELY = -4;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void naturalGradientNeedsFewerStepsThanAnyRateOfThePlainOne(int seed) {
        int natural = stepsUntilLikely(seed, new NaturalGradient(0.01, 1), 0.3f, 100);
        for (float rate : new float[] {0.1f, 0.3f, 1, 2}) {
            int plain = stepsUntilLikely(seed, new PlainGradient(), rate, 3 * natural);
            assertTrue(plain > 2 * natural, plain + " at " + rate + ", natural " + natural);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void exactPenaltyLowersTheOffDiagonalFisherNorm(int seed) {
        double last = Double.POSITIVE_INFINITY;
        for (double weight : new double[] {0, 0.5, 0.9}) {
            try (Model model = trained(seed)) {
                Penalty penalty = new ExactCovariancePenalty(weight);
                train(model, learning(new PlainGradient(), penalty), 0.3f, 300);
                double norm = fisherNorm(model).offDiagonal();
                assertTrue(norm < last, norm + " at weight " + weight + " after " + last);
                last = norm;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void whiteningLowersTheOffDiagonalShareOfTheFisherMatrix(int seed) {
        try (Model model = trained(seed)) {
            double plain = fisherNorm(model).ratio();
            GradientDirection[] directions = {
                IncrementalWhitening.builder().optRate(0.05).build(),
                PeriodicWhitening.builder().optInterval(50).build()
            };
            for (GradientDirection direction : directions) {
                double white = whitenedRatio(model, direction);
                assertTrue(white < 0.8 * plain, direction + ": " + white + " after " + plain);
            }
        }
    }

    @Test
    void smallStepsAlongEveryDirectionRaiseTheLogLikelihood() {
        GradientDirection[] directions = {
            new PlainGradient(),
            new CentredGradient(),
            new NaturalGradient(0.01, 1),
            IncrementalWhitening.builder().build(),
            PeriodicWhitening.builder().build()
        };
        for (GradientDirection direction : directions) {
            try (Model model = trained(4)) {
                double before = logLikelihood(model);
                train(model, learning(direction, null), 1e-4f, 1);
                double after = logLikelihood(model);
                assertTrue(after > before, direction + ": from " + before + " to " + after);
            }
        }
    }

    /** The ratio in coordinates that were learned while the machine stood still. */
    private static double whitenedRatio(Model model, GradientDirection direction) {
        BoltzmannLearning learning = learning(direction, null);
        try (BoltzmannTrainer trainer = trainer(model, learning, 0);
                ExactDistribution exact = ExactDistribution.of(parameters(model))) {
            for (int batch = 0; batch < 301; ++batch) {
                batch(trainer);
            }
            WhitenedCoordinates coordinates = trainer.getCoordinates().orElseThrow();
            return FisherNorm.of(coordinates.fisher(exact.fisher())).ratio();
        }
    }

    private static int stepsUntilLikely(
            int seed, GradientDirection direction, float rate, int limit) {
        try (Model model = fresh(seed);
                BoltzmannTrainer trainer = trainer(model, learning(direction, null), rate)) {
            for (int step = 1; step <= limit; ++step) {
                batch(trainer);
                if (logLikelihood(model) > LIKELY) {
                    return step;
                }
            }
            return Integer.MAX_VALUE;
        }
    }

    private static Model trained(int seed) {
        Model model = fresh(seed);
        train(model, learning(new CentredGradient(), null), 1, 300);
        return model;
    }

    private static void train(Model model, BoltzmannLearning learning, float rate, int steps) {
        try (BoltzmannTrainer trainer = trainer(model, learning, rate)) {
            for (int step = 0; step < steps; ++step) {
                batch(trainer);
            }
        }
    }

    private static void batch(BoltzmannTrainer trainer) {
        try (NDManager scope = trainer.getManager().newSubManager()) {
            trainer.forward(new NDList(BarsAndStripes.pictures(scope)));
            trainer.step();
        }
    }

    private static BoltzmannLearning learning(GradientDirection direction, Penalty penalty) {
        return BoltzmannLearning.builder()
                .optNegativePhase(new ExactExpectation())
                .optDirection(direction)
                .optPenalty(penalty)
                .build();
    }

    private static BoltzmannTrainer trainer(Model model, BoltzmannLearning learning, float rate) {
        return learning.newTrainer(
                model,
                new DefaultTrainingConfig(new ReconstructionError())
                        .optOptimizer(
                                Optimizer.sgd()
                                        .setLearningRateTracker(Tracker.fixed(rate))
                                        .build()));
    }

    private static Model fresh(int seed) {
        Engine.getInstance().setRandomSeed(seed);
        Model model = Model.newInstance("bars");
        model.setDataType(DataType.FLOAT64);
        model.setBlock(RestrictedBoltzmannMachine.builder().setHiddenUnits(HIDDEN).build());
        return model;
    }

    private static BoltzmannParameters parameters(Model model) {
        return ((RestrictedBoltzmannMachine) model.getBlock()).getBoltzmannParameters();
    }

    private static FisherNorm fisherNorm(Model model) {
        try (ExactDistribution exact = ExactDistribution.of(parameters(model))) {
            NDArray fisher = exact.fisher();
            return FisherNorm.of(fisher);
        }
    }

    private static double logLikelihood(Model model) {
        try (ExactDistribution exact = ExactDistribution.of(parameters(model));
                NDManager scope = model.getNDManager().newSubManager()) {
            return exact.logLikelihood(BarsAndStripes.pictures(scope));
        }
    }
}
