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
package org.locallearning.djl.examples.output;

import java.util.ArrayList;
import java.util.List;

/** A table of fixed-width columns that can be printed row by row while the numbers come in. */
public final class TextTable {

    private final List<Column> columns = new ArrayList<>();

    /** Creates a table without columns. */
    public TextTable() {}

    /**
     * Adds a column of text, aligned to the left.
     *
     * @param title the title
     * @param width the width in characters, widened to the title's
     * @return this table
     */
    public TextTable left(String title, int width) {
        columns.add(new Column(title, -Math.max(width, title.length())));
        return this;
    }

    /**
     * Adds a column of numbers, aligned to the right.
     *
     * @param title the title
     * @param width the width in characters, widened to the title's
     * @return this table
     */
    public TextTable right(String title, int width) {
        columns.add(new Column(title, Math.max(width, title.length())));
        return this;
    }

    /**
     * Formats the titles and the line below them.
     *
     * @return two lines, the last without a line end
     */
    public String header() {
        String titles = row(columns.stream().map(Column::title).toArray());
        StringBuilder rule = new StringBuilder();
        for (Column column : columns) {
            rule.append(rule.length() == 0 ? "" : "  ").append("-".repeat(Math.abs(column.width)));
        }
        return titles + System.lineSeparator() + rule;
    }

    /**
     * Formats one row.
     *
     * @param cells one value per column
     * @return the line, without a line end
     */
    public String row(Object... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException(
                    cells.length + " cells for " + columns.size() + " columns");
        }
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.length; ++i) {
            line.append(i == 0 ? "" : "  ")
                    .append(String.format("%" + columns.get(i).width + "s", cells[i]));
        }
        return line.toString().stripTrailing();
    }

    /** A negative width aligns to the left, as in format strings. */
    private record Column(String title, int width) {}
}
