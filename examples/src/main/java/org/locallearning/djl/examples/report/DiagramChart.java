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

/** Draws a {@link Diagram} as one SVG element whose text and colours are the page's. */
final class DiagramChart {

    private static final int WIDTH = 440;
    private static final int HEIGHT = 330;
    private static final int LEFT = 58;
    private static final int RIGHT = 22;
    private static final int TOP = 30;
    private static final int BOTTOM = 40;

    private final Diagram diagram;
    private final Axis x;
    private final Axis y;
    private final StringBuilder svg = new StringBuilder();

    private DiagramChart(Diagram diagram) {
        this.diagram = diagram;
        Axis[] axes = diagram.axes();
        x = axes[0];
        y = axes[1];
    }

    static String draw(Diagram diagram) {
        return new DiagramChart(diagram).draw();
    }

    private String draw() {
        append(
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">%n",
                WIDTH, HEIGHT, Html.escape(diagram.title()));
        grid();
        for (Diagram.Layer layer : diagram.layers()) {
            append("<g style=\"--c:%s\">", Palette.methodColour(layer.colour()));
            layer.lines().forEach(this::line);
            for (double[] point : layer.points()) {
                append(
                        "<g class=\"mark\" transform=\"translate(%.1f %.1f)\">%s</g>%n",
                        x(point), y(point), LineChart.shape(layer.colour()));
            }
            append("</g>%n");
        }
        return svg.append("</svg>").toString();
    }

    private void grid() {
        for (double tick : y.ticks()) {
            double at = y(new double[] {0, tick});
            append(
                    "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
                            + "<text class=\"tick\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>%n",
                    LEFT, WIDTH - RIGHT, at, at, LEFT - 7, at + 4, y.label(tick));
        }
        for (double tick : x.ticks()) {
            append(
                    "<text class=\"tick\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
                    x(new double[] {tick, 0}), HEIGHT - BOTTOM + 17, x.label(tick));
        }
        append(
                "<text class=\"axis\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
                (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 5, Html.escape(diagram.abscissa()));
        append(
                "<text class=\"axis\" x=\"4\" y=\"12\">%s</text>%n",
                Html.escape(diagram.ordinate()));
    }

    private void line(List<double[]> points) {
        append("<polyline class=\"line\" style=\"stroke-width:1.3\" points=\"");
        points.forEach(point -> append("%.1f,%.1f ", x(point), y(point)));
        append("\"/>%n");
    }

    private double x(double[] point) {
        return LEFT + x.position(point[0]) * (WIDTH - LEFT - RIGHT);
    }

    private double y(double[] point) {
        return HEIGHT - BOTTOM - y.position(point[1]) * (HEIGHT - TOP - BOTTOM);
    }

    private void append(String template, Object... values) {
        svg.append(String.format(Locale.ROOT, template, values));
    }
}
