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
package org.locallearning.djl.examples.reproduce.alonso;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.locallearning.djl.examples.report.Curve;
import org.locallearning.djl.examples.report.ExampleResults;
import org.locallearning.djl.examples.results.Divergence;
import org.locallearning.djl.examples.results.Results;
import org.locallearning.djl.examples.results.RunResult;

class LearningTimeTest {

    @Test
    void divergedSeedsAreNamed() {
        Results example = ExampleResults.create();
        List<RunResult> runs = new ArrayList<>(example.runs());
        runs.set(2, diverged(runs.get(2)));
        LearningTime.Figure one = LearningTime.figure(example.with(runs));

        assertEquals(
                List.of("bp (1 of 2 diverged)", "fa"),
                one.losses().stream().map(Curve::name).toList());
        assertEquals(1, one.losses().get(0).points().get(0).y().mean() / 1.6);
        assertEquals(
                "Curves leave out runs that diverged: mlp on glyphs, bp (1 of 2 diverged).",
                LearningTime.divergences(List.of(one)));

        runs.set(0, diverged(runs.get(0)));
        LearningTime.Figure all = LearningTime.figure(example.with(runs));
        assertEquals("bp (diverged)", all.losses().get(0).name());
        assertEquals(List.of(), all.losses().get(0).points());
        assertEquals("", LearningTime.divergences(List.of(LearningTime.figure(example))));
    }

    private static RunResult diverged(RunResult run) {
        return new RunResult(
                run.method(),
                run.seed(),
                run.optimizer(),
                run.learningRate(),
                null,
                null,
                run.epochs().subList(0, 1),
                null,
                List.of(),
                List.of(),
                List.of(),
                Divergence.of(2, 1, "The loss is NaN."));
    }
}
