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

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.locallearning.djl.creditassignment.alignment.LayerAlignment;

class AlignmentResultTest {

    @Test
    void timeIsInEpochsFromTheFirstBatch() {
        LayerAlignment first = new LayerAlignment(1, "a", 10, 2, OptionalDouble.of(80));
        LayerAlignment later = new LayerAlignment(16, "a", 10, 2, OptionalDouble.of(80));

        assertEquals(new AlignmentResult(0, "a", 10.0, 2.0, 80.0), AlignmentResult.of(first, 10));
        assertEquals(1.5, AlignmentResult.of(later, 10).epoch());
    }

    @Test
    void whatHasNoAngleIsNull() {
        LayerAlignment zero =
                new LayerAlignment(
                        1, "a", Double.NaN, Double.POSITIVE_INFINITY, OptionalDouble.empty());

        assertEquals(new AlignmentResult(0, "a", null, null, null), AlignmentResult.of(zero, 10));
    }
}
