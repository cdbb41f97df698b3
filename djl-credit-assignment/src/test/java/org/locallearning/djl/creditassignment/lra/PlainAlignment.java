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
package org.locallearning.djl.creditassignment.lra;

import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/**
 * Algorithm 2 written out in loops, sample by sample, for a multilayer perceptron under softmax
 * cross-entropy: slow, and independent of everything that it checks. Layers are numbered from 1;
 * index 0 of every array of layers is the input.
 */
final class PlainAlignment {

    final double[][][] weightGradients;
    final double[][] biasGradients;
    final double[][][] matrixGradients;

    /**
     * Runs one batch.
     *
     * @param inputs the samples
     * @param classes their classes
     * @param weights for each layer, (out, in)
     * @param biases for each layer
     * @param activation the activation of all layers but the last
     * @param difference the error of a unit by its pre-activation and the step asked of it
     * @param senders for each layer the layer that sends its error there
     * @param matrices for each layer the error matrix, (units, units of the sender)
     * @param kappa for each layer the weight of its discrepancy
     */
    PlainAlignment(
            double[][] inputs,
            int[] classes,
            double[][][] weights,
            double[][] biases,
            DoubleUnaryOperator activation,
            DoubleBinaryOperator difference,
            int[] senders,
            double[][][] matrices,
            double[] kappa,
            double beta,
            double gamma,
            ErrorMatrixUpdate update) {
        int top = weights.length - 1;
        weightGradients = new double[top + 1][][];
        biasGradients = new double[top + 1][];
        matrixGradients = new double[top + 1][][];
        for (int l = 1; l <= top; l++) {
            weightGradients[l] = new double[weights[l].length][weights[l][0].length];
            biasGradients[l] = new double[weights[l].length];
            if (l < top) {
                matrixGradients[l] = new double[matrices[l].length][matrices[l][0].length];
            }
        }
        for (int n = 0; n < inputs.length; n++) {
            double[][] h = new double[top + 1][];
            double[][] z = new double[top + 1][];
            z[0] = inputs[n];
            for (int l = 1; l <= top; l++) {
                h[l] = plus(times(weights[l], z[l - 1]), biases[l]);
                z[l] = l < top ? map(h[l], activation) : softmax(h[l]);
            }
            double[][] e = new double[top + 1][];
            double[][] d = new double[top + 1][];
            e[top] = z[top].clone();
            e[top][classes[n]] -= 1;
            e[top] = map(e[top], each -> kappa[top] * each);
            for (int l = top - 1; l >= 1; l--) {
                d[l] = times(matrices[l], e[senders[l]]);
                e[l] = new double[h[l].length];
                for (int i = 0; i < e[l].length; i++) {
                    e[l][i] = kappa[l] * difference.applyAsDouble(h[l][i], beta * d[l][i]);
                }
            }
            double share = 1.0 / inputs.length;
            for (int l = 1; l <= top; l++) {
                addOuter(weightGradients[l], e[l], z[l - 1], share);
                addOuter(new double[][] {biasGradients[l]}, new double[] {1}, e[l], share);
                if (l < top && update == ErrorMatrixUpdate.PAPER) {
                    addOuter(matrixGradients[l], d[l], e[senders[l]], -gamma * share);
                } else if (l < top && update == ErrorMatrixUpdate.LRA_E) {
                    addOuter(matrixGradients[l], z[l], e[senders[l]], gamma * share);
                }
            }
        }
    }

    private static double[] times(double[][] matrix, double[] vector) {
        double[] product = new double[matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            for (int j = 0; j < vector.length; j++) {
                product[i] += matrix[i][j] * vector[j];
            }
        }
        return product;
    }

    private static double[] plus(double[] a, double[] b) {
        double[] sum = a.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += b[i];
        }
        return sum;
    }

    private static double[] map(double[] values, DoubleUnaryOperator function) {
        double[] mapped = new double[values.length];
        for (int i = 0; i < mapped.length; i++) {
            mapped[i] = function.applyAsDouble(values[i]);
        }
        return mapped;
    }

    private static double[] softmax(double[] values) {
        double[] exponentials = map(values, Math::exp);
        double sum = 0;
        for (double exponential : exponentials) {
            sum += exponential;
        }
        double total = sum;
        return map(exponentials, value -> value / total);
    }

    private static void addOuter(double[][] sum, double[] rows, double[] columns, double factor) {
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < columns.length; j++) {
                sum[i][j] += factor * rows[i] * columns[j];
            }
        }
    }
}
