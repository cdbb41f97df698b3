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

import ai.djl.training.Trainer;
import ai.djl.training.listener.TrainingListenerAdapter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Has a program that is ended while it trains (Ctrl-C, SIGTERM) end between two steps. At its end
 * the engine's native libraries are torn down; a step that still runs in them crashes, and Java
 * reports that with a file in the working folder.
 */
final class EndBetweenSteps extends TrainingListenerAdapter implements AutoCloseable {

    /** A step that takes longer is not waited for. */
    private static final long MOST_SECONDS = 10;

    private final CountDownLatch between = new CountDownLatch(1);
    private final Thread hook = new Thread(this::end, "end between steps");
    private volatile boolean ending;

    EndBetweenSteps() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Waits until the step under way is over; called when the program ends. */
    void end() {
        ending = true;
        try {
            between.await(MOST_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** {@inheritDoc} */
    @Override
    public void onTrainingBatch(Trainer trainer, BatchData batchData) {
        stayIfEnding();
    }

    /** {@inheritDoc} */
    @Override
    public void onValidationBatch(Trainer trainer, BatchData batchData) {
        stayIfEnding();
    }

    /** No further step begins once the program is ending. */
    private void stayIfEnding() {
        if (ending) {
            between.countDown();
            while (true) {
                LockSupport.park();
            }
        }
    }

    /** Training is over, and the program may end whenever it likes. */
    @Override
    public void close() {
        between.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the program is ending, and the hook waits no longer
        }
    }
}
