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

/** Draws a {@link Landscape} as one SVG element: contours, the optimum, and the ways to it. */
final class LandscapeChart {

    private static final int SIDE = 440;
    private static final int MOST_MARKS = 60;

    private final Landscape landscape;
    private final double[] frame;
    private final StringBuilder svg = new StringBuilder();

    private LandscapeChart(Landscape landscape) {
        this.landscape = landscape;
        frame = landscape.frame();
    }

    static String draw(String label, Landscape landscape) {
        return new LandscapeChart(landscape).draw(label);
    }

    private String draw(String label) {
        append(
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">%n",
                SIDE, SIDE, Html.escape(label));
        landscape.contours().forEach(contour -> line("contour", contour));
        for (int i = 0; i < landscape.trails().size(); ++i) {
            Landscape.Trail trail = landscape.trails().get(i);
            append("<g style=\"--c:%s\">", Palette.methodColour(trail.colour()));
            line("line", trail.points());
            List<double[]> points = trail.points();
            for (int step = 1; step < Math.min(points.size(), MOST_MARKS); ++step) {
                append(
                        "<g class=\"mark\" transform=\"translate(%.1f %.1f) scale(.8)\">%s<title>%s</title></g>%n",
                        x(points.get(step)),
                        y(points.get(step)),
                        LineChart.shape(trail.colour()),
                        Html.escape(trail.name() + ", step " + step));
            }
            append("</g>%n");
        }
        double[] start = landscape.trails().get(0).points().get(0);
        append(
                "<circle class=\"start\" cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\"><title>start</title>"
                        + "</circle>%n",
                x(start), y(start));
        append(
                "<path class=\"target\" d=\"M%.1f %.1fm-6 -6l12 12m-12 0l12 -12\"><title>optimum"
                        + "</title></path>%n",
                x(landscape.optimum()), y(landscape.optimum()));
        return svg.append("</svg>").toString();
    }

    private void line(String kind, List<double[]> points) {
        append("<polyline class=\"%s\" points=\"", kind);
        points.forEach(point -> append("%.1f,%.1f ", x(point), y(point)));
        append("\"/>%n");
    }

    private double x(double[] point) {
        return (point[0] - frame[0]) / frame[2] * SIDE;
    }

    private double y(double[] point) {
        return SIDE - (point[1] - frame[1]) / frame[2] * SIDE;
    }

    private void append(String template, Object... values) {
        svg.append(String.format(Locale.ROOT, template, values));
    }
}
