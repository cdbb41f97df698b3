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

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.results.CorrelationResult;
import org.locallearning.djl.examples.results.Results;

/** The latest measurements at every decorrelation layer, of the first run of each method. */
final class CorrelationTable {

    private static final String NOT_MEASURED = "-";

    private CorrelationTable() {}

    /**
     * Writes the table.
     *
     * @param results the results
     * @param methods the names of the methods
     * @return the table
     */
    static String of(Results results, List<String> methods) {
        StringBuilder table =
                new StringBuilder(
                        "<table><thead><tr><th>Method and layer</th><th>Features</th>"
                                + "<th>Correlation² before</th><th>behind</th>"
                                + "<th>Condition before</th><th>behind</th><th>Gain</th>"
                                + "</tr></thead><tbody>\n");
        for (String method : methods) {
            Map<String, CorrelationResult> latest = new LinkedHashMap<>();
            results.runsOf(method)
                    .get(0)
                    .correlations()
                    .forEach(measured -> latest.put(measured.layer(), measured));
            latest.values().forEach(measured -> row(table, method, measured));
        }
        return table.append("</tbody></table>\n").toString();
    }

    private static void row(StringBuilder table, String method, CorrelationResult measured) {
        table.append("<tr><td>")
                .append(Html.escape(Methods.named(method).title()))
                .append("<br><code class=\"quiet\">")
                .append(Html.escape(measured.layer()))
                .append("</code></td>");
        cell(table, Long.toString(measured.features()));
        cell(table, Html.number(measured.lossBefore()));
        cell(table, Html.number(measured.lossAfter()));
        cell(table, condition(measured.conditionBefore()));
        cell(table, condition(measured.conditionAfter()));
        cell(table, Html.number(measured.gain()));
        table.append("</tr>\n");
    }

    private static void cell(StringBuilder table, String text) {
        table.append("<td>").append(text).append("</td>");
    }

    private static String condition(Double value) {
        return value == null ? NOT_MEASURED : Html.number(value);
    }
}
