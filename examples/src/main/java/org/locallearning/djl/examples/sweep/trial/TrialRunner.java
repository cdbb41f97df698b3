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
package org.locallearning.djl.examples.sweep.trial;

import java.io.IOException;
import java.util.List;

/** Where trials run: on this machine, or on a cluster. */
public interface TrialRunner extends AutoCloseable {

    /**
     * Runs jobs, as many at a time as there is room for.
     *
     * @param jobs the jobs
     * @param ended gets each outcome as the job ends, one at a time
     * @throws IOException if jobs cannot be run, or if an outcome could not be taken
     * @throws InterruptedException if the thread is interrupted; no job runs on
     */
    void run(List<TrialJob> jobs, Ended ended) throws IOException, InterruptedException;

    /**
     * Returns how many jobs run at a time.
     *
     * @return the number, at least 1; as far as it is known
     */
    int parallel();

    /**
     * Deletes what is kept of a job elsewhere than in the folder of the sweep, where the job goes
     * no further or begins anew.
     *
     * @param name the name of the job
     * @throws IOException if it cannot be deleted
     */
    default void forget(String name) throws IOException {}

    /** Ends what is still running. */
    @Override
    void close();

    /** Takes outcomes. */
    @FunctionalInterface
    interface Ended {

        /**
         * Takes an outcome.
         *
         * @param job the job
         * @param outcome what became of it
         * @throws IOException if it cannot be kept, or if no more jobs are to be run
         */
        void accept(TrialJob job, TrialOutcome outcome) throws IOException;
    }
}
