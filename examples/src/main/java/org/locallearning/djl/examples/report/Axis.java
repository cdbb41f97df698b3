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

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * An axis whose ticks are the multiples of a round step.
 *
 * @param from the value at the start of the axis
 * @param to the value at its end
 * @param step the distance of two ticks
 */
record Axis(double from, double to, double step) {

    private static final int TICKS = 6;
    private static final double GREATEST_WRITTEN_OUT = 1e7;
    private static final int FEW_DECIMALS = 5;
    private static final int MOST_DECIMALS = 12;
    private static final double SLACK = 1e-6;

    /** Values that differ by less than this share of them are taken for one. */
    private static final double SAME = 1e-9;

    /** With so many steps from 0, short numbers of ticks may be alike. */
    private static final double MANY_STEPS = 1e3;

    /** Chooses an axis that holds every value between two and starts and ends at a tick. */
    static Axis covering(double least, double greatest) {
        double span = greatest - least;
        if (span <= SAME * Math.max(Math.abs(least), Math.abs(greatest))) {
            span = Math.max(Math.abs(greatest) * 0.2, 1e-3);
        }
        double step = roundStep(span / TICKS);
        double from = Math.floor(least / step + SLACK) * step;
        double to = Math.ceil(greatest / step - SLACK) * step;
        return new Axis(from, to <= from ? from + step : to, step);
    }

    /** Makes an axis with the ends that are given. */
    static Axis between(double from, double to) {
        return new Axis(from, to, roundStep((to - from) / TICKS));
    }

    /** An axis of epochs, steps or other things that are counted: its ticks are whole numbers. */
    static Axis ofCounts(double first, double last) {
        double from = Math.floor(first);
        double to = Math.max(Math.ceil(last), from + 1);
        return new Axis(from, to, Math.max(1, Math.ceil(covering(from, to).step)));
    }

    private static double roundStep(double rough) {
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        for (double factor : new double[] {1, 2, 2.5, 5}) {
            if (factor * power >= rough) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    /** Returns the values that get a tick. */
    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        long last = (long) Math.floor(to / step + SLACK);
        for (long i = (long) Math.ceil(from / step - SLACK); i <= last; ++i) {
            ticks.add(i * step);
        }
        return ticks;
    }

    /** Returns the same axis with a tick where only every so many were. */
    Axis thinned(int every) {
        return new Axis(from, to, step * every);
    }

    /**
     * Writes a value with as many decimals as the step has, or as a short number where that is
     * shorter and tells ticks apart.
     */
    String label(double value) {
        int decimals = 0;
        for (double scaled = step;
                decimals <= MOST_DECIMALS && Math.abs(scaled - Math.rint(scaled)) > SLACK * scaled;
                scaled *= 10) {
            ++decimals;
        }
        double greatest = Math.max(Math.abs(from), Math.abs(to));
        boolean isLong = decimals > FEW_DECIMALS || greatest >= GREATEST_WRITTEN_OUT;
        return decimals > MOST_DECIMALS || isLong && greatest / step < MANY_STEPS
                ? ShortNumber.of(value)
                : String.format(Locale.ROOT, "%." + decimals + "f", value + 0.0);
    }

    /** Returns where a value lies, 0 at the start of the axis and 1 at its end. */
    double position(double value) {
        return (value - from) / (to - from);
    }
}
