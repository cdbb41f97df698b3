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

/** A section of a page, put together part by part, each by the template of its kind. */
final class Section {

    private final String heading;
    private final String element;
    private final StringBuilder body = new StringBuilder();

    /**
     * Creates a section.
     *
     * @param heading the heading, possibly none
     */
    Section(String heading) {
        this(heading, "h2");
    }

    private Section(String heading, String element) {
        this.heading = heading;
        this.element = element;
    }

    /** Creates a section within the one before. */
    static Section within(String heading) {
        return new Section(heading, "h3");
    }

    private record Paragraph(String text, boolean quiet) {}

    private record FiguresView(
            List<Figure.LegendEntry> shared, Integer columns, List<FigureView> figures) {

        boolean hasShared() {
            return !shared.isEmpty();
        }
    }

    private record FigureView(
            String title,
            String remark,
            String description,
            Painting painting,
            List<Figure.LegendEntry> legend) {

        boolean hasLegend() {
            return !legend.isEmpty();
        }
    }

    private record Confusions(List<Confusion> confusions) {}

    private record Folded(String summary, Table table) {}

    private record Command(String arguments) {}

    private record Entries(List<Entry> entries) {}

    /**
     * A name with what is said about it.
     *
     * @param name the name
     * @param value what is said
     */
    record Entry(String name, String value) {}

    /**
     * How often images of each class were taken for which.
     *
     * @param title the title
     * @param remark what is written below it
     * @param classes the numbers of the classes
     * @param rows a row for each class
     */
    record Confusion(String title, String remark, List<Integer> classes, List<ClassRow> rows) {}

    /**
     * What the images of a class were taken for.
     *
     * @param number the number of the class
     * @param counts the images that were taken for each class
     */
    record ClassRow(int number, List<Count> counts) {}

    /**
     * A number of images.
     *
     * @param images the number
     * @param opacity how full its colour is, 0 to 1
     */
    record Count(long images, String opacity) {}

    /** Adds a paragraph; an empty one is left out. */
    Section text(String text) {
        return paragraph(text, false);
    }

    /** Adds a paragraph that explains what it stands beside. */
    Section explanation(String text) {
        return paragraph(text, true);
    }

    private Section paragraph(String text, boolean quiet) {
        return text.isEmpty() ? this : add("paragraph.html", new Paragraph(text, quiet));
    }

    Section table(Table table) {
        return add("table.html", table);
    }

    Section figures(Panels panels) {
        List<FigureView> figures =
                panels.figures().stream()
                        .map(
                                figure ->
                                        new FigureView(
                                                figure.title(),
                                                figure.remark(),
                                                figure.description(),
                                                Painter.paint(figure),
                                                panels.ownLegend(figure)))
                        .toList();
        Integer columns = panels.columns() == 0 ? null : panels.columns();
        return add("figures.html", new FiguresView(panels.sharedLegend(), columns, figures));
    }

    Section confusions(List<Confusion> confusions) {
        return add("confusions.html", new Confusions(confusions));
    }

    /** Adds a table that shows when the reader asks for it. */
    Section folded(String summary, Table table) {
        return add("folded.html", new Folded(summary, table));
    }

    /** Adds a command line of this program. */
    Section command(String arguments) {
        return add("command.html", new Command(arguments));
    }

    Section entries(List<Entry> entries) {
        return add("entries.html", new Entries(entries));
    }

    private Section add(String template, Object view) {
        body.append(Templates.fill(template, view));
        return this;
    }

    String heading() {
        return heading;
    }

    /** Returns the element of the heading. */
    String element() {
        return element;
    }

    /** Returns the parts as HTML. */
    String body() {
        return body.toString();
    }
}
