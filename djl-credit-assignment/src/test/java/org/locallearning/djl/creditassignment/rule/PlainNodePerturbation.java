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
package org.locallearning.djl.creditassignment.rule;

/**
 * Node perturbation of a net with one hidden layer of tanh units and a squared error, in plain
 * loops: {@code L_n = ½ mean_j (y_nj − h_nj)²}.
 */
final class PlainNodePerturbation {

    private final double[][] inputs;
    private final double[][] labels;
    private final double[][] weight1;
    private final double[] bias1;
    private final double[][] weight2;
    private final double[] bias2;

    PlainNodePerturbation(
            double[][] inputs,
            double[][] labels,
            double[][] weight1,
            double[] bias1,
            double[][] weight2,
            double[] bias2) {
        this.inputs = inputs;
        this.labels = labels;
        this.weight1 = weight1;
        this.bias1 = bias1;
        this.weight2 = weight2;
        this.bias2 = bias2;
    }

    /** One sample in one run. */
    private record Run(double[] hidden, double[] active, double[] output, double loss) {}

    private Run run(int n, double[] noise1, double[] noise2, double sign) {
        double[] hidden = affine(weight1, bias1, inputs[n]);
        for (int i = 0; i < hidden.length; i++) {
            hidden[i] += sign * noise1[n * hidden.length + i];
        }
        double[] active = new double[hidden.length];
        for (int i = 0; i < hidden.length; i++) {
            active[i] = Math.tanh(hidden[i]);
        }
        double[] output = affine(weight2, bias2, active);
        double loss = 0;
        for (int i = 0; i < output.length; i++) {
            output[i] += sign * noise2[n * output.length + i];
            loss += 0.5 * Math.pow(labels[n][i] - output[i], 2) / output.length;
        }
        return new Run(hidden, active, output, loss);
    }

    private static double[] affine(double[][] weight, double[] bias, double[] input) {
        double[] result = bias.clone();
        for (int i = 0; i < result.length; i++) {
            for (int j = 0; j < input.length; j++) {
                result[i] += weight[i][j] * input[j];
            }
        }
        return result;
    }

    /**
     * The gradients of both weights and biases, as {@code [weight1, bias1, weight2, bias2]}.
     *
     * @param noise1 the noise on the hidden units, sample after sample
     * @param noise2 the noise on the outputs
     * @param scale the scale σ of the noise
     */
    double[][] gradients(
            NodePerturbation.Mode mode,
            boolean antithetic,
            double[] noise1,
            double[] noise2,
            double scale) {
        int hiddenUnits = bias1.length;
        int outputUnits = bias2.length;
        int samples = inputs.length;
        double[] gradientWeight1 = new double[hiddenUnits * inputs[0].length];
        double[] gradientBias1 = new double[hiddenUnits];
        double[] gradientWeight2 = new double[outputUnits * hiddenUnits];
        double[] gradientBias2 = new double[outputUnits];
        for (int n = 0; n < samples; n++) {
            Run clean = run(n, noise1, noise2, 0);
            Run forth = run(n, noise1, noise2, 1);
            Run back = antithetic ? run(n, noise1, noise2, -1) : clean;
            double part = antithetic ? 0.5 : 1;
            double change = part * (forth.loss - back.loss);
            double[] way1 = new double[hiddenUnits];
            double[] way2 = new double[outputUnits];
            double length = 0;
            for (int i = 0; i < hiddenUnits; i++) {
                way1[i] = part * (forth.hidden[i] - back.hidden[i]);
                length += way1[i] * way1[i];
            }
            for (int i = 0; i < outputUnits; i++) {
                way2[i] = part * (forth.output[i] - back.output[i]);
                length += way2[i] * way2[i];
            }
            double factor = change * (hiddenUnits + outputUnits) / length;
            if (mode == NodePerturbation.Mode.NP) {
                System.arraycopy(noise1, n * hiddenUnits, way1, 0, hiddenUnits);
                System.arraycopy(noise2, n * outputUnits, way2, 0, outputUnits);
                factor = change / (scale * scale);
            }
            add(way1, factor / samples, inputs[n], gradientWeight1, gradientBias1);
            add(way2, factor / samples, clean.active, gradientWeight2, gradientBias2);
        }
        return new double[][] {gradientWeight1, gradientBias1, gradientWeight2, gradientBias2};
    }

    private static void add(
            double[] way, double factor, double[] input, double[] weight, double[] bias) {
        for (int i = 0; i < way.length; i++) {
            bias[i] += factor * way[i];
            for (int j = 0; j < input.length; j++) {
                weight[i * input.length + j] += factor * way[i] * input[j];
            }
        }
    }
}
