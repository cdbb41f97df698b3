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

import ai.djl.util.Preconditions;

/**
 * How the matrix is rescaled at every update: {@code Gain.SCALAR.within(0.5, 2)}.
 *
 * @param kind the kind of gain
 * @param rawInput whether the gain compares with the norm of the raw input
 * @param min the lower limit of the gain of one update
 * @param max the upper limit of the gain of one update
 */
public record GainOptions(Gain kind, boolean rawInput, double min, double max) {

    /**
     * Creates settings.
     *
     * @param kind the kind of gain
     * @param rawInput whether the gain compares with the norm of the raw input
     * @param min the lower limit of the gain of one update, above 0 and at most 1
     * @param max the upper limit of the gain of one update, at least 1
     */
    public GainOptions {
        Preconditions.checkArgument(
                min > 0 && min <= 1 && max >= 1,
                "The limits of the gain must enclose 1 and be above 0, but are "
                        + min
                        + " and "
                        + max);
    }

    /**
     * Creates settings that compare with the demeaned input, with limits of 0.1 and 10.
     *
     * @param kind the kind of gain
     */
    public GainOptions(Gain kind) {
        this(kind, false, 0.1, 10);
    }

    /**
     * Returns these settings with other limits.
     *
     * @param newMin the lower limit, above 0 and at most 1
     * @param newMax the upper limit, at least 1
     * @return the new settings
     */
    public GainOptions within(double newMin, double newMax) {
        return new GainOptions(kind, rawInput, newMin, newMax);
    }

    /**
     * Returns these settings with a gain that compares with the raw in place of the demeaned input,
     * as the authors' code does. With a mean that is not 0 it makes M grow at every step.
     *
     * @return the new settings
     */
    public GainOptions ofRawInput() {
        return new GainOptions(kind, true, min, max);
    }

    /** Returns the gain that a sample asks for, within the limits. */
    SampleGain of(ActivitySample sample) {
        return kind.of(sample).within(min, max);
    }

    /** Returns whether a gain is at one of the limits. */
    boolean isLimit(double gain) {
        return gain <= min || gain >= max;
    }
}
