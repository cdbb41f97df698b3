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

import java.io.IOException;
import java.util.Optional;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.results.RunResult;

/**
 * Where an experiment keeps the runs that it has finished, and how far the others have come, so
 * that it goes on where it was stopped.
 */
public interface FinishedRuns {

    /**
     * Finds a run that was finished before.
     *
     * @param method the method
     * @param seed the seed
     * @return the run, or empty if it has to be trained
     * @throws IOException if it is there and cannot be read
     */
    Optional<RunResult> find(Method method, int seed) throws IOException;

    /**
     * Returns where a run that is not finished saves how far it has come.
     *
     * @param method the method
     * @param seed the seed
     * @return a place for this run alone
     * @throws IOException if the place cannot be prepared
     */
    RunCheckpoints checkpoints(Method method, int seed) throws IOException;

    /**
     * Keeps a finished run, whose checkpoints are no longer needed.
     *
     * @param method the method
     * @param run the run
     * @throws IOException if it cannot be written
     */
    void keep(Method method, RunResult run) throws IOException;
}
