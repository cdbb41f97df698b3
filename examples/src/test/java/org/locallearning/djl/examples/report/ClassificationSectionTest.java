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
import org.locallearning.djl.examples.results.Results;
import org.locallearning.djl.examples.results.RunResult;

class ClassificationSectionTest {

    @Test
    void showsMeansAndTheConfusionsOfTheFirstRun() {
        Results results = ExampleResults.create();
        String section =
                ClassificationSection.of(results, List.of("bp", "fa"), Section::new)
                        .orElseThrow()
                        .body();

        assertEquals(2, section.split("<figure>", -1).length - 1);
        assertTrue(section.contains("<td>25.00 %</td>"), section);
        // 8 of the 10 images of the first class, and 3 of those of the second
        assertTrue(section.contains("rgba(0,114,178,0.56)\">8</td>"), section);
        assertTrue(section.contains("rgba(0,114,178,0.21)\">3</td>"), section);
    }

    @Test
    void isNotThereForOtherTasks() {
        Results results = ExampleResults.create();
        RunResult run = results.runs().get(0);
        RunResult other =
                new RunResult(
                        run.method(),
                        run.seed(),
                        run.optimizer(),
                        run.learningRate(),
                        null,
                        null,
                        run.epochs(),
                        null,
                        List.of(),
                        List.of(),
                        List.of());

        assertTrue(
                ClassificationSection.of(results.with(List.of(other)), List.of("bp"), Section::new)
                        .isEmpty());
    }
}
