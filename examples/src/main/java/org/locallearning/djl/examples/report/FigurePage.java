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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.locallearning.djl.examples.output.Counted;
import org.locallearning.djl.examples.results.Provenance;
import org.locallearning.djl.examples.results.Results;
import org.locallearning.djl.examples.results.TimeToBest;

/** The page and the picture of a figure of a paper, put together part by part. */
public final class FigurePage {

    private final List<Section> sections = new ArrayList<>();
    private final List<Panels> picture = new ArrayList<>();
    private final List<Section.Entry> settings = new ArrayList<>();
    private final List<Results> comparisons = new ArrayList<>();

    /** Creates a page without parts. */
    public FigurePage() {}

    /**
     * Starts a section with a heading and a paragraph.
     *
     * @param heading the heading
     * @param text the paragraph, possibly empty
     * @return this page
     */
    public FigurePage section(String heading, String text) {
        sections.add(new Section(heading).text(text));
        return this;
    }

    /**
     * Adds a table, its first column of names.
     *
     * @param titles the titles of the columns
     * @param rows the cells of each row
     * @return this page
     */
    public FigurePage table(List<String> titles, List<List<String>> rows) {
        current().table(Table.of(current().heading(), titles, rows));
        return this;
    }

    /**
     * Adds figures side by side, as many as fit in a row.
     *
     * @param figures the figures
     * @return this page
     */
    public FigurePage figures(List<? extends Figure> figures) {
        return figures(0, figures);
    }

    /**
     * Adds figures side by side; fewer than a row holds are as large as the page likes.
     *
     * @param columns how many stand in a row of a wide page
     * @param figures the figures
     * @return this page
     */
    public FigurePage figures(int columns, List<? extends Figure> figures) {
        int fixed = figures.size() < columns ? 0 : columns;
        Panels panels = new Panels(current().heading(), fixed, List.copyOf(figures));
        current().figures(panels);
        picture.add(panels);
        return this;
    }

    /**
     * Adds a section with the table of the time to the best accuracy of a reference.
     *
     * @param times what it shows
     * @param held which images were measured, such as {@code Test}
     * @return this page
     */
    public FigurePage timeToBest(TimeToBest times, String held) {
        TimeTable table = new TimeTable(times);
        section(table.heading(held), "");
        current().explanation(table.explanation()).table(table.table());
        return this;
    }

    private Section current() {
        if (sections.isEmpty()) {
            sections.add(new Section(""));
        }
        return sections.get(sections.size() - 1);
    }

    /**
     * Adds a comparison of methods: the table, the curves, and the measurements of the layers.
     *
     * @param results results with at least one run
     * @return this page
     */
    public FigurePage comparison(Results results) {
        ReportPage report = new ReportPage(results);
        sections.add(
                new Section(results.datasetTitle() + ", " + results.modelSummary())
                        .text(results.provenance()));
        sections.addAll(report.comparison(Section::within));
        picture.add(LearningCharts.picture(results));
        comparisons.add(results);
        return this;
    }

    /**
     * Adds how the runs of comparisons were trained: an entry for each way, which names what was
     * trained so where there are several.
     *
     * @param parts the comparisons by what tells them from each other
     * @return this page
     */
    public FigurePage training(Map<String, Results> parts) {
        Map<String, List<String>> trained = new LinkedHashMap<>();
        parts.forEach(
                (name, each) ->
                        trained.computeIfAbsent(each.training(), how -> new ArrayList<>())
                                .add(name));
        trained.forEach(
                (how, names) ->
                        setting(
                                trained.size() == 1
                                        ? "Training"
                                        : "Training, " + String.join(", ", names),
                                how));
        return this;
    }

    /**
     * Adds an entry to what made the figure.
     *
     * @param name the name
     * @param value the value
     * @return this page
     */
    public FigurePage setting(String name, String value) {
        settings.add(new Section.Entry(name, value));
        return this;
    }

    /**
     * Writes the page.
     *
     * @param title the title
     * @param provenance what made the figure
     * @return the page
     */
    public String html(String title, Provenance provenance) {
        List<Section.Entry> entries = new ArrayList<>(settings);
        if (!provenance.seeds().isEmpty()) {
            entries.add(new Section.Entry("Seeds", seeds(provenance.seeds())));
        }
        entries.addAll(
                ReportPage.origin(provenance.machine(), provenance.build(), provenance.started()));
        for (Provenance.Origin each : provenance.origins()) {
            entries.add(
                    new Section.Entry(
                            "Of an earlier start",
                            String.format(
                                    "%s by %s, on %s",
                                    Counted.of(each.runs(), "run"),
                                    ReportPage.program(each.build()),
                                    each.machine().summary())));
        }
        List<Section> all = new ArrayList<>(sections);
        all.add(new Section("How it was made").command(provenance.commandLine()).entries(entries));
        return new Page(title, provenance.paper(), all).html();
    }

    private String seeds(List<Integer> asked) {
        if (comparisons.isEmpty()) {
            return ReportPage.list(asked);
        }
        Set<Integer> begun = new HashSet<>();
        comparisons.forEach(each -> begun.addAll(ReportPage.seeds(each)));
        return ReportPage.seeds(asked, begun);
    }

    /**
     * Draws all figures of the page.
     *
     * @return the content of a PNG file
     * @throws FontsMissingException if this Java has no fonts to write with
     */
    public byte[] png() throws FontsMissingException {
        return Picture.png(picture());
    }

    /** Figures of one section are named by their file; a comparison's heading names its data. */
    List<Panels> picture() {
        return !comparisons.isEmpty() || picture.size() > 1
                ? picture
                : picture.stream().map(Panels::withoutHeading).toList();
    }
}
