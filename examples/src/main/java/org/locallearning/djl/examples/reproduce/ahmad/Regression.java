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
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Random;

/**
 * Linear regression {@code z = W x} with two parameters, under the loss {@code ½ ⟨(z − y)ᵀ A (z −
 * y)⟩}.
 *
 * <p>The targets are {@code y = W₀ x + ε}, with noise ε of covariance {@code σ² A⁻¹}: the noise for
 * which the loss is, up to a constant, the negative logarithm of a likelihood, and so the noise for
 * which the natural gradient's metric is the curvature.
 */
final class Regression {

    private final NDArray inputs;
    private final NDArray targets;
    private final NDArray metric;

    /**
     * Creates a regression on given samples.
     *
     * @param inputs the samples x as rows, (N, n)
     * @param targets the samples y as rows, (N, m)
     * @param metric the symmetric matrix A, (m, m)
     */
    Regression(NDArray inputs, NDArray targets, NDArray metric) {
        this.inputs = inputs;
        this.targets = targets;
        this.metric = metric;
    }

    /**
     * Draws samples.
     *
     * @param mixing the matrix L of {@code x = L u}, where u is white, (n, n)
     * @param metric the matrix A, (m, m)
     * @param weights the weights W₀ that the targets are made with, (m, n)
     * @param noise the scale σ of the noise
     */
    static Regression draw(
            NDManager manager,
            double[][] mixing,
            double[][] metric,
            double[][] weights,
            double noise,
            int samples,
            long seed) {
        Random random = new Random(seed);
        NDArray x =
                normal(manager, random, samples, mixing.length)
                        .matMul(matrix(manager, mixing).transpose());
        NDArray a = matrix(manager, metric);
        // with A = K Kᵀ, noise of covariance A⁻¹ is K⁻ᵀ times white noise
        NDArray whitener = matrix(manager, cholesky(metric)).inverse();
        NDArray epsilon =
                normal(manager, random, samples, metric.length).matMul(whitener).mul(noise);
        return new Regression(x, x.matMul(matrix(manager, weights).transpose()).add(epsilon), a);
    }

    NDArray inputs() {
        return inputs;
    }

    /** Returns the same regression on inputs {@code x̄ = M x}. */
    Regression transformed(NDArray matrix) {
        return new Regression(inputs.matMul(matrix.transpose()), targets, metric);
    }

    /** Returns the errors of the outputs, {@code δ = A (W x − y)} as rows, (N, m). */
    NDArray errors(NDArray weights) {
        return inputs.matMul(weights.transpose()).sub(targets).matMul(metric);
    }

    /** Returns the gradient {@code ⟨δ xᵀ⟩}, (m, n). */
    NDArray gradient(NDArray weights) {
        return errors(weights).transpose().matMul(inputs).div(size());
    }

    /** Returns {@code ⟨x xᵀ⟩}, (n, n). */
    NDArray secondMoments() {
        return inputs.transpose().matMul(inputs).div(size());
    }

    /** Returns the weights of least loss, (m, n), which do not depend on A. */
    NDArray optimum() {
        return targets.transpose()
                .matMul(inputs)
                .matMul(inputs.transpose().matMul(inputs).inverse());
    }

    /** Returns the second derivatives {@code A ⊗ ⟨x xᵀ⟩} by the weights row by row, (2, 2). */
    double[][] curvature() {
        double[] a = metric.toDoubleArray();
        double[] moments = secondMoments().toDoubleArray();
        int m = (int) metric.getShape().get(0);
        int n = (int) inputs.getShape().get(1);
        double[][] curvature = new double[m * n][m * n];
        for (int i = 0; i < m * n; ++i) {
            for (int j = 0; j < m * n; ++j) {
                curvature[i][j] = a[i / n * m + j / n] * moments[i % n * n + j % n];
            }
        }
        return curvature;
    }

    /** Returns the greatest eigenvalue of a symmetric matrix of two rows. */
    static double largestEigenvalue(double[][] symmetric) {
        double mean = (symmetric[0][0] + symmetric[1][1]) / 2;
        double half = (symmetric[0][0] - symmetric[1][1]) / 2;
        return mean + Math.hypot(half, symmetric[0][1]);
    }

    long size() {
        return inputs.getShape().get(0);
    }

    /** Returns L of {@code L Lᵀ}, for one or two rows. */
    static double[][] cholesky(double[][] matrix) {
        double first = Math.sqrt(matrix[0][0]);
        if (matrix.length == 1) {
            return new double[][] {{first}};
        }
        double below = matrix[1][0] / first;
        return new double[][] {{first, 0}, {below, Math.sqrt(matrix[1][1] - below * below)}};
    }

    static NDArray matrix(NDManager manager, double[][] rows) {
        double[] values = new double[rows.length * rows[0].length];
        for (int i = 0; i < values.length; ++i) {
            values[i] = rows[i / rows[0].length][i % rows[0].length];
        }
        return manager.create(values, new Shape(rows.length, rows[0].length));
    }

    private static NDArray normal(NDManager manager, Random random, int rows, int columns) {
        double[] values = new double[rows * columns];
        for (int i = 0; i < values.length; ++i) {
            values[i] = random.nextGaussian();
        }
        return manager.create(values, new Shape(rows, columns));
    }
}
