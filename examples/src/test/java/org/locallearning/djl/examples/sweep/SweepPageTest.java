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

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.locallearning.djl.examples.report.ExampleResults;
import org.locallearning.djl.examples.results.EpochResult;
import org.locallearning.djl.examples.results.RunResult;

/** Pages of a sweep of two rates with two seeds, compared after two epochs and after four. */
class SweepPageTest {

    private static final SweptOption RATE = SweptOption.named("learning-rate").orElseThrow();
    private static final Trial.Subject BP = new Trial.Subject("glyphs", "mlp", "bp");
    private static final Map<SweptOption, String> SLOW = Map.of(RATE, "1e-4");
    private static final Map<SweptOption, String> FAST = Map.of(RATE, "1e-2");

    private final SweepPlan plan =
            new SweepPlan(
                    Map.of(BP, List.of(SLOW, FAST)), List.of(1, 2), 4, true, new Halving(2, 2, 4));

    private final Sweep sweep = new Sweep(plan, null, null, null, null);

    @Test
    void nothingIsTheBestBeforeASettingHasAllItsSeeds() {
        reach(SLOW, 1, null, 0.3, 0.4);
        reach(FAST, 1, null, 0.7, 0.8);

        String page = page();

        assertFalse(page.contains("Learning curves"), page);
        assertFalse(page.contains("were used once"), page);
        assertTrue(page.contains("The whole grid"), page);
    }

    @Test
    void theBestSoFarIsThatOfTheHighestRungThatIsComplete() {
        for (int seed : plan.seeds()) {
            reach(SLOW, seed, null, 0.3, 0.4);
            reach(FAST, seed, null, 0.7, 0.8);
        }
        reach(FAST, 1, null, 0.7, 0.8, 0.9);

        String page = page();

        assertTrue(page.contains("Of the best setting of each method so far"), page);
        assertTrue(page.contains("Backpropagation, epoch 2: 80.00 %"), page);
        // the second seed has not come there
        assertFalse(page.contains("Backpropagation, epoch 3"), page);
        assertFalse(page.contains("epoch 2: 40.00 %"), page);
        assertFalse(page.contains("were used once"), page);
    }

    @Test
    void whereAllSettingsFailedNoneIsTheBest() {
        for (int seed : plan.seeds()) {
            reach(SLOW, seed, "The loss is NaN.", 0.3, 0.4);
            reach(FAST, seed, "The loss is NaN.", 0.7);
        }

        assertFalse(page().contains("Learning curves"));
    }

    @Test
    void chosenSettingsHaveUsedTheTestImages() {
        for (int seed : plan.seeds()) {
            reach(FAST, seed, null, 0.6, 0.7, 0.8, 0.9);
        }
        SettingScore best = sweep.scores(BP, List.of(FAST), 4).get(0);

        String page =
                SweepPage.html(
                        plan,
                        sweep,
                        SweepResults.of(plan, sweep, Map.of(BP, best), "sweep", "now"));

        assertTrue(page.contains("were used once, with the chosen setting."), page);
        assertFalse(page.contains("so far, by"), page);
    }

    private String page() {
        return SweepPage.html(plan, sweep, SweepResults.of(plan, sweep, Map.of(), "sweep", "now"));
    }

    private void reach(
            Map<SweptOption, String> setting, int seed, String failure, double... accuracies) {
        List<EpochResult> epochs = new ArrayList<>();
        for (double accuracy : accuracies) {
            epochs.add(
                    new EpochResult(
                            epochs.size() + 1,
                            1,
                            accuracy,
                            null,
                            null,
                            1.0,
                            accuracy,
                            2.5,
                            null,
                            List.of()));
        }
        RunResult run =
                new RunResult(
                        "bp", seed, "adam", 1e-4f, null, null, epochs, null, List.of(), List.of(),
                        List.of());
        sweep.reached()
                .put(
                        new Trial(BP, setting, seed),
                        new StoredTrial(
                                List.of(),
                                1,
                                5,
                                ExampleResults.create().with(List.of(run)),
                                failure,
                                false));
    }
}
