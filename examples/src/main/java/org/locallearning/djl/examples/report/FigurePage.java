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
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleFunction;
import org.locallearning.djl.examples.results.Provenance;
import org.locallearning.djl.examples.results.Results;

/** The page of a figure of a paper: one file that needs no other, put together part by part. */
public final class FigurePage {

    private final StringBuilder sections = new StringBuilder();
    private final List<String[]> settings = new ArrayList<>();

    /** Creates a page without parts. */
    public FigurePage() {}

    /**
     * Adds a heading and a paragraph.
     *
     * @param heading the heading
     * @param text the paragraph
     * @return this page
     */
    public FigurePage section(String heading, String text) {
        sections.append("<h2>")
                .append(Html.escape(heading))
                .append("</h2>\n<p>")
                .append(Html.escape(text))
                .append("</p>\n");
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
        sections.append("<div class=\"scroll\"><table><thead>");
        row("th", titles);
        sections.append("</thead><tbody>\n");
        rows.forEach(cells -> row("td", cells));
        sections.append("</tbody></table></div>\n");
        return this;
    }

    private void row(String kind, List<String> cells) {
        sections.append("<tr>");
        for (String cell : cells) {
            sections.append('<').append(kind).append('>').append(Html.escape(cell));
            sections.append("</").append(kind).append('>');
        }
        sections.append("</tr>\n");
    }

    /**
     * Adds figures side by side.
     *
     * @param figures the figures, from {@link #landscape}, {@link #lines}, {@link #diagram} and
     *     {@link #bitmap}
     * @return this page
     */
    public FigurePage figures(List<String> figures) {
        sections.append("<div class=\"charts\">\n");
        figures.forEach(sections::append);
        sections.append("</div>\n");
        return this;
    }

    /**
     * Draws a landscape with a legend.
     *
     * @param title the title
     * @param remark what stands below the title
     * @param landscape the landscape
     * @return the figure
     */
    public static String landscape(String title, String remark, Landscape landscape) {
        StringBuilder legend = new StringBuilder("<ul class=\"legend\">");
        for (Landscape.Trail trail : landscape.trails()) {
            legend.append("<li>")
                    .append(ReportPage.swatch(Palette.methodColour(trail.colour()), trail.colour()))
                    .append(Html.escape(trail.name()))
                    .append("</li>");
        }
        return figure(title, remark, LandscapeChart.draw(title, landscape) + legend + "</ul>");
    }

    /**
     * Draws curves with a legend, coloured in their order.
     *
     * @param title the title
     * @param remark what stands below the title, such as the unit
     * @param abscissa what the horizontal axis is
     * @param curves the curves, none of them empty
     * @param format how a value is written where the reader points at it
     * @return the figure
     */
    public static String lines(
            String title,
            String remark,
            String abscissa,
            List<Curve> curves,
            DoubleFunction<String> format) {
        List<String> colours = new ArrayList<>();
        StringBuilder legend = new StringBuilder("<ul class=\"legend\">");
        for (int i = 0; i < curves.size(); ++i) {
            colours.add(Palette.methodColour(i));
            legend.append("<li>")
                    .append(ReportPage.swatch(colours.get(i), i))
                    .append(Html.escape(curves.get(i).name()))
                    .append("</li>");
        }
        return figure(
                title,
                remark,
                LineChart.draw(title, abscissa, curves, colours, format) + legend + "</ul>");
    }

    /**
     * Draws a diagram with a legend.
     *
     * @param diagram the diagram
     * @return the figure
     */
    public static String diagram(Diagram diagram) {
        StringBuilder legend = new StringBuilder("<ul class=\"legend\">");
        for (Diagram.Layer layer : diagram.layers()) {
            if (layer.name() != null) {
                legend.append("<li>")
                        .append(
                                ReportPage.swatch(
                                        Palette.methodColour(layer.colour()), layer.colour()))
                        .append(Html.escape(layer.name()))
                        .append("</li>");
            }
        }
        return figure(diagram.title(), "", DiagramChart.draw(diagram) + legend + "</ul>");
    }

    /**
     * Shows a small picture, enlarged to the width of a figure.
     *
     * @param remark what stands below the title
     * @param bitmap the picture, with its title
     * @return the figure
     */
    public static String bitmap(String remark, Bitmap bitmap) {
        return figure(
                bitmap.title(),
                remark,
                "<img class=\"bitmap\" alt=\""
                        + Html.escape(bitmap.title())
                        + "\" src=\"data:image/png;base64,"
                        + Base64.getEncoder().encodeToString(bitmap.png())
                        + "\">");
    }

    private static String figure(String title, String remark, String content) {
        return "<figure><figcaption>"
                + Html.escape(title)
                + " <span>"
                + Html.escape(remark)
                + "</span></figcaption>\n"
                + content
                + "</figure>\n";
    }

    /**
     * Adds a comparison of methods: the table, the curves, and the measurements of the layers.
     *
     * @param heading the heading
     * @param results results with at least one run
     * @return this page
     */
    public FigurePage comparison(String heading, Results results) {
        section(heading, results.modelSummary() + "; " + results.provenance());
        sections.append(ReportPage.parts(results));
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
        settings.add(new String[] {name, value});
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
        StringBuilder list = new StringBuilder();
        settings.forEach(setting -> ReportPage.entry(list, setting[0], setting[1]));
        if (!provenance.seeds().isEmpty()) {
            ReportPage.entry(
                    list,
                    "Seeds",
                    String.join(", ", provenance.seeds().stream().map(String::valueOf).toList()));
        }
        ReportPage.entry(list, "Machine", provenance.machine().summary());
        ReportPage.entry(
                list,
                "Program",
                "DJL Local Learning "
                        + provenance.build().version()
                        + ", commit "
                        + provenance.build().commit()
                        + ", DJL "
                        + provenance.build().djl());
        ReportPage.entry(list, "Started", provenance.started());
        return PageTemplate.fill(
                "figure.html",
                Map.of(
                        "title", Html.escape(title),
                        "paper", Html.escape(provenance.paper()),
                        "sections", sections.toString(),
                        "commandLine",
                                Html.escape(
                                        "java -jar examples/target/local-learning.jar "
                                                + provenance.commandLine()),
                        "settings", list.toString()));
    }
}
