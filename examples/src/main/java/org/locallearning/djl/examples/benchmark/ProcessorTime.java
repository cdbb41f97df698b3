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
package org.locallearning.djl.examples.benchmark;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Platform;

/**
 * The processor time of all threads of this process, those of the engine among them. It leaves out
 * what they wait while other programs have the processors.
 *
 * <p>Java tells it in hundredths of a second, which is too coarse for a step; the system's own
 * clock, asked here on Linux alone, in nanoseconds.
 */
final class ProcessorTime {

    /** CLOCK_PROCESS_CPUTIME_ID. */
    private static final int CLOCK = 2;

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private ProcessorTime() {}

    /** Returns whether the system tells it. */
    static boolean isTold() {
        return Platform.isLinux() && Platform.is64Bit();
    }

    /**
     * Returns the processor time so far.
     *
     * @return the time in nanoseconds
     * @throws IllegalStateException if the system does not tell it
     */
    static long nanoseconds() {
        // seconds and nanoseconds, each a long
        try (Memory time = new Memory(2 * Long.BYTES)) {
            Function clock = Function.getFunction("c", "clock_gettime");
            if (clock.invokeInt(new Object[] {CLOCK, time}) != 0) {
                throw new IllegalStateException(
                        "The system does not tell the processor time of this process.");
            }
            return time.getLong(0) * NANOS_PER_SECOND + time.getLong(Long.BYTES);
        }
    }
}
