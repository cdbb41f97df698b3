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

import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import ai.djl.translate.TranslateException;
import ai.djl.util.Progress;
import java.io.IOException;
import java.util.Iterator;
import java.util.concurrent.ExecutorService;

/**
 * The batches of a data set, with a clock that runs from when a batch is asked for until its step
 * is done, and something that is done between two batches, while the clock stands still.
 */
final class TimedBatches implements Dataset {

    private final Dataset data;
    private final TrainingClock clock;
    private final Runnable afterBatch;

    TimedBatches(Dataset data, TrainingClock clock, Runnable afterBatch) {
        this.data = data;
        this.clock = clock;
        this.afterBatch = afterBatch;
    }

    /** {@inheritDoc} */
    @Override
    public Iterable<Batch> getData(NDManager manager) throws IOException, TranslateException {
        return timed(data.getData(manager).iterator());
    }

    /** {@inheritDoc} */
    @Override
    public Iterable<Batch> getData(NDManager manager, ExecutorService executor)
            throws IOException, TranslateException {
        return timed(data.getData(manager, executor).iterator());
    }

    /** {@inheritDoc} */
    @Override
    public void prepare(Progress progress) throws IOException, TranslateException {
        data.prepare(progress);
    }

    private Iterable<Batch> timed(Iterator<Batch> batches) {
        Iterator<Batch> timed =
                new Iterator<>() {

                    private boolean underWay;

                    /** {@inheritDoc} */
                    @Override
                    public boolean hasNext() {
                        clock.stop();
                        if (underWay) {
                            underWay = false;
                            afterBatch.run();
                        }
                        // where checkpoints are saved, with what was just done
                        return batches.hasNext();
                    }

                    /** {@inheritDoc} */
                    @Override
                    public Batch next() {
                        underWay = true;
                        clock.start();
                        return batches.next();
                    }
                };
        return () -> timed;
    }
}
