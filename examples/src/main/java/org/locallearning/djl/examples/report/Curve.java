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
import java.util.stream.Stream;
import org.locallearning.djl.examples.results.Moment;
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
     * @param x the time in epochs or seconds
     * @param y the quantity over the seeds
     */
    public record Point(double x, SeedSummary y) {}

    /** Follows a quantity over time; measurements without a value are left out. */
    static <T> Curve over(
            String name,
            Stream<T> measurements,
            ToDoubleFunction<T> time,
            Function<T, Double> quantity) {
        Map<Double, List<Double>> values = new TreeMap<>();
        measurements
                .filter(measured -> quantity.apply(measured) != null)
                .forEach(
                        measured ->
                                values.computeIfAbsent(
                                                time.applyAsDouble(measured),
                                                x -> new ArrayList<>())
                                        .add(quantity.apply(measured)));
        return of(name, values);
    }

    /**
     * Follows a quantity over the epochs, also within them.
     *
     * @param name what a legend calls it
     * @param runs the runs, one per seed
     * @param quantity the quantity
     * @return the curve
     */
    public static Curve overEpochs(
            String name, List<RunResult> runs, Function<Moment, Double> quantity) {
        return over(
                name,
                runs.stream().flatMap(run -> Moment.of(run).stream()),
                Moment::epoch,
                quantity);
    }

    /**
     * Follows a quantity over the seconds of training, as far as all runs have come: a point for
     * each moment, at the mean over the seeds of the seconds until then.
     *
     * @param name what a legend calls it
     * @param runs the runs, one per seed
     * @param quantity the quantity
     * @return the curve
     */
    public static Curve overSeconds(
            String name, List<RunResult> runs, Function<Moment, Double> quantity) {
        List<List<Moment>> all = runs.stream().map(Moment::of).toList();
        int common = all.stream().mapToInt(List::size).min().orElse(0);
        Map<Double, List<Double>> values = new TreeMap<>();
        for (int i = 0; i < common; i++) {
            int index = i;
            List<Moment> moments = all.stream().map(run -> run.get(index)).toList();
            values.put(
                    moments.stream().mapToDouble(Moment::seconds).average().orElseThrow(),
                    moments.stream().map(quantity).toList());
        }
        return of(name, values);
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
