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
 * A quadratic loss over two parameters, and the ways that were taken down it.
 *
 * @param curvature the second derivatives, two rows of two
 * @param optimum where the loss is least
 * @param trails the ways, all from the same start
 */
public record Landscape(double[][] curvature, double[] optimum, List<Trail> trails) {

    private static final int CONTOURS = 7;
    private static final int CORNERS = 180;
    private static final double MARGIN = 1.5;
    private static final int MOST_MARKS = 60;

    /**
     * One way.
     *
     * @param name who took it
     * @param colour the place of its colour in the palette
     * @param points the points after 0, 1, 2 ... steps
     */
    public record Trail(String name, int colour, List<double[]> points) {

        private Diagram.Layer layer() {
            List<Diagram.Mark> marks = new ArrayList<>();
            int last = points.size() - 1;
            for (int step = 1; step <= last; ++step) {
                if (step < MOST_MARKS || step == last) {
                    double[] point = points.get(step);
                    marks.add(new Diagram.Mark(point[0], point[1], name + ", step " + step, true));
                }
            }
            return new Diagram.Layer(
                    name,
                    Palette.series(colour),
                    Diagram.Shape.of(colour),
                    List.of(),
                    List.of(points),
                    marks);
        }
    }

    /**
     * Returns lines of equal loss around the optimum, each a closed ellipse; the outermost passes
     * through the start.
     *
     * @return the corners of the ellipses
     */
    public List<List<double[]>> contours() {
        double[] start = trails.get(0).points().get(0);
        double excess = excessLoss(start);
        List<List<double[]>> lines = new ArrayList<>();
        for (int i = 1; i <= CONTOURS; ++i) {
            double share = (double) i / CONTOURS;
            lines.add(contour(excess * share * share));
        }
        return lines;
    }

    /**
     * Returns how much greater the loss is than at the optimum.
     *
     * @param point the point
     * @return the excess, at least 0
     */
    public double excessLoss(double[] point) {
        double x = point[0] - optimum[0];
        double y = point[1] - optimum[1];
        return (curvature[0][0] * x * x + 2 * curvature[0][1] * x * y + curvature[1][1] * y * y)
                / 2;
    }

    /** With the curvature {@code L Lᵀ}, the ellipse is {@code L⁻ᵀ} of a circle. */
    private List<double[]> contour(double excess) {
        double l11 = Math.sqrt(curvature[0][0]);
        double l21 = curvature[0][1] / l11;
        double l22 = Math.sqrt(curvature[1][1] - l21 * l21);
        double radius = Math.sqrt(2 * excess);
        List<double[]> corners = new ArrayList<>();
        for (int i = 0; i <= CORNERS; ++i) {
            double angle = 2 * Math.PI * i / CORNERS;
            double y = radius * Math.sin(angle) / l22;
            double x = (radius * Math.cos(angle) - l21 * y) / l11;
            corners.add(new double[] {optimum[0] + x, optimum[1] + y});
        }
        return corners;
    }

    /**
     * Draws the landscape: contours, the ways with a mark after each of the first steps and at
     * their end, start and optimum.
     *
     * @param title the title
     * @return the diagram, a unit as long on one axis as on the other
     */
    public Diagram diagram(String title) {
        List<Diagram.Layer> layers = new ArrayList<>();
        layers.add(
                new Diagram.Layer(
                        "equal loss", "var(--quiet)", null, List.of(), contours(), List.of()));
        for (Trail trail : trails) {
            layers.add(trail.layer());
        }
        layers.add(point("start", Diagram.Shape.DISC, trails.get(0).points().get(0)));
        layers.add(point("optimum", Diagram.Shape.CROSS, optimum));
        double[] frame = frame();
        return new Diagram(
                title,
                "first parameter",
                "second parameter",
                layers,
                List.of(),
                Axis.between(frame[0], frame[0] + frame[2]),
                Axis.between(frame[1], frame[1] + frame[2]),
                true);
    }

    private static Diagram.Layer point(String name, Diagram.Shape shape, double[] at) {
        List<Diagram.Mark> marks = List.of(new Diagram.Mark(at[0], at[1], name, true));
        return new Diagram.Layer(name, "var(--ink)", shape, List.of(), List.of(), marks);
    }

    /** Returns a square around the ways and the optimum: least x, least y, and its side. */
    double[] frame() {
        double[] least = optimum.clone();
        double[] greatest = optimum.clone();
        for (Trail trail : trails) {
            for (double[] point : trail.points()) {
                for (int i = 0; i < 2; ++i) {
                    least[i] = Math.min(least[i], point[i]);
                    greatest[i] = Math.max(greatest[i], point[i]);
                }
            }
        }
        double side = MARGIN * Math.max(greatest[0] - least[0], greatest[1] - least[1]);
        return new double[] {
            (least[0] + greatest[0] - side) / 2, (least[1] + greatest[1] - side) / 2, side
        };
    }
}
