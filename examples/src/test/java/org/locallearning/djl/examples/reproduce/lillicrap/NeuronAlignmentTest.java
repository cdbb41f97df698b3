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

import org.junit.jupiter.api.Test;

class NeuronAlignmentTest {

    @Test
    void anglesAreThoseOfTheColumns() {
        // 20 outputs, 3 hidden neurons: the same, the opposite, and at right angles
        float[] weight = new float[60];
        float[] feedback = new float[60];
        for (int i = 0; i < 20; i++) {
            weight[3 * i] = i;
            feedback[3 * i] = 2 * i;
            weight[3 * i + 1] = 1 + i;
            feedback[3 * i + 1] = -1 - i;
            weight[3 * i + 2] = i % 2;
            feedback[3 * i + 2] = 1 - i % 2;
        }
        NeuronAlignment.Angles angles = NeuronAlignment.angles("now", weight, feedback);
        assertEquals(90, angles.mean(), 1e-4);
        assertEquals(1, angles.histogram()[0]);
        assertEquals(1, angles.histogram()[35]);
        assertEquals(1, angles.histogram()[18] + angles.histogram()[17]);
    }
}
