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

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.listener.EvaluatorTrainingListener;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.locallearning.djl.decorrelation.boltzmann.AnnealedImportanceSampling;
import org.locallearning.djl.decorrelation.boltzmann.BoltzmannParameters;
import org.locallearning.djl.decorrelation.boltzmann.BoltzmannTrainer;
import org.locallearning.djl.decorrelation.boltzmann.ExactDistribution;
import org.locallearning.djl.decorrelation.boltzmann.FisherNorm;
import org.locallearning.djl.decorrelation.boltzmann.ReconstructionError;
import org.locallearning.djl.decorrelation.boltzmann.RestrictedBoltzmannMachine;
import org.locallearning.djl.examples.results.TileSheet;

/** Trains a fresh machine on one data set and measures it after every epoch. */
final class RbmTraining {

    static final int BATCH = 100;

    private static final int MOST_EXACT = 20;
    private static final int MOST_FISHER = 1000;
    private static final int CHAINS = 100;
    private static final int TEMPERATURES = 5000;
    private static final int FILTERS = 10;
    private static final int SAMPLES = 20;
    private static final int GIBBS_STEPS = 1000;

    private final Engine engine;
    private final RbmData data;
    private final int hiddenUnits;
    private final int epochs;

    RbmTraining(Engine engine, RbmData data, int hiddenUnits, int epochs) {
        this.engine = engine;
        this.data = data;
        this.hiddenUnits = hiddenUnits;
        this.epochs = epochs;
    }

    /**
     * Runs a method.
     *
     * @param seed the seed
     * @param rate the learning rate
     * @param everyEpoch whether to classify after every epoch, or after the last alone
     * @param progress gets every epoch when it is finished
     * @param trained gets the parameters after the last epoch, while they are open
     */
    RbmResult run(
            RbmMethod method,
            int seed,
            float rate,
            boolean everyEpoch,
            Consumer<RbmEpoch> progress,
            Consumer<BoltzmannParameters> trained)
            throws IOException, TranslateException {
        engine.setRandomSeed(seed);
        EvaluatorTrainingListener evaluations = new EvaluatorTrainingListener();
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(new ReconstructionError())
                        .optOptimizer(
                                Optimizer.sgd().setLearningRateTracker(Tracker.fixed(rate)).build())
                        .addTrainingListeners(evaluations);
        RestrictedBoltzmannMachine machine = machine();
        Dataset batches = data.batches(BATCH);
        List<RbmEpoch> results = new ArrayList<>();
        try (Model model = Model.newInstance(method.name(), engine.getEngineName())) {
            model.setBlock(machine);
            try (BoltzmannTrainer trainer = method.learning().newTrainer(model, config)) {
                trainer.initialize(new Shape(BATCH, data.units()));
                Estimate last = null;
                for (int epoch = 1; epoch <= epochs; ++epoch) {
                    // so that training does not depend on what was measured in between
                    engine.setRandomSeed(new Random((long) seed << Integer.SIZE | epoch).nextInt());
                    long start = System.nanoTime();
                    EasyTrain.fit(trainer, 1, batches, null);
                    double seconds = (System.nanoTime() - start) / 1e9;
                    try (NDManager scope = model.getNDManager().newSubManager()) {
                        BoltzmannParameters parameters = parameters(machine, scope);
                        last = logPartition(parameters);
                        HiddenClassifier.Errors errors =
                                everyEpoch || epoch == epochs
                                        ? HiddenClassifier.measure(engine, parameters, data)
                                        : new HiddenClassifier.Errors(null, null);
                        RbmEpoch result =
                                new RbmEpoch(
                                        epoch,
                                        evaluations.getLatestEvaluations().get("train_loss"),
                                        logLikelihood(parameters, data.trainingUnits(), last),
                                        logLikelihood(parameters, data.testUnits(), last),
                                        errors.training(),
                                        errors.test(),
                                        sparseness(parameters.weight()),
                                        trainer.getPenaltyWeight(),
                                        seconds);
                        results.add(result);
                        progress.accept(result);
                    }
                }
                try (NDManager scope = model.getNDManager().newSubManager()) {
                    BoltzmannParameters parameters = parameters(machine, scope);
                    trained.accept(parameters);
                    return new RbmResult(
                            method.name(),
                            seed,
                            rate,
                            results,
                            fisher(parameters, trainer),
                            last == null ? null : last.annealing,
                            weights(parameters),
                            samples(parameters));
                }
            }
        }
    }

    private RestrictedBoltzmannMachine machine() {
        try (NDArray means = data.trainingUnits().mean(new int[] {0})) {
            return RestrictedBoltzmannMachine.builder()
                    .setHiddenUnits(hiddenUnits)
                    .optVisibleMeans(means)
                    .build();
        }
    }

    /** Log Z, and what an estimate of it was worth. */
    private record Estimate(double logPartition, RbmResult.Annealing annealing) {}

    private Estimate logPartition(BoltzmannParameters parameters) {
        if (hiddenUnits <= MOST_EXACT) {
            try (ExactDistribution exact = ExactDistribution.of(parameters)) {
                return new Estimate(exact.logPartition(), null);
            }
        }
        try (NDArray means = data.trainingUnits().mean(new int[] {0})) {
            AnnealedImportanceSampling.Estimate estimate =
                    AnnealedImportanceSampling.builder()
                            .optChains(CHAINS)
                            .optTemperatures(TEMPERATURES)
                            .optStartMeans(means)
                            .build()
                            .logPartition(parameters);
            return new Estimate(
                    estimate.logPartition(),
                    new RbmResult.Annealing(
                            CHAINS,
                            TEMPERATURES,
                            estimate.logPartition(),
                            estimate.standardError(),
                            estimate.effectiveChains()));
        }
    }

    private static double logLikelihood(
            BoltzmannParameters parameters, NDArray units, Estimate estimate) {
        try (NDManager scope = parameters.weight().getManager().newSubManager()) {
            scope.tempAttachAll(units);
            NDArray energies = parameters.freeEnergy(units).toType(DataType.FLOAT64, false);
            return -energies.mean().getDouble() - estimate.logPartition;
        }
    }

    /** Hoyer's sparseness, {@code (√n − ‖w‖₁ / ‖w‖₂) / (√n − 1)}. */
    private static double sparseness(NDArray weight) {
        double root = Math.sqrt(weight.size());
        double absolute = value(weight.abs().sum());
        double euclidean = Math.sqrt(value(weight.square().sum()));
        return (root - absolute / euclidean) / (root - 1);
    }

    private RbmResult.Fisher fisher(BoltzmannParameters parameters, BoltzmannTrainer trainer) {
        int units = data.units();
        if (hiddenUnits > MOST_EXACT || units + hiddenUnits + units * hiddenUnits > MOST_FISHER) {
            return null;
        }
        try (ExactDistribution exact = ExactDistribution.of(parameters)) {
            NDArray fisher = exact.fisher();
            FisherNorm plain = FisherNorm.of(fisher);
            Double whitened =
                    trainer.getCoordinates()
                            .map(each -> FisherNorm.of(each.fisher(fisher)).ratio())
                            .orElse(null);
            return new RbmResult.Fisher(plain.diagonal(), plain.offDiagonal(), whitened);
        }
    }

    private TileSheet weights(BoltzmannParameters parameters) {
        int shown = Math.min(FILTERS, hiddenUnits);
        return TileSheet.of(parameters.weight().transpose().get("0:" + shown));
    }

    /** Chains of Gibbs steps that start at noise. */
    private TileSheet samples(BoltzmannParameters parameters) {
        NDManager manager = parameters.weight().getManager();
        NDArray means = manager.full(new Shape(SAMPLES, data.units()), 0.5f);
        for (int step = 0; step < GIBBS_STEPS; ++step) {
            NDArray last;
            try (NDManager scope = manager.newSubManager()) {
                scope.tempAttachAll(means);
                NDArray hidden =
                        parameters.sampleHidden(
                                parameters.hiddenProbabilities(parameters.sampleVisible(means)));
                NDArray next = parameters.visibleMeans(hidden);
                next.attach(manager);
                last = means;
                means = next;
            }
            last.close();
        }
        return TileSheet.of(means);
    }

    /** The parameters as they are, in a scope that closes what is computed from them. */
    private static BoltzmannParameters parameters(
            RestrictedBoltzmannMachine machine, NDManager scope) {
        BoltzmannParameters parameters = machine.getBoltzmannParameters();
        parameters.weight().attach(scope);
        parameters.visibleBias().attach(scope);
        parameters.hiddenBias().attach(scope);
        return parameters;
    }

    private static double value(NDArray scalar) {
        return scalar.toType(DataType.FLOAT64, false).getDouble();
    }
}
