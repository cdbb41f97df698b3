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

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import org.junit.jupiter.api.Test;

class RegressionFigureTest {

    @Test
    void gradientAndCurvatureAreThoseOfTheLoss() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Regression regression =
                    Regression.draw(
                            manager,
                            new double[][] {{1}},
                            new double[][] {{2, 0.5}, {0.5, 1}},
                            new double[][] {{1}, {-1}},
                            0.3,
                            50,
                            7);
            double[] at = {0.4, 0.9};
            double step = 1e-3;
            double[] gradient = regression.gradient(weights(manager, at)).toDoubleArray();
            double[][] curvature = regression.curvature();
            for (int i = 0; i < 2; ++i) {
                double up = loss(regression, manager, moved(at, i, step));
                double down = loss(regression, manager, moved(at, i, -step));
                assertEquals((up - down) / (2 * step), gradient[i], 1e-8);
                double here = loss(regression, manager, at);
                assertEquals((up - 2 * here + down) / (step * step), curvature[i][i], 1e-6);
            }
            assertEquals(curvature[0][1], curvature[1][0], 1e-12);
            double[] flat = regression.gradient(regression.optimum()).toDoubleArray();
            assertEquals(0, flat[0], 1e-12);
            assertEquals(0, flat[1], 1e-12);
        }
    }

    @Test
    void skewedLossTurnsGradientDescentAsideButNotTheNaturalGradient() {
        List<DescentPanel> panels = panels(new SkewedRegression());
        DescentPanel even = panels.get(0);
        DescentPanel skewed = panels.get(1);

        assertEquals(0, even.way(Descent.GRADIENT).firstAngle(), 1e-3);
        // A (3, 0.5) against (3, 0.5), with the A of the figure
        double cosine = (3.425 * 3 + 3.05 * 0.5) / (Math.hypot(3.425, 3.05) * Math.hypot(3, 0.5));
        assertEquals(
                Math.toDegrees(Math.acos(cosine)),
                skewed.way(Descent.GRADIENT).firstAngle(),
                // the optimum of drawn samples is not quite that of the distribution
                3);
        assertTrue(skewed.way(Descent.NATURAL_GRADIENT).firstAngle() < 3);
        assertTrue(
                skewed.way(Descent.NATURAL_GRADIENT).stepsToOptimum()
                        < skewed.way(Descent.GRADIENT).stepsToOptimum());
    }

    @Test
    void decorrelationMendsCorrelatedInputsAtTheSameLearningRate() {
        List<DescentPanel> panels = panels(new CorrelatedRegression());
        DescentPanel correlated = panels.get(0);

        DescentPanel.Way gradient = correlated.way(Descent.GRADIENT);
        DescentPanel.Way natural = correlated.way(Descent.NATURAL_GRADIENT);
        DescentPanel.Way decorrelated = correlated.way(Descent.DECORRELATED);
        assertTrue(gradient.firstAngle() > 30);
        // ⟨δ xᵀ⟩ ⟨x xᵀ⟩⁻¹ is the way to the optimum itself
        assertEquals(0, natural.firstAngle(), 1e-4);
        assertEquals(gradient.learningRate(), decorrelated.learningRate());
        assertTrue(2 * decorrelated.stepsToOptimum() < gradient.stepsToOptimum());

        DescentPanel behind = panels.get(1);
        assertEquals(0, behind.way(Descent.GRADIENT).firstAngle(), 1);
        assertEquals(behind.curvature()[0][0], behind.curvature()[1][1], 1e-2);
        assertEquals(0, behind.curvature()[0][1], 1e-2);
    }

    @Test
    void contoursAreLinesOfEqualLossThroughTheStart() {
        DescentPanel panel = panels(new CorrelatedRegression()).get(0);
        double[] start = panel.ways().get(0).points().get(0);
        List<List<double[]>> contours = panel.landscape().contours();
        for (List<double[]> contour : contours) {
            double level = panel.landscape().excessLoss(contour.get(0));
            for (double[] corner : contour) {
                assertEquals(level, panel.landscape().excessLoss(corner), 1e-9);
            }
        }
        assertEquals(
                panel.landscape().excessLoss(start),
                panel.landscape().excessLoss(contours.get(contours.size() - 1).get(0)),
                1e-9);
    }

    private static List<DescentPanel> panels(RegressionFigure figure) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            return figure.panels(manager);
        }
    }

    private static NDArray weights(NDManager manager, double[] values) {
        return Regression.matrix(manager, new double[][] {{values[0]}, {values[1]}});
    }

    /** {@code ½ ⟨(W x − y)ᵀ A (W x − y)⟩}, with {@code A e} from the errors. */
    private static double loss(Regression regression, NDManager manager, double[] at) {
        NDArray errors = regression.errors(weights(manager, at));
        NDArray metric = Regression.matrix(manager, new double[][] {{2, 0.5}, {0.5, 1}});
        return errors.matMul(metric.inverse()).mul(errors).sum().getDouble()
                / (2 * errors.getShape().get(0));
    }

    private static double[] moved(double[] point, int axis, double by) {
        double[] copy = point.clone();
        copy[axis] += by;
        return copy;
    }
}
