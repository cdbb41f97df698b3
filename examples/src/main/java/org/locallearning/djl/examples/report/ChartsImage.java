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

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import javax.imageio.ImageIO;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Charts of XChart, side by side in one PNG picture. */
public final class ChartsImage {

    private static final int SIDE = 620;
    private static final int TIGHT = 20;
    private static final int MOST_IN_A_ROW = 3;
    private static final Color GRID = new Color(0xdde1e7);
    private static final Color CONTOUR = new Color(0xb9c0ca);
    private static final List<Marker> MARKERS =
            List.of(
                    SeriesMarkers.CIRCLE,
                    SeriesMarkers.SQUARE,
                    SeriesMarkers.TRIANGLE_UP,
                    SeriesMarkers.DIAMOND);

    private ChartsImage() {}

    /**
     * Draws landscapes side by side.
     *
     * @param titles the title of each
     * @param landscapes the landscapes
     * @return the content of a PNG file
     * @throws FontsMissingException if this Java has no fonts to write with
     * @throws IOException if the picture cannot be encoded
     */
    public static byte[] landscapes(List<String> titles, List<Landscape> landscapes)
            throws IOException, FontsMissingException {
        return png(
                landscapes.size(),
                graphics -> {
                    for (int i = 0; i < landscapes.size(); ++i) {
                        chart(titles.get(i), landscapes.get(i)).paint(graphics, SIDE, SIDE);
                        graphics.translate(SIDE, 0);
                    }
                });
    }

    /**
     * Draws charts of curves side by side.
     *
     * @param titles the title of each
     * @param abscissas what the horizontal axis of each is
     * @param ordinates what the vertical axis of each is
     * @param charts the curves of each
     * @return the content of a PNG file
     * @throws FontsMissingException if this Java has no fonts to write with
     * @throws IOException if the picture cannot be encoded
     */
    public static byte[] lines(
            List<String> titles,
            List<String> abscissas,
            List<String> ordinates,
            List<List<Curve>> charts)
            throws IOException, FontsMissingException {
        return png(
                charts.size(),
                graphics -> {
                    for (int i = 0; i < charts.size(); ++i) {
                        XYChart chart = empty(titles.get(i), abscissas.get(i), ordinates.get(i));
                        for (int k = 0; k < charts.get(i).size(); ++k) {
                            Curve curve = charts.get(i).get(k);
                            line(
                                    chart,
                                    curve.name(),
                                    curve.points().stream().map(Curve.Point::x).toList(),
                                    curve.points().stream().map(point -> point.y().mean()).toList(),
                                    k);
                        }
                        chart.paint(graphics, SIDE, SIDE);
                        graphics.translate(SIDE, 0);
                    }
                });
    }

    /**
     * Draws diagrams, at most so many side by side.
     *
     * @param diagrams the diagrams
     * @param columns the number of diagrams in a row
     * @return the content of a PNG file
     * @throws FontsMissingException if this Java has no fonts to write with
     * @throws IOException if the picture cannot be encoded
     */
    public static byte[] diagrams(List<Diagram> diagrams, int columns)
            throws IOException, FontsMissingException {
        int across = Math.min(columns, diagrams.size());
        int down = (diagrams.size() + across - 1) / across;
        return withFonts(
                () -> {
                    BufferedImage image =
                            new BufferedImage(
                                    across * SIDE, down * SIDE, BufferedImage.TYPE_INT_RGB);
                    Graphics2D graphics = image.createGraphics();
                    graphics.setColor(Color.WHITE);
                    graphics.fillRect(0, 0, across * SIDE, down * SIDE);
                    for (int i = 0; i < diagrams.size(); ++i) {
                        Graphics2D place =
                                (Graphics2D)
                                        graphics.create(
                                                i % across * SIDE, i / across * SIDE, SIDE, SIDE);
                        chart(diagrams.get(i)).paint(place, SIDE, SIDE);
                        place.dispose();
                    }
                    graphics.dispose();
                    return image;
                });
    }

    private static XYChart chart(Diagram diagram) {
        XYChart chart = empty(diagram.title(), diagram.abscissa(), diagram.ordinate());
        if (diagram.layers().stream().filter(layer -> layer.name() != null).count()
                > MOST_IN_A_ROW) {
            chart.getStyler().setLegendLayout(Styler.LegendLayout.Vertical);
        }
        int number = 0;
        for (Diagram.Layer layer : diagram.layers()) {
            Color colour = Palette.colour(layer.colour());
            boolean named = layer.name() != null;
            for (List<double[]> line : layer.lines()) {
                String name = named ? layer.name() : "line " + ++number;
                XYSeries series = chart.addSeries(name, axis(line, 0), axis(line, 1));
                series.setLineColor(colour).setLineStyle(new BasicStroke(1.4f));
                series.setMarker(SeriesMarkers.NONE).setShowInLegend(named);
                named = false;
            }
            if (!layer.points().isEmpty()) {
                String name = named ? layer.name() : "points " + ++number;
                XYSeries series =
                        chart.addSeries(name, axis(layer.points(), 0), axis(layer.points(), 1));
                series.setLineStyle(SeriesLines.NONE).setLineColor(colour);
                series.setMarker(MARKERS.get(layer.colour() % MARKERS.size()))
                        .setMarkerColor(colour)
                        .setShowInLegend(named);
            }
        }
        return chart;
    }

    /**
     * Draws a table of numbers as a heat map with the numbers in it.
     *
     * @param title the title
     * @param abscissa what the columns are
     * @param ordinate what the rows are
     * @param columns the name of each column
     * @param rows the name of each row, from below
     * @param values the number of each cell, row by row
     * @return the content of a PNG file
     * @throws FontsMissingException if this Java has no fonts to write with
     * @throws IOException if the picture cannot be encoded
     */
    public static byte[] heatMap(
            String title,
            String abscissa,
            String ordinate,
            List<String> columns,
            List<String> rows,
            List<List<Double>> values)
            throws IOException, FontsMissingException {
        return png(
                1,
                graphics -> {
                    HeatMapChart chart =
                            new HeatMapChartBuilder()
                                    .width(SIDE)
                                    .height(SIDE)
                                    .title(title)
                                    .xAxisTitle(abscissa)
                                    .yAxisTitle(ordinate)
                                    .build();
                    chart.getStyler()
                            .setShowValue(true)
                            .setHeatMapValueDecimalPattern("0.0")
                            .setRangeColors(new Color[] {Color.WHITE, Palette.colour(0)});
                    // every row and column has its name, and every cell its number
                    chart.getStyler()
                            .setXAxisTickMarkSpacingHint(TIGHT)
                            .setYAxisTickMarkSpacingHint(TIGHT);
                    chart.getStyler()
                            .setLegendVisible(false)
                            .setChartBackgroundColor(Color.WHITE)
                            .setPlotBorderVisible(false);
                    List<Number[]> cells = new ArrayList<>();
                    for (int x = 0; x < columns.size(); ++x) {
                        for (int y = 0; y < rows.size(); ++y) {
                            cells.add(new Number[] {x, y, values.get(y).get(x)});
                        }
                    }
                    chart.addSeries(title, columns, rows, cells);
                    chart.paint(graphics, SIDE, SIDE);
                });
    }

    /**
     * Draws one bar for each of some names.
     *
     * @param title the title
     * @param ordinate what the height of a bar is
     * @param names the names
     * @param heights the height of each bar
     * @return the content of a PNG file
     * @throws FontsMissingException if this Java has no fonts to write with
     * @throws IOException if the picture cannot be encoded
     */
    public static byte[] bars(
            String title, String ordinate, List<String> names, List<Double> heights)
            throws IOException, FontsMissingException {
        return png(
                1,
                graphics -> {
                    CategoryChart chart =
                            new CategoryChartBuilder()
                                    .width(SIDE)
                                    .height(SIDE)
                                    .title(title)
                                    .yAxisTitle(ordinate)
                                    .build();
                    chart.getStyler()
                            .setLegendVisible(false)
                            .setChartBackgroundColor(Color.WHITE)
                            .setPlotBorderVisible(false);
                    // names that XChart finds too close to each other are left out
                    chart.getStyler()
                            .setXAxisLabelRotation(30)
                            .setXAxisTickMarkSpacingHint(1)
                            .setDecimalPattern("0.0");
                    chart.getStyler().setLabelsVisible(true).setLabelsFontColor(Color.WHITE);
                    chart.addSeries(title, names, heights).setFillColor(Palette.colour(0));
                    chart.paint(graphics, SIDE, SIDE);
                });
    }

    private interface Painter {
        void paint(Graphics2D graphics);
    }

    private static byte[] png(int charts, Painter painter)
            throws IOException, FontsMissingException {
        return withFonts(
                () -> {
                    BufferedImage image =
                            new BufferedImage(charts * SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
                    Graphics2D graphics = image.createGraphics();
                    painter.paint(graphics);
                    graphics.dispose();
                    return image;
                });
    }

    /** Draws and encodes a picture, and tells missing fonts from any other failure. */
    static byte[] withFonts(Supplier<BufferedImage> drawing)
            throws IOException, FontsMissingException {
        try {
            ByteArrayOutputStream png = new ByteArrayOutputStream();
            ImageIO.write(drawing.get(), "png", png);
            return png.toByteArray();
        } catch (RuntimeException | LinkageError | InternalError e) {
            // Java without fonts or font libraries fails in any of these ways, first here and then,
            // once its classes could not be initialised, in others
            if (FontsMissingException.isCauseOf(e)) {
                throw new FontsMissingException(e);
            }
            throw e;
        }
    }

    private static XYChart empty(String title, String abscissa, String ordinate) {
        XYChart chart =
                new XYChartBuilder()
                        .width(SIDE)
                        .height(SIDE)
                        .title(title)
                        .xAxisTitle(abscissa)
                        .yAxisTitle(ordinate)
                        .build();
        chart.getStyler()
                .setLegendPosition(Styler.LegendPosition.OutsideS)
                .setLegendLayout(Styler.LegendLayout.Horizontal)
                .setLegendBorderColor(Color.WHITE)
                .setChartBackgroundColor(Color.WHITE)
                .setPlotBorderVisible(false);
        chart.getStyler().setPlotGridLinesColor(GRID);
        return chart;
    }

    private static XYChart chart(String title, Landscape landscape) {
        XYChart chart = empty(title, "first parameter", "second parameter");
        double[] frame = landscape.frame();
        chart.getStyler()
                .setXAxisMin(frame[0])
                .setXAxisMax(frame[0] + frame[2])
                .setYAxisMin(frame[1])
                .setYAxisMax(frame[1] + frame[2]);
        int number = 0;
        for (List<double[]> contour : landscape.contours()) {
            XYSeries series =
                    chart.addSeries("contour " + ++number, axis(contour, 0), axis(contour, 1));
            series.setLineColor(CONTOUR).setLineStyle(new BasicStroke(1));
            series.setMarker(SeriesMarkers.NONE).setShowInLegend(false);
        }
        for (Landscape.Trail trail : landscape.trails()) {
            line(
                    chart,
                    trail.name(),
                    axis(trail.points(), 0),
                    axis(trail.points(), 1),
                    trail.colour());
        }
        XYSeries optimum =
                chart.addSeries(
                        "optimum",
                        List.of(landscape.optimum()[0]),
                        List.of(landscape.optimum()[1]));
        optimum.setLineStyle(SeriesLines.NONE);
        optimum.setMarker(SeriesMarkers.CROSS).setMarkerColor(Color.BLACK);
        return chart;
    }

    private static void line(
            XYChart chart, String name, List<Double> x, List<Double> y, int place) {
        Color colour = Palette.colour(place);
        XYSeries series = chart.addSeries(name, x, y);
        series.setLineColor(colour).setLineStyle(new BasicStroke(2.2f));
        series.setMarker(MARKERS.get(place % MARKERS.size())).setMarkerColor(colour);
    }

    private static List<Double> axis(List<double[]> points, int axis) {
        return points.stream().map(point -> point[axis]).toList();
    }
}
