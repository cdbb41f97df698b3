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
package org.locallearning.djl.examples.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.locallearning.djl.examples.report.HeatMap;

class SweepGridsTest {

    private static final SweptOption RATE = SweptOption.named("learning-rate").orElseThrow();

    /** A value is a number, however it is written, and methods may have others. */
    @Test
    void methodsShareTheColumnsOfTheValuesThatTheyShare() {
        Map<Trial.Subject, List<Map<SweptOption, String>>> settings = new LinkedHashMap<>();
        Trial.Subject bp = new Trial.Subject("glyphs", "mlp", "bp");
        Trial.Subject fa = new Trial.Subject("glyphs", "mlp", "fa");
        settings.put(bp, List.of(Map.of(RATE, "1e-3"), Map.of(RATE, "1e-2")));
        settings.put(fa, List.of(Map.of(RATE, "0.001"), Map.of(RATE, "1e-4")));
        SweepPlan plan = new SweepPlan(settings, List.of(1), 1, true, null);
        Sweep nothingRan = new Sweep(plan, null, null, null, null);

        HeatMap map =
                (HeatMap) new SweepGrids(plan, nothingRan, true).figures(List.of(bp, fa)).get(0);

        assertEquals(List.of("1e-4", "1e-3", "1e-2"), map.columns());
        assertEquals(List.of("fa", "bp"), map.rows());
        assertEquals(SweepGrids.NONE, map.format().apply(map.values().get(0).get(2)));
    }

    /** Of which a cell has room for about seven letters. */
    @Test
    void lossesOfAnySizeAreShort() {
        Trial.Subject bp = new Trial.Subject("glyphs", "mlp", "bp");
        SweepPlan plan =
                new SweepPlan(
                        Map.of(bp, List.of(Map.of(RATE, "1e-3"), Map.of(RATE, "1e-2"))),
                        List.of(1),
                        1,
                        true,
                        null);
        Sweep nothingRan = new Sweep(plan, null, null, null, null);
        HeatMap map = (HeatMap) new SweepGrids(plan, nothingRan, false).figures(List.of(bp)).get(0);

        assertEquals("2.3", map.format().apply(2.303));
        assertEquals("0.0512", map.format().apply(0.05123));
        assertEquals("3e-5", map.format().apply(3.1e-5));
        assertEquals("1e20", map.format().apply(1.1e20));
    }
}
