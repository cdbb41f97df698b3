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

import java.util.function.Supplier;
import org.locallearning.djl.examples.environment.ProcessorTime;

/**
 * Counts the time that goes by while it runs, and the processor time that the process takes in it.
 *
 * <p>Processor time counts all threads of the process. Where the system counts it in steps of 10
 * ms, stretches of less are right on average alone.
 */
final class TrainingClock {

    private final Supplier<Reading> now;
    private boolean running;
    private Reading since;
    private Reading total = Reading.NOTHING;

    /**
     * A reading in nanoseconds.
     *
     * @param elapsed the time that has gone by
     * @param cpu the processor time; negative where it cannot be told
     */
    record Reading(long elapsed, long cpu) {

        static final Reading NOTHING = new Reading(0, 0);

        private static Reading now() {
            return new Reading(System.nanoTime(), ProcessorTime.nanoseconds().orElse(-1));
        }

        private Reading plus(Reading from, Reading to) {
            boolean known = cpu >= 0 && from.cpu >= 0 && to.cpu >= 0;
            return new Reading(
                    elapsed + to.elapsed - from.elapsed, known ? cpu + to.cpu - from.cpu : -1);
        }

        double seconds() {
            return elapsed / 1e9;
        }

        /** Returns the processor time, or null where it cannot be told. */
        Double cpuSeconds() {
            return cpu < 0 ? null : cpu / 1e9;
        }
    }

    TrainingClock() {
        this(Reading::now);
    }

    /** Creates a clock of a time of its own. */
    TrainingClock(Supplier<Reading> now) {
        this.now = now;
    }

    /** Runs from here on. */
    void start() {
        if (!running) {
            running = true;
            since = now.get();
        }
    }

    /** Stands still from here on. */
    void stop() {
        if (running) {
            running = false;
            total = total.plus(since, now.get());
        }
    }

    /** Does something while it stands still, if it runs. */
    void pauseFor(Runnable measurement) {
        boolean goesOn = running;
        stop();
        measurement.run();
        if (goesOn) {
            start();
        }
    }

    /** Returns what it has counted up to when it was stopped last. */
    Reading read() {
        return total;
    }

    /** Goes on from what was counted before. */
    void set(Reading counted) {
        total = counted;
    }
}
