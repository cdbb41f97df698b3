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

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.results.ClassificationResult;
import org.locallearning.djl.examples.results.Results;
import org.locallearning.djl.examples.results.RunResult;
import org.locallearning.djl.examples.results.SeedSummary;

/** How each method put the test images into classes after its last epoch. */
final class ClassificationSection {

    private ClassificationSection() {}

    /**
     * Writes the section.
     *
     * @param results the results
     * @param methods the names of the methods
     * @return the section, or nothing for results without classes
     */
    static String of(Results results, List<String> methods) {
        if (results.runs().stream().allMatch(run -> run.classification() == null)) {
            return "";
        }
        StringBuilder section =
                new StringBuilder(
                        "<section>\n<h2>Classification</h2>\n<p class=\"quiet\">Test images after the"
                                + " last epoch; means over classes, each with the same weight."
                                + "</p>\n<div class=\"scroll\"><table><thead><tr><th>Method</th>"
                                + "<th>Top 5</th><th>Precision</th><th>Recall</th><th>F1</th></tr>"
                                + "</thead><tbody>\n");
        for (String method : methods) {
            section.append("<tr><td>")
                    .append(Html.escape(Methods.named(method).title()))
                    .append("<br><code class=\"quiet\">")
                    .append(Html.escape(method))
                    .append("</code></td>");
            cell(section, results, method, ClassificationResult::top5);
            cell(section, results, method, ClassificationResult::precision);
            cell(section, results, method, ClassificationResult::recall);
            cell(section, results, method, ClassificationResult::f1);
            section.append("</tr>\n");
        }
        section.append("</tbody></table></div>\n<div class=\"charts\">\n");
        for (String method : methods) {
            RunResult first = results.runsOf(method).get(0);
            if (first.classification() != null && first.classification().confusion() != null) {
                section.append(confusion(method, first));
            }
        }
        return section.append("</div>\n</section>").toString();
    }

    private static void cell(
            StringBuilder table,
            Results results,
            String method,
            Function<ClassificationResult, Double> value) {
        List<Double> values =
                results.runsOf(method).stream()
                        .map(RunResult::classification)
                        .filter(Objects::nonNull)
                        .map(value)
                        .filter(Objects::nonNull)
                        .toList();
        table.append("<td>")
                .append(values.isEmpty() ? "-" : Percent.of(SeedSummary.of(values).mean()))
                .append("</td>");
    }

    private static String confusion(String method, RunResult run) {
        List<List<Long>> counts = run.classification().confusion();
        StringBuilder figure =
                new StringBuilder("<figure><figcaption>")
                        .append(Html.escape(Methods.named(method).title()))
                        .append(" <span>a row for each class, a column for what it was taken for,")
                        .append(" seed ")
                        .append(run.seed())
                        .append("</span></figcaption>\n<div class=\"scroll\">")
                        .append("<table class=\"confusion\"><thead><tr><th></th>");
        for (int column = 0; column < counts.size(); ++column) {
            figure.append("<th>").append(column).append("</th>");
        }
        figure.append("</tr></thead><tbody>\n");
        for (int row = 0; row < counts.size(); ++row) {
            long total = 0;
            for (long count : counts.get(row)) {
                total += count;
            }
            figure.append("<tr><th>").append(row).append("</th>");
            for (long count : counts.get(row)) {
                figure.append(
                        String.format(
                                Locale.ROOT,
                                "<td style=\"background:rgba(0,114,178,%.2f)\">%d</td>",
                                total == 0 ? 0 : 0.7 * count / total,
                                count));
            }
            figure.append("</tr>\n");
        }
        return figure.append("</tbody></table></div></figure>\n").toString();
    }
}
