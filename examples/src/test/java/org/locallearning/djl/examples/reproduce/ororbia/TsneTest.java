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
package org.locallearning.djl.examples.reproduce.ororbia;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The picture against its definition: perplexities, the divergence, and points that are apart. */
class TsneTest {

    private static final int CLUSTERS = 3;
    private static final int PER_CLUSTER = 30;

    @Test
    void everyPointHasAsManyNeighboursAsThePerplexity() {
        double[][] squares = Tsne.squaredDistances(clusters(5));
        for (int i = 0; i < squares.length; i++) {
            double[] p = Tsne.neighbours(squares[i], i, 12);
            assertEquals(0, p[i]);
            assertEquals(1, Arrays.stream(p).sum(), 1e-12);
            double bits = 0;
            for (double each : p) {
                bits -= each == 0 ? 0 : each * Math.log(each) / Math.log(2);
            }
            assertEquals(12, Math.pow(2, bits), 1e-6);
        }
    }

    @Test
    void gradientIsThatOfTheDivergence() {
        double[][] p = Tsne.affinities(Tsne.squaredDistances(clusters(5)), 10);
        Random random = new Random(3);
        double[][] y = new double[p.length][];
        for (int i = 0; i < y.length; i++) {
            y[i] = new double[] {random.nextGaussian(), random.nextGaussian()};
        }
        double[][] gradient = Tsne.gradient(p, y, 1);
        double step = 1e-5;
        for (int i = 0; i < y.length; i += 17) {
            double[] expected = new double[2];
            for (int k = 0; k < 2; k++) {
                y[i][k] += step;
                double more = divergence(p, y);
                y[i][k] -= 2 * step;
                expected[k] = (more - divergence(p, y)) / (2 * step);
                y[i][k] += step;
            }
            assertArrayEquals(expected, gradient[i], 1e-8);
        }
    }

    @Test
    void clustersStayApart() {
        float[][] points = clusters(10);
        long[] classes = classes();
        double[][] drawn = Tsne.draw(points, 1);
        float[][] places = new float[drawn.length][];
        for (int i = 0; i < drawn.length; i++) {
            places[i] = new float[] {(float) drawn[i][0], (float) drawn[i][1]};
        }
        assertEquals(1, Tsne.nearestOfSameClass(Tsne.squaredDistances(places), classes));
        assertEquals(1, Tsne.nearestOfSameClass(Tsne.squaredDistances(points), classes));
        for (int k = 0; k < 2; k++) {
            int axis = k;
            assertEquals(0, Arrays.stream(drawn).mapToDouble(each -> each[axis]).sum(), 1e-8);
        }
        assertArrayEquals(drawn[7], Tsne.draw(points, 1)[7], "the same seed, the same picture");
    }

    @Test
    void neighboursOfAnotherClassAreCounted() {
        float[][] points = {{0}, {1}, {10}, {11.5f}};
        double[][] squares = Tsne.squaredDistances(points);
        assertEquals(100, squares[2][0]);
        assertEquals(0.5, Tsne.nearestOfSameClass(squares, new long[] {4, 4, 4, 5}));
        assertTrue(Tsne.nearestOfSameClass(squares, new long[] {4, 5, 4, 5}) == 0);
    }

    /** Σ p log(p / q), from the definition of q. */
    private static double divergence(double[][] p, double[][] y) {
        double[][] near = new double[y.length][y.length];
        double sum = 0;
        for (int i = 0; i < y.length; i++) {
            for (int j = 0; j < y.length; j++) {
                if (i != j) {
                    double square = Math.pow(y[i][0] - y[j][0], 2) + Math.pow(y[i][1] - y[j][1], 2);
                    near[i][j] = 1 / (1 + square);
                    sum += near[i][j];
                }
            }
        }
        double divergence = 0;
        for (int i = 0; i < y.length; i++) {
            for (int j = 0; j < y.length; j++) {
                if (p[i][j] > 0) {
                    divergence += p[i][j] * Math.log(p[i][j] * sum / near[i][j]);
                }
            }
        }
        return divergence;
    }

    /** Normal clouds in eight dimensions, each far from the others along an axis of its own. */
    private static float[][] clusters(float distance) {
        Random random = new Random(2);
        float[][] points = new float[CLUSTERS * PER_CLUSTER][8];
        for (int i = 0; i < points.length; i++) {
            for (int k = 0; k < points[i].length; k++) {
                points[i][k] = (float) random.nextGaussian();
            }
            points[i][i % CLUSTERS] += distance;
        }
        return points;
    }

    private static long[] classes() {
        long[] classes = new long[CLUSTERS * PER_CLUSTER];
        for (int i = 0; i < classes.length; i++) {
            classes[i] = i % CLUSTERS;
        }
        return classes;
    }
}
