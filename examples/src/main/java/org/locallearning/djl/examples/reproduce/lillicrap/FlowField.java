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
package org.locallearning.djl.examples.reproduce.lillicrap;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.locallearning.djl.examples.report.Diagram;
import org.locallearning.djl.examples.report.Diagram.Layer;
import org.locallearning.djl.examples.reproduce.Reproduction;

/** Figure 10: how the two weights of a net of three linear neurons flow, with T = B = 1. */
final class FlowField extends DrawnFigure {

    private static final double REACH = 2.5;
    private static final double SPACING = 0.25;
    private static final double ARROW = 0.09;
    private static final double STEP = 1e-3;
    private static final ScalarNet NET = new ScalarNet(1, 1, 1);

    /** Creates the target. */
    FlowField() {
        super("figure-10", "Flow field of the three-neuron network", "figure 10");
    }

    /**
     * Where the flow from a start ends.
     *
     * @param start the first (A, W)
     * @param end the last (A, W)
     * @param predicted where the parabola through the start meets A W = 1
     */
    record Course(double[] start, double[] end, double[] predicted) {}

    /** Nothing is drawn at random, and it takes no time. */
    @Override
    public Set<String> options() {
        return Set.of();
    }

    /** {@inheritDoc} */
    @Override
    FigureContent draw(Reproduction reproduction) {
        List<double[]> starts =
                List.of(
                        new double[] {0.05, 0.02},
                        new double[] {-1.5, 0.5},
                        new double[] {2, -1},
                        new double[] {-0.5, -1.5},
                        new double[] {-2.2, -0.2});
        List<Course> courses = new ArrayList<>();
        List<List<double[]>> paths = new ArrayList<>();
        for (double[] start : starts) {
            List<double[]> path = path(start);
            paths.add(path);
            courses.add(new Course(start, path.get(path.size() - 1), meeting(start)));
        }
        Diagram diagram =
                new Diagram(
                        "Feedback alignment, T = 1, B = 1",
                        "A",
                        "W",
                        List.of(
                                Layer.lines(null, 7, arrows()),
                                Layer.lines(
                                        "solutions, e W B e > 0",
                                        2,
                                        List.of(solutions(0.4, REACH))),
                                Layer.lines(
                                        "solutions, e W B e < 0, stable",
                                        5,
                                        List.of(solutions(-REACH, -1))),
                                Layer.lines("unstable solutions", 1, List.of(solutions(-1, -0.4))),
                                Layer.lines("courses", 0, paths),
                                Layer.points("starts", 0, starts)));
        List<List<String>> rows = new ArrayList<>();
        for (Course course : courses) {
            rows.add(List.of(place(course.start), place(course.end), place(course.predicted)));
        }
        return new FigureContent(
                "Courses run along the parabolas W = A²/2 + C to the hyperbola A W = 1. All but"
                        + " those from a small region come to its branch with W > 0, where the"
                        + " feedback is useful; a start near 0 comes to A = 2^(1/3). Solutions with"
                        + " −1 < A < 0 are unstable, since W B + A² < 0 there.",
                List.of(diagram),
                List.of("Start (A, W)", "End", "Where the parabola meets A W = 1"),
                rows,
                courses,
                List.of());
    }

    /** Follows the flow until it stands still. */
    static List<double[]> path(double[] start) {
        List<double[]> path = new ArrayList<>();
        double first = start[0];
        double second = start[1];
        path.add(start);
        for (int i = 1; i <= 60_000; i++) {
            double[] update = NET.update(new double[] {second, 0, first, 0});
            second += STEP * update[0];
            first += STEP * update[2];
            if (i % 100 == 0) {
                path.add(new double[] {first, second});
            }
        }
        return path;
    }

    /** Returns where the parabola through a start first meets A W = 1, in the flow's direction. */
    static double[] meeting(double[] start) {
        double constant = start[1] - start[0] * start[0] / 2;
        double first = start[0];
        // A moves with the sign of the error, and never beyond where the error is zero
        double direction = Math.signum(1 - start[0] * start[1]);
        double step = 1e-2;
        while (step > 1e-12) {
            double next = first + direction * step;
            if ((1 - next * (next * next / 2 + constant)) * direction > 0) {
                first = next;
            } else {
                step /= 2;
            }
        }
        return new double[] {first, first * first / 2 + constant};
    }

    private static List<List<double[]>> arrows() {
        List<List<double[]>> arrows = new ArrayList<>();
        for (double first = -REACH; first <= REACH; first += SPACING) {
            for (double second = -REACH; second <= REACH; second += SPACING) {
                double[] update = NET.update(new double[] {second, 0, first, 0});
                double length = Math.hypot(update[0], update[2]);
                if (length > 1e-9) {
                    double right = update[2] / length * ARROW;
                    double up = update[0] / length * ARROW;
                    double[] tip = {first + right, second + up};
                    arrows.add(
                            List.of(
                                    new double[] {first - right, second - up},
                                    tip,
                                    new double[] {
                                        tip[0] - 0.6 * right - 0.4 * up,
                                        tip[1] - 0.6 * up + 0.4 * right
                                    },
                                    tip,
                                    new double[] {
                                        tip[0] - 0.6 * right + 0.4 * up,
                                        tip[1] - 0.6 * up - 0.4 * right
                                    }));
                }
            }
        }
        return arrows;
    }

    private static List<double[]> solutions(double from, double to) {
        List<double[]> points = new ArrayList<>();
        for (int i = 0; i <= 100; i++) {
            double first = from + (to - from) * i / 100;
            points.add(new double[] {first, 1 / first});
        }
        return points;
    }

    private static String place(double[] point) {
        return String.format(Locale.ROOT, "(%.4f, %.4f)", point[0], point[1]);
    }
}
