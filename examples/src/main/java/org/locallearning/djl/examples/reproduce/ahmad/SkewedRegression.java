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

/** Figure 1: a loss that is skewed turns gradient descent aside, and not the natural gradient. */
final class SkewedRegression extends RegressionFigure {

    private static final double[][] EVEN = {{1, 0}, {0, 1}};
    private static final double[][] SKEWED = {{1, 0.85}, {0.85, 1}};
    private static final double[][] WEIGHTS = {{0}, {0}};
    private static final double[][] START = {{3}, {0.5}};

    /** Creates the target. */
    SkewedRegression() {
        super(
                1,
                "Gradient descent and natural gradient on a skewed loss",
                "Where the loss is even in all directions, the gradient points at the optimum. A"
                        + " skewed loss (Wx - y)ᵀ A (Wx - y) turns gradient descent aside: it takes a"
                        + " detour and slows down in the valley. The natural gradient goes"
                        + " straight. Decorrelated descent follows plain gradient descent here,"
                        + " because the skew comes from the loss and the input, a single number,"
                        + " has nothing to decorrelate: it undoes the other half of the natural"
                        + " gradient, which figure 2 shows.");
    }

    /** {@inheritDoc} */
    @Override
    List<DescentPanel> panels(NDManager manager) {
        NDArray start = Regression.matrix(manager, START);
        return List.of(
                panel(manager, "Even loss", EVEN, start),
                panel(manager, "Skewed loss", SKEWED, start));
    }

    private static DescentPanel panel(
            NDManager manager, String title, double[][] metric, NDArray start) {
        Regression regression =
                Regression.draw(
                        manager, new double[][] {{1}}, metric, WEIGHTS, NOISE, SAMPLES, SEED);
        return DescentPanel.of(title, regression, start, NOISE, List.of(Descent.values()));
    }
}
