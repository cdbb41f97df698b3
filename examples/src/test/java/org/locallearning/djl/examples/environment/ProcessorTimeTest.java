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

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ProcessorTimeTest {

    /** What any thread works counts: it is no less than what one of them says of itself. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void processorTimeIsThatOfAllThreads() throws InterruptedException {
        assumeTrue(ProcessorTime.isFine(), "no clock of 64 bits");
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long[] worked = new long[1];
        Thread other =
                new Thread(
                        () -> {
                            while (worked[0] < 50_000_000) {
                                worked[0] = threads.getCurrentThreadCpuTime();
                            }
                        });
        long before = ProcessorTime.nanoseconds().orElseThrow();
        other.start();
        other.join();
        long counted = ProcessorTime.nanoseconds().orElseThrow() - before;
        assertTrue(counted >= worked[0], counted + " < " + worked[0]);
    }

    /** A thread that sleeps has time pass, and takes none. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void processorTimeLeavesOutWaiting() throws InterruptedException {
        assumeTrue(ProcessorTime.isFine(), "no clock of 64 bits");
        long least = Long.MAX_VALUE;
        // the threads of the virtual machine may work at any one time
        for (int i = 0; i < 5; i++) {
            long before = ProcessorTime.nanoseconds().orElseThrow();
            Thread.sleep(100);
            least = Math.min(least, ProcessorTime.nanoseconds().orElseThrow() - before);
        }
        assertTrue(least < 50_000_000, "processor time of a sleep: " + least);
    }
}
