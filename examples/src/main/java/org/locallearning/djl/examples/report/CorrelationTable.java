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
     * Makes the table.
     *
     * @param results the results
     * @param methods the names of the methods
     * @return the table
     */
    static Table of(Results results, List<String> methods) {
        List<Table.Row> rows = new ArrayList<>();
        for (String method : methods) {
            Map<String, CorrelationResult> latest = new LinkedHashMap<>();
            results.runsOf(method)
                    .get(0)
                    .correlations()
                    .forEach(measured -> latest.put(measured.layer(), measured));
            latest.values().forEach(measured -> rows.add(row(method, measured)));
        }
        return new Table(
                "Decorrelation layers",
                List.of(
                        "Method and layer",
                        "Features",
                        "Correlation² before",
                        "after",
                        "Condition before",
                        "after",
                        "Gain",
                        "Decorrelation loss"),
                rows);
    }

    private static Table.Row row(String method, CorrelationResult measured) {
        return Table.row(
                Methods.named(method).title(),
                measured.layer(),
                List.of(
                        Long.toString(measured.features()),
                        ShortNumber.of(measured.lossBefore()),
                        ShortNumber.of(measured.lossAfter()),
                        orNothing(measured.conditionBefore()),
                        orNothing(measured.conditionAfter()),
                        ShortNumber.of(measured.gain()),
                        orNothing(measured.decorrelationLoss())));
    }

    private static String orNothing(Double value) {
        return value == null ? NOT_MEASURED : ShortNumber.of(value);
    }
}
