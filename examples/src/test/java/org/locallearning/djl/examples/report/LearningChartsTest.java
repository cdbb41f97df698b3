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
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.locallearning.djl.examples.results.CorrelationMap;
import org.locallearning.djl.examples.results.Divergence;
import org.locallearning.djl.examples.results.EpochResult;
import org.locallearning.djl.examples.results.Results;
import org.locallearning.djl.examples.results.RunResult;

class LearningChartsTest {

    private static final Results EXAMPLE = ExampleResults.create();

    /** The losses of bp are 1.5 and 0.5. */
    @Test
    void lossesBeforeADivergenceDoNotHideTheOthers() {
        Results results = diverging(List.of(2.0, 1e12));
        Diagram loss = (Diagram) LearningCharts.of(results).learning().get(2);

        assertEquals("Training loss", loss.title());
        // what came before it is where it was
        assertTrue(loss.y().to() >= 2 && loss.y().to() < 5, loss.y().toString());
        assertEquals(2, loss.layers().get(1).marks().get(0).y());
        String svg = Painter.paint(loss).body();
        assertTrue(svg.contains("epoch 2: 1.00e12</title>"), svg);
        assertTrue(svg.contains(Diagram.Shape.ARROW.path()), svg);
        assertTrue(loss.legend().stream().anyMatch(each -> each.name().equals(Diagram.ARROWS)));
        for (Diagram.Layer layer : loss.layers()) {
            for (List<double[]> line : layer.lines()) {
                line.forEach(point -> assertTrue(point[1] <= loss.y().to()));
            }
        }
    }

    @Test
    void lossesThatAreNotFarHigherAreDrawnWhereTheyAre() {
        Diagram loss = (Diagram) LearningCharts.of(diverging(List.of(2.0, 3.0))).learning().get(2);

        assertTrue(loss.y().to() >= 3, loss.y().toString());
        assertFalse(loss.legend().stream().anyMatch(each -> each.name().equals(Diagram.ARROWS)));
    }

    /** Losses 2, 3 and 4 and 6; of the mean over both seeds there is the first epoch alone. */
    @Test
    void meanOfDivergedSeedsEndsWhereTheFirstDropsOut() {
        Diagram loss =
                (Diagram)
                        LearningCharts.of(diverging(List.of(2.0), List.of(4.0, 6.0), List.of()))
                                .learning()
                                .get(2);

        List<Diagram.Mark> marks = loss.layers().get(1).marks();
        assertEquals(1, marks.size());
        assertEquals(3, marks.get(0).y());
    }

    @Test
    void overviewHasTheMethodsThatWereAskedForAlone() {
        Results results = diverging(List.of(2.0, 3.0));

        String asked = ReportPage.overview(results, List.of("bp"));
        assertFalse(asked.contains("Feedback alignment"), asked);
        assertTrue(ReportPage.html(results).contains("Feedback alignment (diverged)"));
    }

    @Test
    void mapAfterTheMatrixIsOfItsOutputs() {
        RunResult run = EXAMPLE.runsOf("bp").get(0);
        String packed = CorrelationMap.pack(new float[] {1, 0, 0, 1});
        CorrelationMap map = new CorrelationMap(1, "01Linear", 2, packed, packed);
        Results results =
                EXAMPLE.with(
                        List.of(
                                new RunResult(
                                        "bp",
                                        1,
                                        run.optimizer(),
                                        run.learningRate(),
                                        null,
                                        null,
                                        run.epochs(),
                                        null,
                                        List.of(),
                                        List.of(),
                                        List.of(map))));

        List<Figure> maps = LearningCharts.of(results).correlationMaps();

        assertTrue(maps.get(0).remark().startsWith("before"), maps.get(0).remark());
        assertTrue(maps.get(0).remark().endsWith("of its inputs"), maps.get(0).remark());
        assertTrue(maps.get(1).remark().startsWith("after"), maps.get(1).remark());
        assertTrue(maps.get(1).remark().endsWith("of its outputs"), maps.get(1).remark());
    }

    /** The example with runs of fa that diverged, each with some training losses before. */
    @SafeVarargs
    private static Results diverging(List<Double>... losses) {
        List<RunResult> runs = new ArrayList<>(EXAMPLE.runsOf("bp"));
        for (List<Double> each : losses) {
            List<EpochResult> epochs = new ArrayList<>();
            for (double loss : each) {
                epochs.add(new EpochResult(epochs.size() + 1, loss, 0.1, loss, 0.1, 2.5));
            }
            runs.add(
                    new RunResult(
                            "fa",
                            runs.size(),
                            "adam",
                            1e-4f,
                            null,
                            null,
                            epochs,
                            null,
                            List.of(),
                            List.of(),
                            List.of(),
                            Divergence.of(epochs.size() + 1, 3, "The loss is NaN.")));
        }
        return EXAMPLE.with(runs);
    }
}
