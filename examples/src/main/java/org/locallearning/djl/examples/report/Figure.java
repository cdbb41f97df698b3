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
 * What a page and a picture show under one title. {@link Painter} paints every kind of figure once,
 * for both.
 */
public sealed interface Figure permits Bars, Bitmap, Diagram, HeatMap {

    /**
     * Returns the title.
     *
     * @return what the figure shows
     */
    String title();

    /**
     * Returns what is written below the title.
     *
     * @return a sentence or a few words, possibly none
     */
    default String remark() {
        return "";
    }

    /**
     * Says what the figure shows to readers who do not see it.
     *
     * @return the title, and what more there is to say
     */
    default String description() {
        return title();
    }

    /**
     * Returns what colours and marks stand for.
     *
     * @return the names, none where nothing needs one
     */
    default List<LegendEntry> legend() {
        return List.of();
    }

    /**
     * One name of a legend.
     *
     * @param name what is drawn
     * @param colour its colour, or null for a remark without a sample
     * @param line how its line is dashed, empty for a solid line, or null if it has none
     * @param mark the shape of its marks, or null if it has none
     */
    record LegendEntry(String name, String colour, String line, String mark) {

        boolean hasLine() {
            return line != null;
        }

        boolean hasSample() {
            return colour != null;
        }
    }
}
