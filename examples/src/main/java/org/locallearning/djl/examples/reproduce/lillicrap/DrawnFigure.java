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
package org.locallearning.djl.examples.reproduce.lillicrap;

import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.locallearning.djl.examples.report.FigurePage;
import org.locallearning.djl.examples.reproduce.Reproduction;
import org.locallearning.djl.examples.reproduce.Target;

/** A figure that is drawn from what a small network does: diagrams and a table. */
abstract class DrawnFigure implements Target {

    private static final int COLUMNS = 3;

    private final String name;
    private final String title;
    private final String part;

    /**
     * Creates a figure.
     *
     * @param name the name, without the author
     * @param title what it shows
     * @param part the figure or the note of the supplement
     */
    DrawnFigure(String name, String title, String part) {
        this.name = "lillicrap-" + name;
        this.title = title;
        this.part = part;
    }

    /** Makes the figure's numbers. */
    abstract FigureContent draw(Reproduction reproduction) throws IOException, TranslateException;

    /** {@inheritDoc} */
    @Override
    public String name() {
        return name;
    }

    /** {@inheritDoc} */
    @Override
    public String title() {
        return title;
    }

    /** {@inheritDoc} */
    @Override
    public String paper() {
        return Paper.source(part);
    }

    /** {@inheritDoc} */
    @Override
    public Duration expectedTime() {
        return Duration.ofSeconds(20);
    }

    /** {@inheritDoc} */
    @Override
    public Set<String> options() {
        return Set.of("--seeds");
    }

    /** {@inheritDoc} */
    @Override
    public void run(Reproduction reproduction) throws IOException, TranslateException {
        FigureContent drawing = draw(reproduction);
        FigurePage page =
                new FigurePage()
                        .section("Result", drawing.text())
                        .figures(COLUMNS, drawing.diagrams())
                        .section("In numbers", "")
                        .table(drawing.titles(), drawing.rows());
        reproduction.write(drawing.seeds(), drawing.numbers(), page);
        reproduction.out().println(String.join(" | ", drawing.titles()));
        for (List<String> row : drawing.rows()) {
            reproduction.out().println(String.join(" | ", row));
        }
    }
}
