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
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.listener.TrainingListener;
import ai.djl.training.listener.TrainingListenerAdapter;
import ai.djl.translate.TranslateException;
import ai.djl.util.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import org.locallearning.djl.creditassignment.provenance.TrainingRecord;

/**
 * Saves a checkpoint every given number of batches, epochs or minutes, and resumes from the last
 * one. Resumed training gives the same numbers as uninterrupted training, to the last bit.
 *
 * <p>Add it as the last listener, and train on the data set that {@link #resumable} returns:
 *
 * <pre>{@code
 * CheckpointListener checkpoints =
 *         CheckpointListener.builder().setFolder(folder).setSeed(7).optBatches(500).build();
 * config.addTrainingListeners(checkpoints);
 * try (Trainer trainer = rule.newTrainer(model, config)) {
 *     trainer.initialize(shape);
 *     checkpoints.resume(trainer);
 *     EasyTrain.fit(trainer, 20 - checkpoints.getEpoch(), checkpoints.resumable(data), test);
 * }
 * }</pre>
 *
 * <p>The data set seeds the engine and DJL before each epoch and batch ({@link TrainingPosition});
 * batches that were done are fetched and skipped. A checkpoint is written to a temporary file,
 * forced to disk and renamed, and the last two are kept, so there is always one however a program
 * ends. If one is damaged, the log names it and the one before it is used. A checkpoint holds the
 * parameters once, with Adam three times.
 *
 * <p>Data that draw random numbers from another generator than DJL's or the engine's, or that
 * threads fetch in an order of their own, are not the same after resuming.
 */
public final class CheckpointListener extends TrainingListenerAdapter {

    private final CheckpointFolder folder;
    private final Map<String, String> settings;
    private final Consumer<TrainingRecord.Builder> about;
    private final int epochs;
    private final int batches;
    private final long nanoseconds;
    private TrainingPosition position;
    private Trainer trainer;
    private boolean seeded;
    private long savedAt;
    private int batchesSinceSaved;

    private CheckpointListener(Builder builder) {
        folder = new CheckpointFolder(builder.folder);
        settings = new LinkedHashMap<>(builder.settings);
        about = builder.about;
        epochs = builder.epochs;
        batches = builder.batches;
        nanoseconds = builder.nanoseconds;
        position = new TrainingPosition(builder.seed, 0, 0);
    }

    /**
     * Takes over the state of the last good checkpoint, if there is any in the folder. To be called
     * once for each trainer, when it is initialized and before its first batch.
     *
     * @param resumed the trainer, with this among its listeners
     * @return whether there was a checkpoint; if not, training starts at the beginning
     * @throws IOException if a checkpoint cannot be read, or the folder cannot be written
     * @throws MalformedModelException if it is of training with another model or other settings, or
     *     if every checkpoint is damaged; the message names file and reason
     * @throws IllegalStateException if this is not the last of the trainer's listeners, or the rule
     *     has learned already
     * @throws IllegalArgumentException if a part of training cannot be saved, such as an optimizer
     *     of a class that is not known
     */
    public boolean resume(Trainer resumed) throws IOException, MalformedModelException {
        checkOrder(resumed);
        // fail early if something cannot be saved, before there is something to lose
        new TrainingState(resumed, settings).parts(position, about);
        folder.checkWritable();
        int seed = position.seed();
        Optional<Path> last = folder.findLast();
        if (last.isPresent()) {
            position = Checkpoint.load(resumed, settings, OptionalInt.of(seed), last.get());
        } else {
            // a training before this one may have left another
            position = new TrainingPosition(seed, 0, 0);
        }
        trainer = resumed;
        seeded = false;
        savedAt = System.nanoTime();
        batchesSinceSaved = 0;
        return last.isPresent();
    }

    private void checkOrder(Trainer resumed) {
        List<TrainingListener> listeners = new ArrayList<>();
        resumed.notifyListeners(listeners::add);
        if (listeners.isEmpty() || listeners.get(listeners.size() - 1) != this) {
            throw new IllegalStateException(
                    "The CheckpointListener has to be the last of the trainer's listeners, so that"
                            + " the others are done when it saves what they remember.");
        }
    }

    /**
     * Starts over: deletes the checkpoints in the folder.
     *
     * @throws IOException if one cannot be deleted
     */
    public void clear() throws IOException {
        folder.clear();
    }

    /**
     * Returns how far training has come.
     *
     * @return the position
     */
    public TrainingPosition getPosition() {
        return position;
    }

    /**
     * Returns the number of epochs that are done.
     *
     * @return the number
     */
    public int getEpoch() {
        return position.epoch();
    }

    /**
     * Makes the data set to train on: the same batches, seeded, without those that were done.
     *
     * @param data the data set
     * @return the data set for {@code EasyTrain.fit}, or for a loop that takes one step for each
     *     batch before it asks for the next; its {@code getData} throws an {@link
     *     IllegalStateException} before {@link #resume}, or if the data set has fewer batches than
     *     are done, or others by the number of their samples
     */
    public Dataset resumable(Dataset data) {
        return new Dataset() {

            /** {@inheritDoc} */
            @Override
            public Iterable<Batch> getData(NDManager manager)
                    throws IOException, TranslateException {
                return getData(manager, null);
            }

            /** {@inheritDoc} */
            @Override
            public Iterable<Batch> getData(NDManager manager, ExecutorService executor)
                    throws IOException, TranslateException {
                Engine engine = begin(manager);
                Iterator<Batch> all = data.getData(manager, executor).iterator();
                Iterator<Batch> rest = new SeededBatches(all, engine);
                return () -> rest;
            }

            /** {@inheritDoc} */
            @Override
            public void prepare(Progress progress) throws IOException, TranslateException {
                data.prepare(progress);
            }
        };
    }

    private Engine begin(NDManager manager) {
        if (trainer == null) {
            throw new IllegalStateException(
                    "Call resume(trainer) before training, also for the first time.");
        }
        seeded = true;
        Engine engine = manager.getEngine();
        engine.setRandomSeed(position.epochSeed());
        return engine;
    }

    /** Rejects saving the state of one trainer as that of another. */
    private void checkTrainer(Trainer trained) {
        if (trainer != null && trained != trainer) {
            throw new IllegalStateException(
                    "The trainer that trains is not the one that was resumed, whose state would be"
                            + " saved; call resume(trainer) for each trainer before its first"
                            + " batch.");
        }
    }

    /** {@inheritDoc} */
    @Override
    public void onTrainingBatch(Trainer trained, BatchData batchData) {
        checkTrainer(trained);
    }

    /** {@inheritDoc} */
    @Override
    public void onEpoch(Trainer trained) {
        checkTrainer(trained);
        if (!seeded) {
            throw new IllegalStateException(
                    "Training that is to go on has to run on the data set of resumable(data).");
        }
        seeded = false;
        position = position.afterEpoch();
        if (epochs > 0 && position.epoch() % epochs == 0 || isTime()) {
            save();
        }
    }

    private void afterBatch(long samples) {
        position = position.afterBatch(samples);
        batchesSinceSaved++;
        if (batches > 0 && batchesSinceSaved >= batches || isTime()) {
            save();
        }
    }

    private boolean isTime() {
        return nanoseconds > 0 && System.nanoTime() - savedAt >= nanoseconds;
    }

    private void save() {
        try {
            folder.save(
                    position, file -> Checkpoint.save(trainer, position, settings, about, file));
        } catch (IOException e) {
            throw new UncheckedIOException(folder.notWritten(e), e);
        }
        savedAt = System.nanoTime();
        batchesSinceSaved = 0;
    }

    /** The batches of an epoch from where training has come to. */
    private final class SeededBatches implements Iterator<Batch> {

        private final Iterator<Batch> batches;
        private final Engine engine;
        private boolean underWay;
        private long samplesUnderWay;

        SeededBatches(Iterator<Batch> batches, Engine engine) {
            this.batches = batches;
            this.engine = engine;
            TrainingPosition to = position;
            long samples = 0;
            for (int i = 0; i < to.batch(); i++) {
                if (!batches.hasNext()) {
                    throw new IllegalStateException(
                            String.format(
                                    Locale.ROOT,
                                    "The data set has %d batches, but %d of this epoch are done; use"
                                            + " the data set that the checkpoint was saved with.",
                                    i,
                                    to.batch()));
                }
                seed(new TrainingPosition(to.seed(), to.epoch(), i));
                try (Batch done = batches.next()) {
                    samples += done.getSize();
                }
            }
            if (to.samples() > 0 && to.samples() != samples) {
                throw new IllegalStateException(
                        String.format(
                                Locale.ROOT,
                                "The batches of this epoch that are done, %d, had %d samples, but"
                                        + " here they have %d; use the data set and the size of batches"
                                        + " that the checkpoint was saved with.",
                                to.batch(),
                                to.samples(),
                                samples));
            }
        }

        private void seed(TrainingPosition next) {
            engine.setRandomSeed(next.batchSeed());
        }

        /** {@inheritDoc} */
        @Override
        public boolean hasNext() {
            finish();
            boolean more = batches.hasNext();
            if (!more) {
                // what is drawn at the end of an epoch is the same after resuming there
                seed(position);
            }
            return more;
        }

        /** {@inheritDoc} */
        @Override
        public Batch next() {
            finish();
            if (!batches.hasNext()) {
                throw new NoSuchElementException("The epoch has no more batches.");
            }
            seed(position);
            Batch next = batches.next();
            underWay = true;
            samplesUnderWay = next.getSize();
            return next;
        }

        /** Counts the batch before, whose step was taken. */
        private void finish() {
            if (underWay) {
                underWay = false;
                afterBatch(samplesUnderWay);
            }
        }
    }

    /**
     * Creates a builder.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link CheckpointListener}. */
    public static final class Builder {

        private Path folder;
        private Integer seed;
        private int epochs = 1;
        private int batches;
        private long nanoseconds;
        private final Map<String, String> settings = new LinkedHashMap<>();
        private Consumer<TrainingRecord.Builder> about = made -> {};

        private Builder() {}

        /**
         * Sets where checkpoints are.
         *
         * @param folder a folder for the checkpoints of this training only, created if it does not
         *     exist
         * @return this builder
         */
        public Builder setFolder(Path folder) {
            this.folder = folder;
            return this;
        }

        /**
         * Sets what the order of the data and the noise of training are made of.
         *
         * @param seed the seed
         * @return this builder
         */
        public Builder setSeed(int seed) {
            this.seed = seed;
            return this;
        }

        /**
         * Sets after how many epochs to save.
         *
         * @param epochs the number, 0 for not; 1 by default
         * @return this builder
         */
        public Builder optEpochs(int epochs) {
            this.epochs = epochs;
            return this;
        }

        /**
         * Sets after how many batches to save.
         *
         * @param batches the number, 0 for not, which is the default
         * @return this builder
         */
        public Builder optBatches(int batches) {
            this.batches = batches;
            return this;
        }

        /**
         * Sets after which time to save, at the end of the batch that is then under way.
         *
         * @param interval the time, zero for not, which is the default
         * @return this builder
         */
        public Builder optInterval(Duration interval) {
            nanoseconds = interval.toNanos();
            return this;
        }

        /**
         * Adds a setting that must be the same when training resumes, such as the data set. What
         * the model, the rule, the optimizer and the loss print of themselves is compared without
         * it.
         *
         * @param name the name, used to report a difference
         * @param value the value
         * @return this builder
         */
        public Builder optSetting(String name, String value) {
            settings.put(name, value);
            return this;
        }

        /**
         * Adds to the record in every checkpoint what the trainer does not know, such as {@code
         * made -> made.optData(data).optProgram(program)}. Model, rule, optimizer, loss, seed,
         * epochs, versions and the settings of {@link #optSetting} are in it without it.
         *
         * @param about adds to the record
         * @return this builder
         */
        public Builder optRecord(Consumer<TrainingRecord.Builder> about) {
            this.about = about;
            return this;
        }

        /**
         * Builds the listener.
         *
         * @return the listener
         * @throws IllegalArgumentException if it would never save, or if a number is below 0
         */
        public CheckpointListener build() {
            Objects.requireNonNull(folder, "Checkpoints need a folder; call setFolder.");
            Objects.requireNonNull(seed, "Training that goes on needs a seed; call setSeed.");
            if (epochs < 0 || batches < 0 || nanoseconds < 0) {
                throw new IllegalArgumentException(
                        String.format(
                                Locale.ROOT,
                                "Checkpoints are at least 0 epochs, batches or seconds apart, not"
                                        + " %d, %d or %s.",
                                epochs,
                                batches,
                                Duration.ofNanos(nanoseconds)));
            }
            if (epochs == 0 && batches == 0 && nanoseconds == 0) {
                throw new IllegalArgumentException(
                        "No checkpoint would ever be saved; call optEpochs, optBatches or"
                                + " optInterval.");
            }
            return new CheckpointListener(this);
        }
    }
}
