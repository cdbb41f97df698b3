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

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LinearNetTest {

    @BeforeEach
    void seed() {
        Engine.getInstance().setRandomSeed(3);
    }

    @Test
    void fromZeroTheErrorVanishesAndTheInvariantIsOfTheOrderOfTheRate() {
        double[] norms = new double[2];
        for (int i = 0; i < 2; i++) {
            Engine.getInstance().setRandomSeed(3);
            try (NDManager manager = NDManager.newBaseManager()) {
                LinearNet net = new LinearNet(manager, 8, 6, 3, 0);
                double rate = i == 0 ? 0.04 : 0.02;
                double lyapunov = Double.POSITIVE_INFINITY;
                for (int step = 0; step < 200 / rate; step++) {
                    net.step(rate, true, true);
                    double now = net.lyapunov();
                    assertTrue(now < lyapunov || now < 1e-24, "V rose in step " + step);
                    lyapunov = now;
                }
                assertTrue(net.normalizedSquaredError() < 1e-12);
                assertTrue(net.traceOfFeedbackAndWeights() > 0);
                norms[i] = net.normOfInvariant();
            }
        }
        // Σ η² B E (B E)ᵀ is η times an integral over time
        assertEquals(2, norms[0] / norms[1], 0.1);
    }

    @Test
    void theFirstStepIsThatOfTheFirstLayerAlone() {
        try (NDManager manager = NDManager.newBaseManager()) {
            LinearNet net = new LinearNet(manager, 8, 6, 3, 0);
            net.step(0.1, true, true);
            assertEquals(1, net.normalizedSquaredError(), 1e-15);
            assertTrue(net.traceOfWeightsAndFeedbackError() > 0);
            assertEquals(0, net.traceOfFeedbackAndWeights());
        }
    }

    @Test
    void layersThatDoNotLearnStay() {
        try (NDManager manager = NDManager.newBaseManager()) {
            LinearNet net = new LinearNet(manager, 8, 6, 3, 0.2);
            double before = net.traceOfFeedbackAndWeights();
            net.step(0.1, true, false);
            assertEquals(before, net.traceOfFeedbackAndWeights());
            double invariant = net.normOfInvariant();
            net.step(0.1, false, false);
            assertEquals(invariant, net.normOfInvariant());
            net.step(0.1, false, true);
            assertTrue(before != net.traceOfFeedbackAndWeights());
        }
    }

    @Test
    void smallWeightsComeToThePseudoinverse() {
        try (NDManager manager = NDManager.newBaseManager()) {
            LinearNet net = new LinearNet(manager, 12, 9, 4, 1e-4);
            for (int step = 0; step < 1000; step++) {
                net.step(0.02, true, true);
            }
            assertTrue(net.normalizedSquaredError() > 1e-20, "nothing but rounding is left");
            assertTrue(net.angleToPseudobackpropagation() < 5);
            assertTrue(net.angleToBackpropagation() > net.angleToPseudobackpropagation() + 5);
        }
    }
}
