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

import java.util.List;
import org.junit.jupiter.api.Test;
import org.locallearning.djl.examples.results.CorrelationResult;
import org.locallearning.djl.examples.results.Results;
import org.locallearning.djl.examples.results.RunResult;

class CorrelationTableTest {

    @Test
    void holdsTheLatestMeasurementOfEveryLayer() {
        RunResult example = ExampleResults.create().runs().get(0);
        Results results =
                ExampleResults.create()
                        .with(
                                List.of(
                                        new RunResult(
                                                "bp+decor",
                                                1,
                                                example.optimizer(),
                                                example.learningRate(),
                                                1e-5,
                                                null,
                                                example.epochs(),
                                                example.classification(),
                                                List.of(),
                                                List.of(
                                                        measured(0, "01Linear", 0.3, null),
                                                        measured(0, "03Linear", 0.2, 50.0),
                                                        measured(1, "01Linear", 0.1, null),
                                                        measured(1, "03Linear", 0.05, 7.0)),
                                                List.of())));
        String table =
                Templates.fill("table.html", CorrelationTable.of(results, List.of("bp+decor")));

        assertEquals(3, table.split("<tr>", -1).length - 1, "head and two layers");
        assertTrue(
                table.contains(
                        "<code class=\"quiet\">03Linear</code></th><td>12</td><td>0.4</td>"
                                + "<td>0.05</td><td>100</td><td>7</td><td>1.1</td>"),
                table);
        assertTrue(table.contains("<td>0.1</td><td>100</td><td>-</td>"), table);
    }

    private static CorrelationResult measured(
            double epoch, String layer, double lossAfter, Double conditionAfter) {
        return new CorrelationResult(
                epoch, layer, 12, 256, 0.4, lossAfter, 100.0, conditionAfter, 1.1, 0.25);
    }
}
