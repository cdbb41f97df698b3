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
package org.locallearning.djl.examples.sweep.spark;

import java.io.IOException;
import java.io.Serializable;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import org.apache.spark.SparkFiles;
import org.apache.spark.TaskContext;
import org.locallearning.djl.examples.sweep.trial.TrialJob;
import org.locallearning.djl.examples.sweep.trial.TrialOutcome;
import org.locallearning.djl.examples.sweep.trial.TrialProgram;
import org.locallearning.djl.examples.sweep.trial.TrialStarter;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction2;

/**
 * Runs one trial on an executor, as a process of its own.
 *
 * <p>A trial that fails is a value, not an exception: four exceptions of a task would end the whole
 * job. What fails of a machine, Spark repeats on another.
 */
final class SparkTask extends AbstractFunction2<TaskContext, Iterator<TrialJob>, TrialOutcome>
        implements Serializable {

    static final String DATA = "data";

    private static final long serialVersionUID = 1L;
    private static final String DATA_REPOSITORY = "--data-repository";
    private static final String ERROR = "Error: ";

    private final TrialProgram program;
    private final String data;
    private final boolean shipped;
    private final String work;

    /**
     * Creates a task.
     *
     * @param program where executors find the program
     * @param data where the driver finds the data, or null for data that a trial fetches or draws
     * @param shipped whether the data was sent to the executors
     * @param work a folder for the folders of trials, or null for that of the executor
     */
    SparkTask(TrialProgram program, String data, boolean shipped, String work) {
        this.program = program;
        this.data = data;
        this.shipped = shipped;
        this.work = work;
    }

    /** {@inheritDoc} */
    @Override
    public TrialOutcome apply(TaskContext context, Iterator<TrialJob> jobs) {
        TrialJob job = jobs.next();
        String here = data;
        if (shipped) {
            here = Path.of(SparkFiles.get(DATA)).toAbsolutePath().toString();
        }
        if (here != null && !Files.isReadable(Path.of(here))) {
            return TrialOutcome.impossible(
                    String.format(
                            "The executor on %s does not see the data in '%s': put it there on"
                                    + " every machine, or send it with --ship-data.",
                            host(), here));
        }
        Path folders =
                work == null
                        ? Path.of(SparkFiles.getRootDirectory(), "trials").toAbsolutePath()
                        : Path.of(work);
        Path folder = folders.resolve(job.name());
        try (TrialStarter starter = new TrialStarter(program)) {
            TrialOutcome outcome =
                    starter.run(here == null ? job : job.with(DATA_REPOSITORY, here), folder);
            return outcome.kind() == TrialOutcome.Kind.IMPOSSIBLE
                    ? TrialOutcome.impossible(onHost(outcome.lines()))
                    : outcome;
        } catch (IOException e) {
            return new TrialOutcome(
                    TrialOutcome.Kind.DIED,
                    1,
                    null,
                    String.format("No trial could be started on %s: %s", host(), e),
                    0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("The trial was cancelled.");
        }
    }

    /** Names the machine before the reason that its trial gave last. */
    private static String onHost(String lines) {
        String reason = "";
        for (String line : lines.lines().toList()) {
            if (line.startsWith(ERROR)) {
                reason = line.substring(ERROR.length());
                break;
            }
            reason = line;
        }
        return "On " + host() + ": " + reason;
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (IOException e) {
            return "an unnamed machine";
        }
    }
}
