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
package org.locallearning.djl.examples.report;

import java.util.Locale;

/** Writes losses for reading. */
public final class LossValue {

    /** Losses beyond are those of runs that are about to diverge. */
    private static final double GREATEST = 1e6;

    /** Of losses below, four decimals say next to nothing. */
    private static final double LEAST = 1e-3;

    private LossValue() {}

    /**
     * Writes a loss.
     *
     * @param value the loss
     * @return four decimals, or a power of ten where it is beyond a million or below a thousandth
     */
    public static String of(double value) {
        double size = Math.abs(value);
        return size >= GREATEST || size > 0 && size < LEAST
                ? ShortNumber.power(value, 2)
                : String.format(Locale.ROOT, "%.4f", value);
    }
}
