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
package org.locallearning.djl.creditassignment;

import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import com.sun.jna.Function;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The resident memory of the process outside the Java heap stays flat while a rule trains. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "resident memory is read from /proc/self/smaps")
class ResidentMemoryTest {

    private static final int WARM_UP = 1000;
    private static final int STEPS = 1750;
    private static final int WINDOWS = 4;

    /**
     * The virtual machine's own memory comes and goes by some 8 MiB, and by more while it compiles.
     * One forgotten activation a step, the smallest of which are 4 x 8 x 10 x 10 floats, would be
     * 22 MiB in every window of steps.
     */
    private static final long MARGIN_KIB = 14 * 1024;

    static Stream<Arguments> rulesOnNetworks() {
        List<NetworkCase> networks =
                List.of(
                        new NetworkCase(
                                "mlp", () -> NetworkCase.mlp(4, 128, 128), new Shape(32, 16), 4),
                        new NetworkCase(
                                "convolutions",
                                ResidentMemoryTest::convolutions,
                                new Shape(4, 2, 10, 10),
                                4));
        return RuleCase.oneOfEachKind().stream()
                .flatMap(rule -> networks.stream().map(network -> Arguments.of(rule, network)));
    }

    private static SequentialBlock convolutions() {
        return new SequentialBlock()
                .add(conv(1))
                .add(Activation::relu)
                .add(conv(2))
                .add(Activation::relu)
                .add(Blocks.batchFlattenBlock())
                .add(NetworkCase.linear(4));
    }

    private static Conv2d conv(int stride) {
        return Conv2d.builder()
                .setFilters(8)
                .setKernelShape(new Shape(3, 3))
                .optStride(new Shape(stride, stride))
                .optPadding(new Shape(1, 1))
                .build();
    }

    @ParameterizedTest
    @MethodSource("rulesOnNetworks")
    void staysFlat(RuleCase rule, NetworkCase network) throws Exception {
        try (TrainingRun run = TrainingRun.start(network, rule)) {
            run.train(0, WARM_UP);
            List<Long> growths = new ArrayList<>();
            boolean flat = false;
            for (int begin = WARM_UP; !flat && growths.size() < WINDOWS; begin += STEPS) {
                long before = outsideTheHeapKib();
                run.train(begin, begin + STEPS);
                long growth = outsideTheHeapKib() - before;
                growths.add(growth);
                // what the virtual machine takes once is no leak, which goes on
                flat = growth < MARGIN_KIB;
            }
            assertTrue(flat, "grew in every window of steps, by " + growths + " KiB");
        }
    }

    /** Garbage in the Java heap is no leak, and the heap grows as it likes: leave it out. */
    private static long outsideTheHeapKib() throws IOException, JMException {
        System.gc();
        // what earlier tests freed and the C library kept would be room for a leak to hide in
        Function.getFunction("c", "malloc_trim").invokeInt(new Object[] {0L});
        LongSummaryStatistics heap = heapAddresses();
        long total = 0;
        boolean inHeap = false;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                long begin = Long.parseUnsignedLong(line.substring(0, line.indexOf('-')), 16);
                inHeap = begin >= heap.getMin() && begin < heap.getMax();
            } else if (line.startsWith("Rss:") && !inHeap) {
                total += Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return total;
    }

    /** The virtual machine's diagnostic command prints where the heap begins and ends. */
    private static LongSummaryStatistics heapAddresses() throws JMException {
        ObjectName commands = new ObjectName("com.sun.management:type=DiagnosticCommand");
        Object text =
                ManagementFactory.getPlatformMBeanServer()
                        .invoke(commands, "gcHeapInfo", null, null);
        return Pattern.compile("0x([0-9a-f]{16})")
                .matcher(text.toString())
                .results()
                .mapToLong(address -> Long.parseLong(address.group(1), 16))
                .summaryStatistics();
    }
}
