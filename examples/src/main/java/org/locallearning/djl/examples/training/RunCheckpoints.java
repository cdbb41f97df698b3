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
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.locallearning.djl.creditassignment.checkpoint.CheckpointListener;
import org.locallearning.djl.creditassignment.provenance.TrainingRecord;
import org.locallearning.djl.examples.environment.Build;
import org.locallearning.djl.examples.environment.Machine;

/**
 * Where a run saves how far it has come, how often, and how far it goes this time.
 *
 * @param folder a folder for this run alone
 * @param batches after how many batches to save; 0 for the end of every epoch and every few minutes
 * @param lastEpoch the epoch after which the run stops, to go on another time; 0 for its end
 * @param settings what has to be the same when the run goes on, besides what the model and the
 *     method print of themselves
 */
public record RunCheckpoints(
        Path folder, int batches, int lastEpoch, Map<String, String> settings) {

    private static final Duration INTERVAL = Duration.ofMinutes(5);

    /**
     * Saves a run that goes on to its end.
     *
     * @param folder a folder for this run alone
     * @param batches after how many batches to save; 0 for every epoch and every few minutes
     * @param settings what has to be the same when the run goes on
     */
    public RunCheckpoints(Path folder, int batches, Map<String, String> settings) {
        this(folder, batches, 0, settings);
    }

    /**
     * Saves what goes on with the same program, engine and number of threads alone, since others
     * round in another way.
     *
     * @param folder a folder for this run alone
     * @param batches after how many batches to save; 0 for every epoch and every few minutes
     * @param machine the machine and what runs on it
     * @return where to save
     */
    public static RunCheckpoints of(Path folder, int batches, Machine machine) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("program", Build.current().version() + ", commit " + Build.current().commit());
        settings.put("DJL", Build.current().djl());
        settings.put("engine", machine.engine());
        settings.put("device", machine.device());
        settings.put("--threads", Integer.toString(machine.threads()));
        return new RunCheckpoints(folder, batches, settings);
    }

    /**
     * Returns the same with another thing that has to be the same when the run goes on.
     *
     * @param name what it is
     * @param value its value
     * @return the same otherwise
     */
    public RunCheckpoints with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(settings);
        more.put(name, value);
        return new RunCheckpoints(folder, batches, lastEpoch, more);
    }

    /**
     * Returns the same for a run that stops before its end.
     *
     * @param epoch the epoch after which it stops; where it has come further, it does not go back
     * @return the same otherwise
     */
    public RunCheckpoints stoppingAfter(int epoch) {
        return new RunCheckpoints(folder, batches, epoch, settings);
    }

    /** Returns whether a run comes to its end, and so to the test. */
    boolean isToEnd() {
        return lastEpoch == 0;
    }

    /** Returns up to which of its epochs a run goes. */
    int lastOf(int epochs) {
        return isToEnd() ? epochs : Math.min(lastEpoch, epochs);
    }

    /**
     * Goes on where a run stopped.
     *
     * @param saving the run's listener
     * @param trainer the trainer, initialized
     * @return whether there was something to go on from
     * @throws CheckpointRefusedException if the checkpoints are damaged, or of a run with other
     *     settings
     * @throws IOException if the last checkpoint cannot be read
     */
    public boolean resume(CheckpointListener saving, Trainer trainer) throws IOException {
        try {
            return saving.resume(trainer);
        } catch (MalformedModelException e) {
            throw new CheckpointRefusedException(
                    "The run cannot go on: "
                            + e.getMessage()
                            + " --fresh starts over, --out names another folder.",
                    e);
        }
    }

    /**
     * Starts to save.
     *
     * @param seed the seed of the run
     * @param about adds to the record in every checkpoint what the trainer does not know
     * @return the listener, the last of a trainer's
     */
    public CheckpointListener listener(int seed, Consumer<TrainingRecord.Builder> about) {
        CheckpointListener.Builder builder =
                CheckpointListener.builder().setFolder(folder).setSeed(seed).optRecord(about);
        if (batches > 0) {
            builder.optBatches(batches);
        } else {
            builder.optInterval(INTERVAL);
        }
        settings.forEach(builder::optSetting);
        return builder.build();
    }
}
