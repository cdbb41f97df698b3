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
package org.locallearning.djl.decorrelation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.types.Shape;
import org.locallearning.djl.decorrelation.internal.DeviceArrays;
import org.locallearning.djl.decorrelation.internal.HostNumber;
import org.locallearning.djl.decorrelation.internal.HostValues;

/** The gain of one update: one number for all units, or a number for each. */
sealed interface SampleGain {

    /** Returns the number, or the mean over units; a GPU's is waited for. */
    double mean();

    /** Returns whether all units share one number that the host knows. */
    boolean isCommon();

    /** Multiplies an array, in place, by the number, or by the mean over units. */
    void scale(NDArray array);

    /** Returns the gain with every number clamped to limits. */
    SampleGain within(double min, double max);

    /**
     * Returns the gain as an array.
     *
     * @param like an array of the wanted type and manager
     * @return the gain, (1) or (n)
     */
    NDArray toArray(NDArray like);

    /**
     * Returns the gain of each unit, 1 for those that are dead: under the gain of the others they
     * would grow without bound, and burst when they come to life.
     *
     * @param alive 1 for each unit that varies and 0 for one that is dead or constant, (n)
     * @return the gain, (n)
     */
    NDArray sparingDead(NDArray alive);

    /** One number for all units, which the host knows. */
    record Common(double mean) implements SampleGain {

        @Override
        public boolean isCommon() {
            return true;
        }

        @Override
        public void scale(NDArray array) {
            HostNumber.muli(array, mean);
        }

        @Override
        public SampleGain within(double min, double max) {
            return new Common(Math.max(min, Math.min(max, mean)));
        }

        @Override
        public NDArray toArray(NDArray like) {
            NDArray one =
                    DeviceArrays.like(
                            like, manager -> manager.ones(new Shape(1), like.getDataType()));
            return HostNumber.muli(one, mean);
        }

        @Override
        public NDArray sparingDead(NDArray alive) {
            return HostNumber.add(HostNumber.mul(alive, mean - 1), 1);
        }
    }

    /**
     * A number for each unit, or one for all, that the device of the sample computes.
     *
     * @param values the numbers, (n) or (1)
     */
    record Computed(NDArray values) implements SampleGain {

        /** {@code sqrt(Σ u_j² / Σ s_j²)} for each unit j. */
        static Computed unitwise(ActivitySample sample) {
            NDArray input = sample.inputPower();
            NDArray ratio = input.div(HostNumber.maximum(sample.outputPower(), Float.MIN_NORMAL));
            NDArray none = HostNumber.with(input, 0, NDArray::eq);
            return new Computed(NDArrays.where(none, input.onesLike(), ratio).sqrt());
        }

        @Override
        public double mean() {
            return HostValues.number(values.mean());
        }

        @Override
        public boolean isCommon() {
            return false;
        }

        @Override
        public void scale(NDArray array) {
            array.muli(values.mean());
        }

        @Override
        public SampleGain within(double min, double max) {
            NDArray least = HostNumber.maximum(values, min);
            return new Computed(HostNumber.with(least, max, NDArray::minimum));
        }

        @Override
        public NDArray toArray(NDArray like) {
            return values;
        }

        @Override
        public NDArray sparingDead(NDArray alive) {
            return HostNumber.add(alive.mul(HostNumber.add(values, -1)), 1);
        }
    }
}
