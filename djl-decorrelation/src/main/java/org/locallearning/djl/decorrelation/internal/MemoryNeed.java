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
package org.locallearning.djl.decorrelation.internal;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/**
 * What arrays take before they are made: the engine says of one that does not fit only how many
 * bytes it asked for.
 */
public final class MemoryNeed {

    private static final double BYTES_OF_GB = 1e9;

    private MemoryNeed() {}

    /**
     * Refuses what no machine of this size holds.
     *
     * @param what what takes the memory, such as {@code The whitening of images of 3x250x250}
     * @param shape the shape of its arrays
     * @param type the type of their elements
     * @param arrays how many of them there are at once
     * @param remedy what to do, such as {@code scale the images down}
     * @throws IllegalArgumentException if they take more than the memory of this machine
     */
    public static void check(String what, Shape shape, DataType type, int arrays, String remedy) {
        double bytes = (double) type.getNumOfBytes() * arrays;
        for (long size : shape.getShape()) {
            bytes *= size;
        }
        long memory = memory();
        if (bytes > memory) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "%s takes %s of shape %s, %,.0f GB, but this machine has %,.0f GB: %s.",
                            what,
                            arrays == 1 ? "an array" : arrays + " arrays",
                            shape,
                            bytes / BYTES_OF_GB,
                            memory / BYTES_OF_GB,
                            remedy));
        }
    }

    /** Returns the memory of this machine, or of the container, in bytes. */
    private static long memory() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : Long.MAX_VALUE;
    }
}
