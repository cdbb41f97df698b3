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
import java.util.Locale;
import java.util.function.DoubleFunction;

/**
 * Draws curves as one SVG element whose text and colours are the page's.
 *
 * <p>A curve's place in the list sets its colour, the classes {@code s0}, {@code s1} and so on, and
 * the shape of its marks, so that it can be told apart without colour.
 */
final class LineChart {

    private static final int WIDTH = 440;
    private static final int HEIGHT = 270;
    private static final int LEFT = 46;
    private static final int RIGHT = 12;
    private static final int TOP = 12;
    private static final int BOTTOM = 40;
    private static final int MOST_MARKS = 25;
    private static final int SHAPES = 4;

    private final String label;
    private final Axis x;
    private final Axis y;
    private final DoubleFunction<String> format;
    private final StringBuilder svg = new StringBuilder();

    private LineChart(String label, Axis x, Axis y, DoubleFunction<String> format) {
        this.label = label;
        this.x = x;
        this.y = y;
        this.format = format;
    }

    /**
     * Draws a chart.
     *
     * @param label what the chart shows, for readers who do not see it
     * @param curves the curves; those without points are left out
     * @param firstClass the number of the first curve's colour class
     * @param guide a value that gets a line across the chart, NaN for none
     * @param format how a value is written where the reader points at it
     * @return the SVG element
     */
    static String draw(
            String label,
            List<Curve> curves,
            List<String> colours,
            double guide,
            DoubleFunction<String> format) {
        double least = Double.isNaN(guide) ? Double.POSITIVE_INFINITY : guide;
        double greatest = Double.isNaN(guide) ? Double.NEGATIVE_INFINITY : guide;
        double first = Double.POSITIVE_INFINITY;
        double last = Double.NEGATIVE_INFINITY;
        for (Curve curve : curves) {
            for (Curve.Point point : curve.points()) {
                least = Math.min(least, point.y().least());
                greatest = Math.max(greatest, point.y().greatest());
                first = Math.min(first, point.x());
                last = Math.max(last, point.x());
            }
        }
        LineChart chart =
                new LineChart(
                        label, Axis.epochs(first, last), Axis.covering(least, greatest), format);
        return chart.draw(curves, colours, guide);
    }

    private String draw(List<Curve> curves, List<String> colours, double guide) {
        append(
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">%n",
                WIDTH, HEIGHT, Html.escape(label));
        grid();
        if (!Double.isNaN(guide)) {
            append(
                    "<line class=\"guide\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>%n",
                    LEFT, WIDTH - RIGHT, y(guide), y(guide));
        }
        for (int i = 0; i < curves.size(); ++i) {
            band(curves.get(i), colours.get(i));
        }
        for (int i = 0; i < curves.size(); ++i) {
            line(curves.get(i), colours.get(i), i);
        }
        return svg.append("</svg>").toString();
    }

    private void grid() {
        for (double tick : y.ticks()) {
            append(
                    "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
                            + "<text class=\"tick\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>%n",
                    LEFT, WIDTH - RIGHT, y(tick), y(tick), LEFT - 7, y(tick) + 4, y.label(tick));
        }
        for (double tick : x.ticks()) {
            append(
                    "<text class=\"tick\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
                    x(tick), HEIGHT - BOTTOM + 17, x.label(tick));
        }
        append(
                "<text class=\"axis\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">epoch</text>%n",
                (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 5);
    }

    private void band(Curve curve, String colour) {
        if (curve.points().size() < 2) {
            return;
        }
        append("<polygon class=\"band\" style=\"--c:%s\" points=\"", colour);
        for (Curve.Point point : curve.points()) {
            append("%.1f,%.1f ", x(point.x()), y(point.y().greatest()));
        }
        for (int i = curve.points().size() - 1; i >= 0; --i) {
            Curve.Point point = curve.points().get(i);
            append("%.1f,%.1f ", x(point.x()), y(point.y().least()));
        }
        append("\"/>%n");
    }

    private void line(Curve curve, String colour, int index) {
        append("<g style=\"--c:%s\"><polyline class=\"line\" points=\"", colour);
        for (Curve.Point point : curve.points()) {
            append("%.1f,%.1f ", x(point.x()), y(point.y().mean()));
        }
        append("\"/>%n");
        boolean marked = curve.points().size() <= MOST_MARKS;
        for (Curve.Point point : curve.points()) {
            append(
                    "<g class=\"mark%s\" transform=\"translate(%.1f %.1f)\">%s<title>%s</title></g>%n",
                    marked ? "" : " quiet",
                    x(point.x()),
                    y(point.y().mean()),
                    shape(index),
                    Html.escape(describe(curve, point)));
        }
        append("</g>%n");
    }

    private String describe(Curve curve, Curve.Point point) {
        String mean =
                String.format(
                        Locale.ROOT,
                        "%s, epoch %s: %s",
                        curve.name(),
                        Html.number(point.x()),
                        format.apply(point.y().mean()));
        if (point.y().least() == point.y().greatest()) {
            return mean;
        }
        return mean
                + " ("
                + format.apply(point.y().least())
                + " to "
                + format.apply(point.y().greatest())
                + ")";
    }

    /** Draws the mark of a curve around the origin. */
    static String shape(int index) {
        return switch (index % SHAPES) {
            case 0 -> "<circle r=\"3.2\"/>";
            case 1 -> "<rect x=\"-2.9\" y=\"-2.9\" width=\"5.8\" height=\"5.8\"/>";
            case 2 -> "<path d=\"M0-3.9 3.7 2.8H-3.7Z\"/>";
            default -> "<path d=\"M0-4.1 4.1 0 0 4.1-4.1 0Z\"/>";
        };
    }

    private double x(double value) {
        return LEFT + x.position(value) * (WIDTH - LEFT - RIGHT);
    }

    private double y(double value) {
        return HEIGHT - BOTTOM - y.position(value) * (HEIGHT - TOP - BOTTOM);
    }

    private void append(String template, Object... values) {
        svg.append(String.format(Locale.ROOT, template, values));
    }
}
