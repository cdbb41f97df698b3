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

import java.util.List;
import java.util.function.DoubleFunction;

/**
 * One bar for each of some names, from 0.
 *
 * @param title the title
 * @param abscissa what the length of a bar is
 * @param names the names
 * @param lengths the length of each bar, at least 0
 * @param format how a length is written beside its bar
 */
public record Bars(
        String title,
        String abscissa,
        List<String> names,
        List<Double> lengths,
        DoubleFunction<String> format)
        implements Figure {

    /** {@inheritDoc} */
    @Override
    public String description() {
        return title + ": " + abscissa + " of " + String.join(", ", names);
    }

    /** Returns the axis of the lengths, which starts at 0. */
    Axis axis() {
        return Axis.covering(0, lengths.stream().mapToDouble(Double::doubleValue).max().orElse(1));
    }
}
