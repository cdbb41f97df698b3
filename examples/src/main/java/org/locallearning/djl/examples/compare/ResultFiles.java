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
package org.locallearning.djl.examples.compare;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.locallearning.djl.examples.output.OutputFolder;
import org.locallearning.djl.examples.report.FigurePage;
import org.locallearning.djl.examples.report.ReportPage;
import org.locallearning.djl.examples.report.ResultFolder;
import org.locallearning.djl.examples.results.Provenance;
import org.locallearning.djl.examples.results.Results;

/** The files of a comparison, written anew after every finished run. */
final class ResultFiles {

    private static final String CURVES = "curves.png";

    private final ResultFolder files;

    ResultFiles(OutputFolder folder) {
        files = new ResultFolder(folder);
    }

    void write(Results results) throws IOException {
        files.writeNumbers(results.toJson());
        writeReport(results);
    }

    /** Writes the page and the picture alone. */
    void writeReport(Results results) throws IOException {
        write(ReportPage.html(results), List.of(results));
    }

    /** Writes page and picture of the parts of a figure. */
    void writeReport(String title, Provenance provenance, List<Results> experiments)
            throws IOException {
        FigurePage page = new FigurePage();
        Map<String, Results> parts = new LinkedHashMap<>();
        for (Results each : experiments) {
            page.comparison(each);
            String name = each.dataset() + " " + each.model();
            parts.put(parts.containsKey(name) ? name + ", part " + parts.size() : name, each);
        }
        page.training(parts);
        write(page.html(title, provenance), experiments);
    }

    private void write(String report, List<Results> experiments) throws IOException {
        files.writePage(report);
        files.writePicture(CURVES, () -> ReportPage.curves(experiments));
    }

    /** Names the files for the reader, and says which one there is not. */
    String summary() {
        return files.numbers() + System.lineSeparator() + reportSummary();
    }

    /** The same for page and picture alone. */
    String reportSummary() {
        return files.page() + System.lineSeparator() + files.picture(CURVES);
    }
}
