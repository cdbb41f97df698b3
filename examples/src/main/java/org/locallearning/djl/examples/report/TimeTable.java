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
import java.util.function.DoubleFunction;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.results.Interval;
import org.locallearning.djl.examples.results.SeedSummary;
import org.locallearning.djl.examples.results.TimeToBest;

/** The table "time to backpropagation's best", on a page, on a console and in a document. */
public final class TimeTable {

    private static final String NONE = "–";

    /** With fewer, Student's t makes the interval as wide as the axis. */
    private static final int SEEDS_OF_AN_INTERVAL = 3;

    private final TimeToBest times;
    private final boolean cpu;

    /**
     * Creates the table.
     *
     * @param times what it shows
     */
    public TimeTable(TimeToBest times) {
        this.times = times;
        cpu = times.rows().stream().allMatch(row -> row.cpuRatios() != null);
    }

    /**
     * Returns the heading.
     *
     * @param held which images were measured, such as {@code Test}
     * @return such as {@code Time to the best test accuracy of backpropagation}
     */
    public String heading(String held) {
        return String.format(
                "Time to the best %s %s of %s",
                held.toLowerCase(Locale.ROOT),
                times.accuracy() ? "accuracy" : "loss",
                Methods.named(times.reference()).title());
    }

    /**
     * Says what the numbers are.
     *
     * @return a few sentences
     */
    public String explanation() {
        return String.format(
                "The target is the best that each run of %s was measured at, %s, and of a run with"
                        + " the same seed the first measurement that is as good; nothing is"
                        + " interpolated. Seconds are those of training, without evaluation,"
                        + " measurements and checkpoints%s. Ratios are paired by seed%s. \"At equal"
                        + " seconds\" is the last measurement before the run of %s had ended (%s s).",
                times.reference(),
                (times.best().least() < times.best().greatest() ? "on average " : "")
                        + merit(times.best().mean()),
                cpu ? "; CPU seconds are what the process took of a processor in them" : "",
                mostSeeds() < SEEDS_OF_AN_INTERVAL
                        ? ""
                        : ": the mean ± half of its 95 % interval (Student's t), and the range",
                times.reference(),
                times.length().text(TimeTable::tenths));
    }

    /**
     * Returns the titles of the columns.
     *
     * @return the titles
     */
    public List<String> titles() {
        List<String> titles =
                new ArrayList<>(List.of("Method", "Reached by", "Epochs", "Seconds", "Ratio"));
        if (cpu) {
            titles.add("Ratio of CPU seconds");
        }
        titles.add("At equal seconds");
        return titles;
    }

    private int mostSeeds() {
        return times.rows().stream().mapToInt(TimeToBest.Row::seeds).max().orElseThrow();
    }

    /**
     * Returns the rows as text, with the names of methods as the command line has them.
     *
     * @param ranges whether to write the ranges over the seeds, in brackets
     * @return the cells of each row
     */
    public List<List<String>> rows(boolean ranges) {
        List<List<String>> rows = new ArrayList<>();
        for (TimeToBest.Row row : times.rows()) {
            List<String> cells = new ArrayList<>(List.of(row.method()));
            for (Table.Cell cell : cells(row)) {
                boolean more = ranges && !cell.detail().isEmpty();
                cells.add(cell.text() + (more ? " (" + cell.detail() + ")" : ""));
            }
            rows.add(cells);
        }
        return rows;
    }

    /** Returns the table of a page. */
    Table table() {
        return new Table(
                "Time to the best of " + Methods.named(times.reference()).title(),
                titles(),
                times.rows().stream()
                        .map(
                                row ->
                                        new Table.Row(
                                                Methods.named(row.method()).title(),
                                                row.method(),
                                                cells(row)))
                        .toList());
    }

    private List<Table.Cell> cells(TimeToBest.Row row) {
        List<Table.Cell> cells = new ArrayList<>();
        cells.add(
                new Table.Cell(
                        row.reached() == 0 && row.seeds() == 1
                                ? "not reached"
                                : row.reached() + " of " + row.seeds(),
                        ""));
        cells.add(untilReached(row, row.epochs(), TimeTable::epochs));
        cells.add(untilReached(row, row.seconds(), TimeTable::tenths));
        cells.add(ratio(row, row.ratios()));
        if (cpu) {
            cells.add(ratio(row, row.cpuRatios()));
        }
        Table.Cell atEnd = spread(row.atEnd(), this::merit);
        cells.add(
                row.endedBefore() == 0
                        ? atEnd
                        : new Table.Cell(atEnd.text(), row.endedBefore() + " ended before"));
        return cells;
    }

    private static Table.Cell untilReached(
            TimeToBest.Row row, SeedSummary values, DoubleFunction<String> format) {
        return values == null || row.allReached()
                ? spread(values, format)
                : whereReached(values, format);
    }

    /** A mean of those alone that reached the target would flatter the method. */
    private static Table.Cell whereReached(SeedSummary values, DoubleFunction<String> format) {
        return new Table.Cell(values.text(format), "where reached");
    }

    private static Table.Cell spread(SeedSummary values, DoubleFunction<String> format) {
        if (values == null) {
            return new Table.Cell(NONE, "");
        }
        String mean = format.apply(values.mean());
        String range = values.text(format);
        return new Table.Cell(mean, range.equals(mean) ? "" : range);
    }

    private Table.Cell ratio(TimeToBest.Row row, List<Double> ratios) {
        if (row.method().equals(times.reference())) {
            return new Table.Cell("1", "");
        }
        if (ratios.isEmpty()) {
            return new Table.Cell(NONE, "");
        }
        SeedSummary summary = SeedSummary.of(ratios);
        if (!row.allReached()) {
            return whereReached(summary, TimeTable::hundredths);
        }
        Interval interval = Interval.of(ratios);
        String mean =
                ratios.size() < SEEDS_OF_AN_INTERVAL
                        ? hundredths(interval.mean())
                        : interval.text(TimeTable::hundredths);
        return new Table.Cell(mean, ratios.size() == 1 ? "" : summary.text(TimeTable::hundredths));
    }

    private String merit(double value) {
        return times.accuracy() ? Percent.of(value) : LossValue.of(value);
    }

    private static String epochs(double value) {
        return ShortNumber.of(Math.round(100 * value) / 100.0);
    }

    private static String tenths(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static String hundredths(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
