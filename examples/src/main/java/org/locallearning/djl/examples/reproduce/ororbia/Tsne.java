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

import java.util.Arrays;
import java.util.Random;

/**
 * Exact t-SNE in two dimensions, for a few thousand points: points that are near each other are
 * drawn near each other.
 *
 * <p>With affinities {@code p_ij = (p_j|i + p_i|j) / 2n}, where {@code p_j|i} is a normal density
 * around point i whose width gives it {@value #PERPLEXITY} neighbours, it takes down the divergence
 * {@code KL(p ‖ q)} with {@code q_ij ∝ 1 / (1 + |y_i − y_j|²)}. Cost: n² for each of {@value
 * #STEPS} steps.
 *
 * <p>Van der Maaten and Hinton, "Visualizing Data using t-SNE", JMLR 9 (2008), with its early
 * exaggeration, momentum and gains. The rate is n / 48, at least 50, after Belkina et al. (2019).
 */
final class Tsne {

    static final double PERPLEXITY = 30;

    private static final int STEPS = 1000;
    private static final int EARLY = 250;
    private static final double EXAGGERATION = 12;
    private static final double EARLY_MOMENTUM = 0.5;
    private static final double MOMENTUM = 0.8;
    private static final double LEAST_RATE = 50;
    private static final double LEAST_GAIN = 0.01;
    private static final double START = 1e-4;
    private static final double SMALLEST = 1e-12;
    private static final int SEARCH = 60;

    private Tsne() {}

    /**
     * Draws points.
     *
     * @param points the points, each of the same dimension
     * @param seed the seed of where they start
     * @return for each point, where it is drawn: (x, y), around the origin
     */
    static double[][] draw(float[][] points, long seed) {
        int n = points.length;
        double[][] p = affinities(squaredDistances(points), Math.min(PERPLEXITY, (n - 1) / 3.0));
        Random random = new Random(seed);
        double[][] y = new double[n][2];
        for (double[] each : y) {
            each[0] = START * random.nextGaussian();
            each[1] = START * random.nextGaussian();
        }
        double[][] step = new double[n][2];
        double[][] gain = new double[n][2];
        for (double[] each : gain) {
            Arrays.fill(each, 1);
        }
        double rate = Math.max(LEAST_RATE, n / EXAGGERATION / 4);
        for (int t = 0; t < STEPS; t++) {
            boolean early = t < EARLY;
            double[][] gradient = gradient(p, y, early ? EXAGGERATION : 1);
            double momentum = early ? EARLY_MOMENTUM : MOMENTUM;
            for (int i = 0; i < n; i++) {
                for (int k = 0; k < 2; k++) {
                    boolean turned = gradient[i][k] * step[i][k] > 0;
                    gain[i][k] = Math.max(LEAST_GAIN, turned ? gain[i][k] * 0.8 : gain[i][k] + 0.2);
                    step[i][k] = momentum * step[i][k] - rate * gain[i][k] * gradient[i][k];
                    y[i][k] += step[i][k];
                }
            }
            centre(y);
        }
        return y;
    }

    private static void centre(double[][] y) {
        for (int k = 0; k < 2; k++) {
            int axis = k;
            double mean = Arrays.stream(y).mapToDouble(each -> each[axis]).average().orElse(0);
            for (double[] each : y) {
                each[axis] -= mean;
            }
        }
    }

    static double[][] squaredDistances(float[][] points) {
        int n = points.length;
        double[][] squares = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                double sum = 0;
                for (int k = 0; k < points[i].length; k++) {
                    double difference = points[i][k] - points[j][k];
                    sum += difference * difference;
                }
                squares[i][j] = sum;
                squares[j][i] = sum;
            }
        }
        return squares;
    }

    /** Returns p, symmetric and of sum 1, by the perplexity {@code 2^H} of every point. */
    static double[][] affinities(double[][] squares, double perplexity) {
        int n = squares.length;
        double[][] conditional = new double[n][];
        for (int i = 0; i < n; i++) {
            conditional[i] = neighbours(squares[i], i, perplexity);
        }
        double[][] p = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                p[i][j] = (conditional[i][j] + conditional[j][i]) / (2 * n);
            }
        }
        return p;
    }

    /** Returns p_j|i for all j, its width found by bisection of its logarithm. */
    static double[] neighbours(double[] squares, int i, double perplexity) {
        double wanted = Math.log(perplexity);
        double least = nearest(squares, i);
        double low = -SEARCH;
        double high = SEARCH;
        double[] p = new double[squares.length];
        for (int t = 0; t < SEARCH; t++) {
            double middle = (low + high) / 2;
            double precision = Math.exp(middle);
            double sum = 0;
            double mean = 0;
            for (int j = 0; j < p.length; j++) {
                // less the nearest, so that the sum is at least 1
                double distance = squares[j] - least;
                p[j] = j == i ? 0 : Math.exp(-precision * distance);
                sum += p[j];
                mean += p[j] == 0 ? 0 : p[j] * distance;
            }
            double entropy = Math.log(sum) + precision * mean / sum;
            for (int j = 0; j < p.length; j++) {
                p[j] /= sum;
            }
            if (entropy > wanted) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return p;
    }

    private static double nearest(double[] squares, int i) {
        double least = Double.POSITIVE_INFINITY;
        for (int j = 0; j < squares.length; j++) {
            least = j == i ? least : Math.min(least, squares[j]);
        }
        return least;
    }

    /** Returns the gradient of the divergence, p taken larger by a factor. */
    static double[][] gradient(double[][] p, double[][] y, double factor) {
        int n = y.length;
        double sum = similarities(y);
        double[][] gradient = new double[n][2];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                double dx = y[i][0] - y[j][0];
                double dy = y[i][1] - y[j][1];
                double near = 1 / (1 + dx * dx + dy * dy);
                double pull = 4 * (factor * p[i][j] - near / sum) * near;
                gradient[i][0] += pull * dx;
                gradient[i][1] += pull * dy;
                gradient[j][0] -= pull * dx;
                gradient[j][1] -= pull * dy;
            }
        }
        return gradient;
    }

    /** Returns the sum of all 1 / (1 + |y_i − y_j|²), each pair twice. */
    private static double similarities(double[][] y) {
        double sum = SMALLEST;
        for (int i = 0; i < y.length; i++) {
            for (int j = 0; j < i; j++) {
                double dx = y[i][0] - y[j][0];
                double dy = y[i][1] - y[j][1];
                sum += 2 / (1 + dx * dx + dy * dy);
            }
        }
        return sum;
    }

    /**
     * Returns the share of points whose nearest neighbour is of the same class.
     *
     * @param squares the squared distances of all pairs
     * @param classes the class of each point
     * @return the share, 0 to 1
     */
    static double nearestOfSameClass(double[][] squares, long[] classes) {
        int same = 0;
        for (int i = 0; i < squares.length; i++) {
            int nearest = i == 0 ? 1 : 0;
            for (int j = 0; j < squares.length; j++) {
                if (j != i && squares[i][j] < squares[i][nearest]) {
                    nearest = j;
                }
            }
            same += classes[i] == classes[nearest] ? 1 : 0;
        }
        return same / (double) squares.length;
    }
}
