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
package org.locallearning.djl.pc;

import java.util.Random;

/**
 * Inference learning of a dense net in plain loops over plain arrays, as in the authors' code: the
 * output node holds its own activity, and every prediction is computed anew wherever it is read.
 */
final class PlainNet {

    /** What the output layer does to its pre-activation. */
    enum Output {
        SOFTMAX,
        SIGMOID,
        IDENTITY
    }

    final int[] sizes;
    final double[][][] weights;
    final double[][] biases;
    final boolean relu;
    final Output output;

    PlainNet(Random random, boolean relu, Output output, int... sizes) {
        this.sizes = sizes;
        this.relu = relu;
        this.output = output;
        weights = new double[sizes.length - 1][][];
        biases = new double[sizes.length - 1][];
        for (int l = 0; l < weights.length; l++) {
            weights[l] = new double[sizes[l + 1]][sizes[l]];
            biases[l] = new double[sizes[l + 1]];
            for (int i = 0; i < sizes[l + 1]; i++) {
                biases[l][i] = 0.3 * random.nextGaussian();
                for (int j = 0; j < sizes[l]; j++) {
                    weights[l][i][j] = random.nextGaussian() / Math.sqrt(sizes[l]);
                }
            }
        }
    }

    int layers() {
        return weights.length;
    }

    /** Settings in the paper's symbols. */
    record Settings(
            InferenceSchedule schedule,
            int t,
            double epsilon,
            boolean decay,
            double beta,
            double[] gamma,
            double gammaDecay,
            double rate) {}

    /** ∂F/∂W_l and ∂F/∂b_l, means over the batch; after the last update if weights move. */
    record Gradients(double[][][] weights, double[][] biases, double[][][] errors) {}

    Gradients run(Settings s, double[][] x, double[][] y) {
        if (s.schedule != InferenceSchedule.INCREMENTAL) {
            double[][][] h = infer(s, x, y);
            return gradients(s, h, errors(h));
        }
        double[][][] h = forward(x);
        clampAll(s, h, y);
        Gradients gradients = null;
        for (int t = 0; t < s.t; t++) {
            double[][][] e = errors(h);
            gradients = gradients(s, h, e);
            stepAll(s, t, h, e);
            if (t < s.t - 1) {
                descend(gradients, s.rate);
            }
            clampAll(s, h, y);
        }
        return gradients;
    }

    /** The activities after all iterations, by layer and sample. */
    double[][][] infer(Settings s, double[][] x, double[][] y) {
        double[][][] h = forward(x);
        clampAll(s, h, y);
        for (int t = 0; t < s.t; t++) {
            if (s.schedule == InferenceSchedule.SIMULTANEOUS) {
                stepAll(s, t, h, errors(h));
            } else {
                for (int l = layers() - 1; l >= 1; l--) {
                    double[][][] e = errors(h);
                    for (int n = 0; n < x.length; n++) {
                        step(s, t, l, h, e, n);
                    }
                }
            }
            clampAll(s, h, y);
        }
        return h;
    }

    private double[][][] forward(double[][] x) {
        double[][][] h = new double[layers() + 1][x.length][];
        for (int n = 0; n < x.length; n++) {
            h[0][n] = x[n].clone();
            for (int l = 1; l <= layers(); l++) {
                h[l][n] = predict(l, h[l - 1][n]);
            }
        }
        return h;
    }

    private void stepAll(Settings s, int t, double[][][] h, double[][][] e) {
        for (int n = 0; n < h[0].length; n++) {
            for (int l = 1; l < layers(); l++) {
                step(s, t, l, h, e, n);
            }
        }
    }

    /**
     * What inference descends, {@code c L(y, p_L) γ_L + Σ_l γ_l ½‖e_l‖² + γ_decay Σ_l ½‖f(ĥ_l)‖²},
     * a mean over samples.
     */
    double energy(Settings s, double[][][] h, double[][] y) {
        double[][][] e = errors(h);
        double strength = Double.isInfinite(s.beta) ? 1 : s.beta / (1 + s.beta);
        double sum = 0;
        for (int n = 0; n < y.length; n++) {
            double[] p = squash(predict(layers(), h[layers() - 1][n]));
            double loss = 0;
            for (int i = 0; i < p.length; i++) {
                switch (output) {
                    case SOFTMAX:
                        loss -= y[n][i] * Math.log(p[i]);
                        break;
                    case SIGMOID:
                        loss -= y[n][i] * Math.log(p[i]) + (1 - y[n][i]) * Math.log(1 - p[i]);
                        break;
                    default:
                        loss += (p[i] - y[n][i]) * (p[i] - y[n][i]) / 2;
                        break;
                }
            }
            sum += s.gamma[layers()] * strength * loss;
            for (int l = 1; l < layers(); l++) {
                for (int i = 0; i < sizes[l]; i++) {
                    double activation = activate(h[l][n][i]);
                    sum += s.gamma[l] * e[l][n][i] * e[l][n][i] / 2;
                    sum += s.gammaDecay * activation * activation / 2;
                }
            }
        }
        return sum / y.length;
    }

    private void step(Settings s, int t, int l, double[][][] h, double[][][] e, int n) {
        double epsilon = s.decay ? s.epsilon / (1 + t) : s.epsilon;
        for (int j = 0; j < sizes[l]; j++) {
            double pull = 0;
            for (int i = 0; i < sizes[l + 1]; i++) {
                pull += weights[l][i][j] * e[l + 1][n][i];
            }
            double slope = slope(h[l][n][j]);
            h[l][n][j] +=
                    epsilon
                            * (s.gamma[l + 1] * slope * pull
                                    - s.gamma[l] * e[l][n][j]
                                    - s.gammaDecay * slope * activate(h[l][n][j]));
        }
    }

    private double[][][] errors(double[][][] h) {
        double[][][] e = new double[h.length][h[0].length][];
        for (int n = 0; n < h[0].length; n++) {
            for (int l = 1; l < h.length; l++) {
                double[] p = predict(l, h[l - 1][n]);
                if (l == layers()) {
                    p = squash(p);
                }
                e[l][n] = new double[p.length];
                for (int i = 0; i < p.length; i++) {
                    e[l][n][i] = h[l][n][i] - p[i];
                }
            }
        }
        return e;
    }

    private Gradients gradients(Settings s, double[][][] h, double[][][] e) {
        double[][][] weight = new double[layers()][][];
        double[][] bias = new double[layers()][];
        for (int l = 0; l < layers(); l++) {
            weight[l] = new double[sizes[l + 1]][sizes[l]];
            bias[l] = new double[sizes[l + 1]];
            for (int n = 0; n < h[0].length; n++) {
                for (int i = 0; i < sizes[l + 1]; i++) {
                    double down = -s.gamma[l + 1] * e[l + 1][n][i] / h[0].length;
                    bias[l][i] += down;
                    for (int j = 0; j < sizes[l]; j++) {
                        weight[l][i][j] += down * (l == 0 ? h[0][n][j] : activate(h[l][n][j]));
                    }
                }
            }
        }
        return new Gradients(weight, bias, e);
    }

    void descend(Gradients gradients, double rate) {
        for (int l = 0; l < layers(); l++) {
            for (int i = 0; i < sizes[l + 1]; i++) {
                biases[l][i] -= rate * gradients.biases[l][i];
                for (int j = 0; j < sizes[l]; j++) {
                    weights[l][i][j] -= rate * gradients.weights[l][i][j];
                }
            }
        }
    }

    private void clampAll(Settings s, double[][][] h, double[][] y) {
        for (int n = 0; n < y.length; n++) {
            double[] p = squash(predict(layers(), h[layers() - 1][n]));
            double[] clamped = new double[p.length];
            for (int i = 0; i < p.length; i++) {
                clamped[i] =
                        Double.isInfinite(s.beta)
                                ? y[n][i]
                                : s.beta / (1 + s.beta) * y[n][i] + 1 / (1 + s.beta) * p[i];
            }
            h[layers()][n] = clamped;
        }
    }

    double[] predict(int l, double[] below) {
        double[] p = biases[l - 1].clone();
        for (int i = 0; i < p.length; i++) {
            for (int j = 0; j < below.length; j++) {
                p[i] += weights[l - 1][i][j] * (l == 1 ? below[j] : activate(below[j]));
            }
        }
        return p;
    }

    double[] squash(double[] p) {
        double[] squashed = p.clone();
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            switch (output) {
                case SOFTMAX:
                    squashed[i] = Math.exp(p[i]);
                    break;
                case SIGMOID:
                    squashed[i] = 1 / (1 + Math.exp(-p[i]));
                    break;
                default:
                    break;
            }
            sum += squashed[i];
        }
        for (int i = 0; output == Output.SOFTMAX && i < p.length; i++) {
            squashed[i] /= sum;
        }
        return squashed;
    }

    private double activate(double h) {
        return relu ? Math.max(h, 0) : Math.tanh(h);
    }

    private double slope(double h) {
        if (relu) {
            return h > 0 ? 1 : 0;
        }
        return 1 - Math.tanh(h) * Math.tanh(h);
    }
}
