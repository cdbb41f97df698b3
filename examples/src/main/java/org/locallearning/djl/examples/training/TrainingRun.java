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
package org.locallearning.djl.examples.training;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.dataset.RandomAccessDataset;
import ai.djl.training.listener.TrainingListener;
import ai.djl.training.tracker.Tracker;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.locallearning.djl.creditassignment.NonFiniteLossException;
import org.locallearning.djl.creditassignment.checkpoint.CheckpointListener;
import org.locallearning.djl.creditassignment.checkpoint.TrainingPosition;
import org.locallearning.djl.creditassignment.provenance.TrainingRecord;
import org.locallearning.djl.decorrelation.DivergedDecorrelationException;
import org.locallearning.djl.decorrelation.NonFiniteInputException;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.OptimizerKind;
import org.locallearning.djl.examples.results.Divergence;
import org.locallearning.djl.examples.results.RunResult;
import org.locallearning.djl.zoo.data.ImageData;

/**
 * Trains one fresh model with one method and one seed.
 *
 * <p>Initial weights and the order of the images depend on the seed alone, so that the runs of
 * several methods with one seed differ in nothing but the method.
 */
public final class TrainingRun {

    private final Engine engine;
    private final ImageData data;
    private final Supplier<Block> blocks;
    private final TrainingPlan plan;

    /**
     * Creates an experiment.
     *
     * @param engine the engine
     * @param data the images
     * @param blocks creates a fresh model, not yet initialized and without decorrelation layers
     * @param plan how to train
     */
    public TrainingRun(Engine engine, ImageData data, Supplier<Block> blocks, TrainingPlan plan) {
        this.engine = engine;
        this.data = data;
        this.blocks = blocks;
        this.plan = plan;
    }

    /** What is done with a model once its training has ended, before its trainer is closed. */
    @FunctionalInterface
    public interface Ending {

        /**
         * Uses a model that was trained to its end.
         *
         * @param method the method that trained it
         * @param seed the seed
         * @param trainer the trainer
         * @param made how the model was trained
         * @throws IOException if something cannot be read or written
         * @throws TranslateException if a batch cannot be put together
         */
        void trained(Method method, int seed, Trainer trainer, TrainingRecord made)
                throws IOException, TranslateException;

        /**
         * Takes back what an earlier run of the same name left, since this one diverged.
         *
         * @param method the method
         * @param seed the seed
         * @throws IOException if something cannot be deleted
         */
        default void diverged(Method method, int seed) throws IOException {}
    }

    /**
     * Trains and tests a fresh model, of which nothing is left but the result.
     *
     * @param method the method
     * @param seed the seed of initial weights, data order and feedback
     * @param rates the rates
     * @param console shows how it goes
     * @param checkpoints where it saves how far it has come, and goes on from
     * @param observers listeners that watch the trainer without changing anything
     * @return what came out, also where the run diverged
     * @throws IOException if the images or a checkpoint cannot be read, or if the checkpoint is of
     *     a run with other settings
     * @throws TranslateException if a batch cannot be put together
     * @throws IllegalStateException if the method cannot train the model
     */
    public RunResult run(
            Method method,
            int seed,
            RunRates rates,
            Console console,
            RunCheckpoints checkpoints,
            TrainingListener... observers)
            throws IOException, TranslateException {
        Ending nothing = (trained, itsSeed, trainer, made) -> {};
        return run(method, seed, rates, console, checkpoints, made -> {}, nothing, observers);
    }

    /**
     * Trains and tests a fresh model.
     *
     * <p>Every epoch is measured on the images held out for validation, where there are any; the
     * test images are then looked at once, by a run that comes to its end.
     *
     * @param method the method
     * @param seed the seed of initial weights, data order and feedback
     * @param rates the rates
     * @param console shows how it goes
     * @param checkpoints where it saves how far it has come, and goes on from
     * @param about adds to the record of the run what is known of the model and the program
     * @param ending is called once, with the model of a run that comes to its end, or for one that
     *     diverges
     * @param observers listeners that watch the trainer without changing anything
     * @return what came out
     * @throws IOException if the images or a checkpoint cannot be read, or if the checkpoint is of
     *     a run with other settings
     * @throws TranslateException if a batch cannot be put together
     * @throws IllegalStateException if the method cannot train the model
     */
    public RunResult run(
            Method method,
            int seed,
            RunRates rates,
            Console console,
            RunCheckpoints checkpoints,
            Consumer<TrainingRecord.Builder> about,
            Ending ending,
            TrainingListener... observers)
            throws IOException, TranslateException {
        int last = checkpoints.lastOf(plan.epochs());
        Consumer<TrainingRecord.Builder> known =
                made -> {
                    made.optMethod(method.name()).optSeed("training", seed).optBatch(plan.batch());
                    made.optData(data.describe()).optClasses(data.getClasses());
                    about.accept(made);
                };
        CheckpointListener saving = checkpoints.listener(seed, known);
        RunMeasurements measurements = new RunMeasurements(method, seed, last, data, plan, console);
        OptimizerKind optimizer = method.optimizer(plan.optimizer());
        Block block = plan.prepare(method, blocks.get(), rates);
        Tracker learningRate = plan.schedule().start(rates.learning());
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(data.getTask().newLoss())
                        .optOptimizer(plan.createOptimizer(optimizer, learningRate, block));
        measurements.addTo(config, learningRate, observers);
        Divergence divergence;
        TrainingRecord made;
        try (EndBetweenSteps end = new EndBetweenSteps();
                Model model = Model.newInstance(method.name(), engine.getEngineName())) {
            config.addTrainingListeners(end, saving);
            model.setBlock(block);
            engine.setRandomSeed(seed);
            try (Trainer trainer =
                    method.trainer().newTrainer(model, config, seed, plan.methods())) {
                trainer.initialize(new Shape(plan.batch()).addAll(data.getSampleShape()));
                if (checkpoints.resume(saving, trainer)) {
                    console.goesOn(method, seed, saving.getPosition());
                }
                divergence = fit(trainer, last - saving.getEpoch(), saving, measurements);
                if (divergence == null && isValidated() && checkpoints.isToEnd()) {
                    divergence = test(trainer, measurements);
                }
                TrainingRecord.Builder record = TrainingRecord.of(trainer).toBuilder();
                known.accept(record);
                made = record.optEpochs(last).build();
                if (divergence != null) {
                    ending.diverged(method, seed);
                } else if (checkpoints.isToEnd()) {
                    ending.trained(method, seed, trainer, made);
                }
            }
        }
        return measurements.result(optimizer, rates, made, divergence);
    }

    private boolean isValidated() {
        return data.getValidationSize() > 0;
    }

    /** Trains to the end, or until something is no longer finite, which is returned then. */
    private Divergence fit(
            Trainer trainer, int epochs, CheckpointListener saving, RunMeasurements measurements)
            throws IOException, TranslateException {
        if (epochs <= 0) {
            return null;
        }
        int batch = plan.batch();
        RandomAccessDataset heldOut = isValidated() ? data.validation(batch) : data.test(batch);
        measurements.epochStarts(saving.getPosition().batch());
        Dataset training =
                measurements.timed(saving.resumable(data.training(batch)), trainer, heldOut);
        boolean inTest = false;
        String reason;
        try {
            EasyTrain.fit(trainer, epochs, training, heldOut);
            return null;
        } catch (DivergedException e) {
            inTest = e.isInTest();
            reason = e.getMessage();
        } catch (NonFiniteLossException
                | DivergedDecorrelationException
                | NonFiniteInputException e) {
            reason = e.getMessage();
        }
        // the listener that saves is told of a batch last, and did not hear of this one
        TrainingPosition before = saving.getPosition();
        return Divergence.of(before.epoch() + 1, inTest ? null : before.batch() + 1, reason);
    }

    /** Looks at the test images, and returns what is not finite there, if anything. */
    private Divergence test(Trainer trainer, RunMeasurements measurements)
            throws IOException, TranslateException {
        try {
            EasyTrain.evaluateDataset(trainer, data.test(plan.batch()));
            measurements.tested(trainer);
            return null;
        } catch (DivergedException e) {
            return Divergence.of(plan.epochs(), null, e.getMessage());
        }
    }
}
