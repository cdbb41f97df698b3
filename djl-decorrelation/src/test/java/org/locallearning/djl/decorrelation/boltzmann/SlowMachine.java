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
package org.locallearning.djl.decorrelation.boltzmann;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Random;

/**
 * A binary machine in plain loops over all joint states, straight from {@code p(v, h) = exp(−E(v,
 * h)) / Z}; the oracle of everything exact.
 */
final class SlowMachine {

    final double[][] weight;
    final double[] visibleBias;
    final double[] hiddenBias;

    SlowMachine(double[][] weight, double[] visibleBias, double[] hiddenBias) {
        this.weight = weight;
        this.visibleBias = visibleBias;
        this.hiddenBias = hiddenBias;
    }

    static SlowMachine random(int visible, int hidden, double scale, long seed) {
        Random random = new Random(seed);
        double[] theta = new double[visible + hidden + visible * hidden];
        for (int t = 0; t < theta.length; ++t) {
            theta[t] = scale * random.nextGaussian();
        }
        return new SlowMachine(new double[visible][hidden], new double[visible], new double[hidden])
                .with(theta);
    }

    int visible() {
        return visibleBias.length;
    }

    int hidden() {
        return hiddenBias.length;
    }

    /** All parameters in the order a, b, W row by row. */
    double[] theta() {
        double[] theta = new double[visible() + hidden() + visible() * hidden()];
        System.arraycopy(visibleBias, 0, theta, 0, visible());
        System.arraycopy(hiddenBias, 0, theta, visible(), hidden());
        for (int i = 0; i < visible(); ++i) {
            System.arraycopy(weight[i], 0, theta, visible() + hidden() + i * hidden(), hidden());
        }
        return theta;
    }

    SlowMachine with(double[] theta) {
        double[][] w = new double[visible()][hidden()];
        double[] a = new double[visible()];
        double[] b = new double[hidden()];
        System.arraycopy(theta, 0, a, 0, visible());
        System.arraycopy(theta, visible(), b, 0, hidden());
        for (int i = 0; i < visible(); ++i) {
            System.arraycopy(theta, visible() + hidden() + i * hidden(), w[i], 0, hidden());
        }
        return new SlowMachine(w, a, b);
    }

    SlowMachine moved(int parameter, double step) {
        double[] theta = theta();
        theta[parameter] += step;
        return with(theta);
    }

    static double[] bits(int state, int size) {
        double[] bits = new double[size];
        for (int i = 0; i < size; ++i) {
            bits[i] = state >> i & 1;
        }
        return bits;
    }

    double energy(double[] v, double[] h) {
        double energy = 0;
        for (int i = 0; i < v.length; ++i) {
            energy -= visibleBias[i] * v[i];
            for (int j = 0; j < h.length; ++j) {
                energy -= v[i] * weight[i][j] * h[j];
            }
        }
        for (int j = 0; j < h.length; ++j) {
            energy -= hiddenBias[j] * h[j];
        }
        return energy;
    }

    double partition() {
        double sum = 0;
        for (int v = 0; v < 1 << visible(); ++v) {
            for (int h = 0; h < 1 << hidden(); ++h) {
                sum += Math.exp(-energy(bits(v, visible()), bits(h, hidden())));
            }
        }
        return sum;
    }

    /** The probability of each joint state, [v][h]. */
    double[][] joint() {
        double z = partition();
        double[][] joint = new double[1 << visible()][1 << hidden()];
        for (int v = 0; v < joint.length; ++v) {
            for (int h = 0; h < joint[v].length; ++h) {
                joint[v][h] = Math.exp(-energy(bits(v, visible()), bits(h, hidden()))) / z;
            }
        }
        return joint;
    }

    /** The probability of each visible state. */
    double[] marginal() {
        double[][] joint = joint();
        double[] marginal = new double[joint.length];
        for (int v = 0; v < joint.length; ++v) {
            for (double each : joint[v]) {
                marginal[v] += each;
            }
        }
        return marginal;
    }

    double logLikelihood(double[] shares) {
        double[] marginal = marginal();
        double sum = 0;
        for (int v = 0; v < marginal.length; ++v) {
            sum += shares[v] * Math.log(marginal[v]);
        }
        return sum;
    }

    /** The sufficient statistics of one joint state, in the order of {@link #theta}. */
    double[] statistics(double[] v, double[] h) {
        double[] g = new double[v.length + h.length + v.length * h.length];
        System.arraycopy(v, 0, g, 0, v.length);
        System.arraycopy(h, 0, g, v.length, h.length);
        for (int i = 0; i < v.length; ++i) {
            for (int j = 0; j < h.length; ++j) {
                g[v.length + h.length + i * h.length + j] = v[i] * h[j];
            }
        }
        return g;
    }

    double[] means() {
        double[][] joint = joint();
        double[] means = new double[theta().length];
        for (int v = 0; v < joint.length; ++v) {
            for (int h = 0; h < joint[v].length; ++h) {
                double[] g = statistics(bits(v, visible()), bits(h, hidden()));
                for (int t = 0; t < g.length; ++t) {
                    means[t] += joint[v][h] * g[t];
                }
            }
        }
        return means;
    }

    double[][] fisher() {
        double[][] joint = joint();
        double[] means = means();
        double[][] fisher = new double[means.length][means.length];
        for (int v = 0; v < joint.length; ++v) {
            for (int h = 0; h < joint[v].length; ++h) {
                double[] g = statistics(bits(v, visible()), bits(h, hidden()));
                for (int s = 0; s < g.length; ++s) {
                    for (int t = 0; t < g.length; ++t) {
                        fisher[s][t] += joint[v][h] * (g[s] - means[s]) * (g[t] - means[t]);
                    }
                }
            }
        }
        return fisher;
    }

    /** The squared Frobenius norm of cov(v, h). */
    double covarianceNorm() {
        double[] means = means();
        double sum = 0;
        for (int i = 0; i < visible(); ++i) {
            for (int j = 0; j < hidden(); ++j) {
                double product = means[visible() + hidden() + i * hidden() + j];
                double covariance = product - means[i] * means[visible() + j];
                sum += covariance * covariance;
            }
        }
        return sum;
    }

    /**
     * The squared Frobenius norm of a block of the covariance, of which the Fisher matrix is made.
     */
    double covarianceNorm(CovarianceBlock block) {
        int first = block == CovarianceBlock.HIDDEN ? visible() : 0;
        int last = block == CovarianceBlock.HIDDEN ? visible() + hidden() : visible();
        int left = block == CovarianceBlock.VISIBLE ? 0 : visible();
        int right = block == CovarianceBlock.VISIBLE ? visible() : visible() + hidden();
        double[][] fisher = fisher();
        double sum = 0;
        for (int i = first; i < last; ++i) {
            for (int j = left; j < right; ++j) {
                sum += fisher[i][j] * fisher[i][j];
            }
        }
        return sum;
    }

    BoltzmannParameters parameters(NDManager manager) {
        double[] flat = new double[visible() * hidden()];
        for (int i = 0; i < visible(); ++i) {
            System.arraycopy(weight[i], 0, flat, i * hidden(), hidden());
        }
        // copies in the engine's own memory
        return new BoltzmannParameters(
                manager.create(flat, new Shape(visible(), hidden())).duplicate(),
                manager.create(visibleBias).duplicate(),
                manager.create(hiddenBias).duplicate(),
                VisibleUnits.BINARY);
    }
}
