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
 * Lines and points in a plane with two axes: curves, clouds of points, histograms, flow fields.
 *
 * @param title the title
 * @param abscissa what the horizontal axis is
 * @param ordinate what the vertical axis is
 * @param layers what is drawn, the first below the others
 */
public record Diagram(String title, String abscissa, String ordinate, List<Layer> layers) {

    /**
     * What is drawn in one colour.
     *
     * @param name what the legend calls it, or null to leave it out of the legend
     * @param colour the place of its colour
     * @param lines lines, each through the points given as (x, y)
     * @param points single points
     */
    public record Layer(
            String name, int colour, List<List<double[]>> lines, List<double[]> points) {

        /**
         * Creates a layer of lines.
         *
         * @param name what the legend calls it, or null
         * @param colour the place of its colour
         * @param lines the lines
         * @return the layer
         */
        public static Layer lines(String name, int colour, List<List<double[]>> lines) {
            return new Layer(name, colour, List.copyOf(lines), List.of());
        }

        /**
         * Creates a layer of points.
         *
         * @param name what the legend calls it, or null
         * @param colour the place of its colour
         * @param points the points
         * @return the layer
         */
        public static Layer points(String name, int colour, List<double[]> points) {
            return new Layer(name, colour, List.of(), List.copyOf(points));
        }
    }

    /** Returns the axes that hold everything, horizontal first. */
    Axis[] axes() {
        double[] least = {Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY};
        double[] greatest = {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY};
        for (Layer layer : layers) {
            layer.lines.forEach(line -> line.forEach(point -> widen(point, least, greatest)));
            layer.points.forEach(point -> widen(point, least, greatest));
        }
        return new Axis[] {
            Axis.covering(least[0], greatest[0]), Axis.covering(least[1], greatest[1])
        };
    }

    private static void widen(double[] point, double[] least, double[] greatest) {
        for (int i = 0; i < 2; i++) {
            least[i] = Math.min(least[i], point[i]);
            greatest[i] = Math.max(greatest[i], point[i]);
        }
    }
}
