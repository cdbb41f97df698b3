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
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Runs trials on this machine, a fixed number at a time. */
public final class LocalTrialRunner implements TrialRunner {

    private final TrialStarter starter;
    private final Path folder;
    private final int parallel;

    /**
     * Creates a runner.
     *
     * @param program what to start
     * @param folder gets a folder for each trial
     * @param parallel how many trials run at a time, at least 1
     */
    public LocalTrialRunner(TrialProgram program, Path folder, int parallel) {
        starter = new TrialStarter(program);
        this.folder = folder;
        this.parallel = parallel;
    }

    private record Ending(TrialJob job, TrialOutcome outcome) {}

    /** {@inheritDoc} */
    @Override
    public void run(List<TrialJob> jobs, Ended ended) throws IOException, InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(parallel);
        try {
            CompletionService<Ending> endings = new ExecutorCompletionService<>(threads);
            for (TrialJob job : jobs) {
                endings.submit(() -> new Ending(job, starter.run(job, folder.resolve(job.name()))));
            }
            for (int i = 0; i < jobs.size(); i++) {
                Ending ending = endings.take().get();
                ended.accept(ending.job, ending.outcome);
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause().getMessage(), e.getCause());
        } finally {
            // interrupts those that wait for a process, which ends it
            threads.shutdownNow();
        }
    }

    /** {@inheritDoc} */
    @Override
    public int parallel() {
        return parallel;
    }

    /** {@inheritDoc} */
    @Override
    public void close() {
        starter.close();
    }
}
