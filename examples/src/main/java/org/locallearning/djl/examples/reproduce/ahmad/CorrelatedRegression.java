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
import java.util.List;

/** Figure 2: inputs that are correlated turn gradient descent aside, and decorrelation mends it. */
final class CorrelatedRegression extends RegressionFigure {

    private static final double[][] COVARIANCE = {{1, 0.9}, {0.9, 1}};
    private static final double[][] METRIC = {{1}};
    private static final double[][] WEIGHTS = {{0, 0}};
    private static final double[][] START = {{3, 0.5}};

    /** Enough for the matrix to settle. */
    private static final int MATRIX_STEPS = 400;

    /** Creates the target. */
    CorrelatedRegression() {
        super(
                2,
                "Gradient descent on correlated inputs, and with decorrelation",
                "Correlated inputs skew the loss of a linear regression in the same way. Left:"
                        + " gradient descent takes a detour through the valley, and the natural"
                        + " gradient goes straight. Decorrelated descent has the same learning"
                        + " rate as gradient descent. While its matrix M learns, the weights"
                        + " W M move with it, aside at first; then the valley is gone, and it"
                        + " arrives in far fewer steps. Right: the same regression from the same"
                        + " start in the parameters after the learned M, in which the landscape"
                        + " is even and the gradient points at the optimum.");
    }

    /** {@inheritDoc} */
    @Override
    List<DescentPanel> panels(NDManager manager) {
        NDArray start = Regression.matrix(manager, START);
        Regression correlated =
                Regression.draw(
                        manager,
                        Regression.cholesky(COVARIANCE),
                        METRIC,
                        WEIGHTS,
                        NOISE,
                        SAMPLES,
                        SEED);
        NDArray matrix = Descent.learnedMatrix(correlated, MATRIX_STEPS);
        return List.of(
                DescentPanel.of(
                        "Correlated inputs", correlated, start, NOISE, List.of(Descent.values())),
                DescentPanel.of(
                        "Behind the learned M",
                        correlated.transformed(matrix),
                        start.matMul(matrix.inverse()),
                        NOISE,
                        List.of(Descent.GRADIENT, Descent.NATURAL_GRADIENT)));
    }
}
