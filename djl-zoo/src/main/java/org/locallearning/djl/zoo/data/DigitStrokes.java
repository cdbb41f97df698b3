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
package org.locallearning.djl.zoo.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The ways in which each digit is written: pen strokes through a few points.
 *
 * <p>Points are (x, y) in the unit square, x to the right and y downwards. A stroke either bends
 * smoothly through its points (a Catmull-Rom spline) or has a corner at each.
 */
final class DigitStrokes {

    private static final int PIECES_PER_SPAN = 6;

    private DigitStrokes() {}

    /** A pen stroke through points x0, y0, x1, y1, ... */
    private record Stroke(boolean smooth, double... points) {

        /**
         * Moves every point a little and returns the stroke as a chain of short straight pieces.
         */
        double[] trace(Random random, double wobble) {
            double[] moved = new double[points.length];
            for (int i = 0; i < moved.length; i++) {
                moved[i] = points[i] + wobble * random.nextGaussian();
            }
            return smooth ? spline(moved) : moved;
        }
    }

    /**
     * Draws one digit in one of its ways of writing, chosen at random.
     *
     * @param digit the digit, 0 to 9
     * @param random the source of chance
     * @param wobble the standard deviation of each point's place, in units of the unit square
     * @return chains of points x0, y0, x1, y1, ... to be joined by straight lines
     */
    static List<double[]> write(int digit, Random random, double wobble) {
        List<List<Stroke>> ways = waysToWrite(digit);
        List<double[]> chains = new ArrayList<>();
        for (Stroke stroke : ways.get(random.nextInt(ways.size()))) {
            chains.add(stroke.trace(random, wobble));
        }
        return chains;
    }

    private static List<List<Stroke>> waysToWrite(int digit) {
        return switch (digit) {
            case 0 ->
                    List.of(
                            List.of(
                                    bend(
                                            .5, .05, .25, .2, .18, .5, .28, .85, .5, .95, .74, .83,
                                            .82, .5, .74, .18, .48, .05)));
            case 1 ->
                    List.of(
                            List.of(edge(.5, .05, .5, .95)),
                            List.of(edge(.3, .26, .53, .05, .53, .95)),
                            List.of(edge(.3, .26, .53, .05, .53, .95), edge(.3, .95, .76, .95)));
            case 2 ->
                    List.of(
                            List.of(
                                    bend(
                                            .2, .27, .34, .08, .6, .06, .77, .26, .67, .5, .42, .74,
                                            .2, .94),
                                    edge(.2, .94, .82, .93)),
                            List.of(
                                    bend(
                                            .2, .24, .48, .05, .74, .22, .62, .55, .3, .9, .19, .8,
                                            .36, .75, .6, .9, .84, .86)));
            case 3 ->
                    List.of(
                            List.of(
                                    bend(.22, .16, .48, .05, .74, .2, .64, .4, .42, .47),
                                    bend(.42, .47, .72, .55, .79, .76, .54, .95, .2, .84)),
                            List.of(
                                    edge(.22, .07, .76, .06, .46, .42),
                                    bend(.46, .42, .74, .52, .79, .75, .52, .95, .2, .86)));
            case 4 ->
                    List.of(
                            List.of(edge(.32, .05, .2, .56, .82, .56), edge(.66, .3, .62, .95)),
                            List.of(edge(.66, .95, .66, .05, .16, .65, .86, .65)));
            case 5 ->
                    List.of(
                            List.of(
                                    edge(.76, .06, .31, .06, .26, .45),
                                    bend(
                                            .26, .45, .54, .38, .79, .6, .67, .88, .42, .96, .18,
                                            .86)));
            case 6 ->
                    List.of(
                            List.of(
                                    bend(
                                            .68, .05, .4, .24, .23, .6, .3, .88, .54, .95, .77, .78,
                                            .68, .55, .44, .53, .26, .7)));
            case 7 ->
                    List.of(
                            List.of(edge(.18, .07, .8, .07, .42, .95)),
                            List.of(edge(.18, .07, .8, .07, .42, .95), edge(.36, .5, .74, .5)),
                            List.of(edge(.18, .09, .8, .07), bend(.8, .07, .58, .42, .45, .95)));
            case 8 ->
                    List.of(
                            List.of(
                                    bend(
                                            .52, .5, .28, .3, .33, .11, .5, .05, .68, .11, .73, .3,
                                            .5, .5, .23, .69, .27, .88, .5, .95, .74, .88, .77, .69,
                                            .52, .5)));
            case 9 ->
                    List.of(
                            List.of(
                                    bend(
                                            .75, .24, .56, .05, .3, .14, .26, .37, .48, .49, .7,
                                            .37, .75, .22),
                                    bend(.75, .22, .74, .6, .64, .95)),
                            List.of(
                                    bend(
                                            .75, .24, .56, .05, .3, .14, .26, .37, .48, .49, .7,
                                            .37, .75, .22),
                                    bend(.75, .22, .75, .6, .68, .84, .48, .95, .25, .88)));
            default -> throw new IllegalArgumentException("Not a digit from 0 to 9: " + digit);
        };
    }

    private static Stroke bend(double... points) {
        return new Stroke(true, points);
    }

    private static Stroke edge(double... points) {
        return new Stroke(false, points);
    }

    /** Joins the points by a uniform Catmull-Rom spline, its ends doubled. */
    private static double[] spline(double[] points) {
        int spans = points.length / 2 - 1;
        double[] chain = new double[2 * (spans * PIECES_PER_SPAN + 1)];
        int at = 0;
        for (int span = 0; span < spans; span++) {
            for (int piece = 0; piece < PIECES_PER_SPAN; piece++) {
                double t = (double) piece / PIECES_PER_SPAN;
                for (int axis = 0; axis < 2; axis++) {
                    double before = points[2 * Math.max(span - 1, 0) + axis];
                    double from = points[2 * span + axis];
                    double to = points[2 * (span + 1) + axis];
                    double after = points[2 * Math.min(span + 2, spans) + axis];
                    chain[at++] =
                            0.5
                                    * (2 * from
                                            + t * (to - before)
                                            + t * t * (2 * before - 5 * from + 4 * to - after)
                                            + t * t * t * (3 * from - before - 3 * to + after));
                }
            }
        }
        chain[at++] = points[2 * spans];
        chain[at] = points[2 * spans + 1];
        return chain;
    }
}
