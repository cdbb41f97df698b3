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
package org.locallearning.djl.examples.sweep;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.locallearning.djl.examples.report.Figure;
import org.locallearning.djl.examples.report.HeatMap;
import org.locallearning.djl.examples.report.ShortNumber;

/**
 * What every setting of a sweep came to: of methods with one swept option a map of all that have
 * it, of others one map each.
 */
final class SweepGrids {

    /** What stands in the place of a number that is not there. */
    static final String NONE = "-";

    /** Losses below and beyond are written with powers of ten. */
    private static final double LEAST = 1e-3;

    private static final double GREATEST = 1e4;

    private final SweepPlan plan;
    private final Sweep sweep;
    private final boolean accuracy;

    /**
     * Creates the maps of a sweep.
     *
     * @param accuracy whether settings are compared by accuracy, or by loss
     */
    SweepGrids(SweepPlan plan, Sweep sweep, boolean accuracy) {
        this.plan = plan;
        this.sweep = sweep;
        this.accuracy = accuracy;
    }

    /** Returns the maps of methods that were trained on the same data with the same model. */
    List<Figure> figures(List<Trial.Subject> subjects) {
        List<Figure> planes = new ArrayList<>();
        List<Trial.Subject> single = new ArrayList<>();
        for (Trial.Subject subject : subjects) {
            int axes = plan.settings().get(subject).get(0).size();
            if (axes == 1) {
                single.add(subject);
            } else if (axes > 1) {
                planes.add(plane(subject));
            }
        }
        List<Figure> figures = lines(single);
        figures.addAll(planes);
        return figures;
    }

    /** One row for each method that has the same axis. */
    private List<Figure> lines(List<Trial.Subject> subjects) {
        Map<SweptOption, List<Trial.Subject>> byAxis = new LinkedHashMap<>();
        for (Trial.Subject subject : subjects) {
            SweptOption axis = plan.settings().get(subject).get(0).keySet().iterator().next();
            byAxis.computeIfAbsent(axis, each -> new ArrayList<>()).add(subject);
        }
        List<Figure> figures = new ArrayList<>();
        byAxis.forEach(
                (axis, those) -> {
                    // a number may be written in several ways
                    Map<Double, String> columns = new TreeMap<>();
                    for (Trial.Subject subject : those) {
                        values(subject, axis)
                                .forEach(value -> columns.putIfAbsent(number(value), value));
                    }
                    List<String> rows = new ArrayList<>();
                    List<List<Double>> cells = new ArrayList<>();
                    for (int i = those.size() - 1; i >= 0; i--) {
                        Trial.Subject subject = those.get(i);
                        rows.add(subject.method());
                        Map<Double, String> own = new HashMap<>();
                        values(subject, axis).forEach(value -> own.put(number(value), value));
                        cells.add(
                                columns.keySet().stream()
                                        .map(number -> own.getOrDefault(number, NONE))
                                        .map(value -> value(subject, Map.of(axis, value)))
                                        .toList());
                    }
                    figures.add(
                            heatMap(
                                    "Methods over " + axis,
                                    axis.toString(),
                                    "method",
                                    List.copyOf(columns.values()),
                                    rows,
                                    cells));
                });
        return figures;
    }

    private static double number(String value) {
        return Double.parseDouble(value);
    }

    /** The first axis across, the second upwards, the best of the others. */
    private Figure plane(Trial.Subject subject) {
        List<SweptOption> axes = List.copyOf(plan.settings().get(subject).get(0).keySet());
        SweptOption across = axes.get(0);
        SweptOption upwards = axes.get(1);
        List<String> columns = values(subject, across);
        List<String> rows = values(subject, upwards);
        List<List<Double>> cells = new ArrayList<>();
        for (String row : rows) {
            cells.add(
                    columns.stream()
                            .map(column -> value(subject, Map.of(across, column, upwards, row)))
                            .toList());
        }
        String rest =
                axes.size() == 2
                        ? ""
                        : ", best of "
                                + String.join(
                                        " and ",
                                        axes.subList(2, axes.size()).stream()
                                                .map(SweptOption::toString)
                                                .toList());
        return heatMap(
                subject.method() + rest,
                across.toString(),
                upwards.toString(),
                columns,
                rows,
                cells);
    }

    private HeatMap heatMap(
            String title,
            String abscissa,
            String ordinate,
            List<String> columns,
            List<String> rows,
            List<List<Double>> cells) {
        return new HeatMap(title, abscissa, ordinate, columns, rows, cells, this::number);
    }

    /** Writes what a cell has room for. */
    private String number(double value) {
        if (Double.isNaN(value)) {
            return NONE;
        }
        if (accuracy) {
            return String.format(Locale.ROOT, "%.1f", value);
        }
        return value == 0 || value >= LEAST && value < GREATEST
                ? ShortNumber.of(value, 3)
                : ShortNumber.power(value, 0);
    }

    private List<String> values(Trial.Subject subject, SweptOption axis) {
        return plan.settings().get(subject).stream()
                .map(setting -> setting.get(axis))
                .distinct()
                .sorted((a, b) -> Double.compare(number(a), number(b)))
                .toList();
    }

    /** Returns the best mean of the settings that have these values, NaN if there is none. */
    private double value(Trial.Subject subject, Map<SweptOption, String> values) {
        double best = Double.NaN;
        for (Map<SweptOption, String> setting : plan.settings().get(subject)) {
            if (!setting.entrySet().containsAll(values.entrySet())) {
                continue;
            }
            for (int i = plan.rungs().size() - 1; i >= 0; i--) {
                SettingScore score =
                        sweep.scores(subject, List.of(setting), plan.rungs().get(i)).get(0);
                if (!score.failed()) {
                    double mean = accuracy ? 100 * score.accuracy().mean() : score.loss().mean();
                    if (Double.isNaN(best) || (accuracy ? mean > best : mean < best)) {
                        best = mean;
                    }
                    break;
                }
            }
        }
        return best;
    }
}
