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
package org.locallearning.djl.examples.reproduce.lillicrap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ScalarNetTest {

    @Test
    void theJacobianIsTheDerivativeOfTheUpdates() {
        Random random = new Random(2);
        for (int trial = 0; trial < 20; trial++) {
            ScalarNet net =
                    new ScalarNet(
                            random.nextGaussian(), random.nextGaussian(), random.nextGaussian());
            double[] parameters = random.doubles(4, -2, 2).toArray();
            double[][] jacobian = net.jacobian(parameters);
            double step = 1e-5;
            for (int j = 0; j < 4; j++) {
                double[] up = parameters.clone();
                double[] down = parameters.clone();
                up[j] += step;
                down[j] -= step;
                double[] above = net.update(up);
                double[] below = net.update(down);
                for (int i = 0; i < 4; i++) {
                    assertEquals((above[i] - below[i]) / (2 * step), jacobian[i][j], 1e-8);
                }
            }
        }
    }

    @Test
    void theUpdatesAreTheGradientOfNothing() {
        double[][] jacobian = new ScalarNet(0.7, 1, -1.2).jacobian(new double[] {0.5, 0.1, 2, 0});
        double asymmetry = 0;
        for (int i = 0; i < 4; i++) {
            for (int j = 0; j < i; j++) {
                asymmetry = Math.max(asymmetry, Math.abs(jacobian[i][j] - jacobian[j][i]));
            }
        }
        assertTrue(asymmetry > 0.5);
    }

    @Test
    void withTheWeightForFeedbackTheyAreAGradient() {
        // but for the derivative of the feedback itself: where e = 0 the Jacobian is symmetric
        double weight = -0.6;
        double first = 1.3;
        ScalarNet net = new ScalarNet(0.9, weight * (first * 0.9 + 0.2) + 0.4, weight);
        double[][] jacobian = net.jacobian(new double[] {weight, 0.4, first, 0.2});
        for (int i = 0; i < 4; i++) {
            double[] column = new double[4];
            for (int j = 0; j < 4; j++) {
                column[j] = jacobian[j][i];
            }
            assertArrayEquals(jacobian[i], column, 1e-12);
        }
    }

    @Test
    void coursesEndWhereTheirParabolaMeetsTheHyperbola() {
        // from zero the parabola is W = A²/2, which meets A W = 1 at A³ = 2
        double[] meeting = FlowField.meeting(new double[] {0, 0});
        assertEquals(Math.cbrt(2), meeting[0], 1e-9);
        for (double[] start :
                List.of(
                        new double[] {0.1, 0.05},
                        new double[] {-1, 0.5},
                        new double[] {2, 2},
                        new double[] {-2.2, -0.2})) {
            List<double[]> path = FlowField.path(start);
            double[] end = path.get(path.size() - 1);
            assertEquals(1, end[0] * end[1], 1e-6);
            assertArrayEquals(FlowField.meeting(start), end, 3e-3);
        }
    }
}
