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
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.locallearning.djl.examples.report.ExampleResults;
import org.locallearning.djl.examples.results.Divergence;
import org.locallearning.djl.examples.results.EpochResult;
import org.locallearning.djl.examples.results.Provenance;
import org.locallearning.djl.examples.results.Results;
import org.locallearning.djl.examples.results.RunResult;
import org.locallearning.djl.examples.results.TileSheet;

class ReceptiveFieldsTest {

    /** One unit of four pixels. */
    private static final TileSheet WEIGHTS = new TileSheet(4, "P4AAAL+AAAA/gAAAv4AAAA==");

    private static final FirstLayer.Fields BEFORE = new FirstLayer.Fields(0.01, WEIGHTS);
    private static final FirstLayer.Fields AFTER = new FirstLayer.Fields(0.75, WEIGHTS);

    @Test
    void runThatDivergedHasNoResult() {
        ReceptiveFields.Figure figure =
                figure(
                        new ReceptiveFields.Run("first", run(0, 1), null, null),
                        new ReceptiveFields.Run("bp", run(2, 0), BEFORE, AFTER),
                        new ReceptiveFields.Run("fa", run(2, 3), BEFORE, AFTER));

        assertEquals(
                List.of(
                        List.of("before learning", "0.010", ""),
                        List.of("first", "–", "diverged in epoch 1"),
                        List.of("bp", "0.750", "90.00 %"),
                        List.of("fa", "–", "diverged in epoch 3")),
                ReceptiveFields.rows(figure));
        String page = html(figure);
        assertEquals(3, page.split("data:image/png", -1).length, "before learning, and bp");
        assertTrue(page.contains("diverged in epoch 3"), page);
    }

    @Test
    void whereNothingCanBeDrawnASentenceSaysSo() {
        ReceptiveFields.Figure figure =
                figure(new ReceptiveFields.Run("bp", run(0, 1), null, null));

        assertThrows(IllegalArgumentException.class, () -> ReceptiveFields.rows(figure));
    }

    private static ReceptiveFields.Figure figure(ReceptiveFields.Run... runs) {
        return new ReceptiveFields.Figure("digits", 3, List.of(runs));
    }

    private static String html(ReceptiveFields.Figure figure) {
        Results example = ExampleResults.create();
        return ReceptiveFields.page(figure)
                .html(
                        "title",
                        new Provenance(
                                "x",
                                "paper",
                                "reproduce",
                                example.started(),
                                List.of(1),
                                example.build(),
                                example.machine(),
                                null));
    }

    /** A run that was finished, or that diverged in an epoch from 1. */
    private static RunResult run(int epochs, int diverged) {
        List<EpochResult> all = ExampleResults.create().runs().get(0).epochs();
        return new RunResult(
                "bp",
                1,
                "adam",
                1e-4f,
                null,
                null,
                all.subList(0, epochs),
                null,
                List.of(),
                List.of(),
                List.of(),
                diverged == 0 ? null : Divergence.of(diverged, 2, "The loss is NaN."));
    }
}
