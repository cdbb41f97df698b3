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
package org.locallearning.djl.examples.method;

import ai.djl.training.tracker.Tracker;
import org.locallearning.djl.creditassignment.optimizer.PlateauTracker;

/** How a learning rate goes on from where it starts. */
public enum RateSchedule {

    /** The same rate at every step. */
    CONSTANT("constant") {
        @Override
        public Tracker start(float rate) {
            return Tracker.fixed(rate);
        }
    },

    /**
     * A tenth of the rate, and later a hundredth, from each epoch on whose training loss did not
     * fall by a tenth: what Lillicrap et al. (2016) did by hand once progress had slowed
     * substantially.
     */
    PLATEAU("a tenth and then a hundredth when the training loss falls by less than 10 %") {
        @Override
        public Tracker start(float rate) {
            return PlateauTracker.builder().setBaseValue(rate).optThreshold(SLOWED).build();
        }
    };

    private static final double SLOWED = 0.1;

    private final String title;

    RateSchedule(String title) {
        this.title = title;
    }

    /**
     * Starts the schedule of one run.
     *
     * @param rate the first rate
     * @return the rate of each step; where it is a training listener too, the trainer has to know
     *     it, after the listener of the evaluators
     */
    public abstract Tracker start(float rate);

    /**
     * Returns what a report calls the schedule.
     *
     * @return what becomes of the rate
     */
    public String title() {
        return title;
    }
}
