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
package org.locallearning.djl.examples.results;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class IntervalTest {

    @Test
    void isStudentsIntervalOfTheMean() {
        Interval interval = Interval.of(List.of(1.0, 2.0, 3.0));

        assertEquals(2, interval.mean(), 1e-12);
        // deviation 1, t = 4.303 with two degrees of freedom
        assertEquals(4.303 / Math.sqrt(3), interval.halfWidth(), 1e-9);
        assertEquals("2.0 ± 2.5", interval.text(value -> String.format("%.1f", value)));
    }

    @Test
    void ofOneSeedKnowsNoWidth() {
        Interval interval = Interval.of(List.of(0.5));

        assertEquals(0.5, interval.mean());
        assertNull(interval.halfWidth());
        assertThrows(IllegalArgumentException.class, () -> Interval.of(List.of()));
    }

    /** t is 2.0369 with 32 degrees of freedom and 1.9842 with 99. */
    @Test
    void goesOnBeyondTheTable() {
        for (int n : new int[] {33, 100}) {
            List<Double> values =
                    IntStream.range(0, n).mapToObj(i -> (double) (i % 2 == 0 ? 1 : -1)).toList();
            double mean = values.stream().mapToDouble(value -> value).average().orElseThrow();
            double deviation = Math.sqrt((n - n * mean * mean) / (n - 1));
            double t = Interval.of(values).halfWidth() * Math.sqrt(n) / deviation;
            assertEquals(n == 33 ? 2.0369 : 1.9842, t, 1e-4);
        }
    }
}
