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
     * A tenth of the rate, and later a hundredth, once three epochs together have not brought the
     * training loss down by 1 %. Lillicrap et al. (2016) reduce it by tens "once progress had
     * slowed substantially" and do not say how they tell.
     *
     * <p>Three epochs and 1 %, because the training loss of a net with dropout or distorted images
     * has a floor well above zero: there the loss falls by a few percent per epoch while the net
     * still learns, and a rate that goes down then ends its learning.
     */
    PLATEAU(
            "a tenth and then a hundredth once three epochs have not lowered the training loss by"
                    + " 1 %") {
        @Override
        public Tracker start(float rate) {
            return PlateauTracker.builder()
                    .setBaseValue(rate)
                    .optThreshold(PROGRESS)
                    .optPatience(PATIENCE)
                    .build();
        }
    };

    private static final double PROGRESS = 0.01;
    private static final int PATIENCE = 3;

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
