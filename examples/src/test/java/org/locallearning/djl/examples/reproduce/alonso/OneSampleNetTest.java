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
package org.locallearning.djl.examples.reproduce.alonso;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.engine.Engine;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OneSampleNetTest {

    private static OneSampleNet net(int... sizes) {
        return new OneSampleNet(Engine.getInstance(), 3, sizes);
    }

    /** Of one layer the gradient falls by 1 / (1 + β (1 + ‖x‖²)) along the step. */
    @ParameterizedTest
    @ValueSource(doubles = {0.001, 1, 50})
    void proximalStepOfOneLayerIsNowhereOff(double beta) {
        OneSampleNet net = net(5, 3);
        double norm = 1 / net.meanReciprocalNorm();
        List<double[]> step = OneSampleNet.scaled(net.slope(), -beta / (1 + beta * norm));
        assertEquals(0, net.distance(step, beta), 1e-13);
    }

    /** ∇L(θ − β ∇L) differs from ∇L by −β H ∇L. */
    @Test
    void descentIsOffByTheOrderOfBeta() {
        OneSampleNet net = net(5, 6, 4, 3);
        double whole = net.distance(OneSampleNet.scaled(net.slope(), -1e-4), 1e-4);
        double half = net.distance(OneSampleNet.scaled(net.slope(), -5e-5), 5e-5);
        assertEquals(2, whole / half, 0.01);
    }

    /** A step of the wrong length is off by what it lacks. */
    @Test
    void shortStepIsOff() {
        OneSampleNet net = net(5, 3);
        double beta = 1e-6;
        List<double[]> step = OneSampleNet.scaled(net.slope(), -beta / 2);
        assertEquals(1, net.distance(step, beta), 1e-4);
    }
}
