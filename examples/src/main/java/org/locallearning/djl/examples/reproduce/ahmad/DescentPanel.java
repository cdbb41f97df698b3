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
package org.locallearning.djl.examples.reproduce.ahmad;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.locallearning.djl.examples.report.Landscape;

/**
 * Several ways down one landscape.
 *
 * @param title what the landscape shows
 * @param curvature the second derivatives of the loss
 * @param optimum the weights of least loss
 * @param ways the ways
 */
record DescentPanel(String title, double[][] curvature, double[] optimum, List<Way> ways) {

    /** The optimum is reached where this share of the first distance is left. */
    static final double REACHED = 0.05;

    /** The share of the rate at which the direction of greatest curvature takes a single step. */
    static final double RATE_SHARE = 0.2;

    private static final int STEPS = 500;

    /**
     * One way.
     *
     * @param descent who took it
     * @param learningRate its learning rate
     * @param decorrelationRate the rate of its matrix, null without one
     * @param stepsToOptimum after how many steps 5 % of the distance is left, null if never
     * @param firstAngle degrees between its first step and the line to the optimum
     * @param points the weights after 0, 1, 2 ... steps
     */
    record Way(
            Descent descent,
            double learningRate,
            Double decorrelationRate,
            Integer stepsToOptimum,
            double firstAngle,
            List<double[]> points) {}

    /**
     * Descends from one start in several ways.
     *
     * @param noise the scale of the regression's noise, which the natural gradient's rate undoes
     */
    static DescentPanel of(
            String title,
            Regression regression,
            NDArray start,
            double noise,
            List<Descent> descents) {
        double[][] curvature = regression.curvature();
        double[] optimum = regression.optimum().toDoubleArray();
        double gradientRate = RATE_SHARE / Regression.largestEigenvalue(curvature);
        List<Way> ways = new ArrayList<>();
        for (Descent descent : descents) {
            double rate =
                    descent == Descent.NATURAL_GRADIENT ? RATE_SHARE * noise * noise : gradientRate;
            List<double[]> points = descent.path(regression, start, STEPS, rate);
            ways.add(
                    new Way(
                            descent,
                            rate,
                            descent == Descent.DECORRELATED
                                    ? Descent.decorrelationRate(regression)
                                    : null,
                            stepsToOptimum(points, optimum),
                            angle(points.get(0), points.get(1), optimum),
                            points));
        }
        return new DescentPanel(title, curvature, optimum, List.copyOf(ways));
    }

    /** Returns the landscape as far as the optimum. */
    Landscape landscape() {
        List<Landscape.Trail> trails = new ArrayList<>();
        for (Way way : ways) {
            int last = way.stepsToOptimum == null ? STEPS : way.stepsToOptimum;
            trails.add(
                    new Landscape.Trail(
                            way.descent.title(),
                            way.descent.ordinal(),
                            way.points.subList(0, last + 1)));
        }
        return new Landscape(curvature, optimum, trails);
    }

    /** Returns a row per way for a table. */
    List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        for (Way way : ways) {
            rows.add(
                    List.of(
                            way.descent.title(),
                            title,
                            way.stepsToOptimum == null
                                    ? "more than " + STEPS
                                    : String.valueOf(way.stepsToOptimum),
                            String.format(Locale.ROOT, "%.1f°", way.firstAngle),
                            String.format(Locale.ROOT, "%.3g", way.learningRate)));
        }
        return rows;
    }

    Way way(Descent descent) {
        return ways.stream().filter(way -> way.descent == descent).findFirst().orElseThrow();
    }

    private static Integer stepsToOptimum(List<double[]> points, double[] optimum) {
        double first = distance(points.get(0), optimum);
        for (int i = 0; i < points.size(); ++i) {
            if (distance(points.get(i), optimum) <= REACHED * first) {
                return i;
            }
        }
        return null;
    }

    private static double distance(double[] point, double[] optimum) {
        return Math.hypot(point[0] - optimum[0], point[1] - optimum[1]);
    }

    private static double angle(double[] from, double[] to, double[] optimum) {
        double stepX = to[0] - from[0];
        double stepY = to[1] - from[1];
        double aimX = optimum[0] - from[0];
        double aimY = optimum[1] - from[1];
        double cosine =
                (stepX * aimX + stepY * aimY) / (Math.hypot(stepX, stepY) * Math.hypot(aimX, aimY));
        return Math.toDegrees(Math.acos(Math.max(-1, Math.min(1, cosine))));
    }
}
