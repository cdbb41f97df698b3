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
package org.locallearning.djl.examples.sweep;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.locallearning.djl.examples.commandline.Values;
import picocli.CommandLine.Option;

/** How trials run on this machine, on the command line. */
final class MachineArguments {

    private static final Pattern SIZE = Pattern.compile("(\\d{1,6})([mMgG])");

    @Option(
            names = "--parallel",
            paramLabel = "N",
            description =
                    "Trials at a time (default: as many as there are processors for their"
                            + " threads, and memory).")
    private Integer parallel;

    @Option(
            names = "--trial-heap",
            paramLabel = "SIZE",
            defaultValue = "1g",
            description =
                    "The most Java heap of a trial; images and weights come on top, outside of"
                            + " it (default: ${DEFAULT-VALUE}).")
    private String heap;

    /** Returns the most Java heap of a trial, as the option of a Java program has it. */
    String heap() {
        return heap;
    }

    /**
     * Checks what was chosen.
     *
     * @param threads the threads of a trial
     * @param elsewhere whether trials run on a cluster
     * @throws IllegalArgumentException if it is not a size, or more than the machine has
     */
    void check(int threads, boolean elsewhere) {
        bytes();
        if (!elsewhere) {
            parallel(threads);
        } else if (parallel != null) {
            throw new IllegalArgumentException(
                    "--parallel is for this machine: on a cluster, its cores decide how many"
                            + " trials run at a time.");
        }
    }

    /**
     * Returns how many trials run at a time.
     *
     * @param threads the threads of a trial
     * @return the number, at least 1
     * @throws IllegalArgumentException if the chosen number is smaller or takes more memory than
     *     there is
     */
    int parallel(int threads) {
        double memory =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)
                        .getTotalMemorySize();
        Values.checkLeast("--parallel", 1, parallel);
        int chosen = parallel == null ? asManyAsThereIsRoomFor(threads, memory) : parallel;
        if (chosen * bytes() > memory) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "%s--trial-heap %s takes more than the %.0f GiB of this machine: lower"
                                    + " %s.",
                            chosen == 1 ? "" : "--parallel " + chosen + " with ",
                            heap,
                            memory / (1L << 30),
                            chosen == 1 ? "it" : "one of them"));
        }
        return chosen;
    }

    private int asManyAsThereIsRoomFor(int threads, double memory) {
        int byProcessors = Runtime.getRuntime().availableProcessors() / threads;
        // as much as the heap again, for images, weights and the engine
        int byMemory = (int) (memory / (2 * bytes()));
        return Math.max(1, Math.min(byProcessors, byMemory));
    }

    private double bytes() {
        Matcher matcher = SIZE.matcher(heap);
        if (!matcher.matches() || Integer.parseInt(matcher.group(1)) == 0) {
            throw new IllegalArgumentException(
                    "--trial-heap is a size such as 512m or 2g, not '" + heap + "'.");
        }
        int shift = matcher.group(2).equalsIgnoreCase("g") ? 30 : 20;
        return Integer.parseInt(matcher.group(1)) * (double) (1L << shift);
    }
}
