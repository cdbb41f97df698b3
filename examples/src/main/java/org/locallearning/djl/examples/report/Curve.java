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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.locallearning.djl.examples.results.AlignmentResult;
import org.locallearning.djl.examples.results.CorrelationResult;
import org.locallearning.djl.examples.results.EpochResult;
import org.locallearning.djl.examples.results.Results;
import org.locallearning.djl.examples.results.RunResult;
import org.locallearning.djl.examples.results.SeedSummary;

/**
 * One line of a chart: a quantity over time, its mean over the seeds and the band from the least to
 * the greatest seed.
 *
 * @param name what the legend calls it
 * @param points the points in the order of time
 */
public record Curve(String name, List<Point> points) {

    private static final int MOST_MARKS = 25;

    /**
     * One point of time.
     *
     * @param x the time in epochs
     * @param y the quantity over the seeds
     */
    public record Point(double x, SeedSummary y) {}

    /** Follows a quantity of the epochs of one method. */
    static Curve overEpochs(
            Results results, String method, String name, ToDoubleFunction<EpochResult> quantity) {
        Map<Double, List<Double>> values = new TreeMap<>();
        for (RunResult run : results.runsOf(method)) {
            for (EpochResult epoch : run.epochs()) {
                values.computeIfAbsent((double) epoch.epoch(), x -> new ArrayList<>())
                        .add(quantity.applyAsDouble(epoch));
            }
        }
        return of(name, values);
    }

    /** Follows a quantity of the alignment of one method in one layer; null values are left out. */
    static Curve overAlignment(
            Results results,
            String method,
            String layer,
            Function<AlignmentResult, Double> quantity) {
        Map<Double, List<Double>> values = new TreeMap<>();
        for (RunResult run : results.runsOf(method)) {
            for (AlignmentResult alignment : run.alignment()) {
                Double value = quantity.apply(alignment);
                if (alignment.layer().equals(layer) && value != null) {
                    values.computeIfAbsent(alignment.epoch(), x -> new ArrayList<>()).add(value);
                }
            }
        }
        return of(layer, values);
    }

    /**
     * Follows the angle between a method's weight gradient and backpropagation's, the mean over the
     * hidden layers; the output layer, whose gradient is backpropagation's own, is left out.
     */
    static Curve overMeanAngle(Results results, String method, String name) {
        Map<Double, List<Double>> values = new TreeMap<>();
        for (RunResult run : results.runsOf(method)) {
            if (run.alignment().isEmpty()) {
                continue;
            }
            String output = run.alignment().get(run.alignment().size() - 1).layer();
            run.alignment().stream()
                    .filter(angle -> angle.gradientAngle() != null && !angle.layer().equals(output))
                    .collect(
                            Collectors.groupingBy(
                                    AlignmentResult::epoch,
                                    Collectors.averagingDouble(AlignmentResult::gradientAngle)))
                    .forEach(
                            (epoch, mean) ->
                                    values.computeIfAbsent(epoch, x -> new ArrayList<>())
                                            .add(mean));
        }
        return of(name, values);
    }

    /** Follows a quantity of one decorrelation layer of one method. */
    static Curve overCorrelations(
            Results results,
            String method,
            String layer,
            ToDoubleFunction<CorrelationResult> quantity) {
        Map<Double, List<Double>> values = new TreeMap<>();
        for (RunResult run : results.runsOf(method)) {
            for (CorrelationResult correlation : run.correlations()) {
                if (correlation.layer().equals(layer)) {
                    values.computeIfAbsent(correlation.epoch(), x -> new ArrayList<>())
                            .add(quantity.applyAsDouble(correlation));
                }
            }
        }
        return of(layer, values);
    }

    /**
     * Puts a curve together.
     *
     * @param name what a legend calls it
     * @param values the values, one per seed, over the horizontal axis
     * @return the curve
     */
    public static Curve of(String name, Map<Double, List<Double>> values) {
        List<Point> points = new ArrayList<>();
        values.forEach((x, ys) -> points.add(new Point(x, SeedSummary.of(ys))));
        return new Curve(name, List.copyOf(points));
    }

    /**
     * Draws the curve: the band from the least to the greatest, a line through the means, and a
     * mark that tells the numbers. Of many marks, only some are drawn before the reader points at
     * them.
     */
    Diagram.Layer layer(
            String colour, Diagram.Shape shape, String abscissa, DoubleFunction<String> format) {
        int every =
                points.size() <= MOST_MARKS ? 1 : (int) Math.ceil(2.0 * points.size() / MOST_MARKS);
        List<double[]> line = new ArrayList<>();
        List<double[]> band = new ArrayList<>();
        List<Diagram.Mark> marks = new ArrayList<>();
        for (Point point : points) {
            boolean visible = line.size() % every == 0;
            marks.add(
                    new Diagram.Mark(
                            point.x, point.y.mean(), describe(point, abscissa, format), visible));
            line.add(new double[] {point.x, point.y.mean()});
            band.add(new double[] {point.x, point.y.greatest()});
        }
        for (int i = points.size() - 1; i >= 0; --i) {
            band.add(new double[] {points.get(i).x, points.get(i).y.least()});
        }
        if (points.isEmpty()) {
            return new Diagram.Layer(null, colour, shape, band, List.of(), marks);
        }
        return new Diagram.Layer(
                name, colour, shape, points.size() < 2 ? List.of() : band, List.of(line), marks);
    }

    private String describe(Point point, String abscissa, DoubleFunction<String> format) {
        String mean =
                String.format(
                        Locale.ROOT,
                        "%s, %s %s: %s",
                        name,
                        abscissa,
                        ShortNumber.of(point.x),
                        format.apply(point.y.mean()));
        return point.y.least() == point.y.greatest()
                ? mean
                : mean + " (" + point.y.text(format) + ")";
    }
}
