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

/**
 * The part of a painting that lies within its axes, and the ticks around it, in pixels.
 *
 * @param left the left edge
 * @param top the upper edge
 * @param width the width
 * @param height the height
 * @param rows the ticks of the vertical axis
 * @param columns the ticks of the horizontal axis
 * @param ordinate what the vertical axis is, line by line
 * @param abscissa what the horizontal axis is
 */
record PlotArea(
        double left,
        double top,
        double width,
        double height,
        List<Tick> rows,
        List<Tick> columns,
        List<Line> ordinate,
        String abscissa) {

    /** The width of every painting. */
    static final double PAINTING = 400;

    static final double TICK_FONT = 12;
    static final double FONT = 13;
    private static final double LINE = 17;
    private static final double GAP = 6;
    private static final double LEAST_DISTANCE = 8;
    private static final double TICK_ROW = 18;

    /**
     * A tick.
     *
     * @param at how far from the left or the upper edge of the painting
     * @param label what is written there
     * @param grid whether a line starts there
     */
    record Tick(double at, String label, boolean grid) {

        /** The base line of a label whose middle is at the tick. */
        double baseLine() {
            return at + TICK_FONT / 3;
        }
    }

    /** A line of text. */
    record Line(double at, String text) {}

    /**
     * Finds room for labels of rows, for the ordinate above and for the last label below; the
     * height is still to be chosen.
     */
    static PlotArea around(
            List<String> rowLabels, List<String> columnLabels, String ordinate, String abscissa) {
        double left = 1 + (rowLabels.isEmpty() ? 0 : widest(rowLabels) + GAP);
        double right =
                columnLabels.isEmpty()
                        ? 1
                        : Math.max(
                                GAP,
                                TextSize.width(columnLabels.get(columnLabels.size() - 1), TICK_FONT)
                                                / 2
                                        + 1);
        List<Line> lines = new ArrayList<>();
        if (!ordinate.isEmpty()) {
            for (String line : TextSize.wrap(ordinate, FONT, PAINTING)) {
                lines.add(new Line(FONT + lines.size() * LINE, line));
            }
        }
        double top = lines.isEmpty() ? 1 : lines.size() * LINE + GAP + TICK_FONT / 2;
        double width = PAINTING - left - right;
        return new PlotArea(left, top, width, 0, List.of(), List.of(), lines, abscissa);
    }

    PlotArea withTicks(List<Tick> ofRows, List<Tick> ofColumns) {
        return new PlotArea(left, top, width, height, ofRows, ofColumns, ordinate, abscissa);
    }

    PlotArea withHeight(double other) {
        return new PlotArea(left, top, width, other, rows, columns, ordinate, abscissa);
    }

    /** Places the ticks of a horizontal axis so far apart that their labels do not touch. */
    List<Tick> columns(Axis axis, boolean grid) {
        Axis thinned = axis;
        for (int every : new int[] {2, 4, 5, 10, 20, 50, 100}) {
            double distance = width * thinned.step() / (axis.to() - axis.from());
            if (distance >= widest(labels(thinned)) + LEAST_DISTANCE) {
                break;
            }
            thinned = axis.thinned(every);
        }
        List<Tick> ticks = new ArrayList<>();
        for (double value : thinned.ticks()) {
            ticks.add(new Tick(x(axis, value), thinned.label(value), grid));
        }
        return ticks;
    }

    /**
     * Returns which columns of a width get a label so that labels do not touch: one of how many.
     */
    static int every(List<String> labels, double width) {
        return (int) Math.max(1, Math.ceil((widest(labels) + LEAST_DISTANCE) / width));
    }

    /** Places the ticks of a vertical axis that goes up. */
    List<Tick> rows(Axis axis) {
        return axis.ticks().stream()
                .map(value -> new Tick(y(axis, value), axis.label(value), true))
                .toList();
    }

    /** Places the ticks of a vertical axis that goes down, as the rows of a matrix do. */
    List<Tick> rowsFromTop(Axis axis) {
        return axis.ticks().stream()
                .map(value -> new Tick(top + bottom() - y(axis, value), axis.label(value), false))
                .toList();
    }

    double x(Axis axis, double value) {
        return left + axis.position(value) * width;
    }

    double y(Axis axis, double value) {
        return bottom() - axis.position(value) * height;
    }

    static List<String> labels(Axis axis) {
        return axis.ticks().stream().map(axis::label).toList();
    }

    static double widest(List<String> labels) {
        return labels.stream()
                .mapToDouble(label -> TextSize.width(label, TICK_FONT))
                .max()
                .orElse(0);
    }

    double right() {
        return left + width;
    }

    double bottom() {
        return top + height;
    }

    double centre() {
        return left + width / 2;
    }

    /** Where the labels of the rows end. */
    double rowLabels() {
        return left - GAP;
    }

    /** The base line of the labels of the columns. */
    double columnLabels() {
        return bottom() + TICK_ROW;
    }

    /** The base line of what the horizontal axis is. */
    double abscissaLine() {
        return bottom() + (columns.isEmpty() ? 0 : TICK_ROW) + LINE;
    }

    /** Where the next part below the axis may start. */
    double end() {
        return abscissa.isEmpty() && columns.isEmpty() ? bottom() + 2 : abscissaLine() + GAP;
    }
}
