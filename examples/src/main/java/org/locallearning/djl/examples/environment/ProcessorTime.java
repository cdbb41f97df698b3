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
package org.locallearning.djl.examples.environment;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Platform;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.OptionalLong;

/**
 * The processor time of all threads of this process, those of the engine among them. It leaves out
 * what they wait while other programs have the processors.
 *
 * <p>Java tells it in hundredths of a second, which is too coarse for a step; on Linux the system's
 * own clock is asked, in nanoseconds.
 */
public final class ProcessorTime {

    /** CLOCK_PROCESS_CPUTIME_ID. */
    private static final int CLOCK = 2;

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private ProcessorTime() {}

    /**
     * Returns whether it is told in steps that are short next to a step of training.
     *
     * @return true where the system tells nanoseconds
     */
    public static boolean isFine() {
        return Platform.isLinux() && Platform.is64Bit();
    }

    /**
     * Returns the processor time so far.
     *
     * @return the time in nanoseconds; empty where neither the system nor Java tells it
     */
    public static OptionalLong nanoseconds() {
        return isFine() ? ofSystem() : ofJava();
    }

    private static OptionalLong ofSystem() {
        // seconds and nanoseconds, each a long
        try (Memory time = new Memory(2 * Long.BYTES)) {
            Function clock = Function.getFunction("c", "clock_gettime");
            if (clock.invokeInt(new Object[] {CLOCK, time}) != 0) {
                return OptionalLong.empty();
            }
            return OptionalLong.of(time.getLong(0) * NANOS_PER_SECOND + time.getLong(Long.BYTES));
        }
    }

    private static OptionalLong ofJava() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            long nanoseconds = system.getProcessCpuTime();
            return nanoseconds < 0 ? OptionalLong.empty() : OptionalLong.of(nanoseconds);
        }
        return OptionalLong.empty();
    }
}
