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

/** Numbers of figures that are made of others. */
class FigureNumbersTest {

    @Test
    void angleIsThatOfTwoVectors() {
        assertEquals(90, Xor.angle(new float[] {3, 0}, new float[] {0, -2}), 1e-9);
        assertEquals(45, Xor.angle(new float[] {5, 0, 0}, new float[] {1, 1, 0}), 1e-5);
        assertEquals(180, Xor.angle(new float[] {1, 2}, new float[] {-2, -4}), 1e-5);
    }

    @Test
    void spreadIsTheDeviationOverTheMean() {
        assertEquals(0.5, AlignmentDynamics.spread(1, 2, 3), 1e-12);
        assertEquals(0, AlignmentDynamics.spread(4), 0);
        assertEquals("50 %", AlignmentDynamics.deviation(3, 0.5));
        assertEquals("–", AlignmentDynamics.deviation(1, 0));
    }
}
