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

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.locallearning.djl.examples.report.GuideLabels.Label;

class GuideLabelsTest {

    private static final Axis AXIS = Axis.between(0, 100);
    private static final PlotArea AREA =
            PlotArea.around(List.of("100"), List.of("10"), "y", "x").withHeight(210);

    private static List<Label> place(double... values) {
        List<Diagram.Guide> guides =
                Arrays.stream(values)
                        .mapToObj(value -> Diagram.Guide.paper(value, "bp", value + " %", 0))
                        .toList();
        return GuideLabels.place(guides, AREA, AXIS);
    }

    @Test
    void textStandsAboveItsLine() {
        Label label = place(50).get(0);

        assertEquals(AREA.y(AXIS, 50), label.top() + label.height(), 1e-9);
        assertEquals("paper, bp: 50.0 %", label.text());
    }

    @Test
    void linesWithoutTextHaveNoLabel() {
        assertEquals(List.of(), GuideLabels.place(List.of(Diagram.Guide.at(90)), AREA, AXIS));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1, 40, 99, 100})
    void textsOfCloseLinesAreInOrderWithinThePlot(double value) {
        List<Label> labels =
                place(value, value - 0.3, value - 0.4, value - 0.1, Math.min(value, 50));

        double end = AREA.top();
        for (Label label : labels) {
            assertTrue(label.top() >= end - 1e-9, labels.toString());
            end = label.top() + label.height();
            assertTrue(label.left() + label.width() <= AREA.right(), labels.toString());
        }
        assertTrue(end <= AREA.bottom() + 1e-9, labels.toString());
        assertEquals("paper, bp: " + value + " %", labels.get(0).text());
    }
}
