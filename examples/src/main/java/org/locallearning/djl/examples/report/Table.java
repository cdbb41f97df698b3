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
 * A table of a page, its first column of names.
 *
 * @param label what it shows, for readers who do not see it
 * @param titles the titles of the columns
 * @param rows the rows
 */
record Table(String label, List<String> titles, List<Row> rows) {

    /**
     * A row.
     *
     * @param name what the row is about, possibly nothing
     * @param code its name on the command line or in a network, possibly nothing
     * @param cells the other cells
     */
    record Row(String name, String code, List<Cell> cells) {}

    /**
     * A cell.
     *
     * @param text its text
     * @param detail a second line in small letters, possibly nothing
     */
    record Cell(String text, String detail) {}

    /** Makes a table of text. */
    static Table of(String label, List<String> titles, List<List<String>> rows) {
        return new Table(
                label,
                titles,
                rows.stream().map(row -> row(row.get(0), "", row.subList(1, row.size()))).toList());
    }

    /** Makes a row of text. */
    static Row row(String name, String code, List<String> cells) {
        return new Row(name, code, cells.stream().map(text -> new Cell(text, "")).toList());
    }
}
