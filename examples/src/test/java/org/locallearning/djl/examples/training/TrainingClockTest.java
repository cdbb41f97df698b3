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

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import ai.djl.util.Progress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.locallearning.djl.creditassignment.LayerCredit;
import org.locallearning.djl.creditassignment.alignment.AlignmentListener;

/** What counts as time of training, on a clock whose time goes by when a test says so. */
class TrainingClockTest {

    private static final int FETCH = 1;
    private static final int STEP = 10;
    private static final int MEASUREMENT = 100;
    private static final int CHECKPOINT = 1000;

    private long time;

    private final TrainingClock clock =
            new TrainingClock(() -> new TrainingClock.Reading(time, 2 * time));

    /** Batches that take time to fetch, and a checkpoint between them where hasNext saves one. */
    private final Dataset data =
            new Dataset() {

                @Override
                public Iterable<Batch> getData(NDManager manager) {
                    Iterator<Batch> batches = Arrays.asList(new Batch[3]).iterator();
                    return () ->
                            new Iterator<>() {

                                @Override
                                public boolean hasNext() {
                                    time += CHECKPOINT;
                                    return batches.hasNext();
                                }

                                @Override
                                public Batch next() {
                                    time += FETCH;
                                    return batches.next();
                                }
                            };
                }

                @Override
                public void prepare(Progress progress) {}
            };

    @Test
    void batchesAndStepsCount() throws Exception {
        List<Long> seen = new ArrayList<>();
        Runnable afterBatch =
                () -> {
                    time += MEASUREMENT;
                    seen.add(clock.read().elapsed());
                };
        for (Batch batch : new TimedBatches(data, clock, afterBatch).getData(null)) {
            assertNull(batch);
            time += STEP;
        }
        long each = FETCH + STEP;
        assertEquals(List.of(each, 2 * each, 3 * each), seen);
        assertEquals(new TrainingClock.Reading(3 * each, 6 * each), clock.read());
    }

    @Test
    void ofAComparedBatchTheRuleCountsAlone() {
        TimedAlignments alignments = new TimedAlignments(new AlignmentListener(2), clock);
        clock.start();
        for (int batch = 0; batch < 4; batch++) {
            time += STEP;
            if (alignments.wantsComparison(null)) {
                time += MEASUREMENT;
                alignments.beforeRule(null);
                time += STEP;
                alignments.afterRule(null);
                time += MEASUREMENT;
                alignments.onCredit(null, List.<LayerCredit>of());
            } else {
                time += STEP;
            }
        }
        clock.stop();
        assertEquals(8 * STEP, clock.read().elapsed());
    }

    @Test
    void whatIsMeasuredWhileItStandsStillDoesNotStartIt() {
        clock.pauseFor(() -> time += MEASUREMENT);
        time += STEP;
        assertEquals(0, clock.read().elapsed());
        clock.start();
        time += STEP;
        clock.pauseFor(() -> time += MEASUREMENT);
        time += STEP;
        clock.stop();
        assertEquals(2 * STEP, clock.read().elapsed());
    }

    @Test
    void goesOnFromACheckpoint() {
        clock.set(new TrainingClock.Reading(7, 5));
        clock.start();
        time += STEP;
        clock.stop();
        assertEquals(new TrainingClock.Reading(7 + STEP, 5 + 2 * STEP), clock.read());
    }

    @Test
    void processorTimeThatCannotBeToldIsNone() {
        TrainingClock blind = new TrainingClock(() -> new TrainingClock.Reading(time, -1));
        blind.start();
        time += STEP;
        blind.stop();
        assertNull(blind.read().cpuSeconds());
        assertEquals(STEP / 1e9, blind.read().seconds());
    }
}
