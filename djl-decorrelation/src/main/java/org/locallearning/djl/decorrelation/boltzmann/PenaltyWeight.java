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
package org.locallearning.djl.decorrelation.boltzmann;

import ai.djl.training.tracker.Tracker;
import ai.djl.util.Preconditions;
import org.locallearning.djl.decorrelation.internal.Descriptions;

/**
 * How the weight γ of a {@link CovariancePenalty} changes from batch to batch. The paper tries all
 * three, in the order {@link Binary}, {@link Scheduled}, {@link Adaptive}, and keeps the last.
 *
 * <p>Millea, section 5.
 */
public interface PenaltyWeight {

    /**
     * Returns the weight before the first penalty.
     *
     * @return γ, in [0, 1]
     */
    double first();

    /**
     * Returns the weight of a batch.
     *
     * @param weight the weight of the batch before
     * @param large whether the share of large penalties is above the limit in this batch
     * @param step the number of penalties before this one
     * @return γ, in [0, 1]
     */
    double next(double weight, boolean large, long step);

    /**
     * Multiplied by a factor if the share of large penalties is above the limit, and divided by it
     * otherwise, within a range; it starts at the range's geometric middle. The paper states the
     * range, 1e-5 to 1, but neither the factor nor the start.
     *
     * @param factor the factor, above 1
     * @param least the least weight, above 0
     * @param greatest the greatest weight, at most 1
     */
    record Adaptive(double factor, double least, double greatest) implements PenaltyWeight {

        /**
         * Checks the settings.
         *
         * @param factor the factor, above 1
         * @param least the least weight, above 0
         * @param greatest the greatest weight, at most 1
         */
        public Adaptive {
            Preconditions.checkArgument(
                    factor > 1 && Double.isFinite(factor),
                    "The factor of a penalty's weight must be above 1 and finite: " + factor);
            Preconditions.checkArgument(
                    least > 0 && least <= greatest && greatest <= 1,
                    "The range of a penalty's weight must be within (0, 1]: "
                            + least
                            + " to "
                            + greatest);
        }

        /** {@inheritDoc} */
        @Override
        public double first() {
            return Math.sqrt(least * greatest);
        }

        /** {@inheritDoc} */
        @Override
        public double next(double weight, boolean large, long step) {
            double next = large ? weight * factor : weight / factor;
            return Math.max(least, Math.min(greatest, next));
        }
    }

    /**
     * 1, so that nothing but the penalty is learned, until the share of large penalties is no
     * longer above the limit, and 0 from then on.
     */
    record Binary() implements PenaltyWeight {

        /** {@inheritDoc} */
        @Override
        public double first() {
            return 1;
        }

        /** {@inheritDoc} */
        @Override
        public double next(double weight, boolean large, long step) {
            return weight == 1 && large ? 1 : 0;
        }
    }

    /**
     * Values of a schedule over the batches, such as large ones first and smaller ones later.
     *
     * @param schedule the schedule, of values in [0, 1]; it is asked for step 0 first
     */
    record Scheduled(Tracker schedule) implements PenaltyWeight {

        /** {@inheritDoc} */
        @Override
        public double first() {
            return value(0);
        }

        /** {@inheritDoc} */
        @Override
        public double next(double weight, boolean large, long step) {
            return value(step);
        }

        /** Returns the schedule's own settings. */
        @Override
        public String toString() {
            return "Scheduled[" + Descriptions.of(schedule) + "]";
        }

        private double value(long step) {
            double value = schedule.getNewValue(Math.toIntExact(step));
            if (!(value >= 0 && value <= 1)) {
                throw new IllegalArgumentException(
                        "The weight of the covariance penalty must be in [0, 1], but its schedule"
                                + " gave "
                                + value
                                + " at step "
                                + step
                                + ".");
            }
            return value;
        }
    }
}
