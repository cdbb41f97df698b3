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
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.locallearning.djl.examples.results.EpochResult;
import org.locallearning.djl.examples.results.Results;
import org.locallearning.djl.zoo.task.Task;

/**
 * The picture {@code curves.png}: test accuracy, or test loss where there is none, and training
 * loss over the epochs.
 */
public final class CurvesImage {

    private static final int WIDTH = 760;
    private static final int HEIGHT = 520;
    private static final int BAND_OPACITY = 40;

    private CurvesImage() {}

    /**
     * Draws the curves of results that have at least one run.
     *
     * @param results the results
     * @return the content of a PNG file
     * @throws FontsMissingException if this Java has no fonts to write with
     * @throws IOException if the picture cannot be encoded
     */
    public static byte[] png(Results results) throws IOException, FontsMissingException {
        return png(List.of(results));
    }

    /**
     * Draws the curves of several experiments, one below the other.
     *
     * @param experiments results that have at least one run each
     * @return the content of a PNG file
     * @throws FontsMissingException if this Java has no fonts to write with
     * @throws IOException if the picture cannot be encoded
     */
    public static byte[] png(List<Results> experiments) throws IOException, FontsMissingException {
        return ChartsImage.withFonts(() -> draw(experiments));
    }

    private static BufferedImage draw(List<Results> experiments) {
        BufferedImage image =
                new BufferedImage(
                        2 * WIDTH, experiments.size() * HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        for (Results results : experiments) {
            Task task = results.task();
            String title = results.datasetTitle() + ", " + network(results);
            paint(
                    graphics,
                    task.hasAccuracy()
                            ? chart(
                                    results,
                                    title + ": test accuracy",
                                    "test accuracy in %",
                                    epoch -> 100 * epoch.testAccuracy())
                            : chart(
                                    results,
                                    title + ": test loss",
                                    task.lossUnit(),
                                    EpochResult::testLoss));
            graphics.translate(WIDTH, 0);
            paint(
                    graphics,
                    chart(results, "Training loss", task.lossUnit(), EpochResult::trainLoss));
            graphics.translate(-WIDTH, HEIGHT);
        }
        graphics.dispose();
        return image;
    }

    /** The model with what was chosen about it, which tells it from others in one picture. */
    private static String network(Results results) {
        StringBuilder text = new StringBuilder(results.model());
        if (results.settings().hidden() != null) {
            text.append(' ')
                    .append(
                            results.settings().hidden().stream()
                                    .map(String::valueOf)
                                    .collect(Collectors.joining("-")));
        }
        if (results.settings().activation() != null) {
            text.append(' ').append(results.settings().activation());
        }
        return text.toString();
    }

    private static void paint(Graphics2D graphics, XYChart chart) {
        chart.paint(graphics, WIDTH, HEIGHT);
    }

    private static XYChart chart(
            Results results, String title, String quantity, ToDoubleFunction<EpochResult> value) {
        XYChart chart =
                new XYChartBuilder()
                        .width(WIDTH)
                        .height(HEIGHT)
                        .title(title)
                        .xAxisTitle("epoch")
                        .yAxisTitle(quantity)
                        .build();
        chart.getStyler()
                .setLegendPosition(Styler.LegendPosition.OutsideS)
                .setLegendLayout(Styler.LegendLayout.Horizontal)
                .setLegendBorderColor(Color.WHITE)
                .setChartBackgroundColor(Color.WHITE)
                .setPlotBorderVisible(false);
        chart.getStyler()
                .setPlotGridLinesColor(new Color(0xdde1e7))
                .setXAxisDecimalPattern("#")
                .setYAxisDecimalPattern("#.####");
        int epochs = results.settings().epochs();
        chart.getStyler().setXAxisMin(Math.min(1.0, epochs - 0.5)).setXAxisMax((double) epochs);

        List<String> methods = results.settings().methods();
        for (String method : results.finishedMethods()) {
            Color colour = Palette.colour(methods.indexOf(method));
            Curve curve = Curve.overEpochs(results, method, method, value);
            if (results.runsOf(method).size() > 1 && curve.points().size() > 1) {
                band(chart, curve, colour);
            }
            XYSeries line =
                    chart.addSeries(
                            method,
                            curve.points().stream().map(Curve.Point::x).toList(),
                            curve.points().stream().map(point -> point.y().mean()).toList());
            line.setLineColor(colour).setLineStyle(new BasicStroke(2.2f));
            line.setMarker(SeriesMarkers.CIRCLE).setMarkerColor(colour);
        }
        return chart;
    }

    private static void band(XYChart chart, Curve curve, Color colour) {
        List<Double> x = new ArrayList<>();
        List<Double> y = new ArrayList<>();
        for (Curve.Point point : curve.points()) {
            x.add(point.x());
            y.add(point.y().greatest());
        }
        for (int i = curve.points().size() - 1; i >= 0; --i) {
            x.add(curve.points().get(i).x());
            y.add(curve.points().get(i).y().least());
        }
        XYSeries band = chart.addSeries(curve.name() + " band", x, y);
        band.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.PolygonArea);
        band.setFillColor(
                new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), BAND_OPACITY));
        band.setLineColor(new Color(0, 0, 0, 0));
        band.setMarker(SeriesMarkers.NONE);
        band.setShowInLegend(false);
    }
}
