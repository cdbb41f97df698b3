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

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Tells once that nothing comes, where that is so for a while: a cluster without workers, or one
 * whose workers have no room, lets a driver wait in silence.
 */
final class WaitingNote {

    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    task -> {
                        Thread thread = new Thread(task, "waiting for executors");
                        thread.setDaemon(true);
                        return thread;
                    });

    /**
     * Begins to wait.
     *
     * @param come whether what is waited for has come
     * @param patience how long nothing is said
     * @param note is run once after that time if nothing has come
     */
    WaitingNote(BooleanSupplier come, Duration patience, Runnable note) {
        timer.schedule(
                () -> {
                    if (!come.getAsBoolean()) {
                        note.run();
                    }
                },
                patience.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /** Says nothing any more. */
    void close() {
        timer.shutdownNow();
    }
}
