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

import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.dataset.RandomAccessDataset;
import ai.djl.training.evaluator.Accuracy;
import ai.djl.training.evaluator.Evaluator;
import ai.djl.training.listener.EvaluatorTrainingListener;
import ai.djl.training.listener.TrainingListener;
import ai.djl.training.tracker.Tracker;
import java.util.List;
import java.util.Optional;
import org.locallearning.djl.creditassignment.alignment.AlignmentListener;
import org.locallearning.djl.creditassignment.provenance.TrainingRecord;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.OptimizerKind;
import org.locallearning.djl.examples.results.AlignmentResult;
import org.locallearning.djl.examples.results.Divergence;
import org.locallearning.djl.examples.results.RunResult;
import org.locallearning.djl.examples.results.TrainingSettings;
import org.locallearning.djl.zoo.data.ImageData;
import org.locallearning.djl.zoo.task.Task;

/**
 * What is measured while a run trains: every epoch, and, where the plan asks for them, alignments
 * and correlations within an epoch.
 */
final class RunMeasurements {

    private final Method method;
    private final int seed;
    private final Task task;
    private final long batches;
    private final TrainingClock clock = new TrainingClock();
    private final EvaluatorTrainingListener evaluations = new EvaluatorTrainingListener();
    private final ClassificationListener classification = new ClassificationListener();
    private final Optional<Evaluator> accuracy;
    private final EpochRecorder epochs;
    private final Optional<CorrelationListener> correlations;
    private final Optional<TimedAlignments> alignments;

    RunMeasurements(
            Method method,
            int seed,
            int lastEpoch,
            ImageData data,
            TrainingPlan plan,
            Console console) {
        this.method = method;
        this.seed = seed;
        task = data.getTask();
        batches = data.getTrainingBatches(plan.batch());
        accuracy = task.hasAccuracy() ? Optional.of(new Accuracy()) : Optional.empty();
        epochs =
                new EpochRecorder(
                        evaluations,
                        accuracy,
                        method,
                        seed,
                        lastEpoch,
                        data.getValidationSize() > 0,
                        batches,
                        plan.evaluationsPerEpoch(),
                        clock,
                        console);
        correlations =
                method.decorrelated() && plan.correlationsPerEpoch() > 0
                        ? Optional.of(newCorrelations(plan.correlationsPerEpoch()))
                        : Optional.empty();
        alignments =
                plan.alignmentsPerEpoch() > 0
                        ? Optional.of(newAlignments(plan.alignmentsPerEpoch()))
                        : Optional.empty();
    }

    private CorrelationListener newCorrelations(int perEpoch) {
        return new CorrelationListener(Math.max(1, batches / perEpoch), batches, clock);
    }

    private TimedAlignments newAlignments(int perEpoch) {
        return new TimedAlignments(
                new AlignmentListener((int) Math.max(1, batches / perEpoch)), clock);
    }

    /** Has a trainer measured, and looked at by others. */
    void addTo(DefaultTrainingConfig config, Tracker learningRate, TrainingListener... observers) {
        accuracy.ifPresent(config::addEvaluator);
        correlations.ifPresent(config::addTrainingListeners);
        config.addTrainingListeners(evaluations, new FiniteLossCheck());
        if (task.hasAccuracy()) {
            // of predictions that are numbers
            config.addTrainingListeners(classification);
        }
        config.addTrainingListeners(epochs);
        if (learningRate instanceof TrainingListener progress) {
            config.addTrainingListeners(progress);
        }
        config.addTrainingListeners(observers);
        alignments.ifPresent(config::addTrainingListeners);
    }

    /** Begins an epoch, of which some batches may have been trained before. */
    void epochStarts(int trained) {
        epochs.epochStarts(trained);
    }

    /** Returns training batches that are timed and counted. */
    Dataset timed(Dataset training, Trainer trainer, RandomAccessDataset heldOut) {
        HeldOutImages images = new HeldOutImages(heldOut, task);
        return new TimedBatches(training, clock, () -> epochs.batchDone(trainer, images));
    }

    /** Adds to the last epoch what was just measured on the test images. */
    void tested(Trainer trainer) {
        epochs.tested(trainer);
        classification.onEpoch(trainer);
    }

    /** Returns what came out of the run; a divergence is null where there was none. */
    RunResult result(
            OptimizerKind optimizer, RunRates rates, TrainingRecord made, Divergence divergence) {
        return new RunResult(
                method.name(),
                seed,
                optimizer.toString(),
                rates.learning(),
                rates.decorrelation(),
                TrainingSettings.of(made),
                epochs.epochs(),
                classification.result(),
                alignments.map(this::alignments).orElse(List.of()),
                correlations.map(CorrelationListener::results).orElse(List.of()),
                correlations.map(CorrelationListener::maps).orElse(List.of()),
                divergence);
    }

    private List<AlignmentResult> alignments(TimedAlignments listener) {
        return listener.results().stream()
                .map(measured -> AlignmentResult.of(measured, batches))
                .toList();
    }
}
