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

import ai.djl.MalformedModelException;
import ai.djl.training.Trainer;
import ai.djl.training.evaluator.Evaluator;
import ai.djl.training.listener.EvaluatorTrainingListener;
import ai.djl.training.listener.TrainingListenerAdapter;
import com.google.gson.reflect.TypeToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.results.EpochResult;
import org.locallearning.djl.examples.results.PartOfEpoch;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;
import org.locallearning.djl.state.Stateful;

/**
 * Turns what DJL's evaluators measured into one {@link EpochResult} per epoch.
 *
 * <p>It must be registered after the {@link EvaluatorTrainingListener} it reads.
 */
final class EpochRecorder extends TrainingListenerAdapter implements Stateful {

    private static final JsonEntry<List<EpochResult>> EPOCHS =
            new JsonEntry<>("epochs", new TypeToken<>() {});
    private static final JsonEntry<List<PartOfEpoch>> WITHIN =
            new JsonEntry<>("within the epoch under way", new TypeToken<>() {});
    private static final String NANOSECONDS = "nanoseconds of the epoch under way";
    private static final String CPU = "processor time of the epoch under way";

    private final EvaluatorTrainingListener evaluations;
    private final Optional<Evaluator> accuracy;
    private final Method method;
    private final int seed;
    private final int lastEpoch;
    private final boolean validated;
    private final long batches;
    private final int evaluationsPerEpoch;
    private final TrainingClock clock;
    private final Console console;
    private final List<EpochResult> epochs = new ArrayList<>();
    private final List<PartOfEpoch> within = new ArrayList<>();
    private final MeanLoss heldOut = new MeanLoss();

    private long done;

    EpochRecorder(
            EvaluatorTrainingListener evaluations,
            Optional<Evaluator> accuracy,
            Method method,
            int seed,
            int lastEpoch,
            boolean validated,
            long batches,
            int evaluationsPerEpoch,
            TrainingClock clock,
            Console console) {
        this.evaluations = evaluations;
        this.accuracy = accuracy;
        this.method = method;
        this.seed = seed;
        this.lastEpoch = lastEpoch;
        this.validated = validated;
        this.batches = batches;
        this.evaluationsPerEpoch = evaluationsPerEpoch;
        this.clock = clock;
        this.console = console;
    }

    List<EpochResult> epochs() {
        return List.copyOf(epochs);
    }

    /** Begins to show an epoch, of which some batches may have been trained before. */
    void epochStarts(int trained) {
        console.epochStarts(method, seed, epochs.size() + 1, batches, trained);
        done = trained;
    }

    /**
     * Counts a batch whose step was taken, and measures the model where that is due in the middle
     * of the epoch.
     */
    void batchDone(Trainer trainer, HeldOutImages images) {
        long before = done * evaluationsPerEpoch / batches;
        done++;
        if (done < batches && done * evaluationsPerEpoch / batches > before) {
            HeldOutImages.Measured measured = images.measure(trainer);
            within.add(
                    new PartOfEpoch(
                            (double) done / batches,
                            measured.loss(),
                            measured.accuracy(),
                            clock.read().seconds(),
                            clock.read().cpuSeconds()));
        }
    }

    /** {@inheritDoc} */
    @Override
    public void onTrainingBatch(Trainer trainer, BatchData batchData) {
        String epoch = EvaluatorTrainingListener.TRAIN_EPOCH;
        console.batchEnds(
                trainer.getLoss().getAccumulator(epoch),
                accuracy.map(evaluator -> evaluator.getAccumulator(epoch)));
    }

    /** {@inheritDoc} */
    @Override
    public void onValidationBatch(Trainer trainer, BatchData batchData) {
        batchData
                .getLabels()
                .forEach(
                        (device, labels) ->
                                heldOut.add(
                                        trainer.getLoss(),
                                        labels,
                                        batchData.getPredictions().get(device)));
    }

    /** {@inheritDoc} */
    @Override
    public void onEpoch(Trainer trainer) {
        Map<String, Float> latest = evaluations.getLatestEvaluations();
        double heldOutLoss = heldOut.take();
        Double heldOutAccuracy = accuracy("validate_", latest);
        EpochResult result =
                new EpochResult(
                        epochs.size() + 1,
                        latest.get("train_loss"),
                        accuracy("train_", latest),
                        validated ? null : heldOutLoss,
                        validated ? null : heldOutAccuracy,
                        validated ? heldOutLoss : null,
                        validated ? heldOutAccuracy : null,
                        clock.read().seconds(),
                        clock.read().cpuSeconds(),
                        List.copyOf(within));
        epochs.add(result);
        within.clear();
        clock.set(TrainingClock.Reading.NOTHING);
        console.epochEnds(method, seed, result);
        if (epochs.size() < lastEpoch) {
            epochStarts(0);
        }
    }

    /** Adds to the last epoch what was just measured on the test images. */
    void tested(Trainer trainer) {
        String test = EvaluatorTrainingListener.VALIDATE_EPOCH;
        int last = epochs.size() - 1;
        EpochResult result =
                epochs.get(last)
                        .withTest(
                                heldOut.take(),
                                accuracy.map(share -> (double) share.getAccumulator(test))
                                        .orElse(null));
        epochs.set(last, result);
        console.tested(method, seed, result);
    }

    /** {@inheritDoc} */
    @Override
    public void saveState(StateWriter out) throws IOException {
        EPOCHS.write(out, epochs);
        WITHIN.write(out, within);
        out.putLong(NANOSECONDS, clock.read().elapsed());
        out.putLong(CPU, clock.read().cpu());
    }

    /** {@inheritDoc} */
    @Override
    public Runnable loadState(StateReader in) throws MalformedModelException {
        List<EpochResult> read = EPOCHS.read(in);
        List<PartOfEpoch> measured = WITHIN.read(in);
        TrainingClock.Reading counted =
                new TrainingClock.Reading(in.getLong(NANOSECONDS), in.getLong(CPU));
        return () -> {
            epochs.clear();
            epochs.addAll(read);
            within.clear();
            within.addAll(measured);
            clock.set(counted);
        };
    }

    private Double accuracy(String part, Map<String, Float> latest) {
        return accuracy.map(evaluator -> latest.get(part + evaluator.getName()).doubleValue())
                .orElse(null);
    }
}
