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
package org.locallearning.djl.examples.reproduce.ahmad;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.locallearning.djl.examples.report.Curve;

class DecorrelationRulesTest {

    @Test
    void scaleOfTheMatrixSlowsFoldiaksRuleDownAndNotThePapers() {
        DecorrelationRules.Figure figure = measure();
        List<Curve.Point> paper = figure.overScale().get(0).points();
        List<Curve.Point> foldiak = figure.overScale().get(1).points();
        List<Curve.Point> before = figure.overScale().get(2).points();
        for (int i = 0; i < paper.size(); ++i) {
            assertTrue(paper.get(i).y().mean() < 0.2 * before.get(i).y().mean());
        }
        // outputs a tenth as large make steps a hundredth as large, on a matrix ten times as large
        assertEquals(before.get(0).y().mean(), foldiak.get(0).y().mean(), 0.02);
        // at the scale of the inputs it works
        assertTrue(foldiak.get(5).y().mean() < 0.4 * before.get(5).y().mean());
    }

    @Test
    void activityStaysUnderThePapersRuleAlone() {
        DecorrelationRules.Figure figure = measure();
        double paper = last(figure.overSteps().get(0));
        double foldiak = last(figure.overSteps().get(1));
        // after the gain, one step takes away at most 2 ηλ, and λ is at most the greatest
        // eigenvalue at the start
        assertTrue(paper > 1 - 2 * DecorrelationTrial.RATE_SHARE, "activity " + paper);
        assertTrue(foldiak < 0.85, "activity " + foldiak);
    }

    /** With the second seed, Földiák's rule comes to no more than its tenth step. */
    @Test
    void trialsThatEndEarlyAreInNoMean() {
        DecorrelationRules.Figure figure =
                DecorrelationRules.measure(
                        List.of(1, 2),
                        seed ->
                                (rule, scale, steps) -> {
                                    boolean ends =
                                            seed == 2 && rule == DecorrelationTrial.Rule.FOLDIAK;
                                    return Collections.nCopies(
                                            ends ? 10 : steps + 1,
                                            new DecorrelationTrial.State(seed, ends ? 9 : 0.5));
                                });

        assertEquals(1.5, figure.overScale().get(0).points().get(0).y().mean());
        assertEquals(1, figure.overScale().get(1).points().get(0).y().mean());
        assertEquals(1.5, figure.overScale().get(2).points().get(0).y().mean());
        assertEquals(0.5, figure.overSteps().get(1).points().get(0).y().greatest());
        // nine scales, and the activity from M = I
        assertEquals(Map.of("Földiák's rule", 10), figure.endedEarly());
        assertTrue(
                DecorrelationRules.text(figure).contains("10 trials of it stopped being finite"),
                DecorrelationRules.text(figure));
    }

    @Test
    void whatNoTrialCameToIsADash() {
        DecorrelationRules.Figure figure =
                DecorrelationRules.measure(
                        List.of(1),
                        seed ->
                                (rule, scale, steps) ->
                                        List.of(new DecorrelationTrial.State(3.14e-5, 1)));

        String text = DecorrelationRules.text(figure);
        assertTrue(text.startsWith("The mean squared correlation is 0.0000314 before."), text);
        assertTrue(text.contains("leaves – from M = 0.1 I"), text);
    }

    private static DecorrelationRules.Figure measure() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            return DecorrelationRules.measure(
                    List.of(1, 2), seed -> new DecorrelationTrial(manager, seed)::run);
        }
    }

    private static double last(Curve curve) {
        return curve.points().get(curve.points().size() - 1).y().mean();
    }
}
