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
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import org.locallearning.djl.decorrelation.DecorrelationOptions;
import org.locallearning.djl.decorrelation.DecorrelationRule;
import org.locallearning.djl.decorrelation.MeanRemoval;

/** A way to descend the loss of a {@link Regression}, all samples at every step. */
enum Descent {

    /** {@code ΔW = −η ⟨δ xᵀ⟩}. */
    GRADIENT("Gradient descent") {
        @Override
        List<double[]> path(Regression regression, NDArray start, int steps, double rate) {
            List<double[]> path = new ArrayList<>();
            NDArray weights = start;
            path.add(weights.toDoubleArray());
            for (int i = 0; i < steps; ++i) {
                weights = weights.sub(regression.gradient(weights).mul(rate));
                path.add(weights.toDoubleArray());
            }
            return path;
        }
    },

    /** {@code ΔW = −η ⟨δ δᵀ⟩⁻¹ ⟨δ xᵀ⟩ ⟨x xᵀ⟩⁻¹}: equation (8) of the paper's appendix B. */
    NATURAL_GRADIENT("Natural gradient") {
        @Override
        List<double[]> path(Regression regression, NDArray start, int steps, double rate) {
            List<double[]> path = new ArrayList<>();
            NDArray inverseMoments = regression.secondMoments().inverse();
            NDArray weights = start;
            path.add(weights.toDoubleArray());
            for (int i = 0; i < steps; ++i) {
                NDArray errors = regression.errors(weights);
                NDArray errorMoments = errors.transpose().matMul(errors).div(regression.size());
                NDArray step =
                        errorMoments
                                .inverse()
                                .matMul(regression.gradient(weights))
                                .matMul(inverseMoments);
                weights = weights.sub(step.mul(rate));
                path.add(weights.toDoubleArray());
            }
            return path;
        }
    },

    /**
     * Gradient descent on {@code W̄} of {@code z = W̄ M x} while M learns to decorrelate; the path
     * is that of {@code W = W̄ M}.
     */
    DECORRELATED("Decorrelated descent") {
        @Override
        List<double[]> path(Regression regression, NDArray start, int steps, double rate) {
            List<double[]> path = new ArrayList<>();
            NDArray weights = start;
            NDArray matrix = identity(regression);
            double matrixRate = decorrelationRate(regression);
            path.add(weights.matMul(matrix).toDoubleArray());
            for (int i = 0; i < steps; ++i) {
                Regression decorrelated = regression.transformed(matrix);
                weights = weights.sub(decorrelated.gradient(weights).mul(rate));
                learn(matrix, regression, decorrelated, matrixRate);
                path.add(weights.matMul(matrix).toDoubleArray());
            }
            return path;
        }
    };

    /** The share of the rate at which the fastest direction of M stops to descend evenly. */
    private static final double DECORRELATION_SHARE = 0.1;

    private static final DecorrelationOptions OPTIONS =
            DecorrelationOptions.builder().optMean(MeanRemoval.NONE).build();

    private final String title;

    Descent(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /**
     * Descends.
     *
     * @param start the weights to start from, (m, n)
     * @param rate the learning rate η
     * @return the weights after 0, 1, 2 ... steps, row by row
     */
    abstract List<double[]> path(Regression regression, NDArray start, int steps, double rate);

    /** Returns the rate at which M learns, well below 1 over the greatest eigenvalue. */
    static double decorrelationRate(Regression regression) {
        NDArray moments = regression.secondMoments();
        if (moments.size() == 1) {
            return DECORRELATION_SHARE / moments.getDouble();
        }
        double[] values = moments.toDoubleArray();
        return DECORRELATION_SHARE
                / Regression.largestEigenvalue(
                        new double[][] {{values[0], values[1]}, {values[2], values[3]}});
    }

    /** Returns the matrix M after some steps of its rule alone. */
    static NDArray learnedMatrix(Regression regression, int steps) {
        NDArray matrix = identity(regression);
        double rate = decorrelationRate(regression);
        for (int i = 0; i < steps; ++i) {
            learn(matrix, regression, regression.transformed(matrix), rate);
        }
        return matrix;
    }

    private static NDArray identity(Regression regression) {
        NDManager manager = regression.inputs().getManager();
        int width = (int) regression.inputs().getShape().get(1);
        return manager.eye(width, width, 0, DataType.FLOAT64).reshape(new Shape(width, width));
    }

    private static void learn(
            NDArray matrix, Regression plain, Regression decorrelated, double rate) {
        DecorrelationRule.update(matrix, plain.inputs(), decorrelated.inputs(), rate, OPTIONS);
    }
}
