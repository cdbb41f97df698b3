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
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.results.ClassificationResult;
import org.locallearning.djl.examples.results.Results;
import org.locallearning.djl.examples.results.RunResult;
import org.locallearning.djl.examples.results.SeedSummary;

/** How each method put the test images into classes after its last epoch. */
final class ClassificationSection {

    private static final String HEADING = "Classification";

    /** How full the colour of a class is that holds all images of its row. */
    private static final double FULL = 0.7;

    private ClassificationSection() {}

    /**
     * Writes the section.
     *
     * @param results the results
     * @param methods the names of the methods
     * @param newSection makes a section with a heading
     * @return the section, or nothing for results without classes
     */
    static Optional<Section> of(
            Results results, List<String> methods, Function<String, Section> newSection) {
        if (results.runs().stream().allMatch(run -> run.classification() == null)) {
            return Optional.empty();
        }
        List<Table.Row> rows = new ArrayList<>();
        List<Section.Confusion> confusions = new ArrayList<>();
        for (String method : methods) {
            rows.add(
                    Table.row(
                            Methods.named(method).title(),
                            method,
                            List.of(
                                    mean(results, method, ClassificationResult::top5),
                                    mean(results, method, ClassificationResult::precision),
                                    mean(results, method, ClassificationResult::recall),
                                    mean(results, method, ClassificationResult::f1))));
            RunResult first = results.runsOf(method).get(0);
            if (first.classification() != null && first.classification().confusion() != null) {
                confusions.add(confusion(method, first));
            }
        }
        Section section =
                newSection
                        .apply(HEADING)
                        .explanation(
                                "Test images after the last epoch; means over classes, each with"
                                        + " the same weight.")
                        .table(
                                new Table(
                                        HEADING,
                                        List.of("Method", "Top 5", "Precision", "Recall", "F1"),
                                        rows));
        return Optional.of(confusions.isEmpty() ? section : section.confusions(confusions));
    }

    private static String mean(
            Results results, String method, Function<ClassificationResult, Double> value) {
        List<Double> values =
                results.runsOf(method).stream()
                        .map(RunResult::classification)
                        .filter(Objects::nonNull)
                        .map(value)
                        .filter(Objects::nonNull)
                        .toList();
        return values.isEmpty() ? "-" : Percent.of(SeedSummary.of(values).mean());
    }

    private static Section.Confusion confusion(String method, RunResult run) {
        List<List<Long>> counts = run.classification().confusion();
        List<Section.ClassRow> rows = new ArrayList<>();
        for (List<Long> row : counts) {
            long total = row.stream().mapToLong(Long::longValue).sum();
            rows.add(
                    new Section.ClassRow(
                            rows.size(),
                            row.stream()
                                    .map(count -> new Section.Count(count, opacity(count, total)))
                                    .toList()));
        }
        return new Section.Confusion(
                Methods.named(method).title(),
                "a row for each class, a column for what it was taken for, seed " + run.seed(),
                IntStream.range(0, counts.size()).boxed().toList(),
                rows);
    }

    private static String opacity(long count, long total) {
        return String.format(Locale.ROOT, "%.2f", total == 0 ? 0 : FULL * count / total);
    }
}
