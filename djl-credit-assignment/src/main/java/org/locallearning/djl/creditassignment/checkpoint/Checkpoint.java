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
package org.locallearning.djl.creditassignment.checkpoint;

import ai.djl.MalformedModelException;
import ai.djl.training.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.locallearning.djl.creditassignment.provenance.TrainingRecord;
import org.locallearning.djl.state.StateFile;

/**
 * The whole state of training in one file: model parameters, state of the rule, optimizer and
 * evaluators, the position in training, and a {@link TrainingRecord}. It works with any DJL
 * trainer. No code is ever run from a file.
 *
 * <p>Resumed training gives the same numbers to the last bit, if random numbers are drawn as in
 * {@link TrainingPosition}. {@link CheckpointListener} does both; use this class with your own
 * training loop.
 *
 * <p>A listener's state is saved if it is {@link org.locallearning.djl.state.Stateful}, or one of
 * DJL's own that stops training or counts epochs. Your own optimizer has to be a {@link
 * org.locallearning.djl.creditassignment.optimizer.StatefulOptimizer}.
 */
public final class Checkpoint {

    private Checkpoint() {}

    /**
     * Saves the state of training between two batches. The file appears at once or not at all.
     *
     * @param trainer the trainer, initialized, after {@code step()}
     * @param position how far training has come
     * @param file the file to write; a file that is there is replaced
     * @throws IOException if it cannot be written; what was there is then there still
     * @throws IllegalStateException if gradients or a direction wait for a step, as they do when
     *     {@code onTrainingBatch} of a listener is called
     * @throws IllegalArgumentException if a part of training cannot be saved, such as an optimizer
     *     of a class that is not known
     */
    public static void save(Trainer trainer, TrainingPosition position, Path file)
            throws IOException {
        save(trainer, position, made -> {}, file);
    }

    /**
     * Does what {@link #save(Trainer, TrainingPosition, Path)} does, and adds to the record in the
     * checkpoint what the trainer does not know.
     *
     * @param trainer the trainer, initialized, after {@code step()}
     * @param position how far training has come
     * @param about adds to the record, such as {@code made -> made.optData(data)}
     * @param file the file to write; a file that is there is replaced
     * @throws IOException if it cannot be written; what was there is then there still
     * @throws IllegalStateException if gradients or a direction wait for a step
     * @throws IllegalArgumentException if a part of training cannot be saved
     */
    public static void save(
            Trainer trainer,
            TrainingPosition position,
            Consumer<TrainingRecord.Builder> about,
            Path file)
            throws IOException {
        save(trainer, position, Map.of(), about, file);
    }

    static void save(
            Trainer trainer,
            TrainingPosition position,
            Map<String, String> settings,
            Consumer<TrainingRecord.Builder> about,
            Path file)
            throws IOException {
        TrainingState state = new TrainingState(trainer, settings);
        state.checkBetweenBatches();
        StateFile.save(file, state.parts(position, about));
    }

    /**
     * Loads what {@link #save} wrote: all of it, or nothing. Gradients of a batch that was not
     * finished are cleared.
     *
     * @param trainer a trainer of the same model, rule, optimizer, loss and settings, initialized,
     *     before its first batch
     * @param file the file to read
     * @return how far training had come
     * @throws IOException if it cannot be read
     * @throws MalformedModelException if it is no such file, is damaged, or is of training with
     *     another model or other settings; the message names the file and what differs
     */
    public static TrainingPosition load(Trainer trainer, Path file)
            throws IOException, MalformedModelException {
        return load(trainer, Map.of(), OptionalInt.empty(), file);
    }

    static TrainingPosition load(
            Trainer trainer, Map<String, String> settings, OptionalInt seed, Path file)
            throws IOException, MalformedModelException {
        TrainingState state = new TrainingState(trainer, settings);
        StateFile.load(file, trainer.getManager(), state.parts(seed));
        state.forgetPendingStep();
        return state.loadedPosition();
    }

    /**
     * Reads the record of how the model in a checkpoint was trained, without a trainer.
     *
     * <p>It is the first text in the file, as JSON, so it can be found without this library.
     *
     * @param file the checkpoint
     * @return the record; empty for a checkpoint of a version that knew none
     * @throws IOException if it cannot be read
     * @throws MalformedModelException if it is no such file or is damaged; the message names the
     *     file and the reason
     */
    public static Optional<TrainingRecord> readRecord(Path file)
            throws IOException, MalformedModelException {
        Optional<String> json =
                StateFile.findText(file, TrainingState.DESCRIPTION, TrainingState.RECORD);
        try {
            return json.isEmpty()
                    ? Optional.empty()
                    : Optional.of(TrainingRecord.fromJson(json.get()));
        } catch (MalformedModelException e) {
            throw new MalformedModelException(
                    file + ": the record in it cannot be read: " + e.getMessage(), e);
        }
    }
}
