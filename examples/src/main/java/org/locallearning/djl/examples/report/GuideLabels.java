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

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Places what is written beside the lines across a plot: at the left edge, where curves are far
 * from what they come to, each text above its line, and one below the other where lines are close.
 */
final class GuideLabels {

    private static final double HEIGHT = 15;
    private static final double MARGIN = 2;
    private static final double INSET = 4;
    private static final double SAMPLE = 18;
    private static final double GAP = 4;

    private GuideLabels() {}

    /**
     * A text with a sample of its line before it, on a ground of its own.
     *
     * @param left the left edge
     * @param top the upper edge
     * @param width the width
     * @param height the height
     * @param middle the height of the sample
     * @param sampleEnd where the sample ends
     * @param textAt where the text starts
     * @param baseLine the base line of the text
     * @param colour the colour of the line
     * @param text the text
     */
    record Label(
            double left,
            double top,
            double width,
            double height,
            double middle,
            double sampleEnd,
            double textAt,
            double baseLine,
            String colour,
            String text) {}

    /** Places the texts of the lines that have one, from the highest line to the lowest. */
    static List<Label> place(List<Diagram.Guide> guides, PlotArea area, Axis y) {
        List<Diagram.Guide> named =
                guides.stream()
                        .filter(guide -> !guide.text().isEmpty())
                        .sorted(Comparator.comparingDouble(guide -> -guide.value()))
                        .toList();
        double[] tops = new double[named.size()];
        double free = area.top() + MARGIN;
        for (int i = 0; i < tops.length; ++i) {
            tops[i] = Math.max(free, area.y(y, named.get(i).value()) - HEIGHT);
            free = tops[i] + HEIGHT;
        }
        double end = area.bottom() - MARGIN;
        for (int i = tops.length - 1; i >= 0; --i) {
            tops[i] = Math.min(tops[i], end - HEIGHT);
            end = tops[i];
        }
        List<Label> labels = new ArrayList<>();
        for (int i = 0; i < tops.length; ++i) {
            labels.add(label(named.get(i), area.left() + INSET, tops[i]));
        }
        return labels;
    }

    private static Label label(Diagram.Guide guide, double left, double top) {
        double middle = top + HEIGHT / 2;
        double text = left + SAMPLE + GAP;
        return new Label(
                left,
                top,
                SAMPLE + GAP + TextSize.width(guide.text(), PlotArea.TICK_FONT),
                HEIGHT,
                middle,
                left + SAMPLE,
                text,
                middle + PlotArea.TICK_FONT / 3,
                guide.colour(),
                guide.text());
    }
}
