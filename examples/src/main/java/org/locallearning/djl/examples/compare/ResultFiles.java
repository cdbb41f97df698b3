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
import java.util.List;
import org.locallearning.djl.examples.output.OutputFolder;
import org.locallearning.djl.examples.report.FigurePage;
import org.locallearning.djl.examples.report.FontsMissingException;
import org.locallearning.djl.examples.report.ReportPage;
import org.locallearning.djl.examples.results.Provenance;
import org.locallearning.djl.examples.results.Results;

/** The files of a comparison, written anew after every finished run. */
final class ResultFiles {

    static final String RESULTS = "results.json";
    static final String REPORT = "report.html";
    static final String CURVES = "curves.png";

    private final OutputFolder folder;
    private boolean fonts = true;

    ResultFiles(OutputFolder folder) {
        this.folder = folder;
    }

    void write(Results results) throws IOException {
        folder.write(RESULTS, results.toJson());
        writeReport(results);
    }

    /** Writes the page and the picture alone. */
    void writeReport(Results results) throws IOException {
        write(ReportPage.html(results), List.of(results));
    }

    /** Writes page and picture of the parts of a figure. */
    void writeReport(Provenance provenance, List<Results> experiments) throws IOException {
        FigurePage page = new FigurePage();
        experiments.forEach(page::comparison);
        write(page.html(provenance.target(), provenance), experiments);
    }

    private void write(String report, List<Results> experiments) throws IOException {
        folder.write(REPORT, report);
        if (fonts) {
            try {
                folder.write(CURVES, ReportPage.curves(experiments));
            } catch (FontsMissingException e) {
                fonts = false;
                // a picture of an earlier comparison would pass for this one's
                folder.remove(CURVES);
            }
        }
    }

    /** Names the files for the reader, and says which one there is not. */
    String summary() {
        return "Numbers: " + folder.file(RESULTS) + System.lineSeparator() + reportSummary();
    }

    /** The same for page and picture alone. */
    String reportSummary() {
        return "Report: "
                + folder.file(REPORT)
                + System.lineSeparator()
                + (fonts
                        ? "Picture: " + folder.file(CURVES)
                        : "Note: "
                                + CURVES
                                + " was not drawn because this machine has no fonts that Java can"
                                + " draw with; the report shows the same curves.");
    }
}
