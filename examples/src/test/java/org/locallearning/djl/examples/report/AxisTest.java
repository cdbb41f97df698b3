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
package org.locallearning.djl.examples.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AxisTest {

    @ParameterizedTest
    @CsvSource({"0,1", "0.02,2.31", "57.3,98.8", "0,0", "12.5,12.5", "-3,4", "1e-6,3e-6", "1,1e7"})
    void coversItsValuesWithAFewTicks(double least, double greatest) {
        Axis axis = Axis.covering(least, greatest);

        double slack = axis.step() * 1e-5;
        assertTrue(axis.from() <= least + slack, axis.toString());
        assertTrue(axis.to() >= greatest - slack, axis.toString());
        assertTrue(axis.ticks().size() >= 2 && axis.ticks().size() <= 8, axis.toString());
    }

    @Test
    void ticksAreRoundNumbers() {
        Axis axis = Axis.covering(57.3, 98.8);

        assertEquals(
                List.of("50", "60", "70", "80", "90", "100"),
                axis.ticks().stream().map(axis::label).toList());
        assertEquals(0, axis.position(50));
        assertEquals(1, axis.position(100));
    }

    @ParameterizedTest
    @CsvSource({
        "2.30249,2.30262",
        "1e-7,6e-7",
        "0.5,0.5000001",
        "-1.00002,-1",
        "1e-6,3e-6",
        "1000000000,1000000006"
    })
    void labelsOfTicksAreNotAlike(double least, double greatest) {
        Axis axis = Axis.covering(least, greatest);

        List<String> labels = PlotArea.labels(axis);
        assertEquals(labels.size(), new HashSet<>(labels).size(), labels.toString());
        for (int i = 0; i < labels.size(); ++i) {
            assertEquals(
                    axis.ticks().get(i), Double.parseDouble(labels.get(i)), axis.step() * 1e-3);
        }
    }

    @Test
    void valuesThatRoundingTellsApartAreOne() {
        double value = 2.3;
        Axis axis = Axis.covering(value, Math.nextUp(value));

        assertEquals(Axis.covering(value, value), axis);
    }

    @Test
    void epochsAreWholeNumbers() {
        Axis axis = Axis.ofCounts(1, 3);

        assertEquals(List.of("1", "2", "3"), axis.ticks().stream().map(axis::label).toList());
        assertEquals(1, Axis.ofCounts(0, 0.75).to());
    }
}
