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
package org.locallearning.djl.examples.sweep;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** What a sweep tries, on the command line. */
final class GridArguments {

    private static final int MOST_TRIALS = 200;

    @Option(
            names = "--grid",
            arity = "1..*",
            paramLabel = "AXIS=VALUES",
            description = {
                "Settings and the values that are tried, every value of one with every value of"
                        + " the others, such as learning-rate=1e-4,1e-3 batch=32,64. An axis"
                        + " is an option of compare without its dashes: ${COMPLETION-CANDIDATES}."
                        + " It is for every method; METHOD:AXIS=VALUES is for one."
            },
            completionCandidates = AxisNames.class)
    private List<String> axes = List.of();

    @Option(
            names = "--halving",
            arity = "0..1",
            paramLabel = "FACTOR",
            fallbackValue = "3",
            description =
                    "Train all settings for few epochs and go on with the best, one of FACTOR,"
                            + " for FACTOR times as many, until the last have all epochs"
                            + " (FACTOR: ${FALLBACK-VALUE}).")
    private Integer factor;

    @Option(names = "--yes", description = "Start more than " + MOST_TRIALS + " trials.")
    private boolean sure;

    List<String> axes() {
        return axes;
    }

    /**
     * Returns how trials are cut short.
     *
     * @param most the greatest number of settings of a method
     * @param epochs the epochs of a whole training
     * @return the rounds, or null if every setting is trained to the end
     */
    Halving halving(int most, int epochs) {
        return factor == null ? null : new Halving(factor, most, epochs);
    }

    /** Returns whether somebody has to be sure of so many trials, and did not say so. */
    boolean asksBefore(int trials) {
        return trials > MOST_TRIALS && !sure;
    }

    /** The names of the axes, for the help text. */
    private static final class AxisNames extends ArrayList<String> {

        private static final long serialVersionUID = 1L;

        AxisNames() {
            super(SweptOption.names());
        }
    }
}
