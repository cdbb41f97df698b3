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
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.locallearning.djl.examples.report.Diagram.Layer;

class PainterTest {

    private static final Pattern COLUMN_LABEL =
            Pattern.compile(
                    "<text class=\"tick\" x=\"([\\d.]+)\" y=\"[\\d.]+\" text-anchor=\"middle\">([^<]*)");

    static Stream<Figure> figures() {
        List<double[]> line = List.of(new double[] {0, 1}, new double[] {6000, 0.08});
        return Stream.of(
                new Diagram("lines", "step", "error", List.of(Layer.lines("a", 0, List.of(line)))),
                new Landscape(
                                new double[][] {{2, 0.5}, {0.5, 1}},
                                new double[] {0, 0},
                                List.of(new Landscape.Trail("t", 0, line)))
                        .diagram("landscape"),
                new Bars("bars", "ms", List.of("one", "two"), List.of(1.0, 2.5), String::valueOf),
                new HeatMap(
                        "cells",
                        "threshold",
                        "share",
                        List.of("1", "2"),
                        List.of("3", "4"),
                        List.of(List.of(0.4, 0.3), List.of(0.2, 0.1)),
                        String::valueOf),
                Bitmap.matrix("matrix", "parameter", new double[] {1, -1, 0, 2}, 2, 1),
                new Diagram("paper", "step", "error", List.of(Layer.lines("a", 0, List.of(line))))
                        .with(
                                List.of(
                                        Diagram.Guide.paper(1, "", "1 %", 0),
                                        Diagram.Guide.paper(0.01, "", "0.01 %", 1))));
    }

    @ParameterizedTest
    @MethodSource("figures")
    void axesHaveNamesAndNumbers(Figure figure) {
        String svg = Painter.paint(figure).body();

        assertTrue(count(svg, "class=\"tick\"") >= 4, svg);
        assertTrue(count(svg, "class=\"axis\"") >= 1, svg);
    }

    @ParameterizedTest
    @MethodSource("figures")
    void nothingIsPaintedOutside(Figure figure) {
        Painting painting = Painter.paint(figure);
        Matcher text =
                Pattern.compile("<text [^>]*x=\"([^\"]*)\" y=\"([^\"]*)\"")
                        .matcher(painting.body());
        while (text.find()) {
            double x = Double.parseDouble(text.group(1));
            double y = Double.parseDouble(text.group(2));
            assertTrue(x >= 0 && x <= painting.width(), text.group());
            assertTrue(y >= 8 && y <= painting.height(), text.group());
        }
    }

    @ParameterizedTest
    @CsvSource({"0,6", "0,96", "0,6000", "0,60000", "0,1e7", "0,0.0006", "1e9,1000000006"})
    void labelsOfTheHorizontalAxisDoNotTouch(double first, double last) {
        List<double[]> line = List.of(new double[] {first, 0}, new double[] {last, 1});
        String svg =
                paint(new Diagram("t", "step", "y", List.of(Layer.lines("a", 0, List.of(line)))));

        Matcher label = COLUMN_LABEL.matcher(svg);
        double end = Double.NEGATIVE_INFINITY;
        int labels = 0;
        while (label.find()) {
            double at = Double.parseDouble(label.group(1));
            double half = TextSize.width(label.group(2), PlotArea.TICK_FONT) / 2;
            assertTrue(at - half > end, svg);
            end = at + half;
            assertTrue(end <= PlotArea.PAINTING, svg);
            ++labels;
        }
        assertTrue(labels >= 3, svg);
    }

    @Test
    void numbersBelowOneKeepTheirZero() {
        List<double[]> line = List.of(new double[] {0, 0.02}, new double[] {1, 0.08});
        String svg = paint(new Diagram("t", "x", "y", List.of(Layer.lines("a", 0, List.of(line)))));

        assertTrue(svg.contains(">0.08<"), svg);
        assertFalse(svg.contains(">."), svg);
    }

    @Test
    void epochsHaveRoundTicks() {
        assertEquals(List.of("50", "100", "150", "200"), PlotArea.labels(Axis.ofCounts(1, 200)));
        assertEquals(List.of("2", "4", "6", "8", "10"), PlotArea.labels(Axis.ofCounts(1, 10)));
    }

    @Test
    void whatIsCountedHasWholeNumbers() {
        List<double[]> line = List.of(new double[] {1, 0.5}, new double[] {4, 1});
        Diagram diagram =
                new Diagram("t", "matrix", "y", List.of(Layer.lines("a", 0, List.of(line))));

        assertEquals(List.of("1", "2", "3", "4"), PlotArea.labels(diagram.x()));
        List<double[]> epoch = List.of(new double[] {1, 0.5});
        Diagram single =
                new Diagram("t", "epoch", "y", List.of(Layer.lines("a", 0, List.of(epoch))));
        assertEquals(List.of("1", "2"), PlotArea.labels(single.x()));
    }

    @Test
    void legendShowsTheMarksAndLinesThatAreDrawn() {
        List<double[]> line = List.of(new double[] {0, 0}, new double[] {1, 1});
        Diagram diagram =
                new Diagram(
                        "t",
                        "x",
                        "y",
                        List.of(
                                Layer.lines("lines", 0, List.of(line)),
                                Layer.lines(null, 1, List.of(line)),
                                Layer.lines("more lines", 2, List.of(line)),
                                Layer.points("points", 3, line)));

        List<Figure.LegendEntry> legend = diagram.legend();
        assertEquals(List.of("lines", "more lines", "points"), names(legend));
        assertTrue(legend.get(0).hasLine());
        assertEquals(null, legend.get(0).mark());
        assertFalse(legend.get(2).hasLine());
        assertEquals(Diagram.Shape.of(3).path(), legend.get(2).mark());
        // lines without marks are told apart by their dashes, in the legend as in the diagram
        assertFalse(legend.get(0).line().equals(legend.get(1).line()));
        assertEquals(1, count(paint(diagram), "stroke-dasharray=\"" + legend.get(1).line() + "\""));
    }

    @Test
    void manySeriesAreAllDifferent() {
        List<double[]> line = List.of(new double[] {0, 0}, new double[] {1, 1});
        List<Layer> lines = new ArrayList<>();
        List<Layer> points = new ArrayList<>();
        for (int i = 0; i < 24; ++i) {
            lines.add(Layer.lines("n", i, List.of(line)));
            points.add(Layer.points("n", i, line));
        }

        for (List<Layer> layers : List.of(lines, points)) {
            List<Figure.LegendEntry> legend = new Diagram("t", "x", "y", layers).legend();
            assertEquals(24, new HashSet<>(legend).size());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 25, 26, 1000})
    void curveHasMarksWhereverItsLegendDoes(int points) {
        Map<Double, List<Double>> values = new TreeMap<>();
        for (int i = 0; i < points; ++i) {
            values.put((double) i, List.of((double) i, i + 1.0));
        }
        Diagram diagram =
                Diagram.curves("t", "x", "y", List.of(Curve.of("c", values)), ShortNumber::of);
        String svg = paint(diagram);

        assertEquals(Diagram.Shape.of(0).path(), diagram.legend().get(0).mark());
        // each tells its value, some only where the reader points at them
        assertEquals(points, count(svg, "<title>"));
        int visible = points - count(svg, "opacity=\"0\"");
        assertTrue(visible >= Math.min(points, 8) && visible <= 25, visible + " marks");
        assertTrue(svg.contains("<title>c, x 0: 0.5 (0 to 1)</title>"), svg);
    }

    @Test
    void emptyCurveKeepsItsColour() {
        Curve empty = Curve.of("empty", Map.of());
        Curve full = Curve.of("full", Map.of(1.0, List.of(1.0), 2.0, List.of(2.0)));
        Diagram diagram = Diagram.curves("t", "x", "y", List.of(empty, full), ShortNumber::of);

        assertEquals(List.of("full"), names(diagram.legend()));
        assertEquals(Palette.series(1), diagram.legend().get(0).colour());
        assertEquals(1, count(paint(diagram), "<polyline"));
    }

    @Test
    void landscapeIsCutAtItsFrameAndAsWideAsHigh() {
        Diagram diagram = (Diagram) figures().toList().get(1);
        String svg = paint(diagram);
        Matcher frame =
                Pattern.compile("class=\"frame\" .* width=\"([\\d.]+)\" height=\"([\\d.]+)\"")
                        .matcher(svg);

        assertTrue(frame.find());
        assertEquals(frame.group(1), frame.group(2));
        assertEquals(
                diagram.x().to() - diagram.x().from(), diagram.y().to() - diagram.y().from(), 1e-9);
        assertEquals(1, count(svg, "<svg "), "lines beyond the frame are cut");
    }

    @Test
    void pointsThatLieNowhereAreLeftOut() {
        List<double[]> line =
                List.of(
                        new double[] {0, 1},
                        new double[] {1, Double.NEGATIVE_INFINITY},
                        new double[] {2, 0});
        String svg =
                paint(
                        new Diagram(
                                "t",
                                "x",
                                "y",
                                List.of(
                                        Layer.lines("a", 0, List.of(line)),
                                        Layer.points("b", 1, line))));

        assertEquals(2, count(svg, "class=\"mark\""));
        assertFalse(svg.contains("NaN") || svg.contains("Infinity"), svg);
    }

    @Test
    void cellsThatHardlyDifferLookAlike() {
        String svg =
                paint(
                        new HeatMap(
                                "t",
                                "x",
                                "y",
                                List.of("1", "2"),
                                List.of("1"),
                                List.of(List.of(55.0, 54.9)),
                                value -> String.format(Locale.ROOT, "%.1f", value)));
        Matcher fill = Pattern.compile("fill=\"#(\\w+)\"/><text").matcher(svg);
        List<Integer> colours = new ArrayList<>();
        while (fill.find()) {
            colours.add(Integer.parseInt(fill.group(1), 16));
        }

        assertEquals(2, colours.size(), svg);
        for (int shift = 0; shift <= 16; shift += 8) {
            int difference = (colours.get(0) >> shift & 255) - (colours.get(1) >> shift & 255);
            assertTrue(Math.abs(difference) <= 1, svg);
        }
        // what the colours stand for starts at 0
        assertTrue(svg.contains("text-anchor=\"start\">0<"), svg);
        assertTrue(svg.contains("text-anchor=\"end\">55<"), svg);
    }

    @Test
    void oneCellFarBeyondTheOthersLeavesThemTheirColours() {
        HeatMap map =
                new HeatMap(
                        "t",
                        "x",
                        "y",
                        List.of("1", "2", "3"),
                        List.of("1"),
                        List.of(List.of(0.5, 2.0, 1e20)),
                        ShortNumber::of);
        String svg = paint(map);

        assertEquals(2, map.greatest());
        assertTrue(svg.contains(">↑1e20<"), svg);
        assertEquals(1, count(svg, "↑"), svg);
        assertTrue(svg.contains("text-anchor=\"end\">2<"), svg);
    }

    @Test
    void labelsOfTheColumnsOfAHeatMapDoNotTouch() {
        List<String> columns =
                List.of("0.00001", "0.00003", "0.0001", "0.0003", "0.001", "0.003", "0.01", "0.03");
        String svg =
                paint(
                        new HeatMap(
                                "t",
                                "x",
                                "y",
                                columns,
                                List.of("1"),
                                List.of(Collections.nCopies(8, 0.5)),
                                ShortNumber::of));

        Matcher label = COLUMN_LABEL.matcher(svg);
        double end = Double.NEGATIVE_INFINITY;
        List<String> labels = new ArrayList<>();
        while (label.find()) {
            if (columns.contains(label.group(2))) {
                double at = Double.parseDouble(label.group(1));
                double half = TextSize.width(label.group(2), PlotArea.TICK_FONT) / 2;
                assertTrue(at - half > end, svg);
                end = at + half;
                labels.add(label.group(2));
            }
        }
        assertEquals(List.of("0.00001", "0.0001", "0.001", "0.01"), labels);
    }

    /** The line goes on for 99 steps, and the marks end after 59. */
    @Test
    void endOfALongWayIsMarked() {
        List<double[]> points = new ArrayList<>();
        for (int i = 0; i < 100; ++i) {
            points.add(new double[] {100 - i, 0});
        }
        Diagram diagram =
                new Landscape(
                                new double[][] {{2, 0.5}, {0.5, 1}},
                                new double[] {0, 0},
                                List.of(new Landscape.Trail("t", 0, points)))
                        .diagram("landscape");
        String svg = paint(diagram);

        assertTrue(svg.contains("<title>t, step 59</title>"), svg);
        assertFalse(svg.contains("<title>t, step 60</title>"), svg);
        assertTrue(svg.contains("<title>t, step 99</title>"), svg);
    }

    @Test
    void scaleOfAMatrixUndoesThePower() {
        String svg = paint(Bitmap.matrix("t", "parameter", new double[] {8, -1, 0, 2}, 2, 0.5));

        // half the colour is a quarter of the magnitude
        for (String label : List.of("-8", "-2", "0", "2", "8")) {
            assertTrue(svg.contains(">" + label + "<"), label);
        }
    }

    private static List<String> names(List<Figure.LegendEntry> legend) {
        return legend.stream().map(Figure.LegendEntry::name).toList();
    }

    private static String paint(Figure figure) {
        return Painter.paint(figure).body();
    }

    private static int count(String text, String part) {
        return text.split(Pattern.quote(part), -1).length - 1;
    }
}
