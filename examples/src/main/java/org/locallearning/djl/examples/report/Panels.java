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

/**
 * Figures side by side.
 *
 * @param heading what stands above them in a picture, possibly nothing
 * @param columns how many stand in a row of a wide page, or 0 for as many as fit
 * @param figures the figures
 */
record Panels(String heading, int columns, List<Figure> figures) {

    /**
     * Returns the legend of all figures, which then stands once, above them: the longest, if it has
     * every entry of the others.
     */
    List<Figure.LegendEntry> sharedLegend() {
        List<Figure.LegendEntry> longest = List.of();
        for (Figure figure : figures) {
            longest = figure.legend().size() > longest.size() ? figure.legend() : longest;
        }
        List<Figure.LegendEntry> all = longest;
        boolean shared =
                figures.size() > 1
                        && figures.stream()
                                .map(Figure::legend)
                                .allMatch(legend -> !legend.isEmpty() && all.containsAll(legend));
        return shared ? all : List.of();
    }

    Panels withoutHeading() {
        return new Panels("", columns, figures);
    }

    /** Returns the legend that stands below one figure. */
    List<Figure.LegendEntry> ownLegend(Figure figure) {
        return sharedLegend().isEmpty() ? figure.legend() : List.of();
    }
}
