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

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * A table of shares or other numbers from 0 as colours, each with its number.
 *
 * <p>The colours start at 0, so that numbers that hardly differ look alike. A cell without a
 * number, NaN, has the colour of 0 and the text that the format gives it. A number far beyond the
 * others, which would leave them no colour, has the fullest one and an arrow.
 *
 * @param title the title
 * @param abscissa what the columns are
 * @param ordinate what the rows are
 * @param columns the name of each column
 * @param rows the name of each row, from below
 * @param values the number of each cell, at least 0 or NaN, row by row
 * @param format how a number is written
 */
public record HeatMap(
        String title,
        String abscissa,
        String ordinate,
        List<String> columns,
        List<String> rows,
        List<List<Double>> values,
        DoubleFunction<String> format)
        implements Figure {

    /** How many times the median a number is that is left out of the colours. */
    private static final double FAR_BEYOND = 100;

    /** {@inheritDoc} */
    @Override
    public String description() {
        return title + ", over " + abscissa + " and " + ordinate;
    }

    /** Returns the number with the fullest colour; numbers beyond it have an arrow. */
    double greatest() {
        double[] sorted =
                values.stream()
                        .flatMap(List::stream)
                        .mapToDouble(Double::doubleValue)
                        .filter(value -> !Double.isNaN(value))
                        .sorted()
                        .toArray();
        if (sorted.length == 0) {
            return 1;
        }
        double median = sorted[(sorted.length - 1) / 2];
        double greatest = sorted[sorted.length - 1];
        return median == 0 || greatest <= FAR_BEYOND * median
                ? greatest
                : Arrays.stream(sorted)
                        .filter(value -> value <= FAR_BEYOND * median)
                        .max()
                        .orElseThrow();
    }
}
