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
package org.locallearning.djl.examples.results;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.locallearning.djl.examples.report.TimeTable;

/** The numbers are worked out by hand from runs that are written out. */
class TimeToBestTest {

    /** An epoch of so many seconds, with half as much processor time. */
    private static EpochResult epoch(int number, double accuracy, double seconds) {
        return new EpochResult(
                number,
                1,
                accuracy,
                1 - accuracy,
                accuracy,
                null,
                null,
                seconds,
                seconds / 2,
                List.of());
    }

    /** A run whose epochs all take as long. */
    private static RunResult run(String method, int seed, double seconds, double... accuracies) {
        List<EpochResult> epochs = new ArrayList<>();
        for (double accuracy : accuracies) {
            epochs.add(epoch(epochs.size() + 1, accuracy, seconds));
        }
        return run(method, seed, epochs, null);
    }

    private static RunResult run(
            String method, int seed, List<EpochResult> epochs, Divergence divergence) {
        return new RunResult(
                method,
                seed,
                "adam",
                1e-3f,
                null,
                null,
                epochs,
                null,
                null,
                null,
                null,
                divergence);
    }

    private static Map<String, List<RunResult>> byMethod(RunResult... runs) {
        Map<String, List<RunResult>> byMethod = new LinkedHashMap<>();
        for (RunResult run : runs) {
            byMethod.computeIfAbsent(run.method(), name -> new ArrayList<>()).add(run);
        }
        return byMethod;
    }

    private static TimeToBest only(boolean accuracy, RunResult... runs) {
        List<TimeToBest> all = TimeToBest.all(byMethod(runs), accuracy);
        assertEquals(1, all.size());
        return all.get(0);
    }

    @Test
    void everySeedIsComparedWithItsOwn() {
        TimeToBest times =
                only(
                        true,
                        // the best of seed 1 is 0.5 after 30 s, that of seed 2 is 0.7 after 20 s
                        run("bp", 1, 10, 0.3, 0.4, 0.5, 0.45),
                        run("bp", 2, 10, 0.6, 0.7, 0.7, 0.7),
                        // reach it after 24 s and after 12 s
                        run("dfa", 1, 12, 0.2, 0.5, 0.4, 0.6),
                        run("dfa", 2, 12, 0.8, 0.6, 0.6, 0.6));
        TimeToBest.Row bp = times.rows().get(0);
        TimeToBest.Row dfa = times.rows().get(1);

        assertEquals("bp", times.reference());
        assertEquals(0.6, times.best().mean(), 1e-12);
        assertEquals(new SeedSummary(40, 40, 40), times.length());
        assertEquals(new SeedSummary(25, 20, 30), bp.seconds());
        assertEquals(new SeedSummary(2.5, 2, 3), bp.epochs());
        assertEquals(List.of(1.0, 1.0), bp.ratios());
        assertTrue(dfa.allReached());
        assertEquals(new SeedSummary(1.5, 1, 2), dfa.epochs());
        assertEquals(new SeedSummary(18, 12, 24), dfa.seconds());
        assertEquals(List.of(24.0 / 30, 12.0 / 20), dfa.ratios());
        assertEquals(List.of(12.0 / 15, 6.0 / 10), dfa.cpuRatios());
        // after 36 of the 40 s
        assertEquals(0.5, dfa.atEnd().mean(), 1e-12);
        assertEquals(0, dfa.endedBefore());
    }

    @Test
    void whatIsNotReachedIsCountedAndNotGuessed() {
        RunResult diverged =
                run(
                        "dfa",
                        3,
                        List.of(epoch(1, 0.99, 10)),
                        new Divergence(2, 1, null, "The loss is NaN."));
        TimeToBest times =
                only(
                        true,
                        run("bp", 1, 10, 0.3, 0.5),
                        run("bp", 2, 10, 0.3, 0.5),
                        run("bp", 3, 10, 0.3, 0.5),
                        run("dfa", 1, 5, 0.4, 0.45),
                        run("dfa", 2, 5, 0.4, 0.5),
                        diverged,
                        // with a seed that bp was not run with
                        run("dfa", 4, 5, 0.9, 0.9));
        TimeToBest.Row dfa = times.rows().get(1);

        assertEquals(3, dfa.seeds());
        assertEquals(1, dfa.reached());
        assertEquals(List.of(0.5), dfa.ratios());
        // a mean of the one that reached it would flatter it
        assertEquals(
                List.of("dfa", "1 of 3", "2 (where reached)", "10.0 (where reached)"),
                new TimeTable(times).rows(true).get(1).subList(0, 4));
        assertNull(dfa.atEnd());
        // both ended after 10 of the 20 s
        assertEquals(2, dfa.endedBefore());
    }

    @Test
    void measurementsWithinAnEpochCount() {
        EpochResult fine =
                new EpochResult(
                        2,
                        1,
                        0.5,
                        0.5,
                        0.5,
                        null,
                        null,
                        8,
                        6.0,
                        List.of(
                                new PartOfEpoch(0.25, 0.6, 0.4, 2, 1.5),
                                new PartOfEpoch(0.75, 0.4, 0.6, 6, 4.5)));
        TimeToBest times =
                only(
                        true,
                        run("bp", 1, 10, 0.5, 0.6),
                        run("dfa", 1, List.of(epoch(1, 0.3, 8), fine), null));
        TimeToBest.Row dfa = times.rows().get(1);

        assertEquals(1.75, dfa.epochs().mean());
        assertEquals(List.of((8.0 + 6) / 20), dfa.ratios());
        assertEquals(List.of((4.0 + 4.5) / 10), dfa.cpuRatios());
        assertEquals(0.5, dfa.atEnd().mean());
    }

    @Test
    void slowMethodsHaveNothingByThen() {
        TimeToBest times = only(true, run("bp", 1, 1, 0.5, 0.6), run("np", 1, 3, 0.6));
        assertNull(times.rows().get(1).atEnd());
        assertEquals(List.of(1.5), times.rows().get(1).ratios());
    }

    @Test
    void lossesAreBetterTheLessTheyAre() {
        TimeToBest times = only(false, run("bp", 1, 10, 0.3, 0.5), run("dfa", 1, 5, 0.5, 0.3));
        assertEquals(0.5, times.best().mean(), 1e-12);
        assertEquals(List.of(0.25), times.rows().get(1).ratios());
    }

    @Test
    void resultsOfEarlierVersionsHaveNoProcessorTime() {
        EpochResult old = new EpochResult(1, 1, 0.5, 0.5, 0.5, 10);
        TimeToBest times =
                only(true, run("bp", 1, List.of(old), null), run("dfa", 1, List.of(old), null));
        assertNull(times.rows().get(1).cpuRatios());
        assertEquals(List.of(1.0), times.rows().get(1).ratios());
    }

    @Test
    void decorrelatedMethodsAreComparedWithTheirPlainTwinToo() {
        List<TimeToBest> all =
                TimeToBest.all(
                        byMethod(
                                run("fa", 1, 10, 0.4),
                                run("fa+decor", 1, 10, 0.5),
                                run("bp+decor", 1, 10, 0.5),
                                run("bp", 1, 10, 0.5),
                                run("np", 1, 10, 0.1)),
                        true);
        assertEquals(List.of("bp", "fa"), all.stream().map(TimeToBest::reference).toList());
        assertEquals(
                List.of("bp", "fa", "fa+decor", "bp+decor", "np"),
                all.get(0).rows().stream().map(TimeToBest.Row::method).toList());
        assertEquals(
                List.of("fa", "fa+decor"),
                all.get(1).rows().stream().map(TimeToBest.Row::method).toList());
    }

    @Test
    void backpropagationWithNormalizationIsNoReference() {
        List<TimeToBest> all =
                TimeToBest.all(
                        byMethod(
                                run("bp+batchnorm", 1, 10, 0.6),
                                run("bp", 1, 10, 0.5),
                                run("dfa", 1, 10, 0.4)),
                        true);
        assertEquals(List.of("bp"), all.stream().map(TimeToBest::reference).toList());
    }

    @Test
    void oneMethodAloneHasNothingToBeComparedWith() {
        assertEquals(List.of(), TimeToBest.all(byMethod(run("bp", 1, 10, 0.4)), true));
        assertEquals(List.of(), TimeToBest.all(byMethod(run("np", 1, 10, 0.4)), true));
    }
}
