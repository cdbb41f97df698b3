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
package org.locallearning.djl.examples.reproduce.ahmad;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.locallearning.djl.examples.report.FigurePage;
import org.locallearning.djl.examples.reproduce.Reproduction;
import org.locallearning.djl.examples.reproduce.Target;

/** What the figures of regression have in common: two landscapes and the ways down them. */
abstract class RegressionFigure implements Target {

    static final int SEED = 1;
    static final int SAMPLES = 4000;
    static final double NOISE = 1.5;

    private final String name;
    private final String title;
    private final String text;
    private final int number;

    RegressionFigure(int number, String title, String text) {
        name = "ahmad-figure-" + number;
        this.number = number;
        this.title = title;
        this.text = text;
    }

    /** Descends the two landscapes. */
    abstract List<DescentPanel> panels(NDManager manager);

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
        return "Ahmad, \"Correlations Are Ruining Your Gradient Descent\", 2024, figure " + number;
    }

    /** {@inheritDoc} */
    @Override
    public Duration expectedTime() {
        return Duration.ofSeconds(5);
    }

    /** {@inheritDoc} */
    @Override
    public Set<String> options() {
        return Set.of();
    }

    /** {@inheritDoc} */
    @Override
    public void run(Reproduction reproduction) throws IOException {
        List<DescentPanel> panels;
        try (NDManager manager = reproduction.engine().newBaseManager()) {
            panels = panels(manager);
        }
        List<List<String>> rows = new ArrayList<>();
        panels.forEach(panel -> rows.addAll(panel.rows()));
        FigurePage page =
                new FigurePage()
                        .section("Result", text)
                        .figures(
                                panels.stream()
                                        .map(panel -> panel.landscape().diagram(panel.title()))
                                        .toList())
                        .section(
                                "In numbers",
                                "Steps until 5 % of the distance to the optimum are left, and the"
                                        + " angle between the first step and the straight line to"
                                        + " the optimum. Gradient and decorrelated descent have"
                                        + " the same learning rate, a fifth of 1 over the greatest"
                                        + " curvature.")
                        .table(List.of("Method", "Landscape", "Steps", "First step", "Rate"), rows)
                        .setting(
                                "Data",
                                SAMPLES
                                        + " samples drawn by this program; the noise of the targets"
                                        + " is the one that the loss is the likelihood of, of"
                                        + " scale "
                                        + NOISE);
        reproduction.write(List.of(SEED), panels, page);
        for (List<String> row : rows) {
            reproduction
                    .out()
                    .println(
                            String.format(
                                    "%s, %s: %s steps to the optimum, first step %s off",
                                    row.get(1), row.get(0), row.get(2), row.get(3)));
        }
    }
}
