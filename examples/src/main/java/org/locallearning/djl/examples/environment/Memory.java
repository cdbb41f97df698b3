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

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/** The memory that a program can have at most. */
public final class Memory {

    private Memory() {}

    /**
     * Returns the memory of the machine, or of the container that the program runs in.
     *
     * @return bytes, more than there can be where it cannot be told
     */
    public static long total() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : Long.MAX_VALUE;
    }

    /**
     * Writes an amount of memory.
     *
     * @param bytes the amount
     * @return the same in GiB
     */
    public static String text(double bytes) {
        return String.format(Locale.ROOT, "%,.1f GiB", bytes / (1L << 30));
    }
}
