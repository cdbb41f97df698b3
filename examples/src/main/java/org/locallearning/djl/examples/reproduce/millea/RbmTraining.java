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

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.listener.EvaluatorTrainingListener;
import ai.djl.training.listener.TrainingListenerAdapter;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.translate.TranslateException;
import com.google.gson.reflect.TypeToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.locallearning.djl.creditassignment.checkpoint.CheckpointListener;
import org.locallearning.djl.decorrelation.boltzmann.AnnealedImportanceSampling;
import org.locallearning.djl.decorrelation.boltzmann.BoltzmannParameters;
import org.locallearning.djl.decorrelation.boltzmann.BoltzmannTrainer;
import org.locallearning.djl.decorrelation.boltzmann.ExactDistribution;
import org.locallearning.djl.decorrelation.boltzmann.FisherNorm;
import org.locallearning.djl.decorrelation.boltzmann.ReconstructionError;
import org.locallearning.djl.decorrelation.boltzmann.RestrictedBoltzmannMachine;
import org.locallearning.djl.examples.results.TileSheet;
import org.locallearning.djl.examples.training.JsonEntry;
import org.locallearning.djl.examples.training.RunCheckpoints;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;
import org.locallearning.djl.state.Stateful;

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
     * @param checkpoints where it saves how far it has come, and goes on from
     * @param progress gets every epoch when it is finished
     * @param trained gets the parameters after the last epoch, while they are open
     */
    RbmResult run(
            RbmMethod method,
            int seed,
            float rate,
            boolean everyEpoch,
            RunCheckpoints checkpoints,
            Consumer<RbmEpoch> progress,
            Consumer<BoltzmannParameters> trained)
            throws IOException, TranslateException {
        engine.setRandomSeed(seed);
        EvaluatorTrainingListener evaluations = new EvaluatorTrainingListener();
        RestrictedBoltzmannMachine machine = machine();
        Measurements measurements = new Measurements(machine, evaluations, everyEpoch, progress);
        CheckpointListener saving = checkpoints.listener(seed, made -> {});
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(new ReconstructionError())
                        .optOptimizer(
                                Optimizer.sgd().setLearningRateTracker(Tracker.fixed(rate)).build())
                        .addTrainingListeners(evaluations, measurements, saving);
        Dataset batches = data.batches(BATCH);
        try (Model model = Model.newInstance(method.name(), engine.getEngineName())) {
            model.setBlock(machine);
            try (BoltzmannTrainer trainer = method.learning().newTrainer(model, config)) {
                trainer.initialize(new Shape(BATCH, data.units()));
                checkpoints.resume(saving, trainer);
                measurements.epochStarts();
                EasyTrain.fit(trainer, epochs - saving.getEpoch(), saving.resumable(batches), null);
                // the same draws, whether the run has gone on or not
                engine.setRandomSeed(saving.getPosition().epochSeed());
                try (NDManager scope = model.getNDManager().newSubManager()) {
                    BoltzmannParameters parameters = parameters(machine, scope);
                    trained.accept(parameters);
                    return new RbmResult(
                            method.name(),
                            seed,
                            rate,
                            measurements.epochs,
                            fisher(parameters, trainer),
                            measurements.annealing,
                            weights(parameters),
                            samples(parameters));
                }
            }
        }
    }

    /** Measures the machine after every epoch. */
    private final class Measurements extends TrainingListenerAdapter implements Stateful {

        private static final JsonEntry<List<RbmEpoch>> EPOCHS =
                new JsonEntry<>("epochs", new TypeToken<>() {});
        private static final JsonEntry<RbmResult.Annealing> ANNEALING =
                new JsonEntry<>("annealing", TypeToken.get(RbmResult.Annealing.class));
        private static final String NANOSECONDS = "nanoseconds of the epoch under way";

        private final RestrictedBoltzmannMachine machine;
        private final EvaluatorTrainingListener evaluations;
        private final boolean everyEpoch;
        private final Consumer<RbmEpoch> progress;
        private final List<RbmEpoch> epochs = new ArrayList<>();
        private RbmResult.Annealing annealing;
        private long started;
        private long earlier;

        Measurements(
                RestrictedBoltzmannMachine machine,
                EvaluatorTrainingListener evaluations,
                boolean everyEpoch,
                Consumer<RbmEpoch> progress) {
            this.machine = machine;
            this.evaluations = evaluations;
            this.everyEpoch = everyEpoch;
            this.progress = progress;
        }

        void epochStarts() {
            started = System.nanoTime() - earlier;
            earlier = 0;
        }

        @Override
        public void onEpoch(Trainer trainer) {
            double seconds = (System.nanoTime() - started) / 1e9;
            try (NDManager scope = trainer.getModel().getNDManager().newSubManager()) {
                RbmEpoch measured = measure(scope, (BoltzmannTrainer) trainer, seconds);
                epochs.add(measured);
                progress.accept(measured);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (TranslateException e) {
                throw new IllegalStateException(e);
            }
            epochStarts();
        }

        private RbmEpoch measure(NDManager scope, BoltzmannTrainer trainer, double seconds)
                throws IOException, TranslateException {
            int epoch = epochs.size() + 1;
            BoltzmannParameters parameters = parameters(machine, scope);
            Estimate estimate = logPartition(parameters);
            annealing = estimate.annealing;
            HiddenClassifier.Errors errors =
                    everyEpoch || epoch == RbmTraining.this.epochs
                            ? HiddenClassifier.measure(engine, parameters, data)
                            : new HiddenClassifier.Errors(null, null);
            return new RbmEpoch(
                    epoch,
                    evaluations.getLatestEvaluations().get("train_loss"),
                    logLikelihood(parameters, data.trainingUnits(), estimate),
                    logLikelihood(parameters, data.testUnits(), estimate),
                    errors.training(),
                    errors.test(),
                    sparseness(parameters.weight()),
                    trainer.getPenaltyWeight(),
                    seconds);
        }

        @Override
        public void saveState(StateWriter out) throws IOException {
            EPOCHS.write(out, epochs);
            ANNEALING.write(out, annealing);
            out.putLong(NANOSECONDS, System.nanoTime() - started);
        }

        @Override
        public Runnable loadState(StateReader in) throws MalformedModelException {
            List<RbmEpoch> measured = EPOCHS.read(in);
            RbmResult.Annealing last = ANNEALING.readOrNull(in);
            long nanoseconds = in.getLong(NANOSECONDS);
            return () -> {
                epochs.clear();
                epochs.addAll(measured);
                annealing = last;
                earlier = nanoseconds;
            };
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
