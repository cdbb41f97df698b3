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

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.locallearning.djl.examples.report.Diagram.Layer;
import org.locallearning.djl.examples.results.PaperResult;
import org.locallearning.djl.examples.results.Provenance;
import org.locallearning.djl.examples.results.Results;

class FigurePageTest {

    private static final String LONG = "reproduce x " + "--an-option with-a-value ".repeat(20);

    @Test
    void gridOfAFigureKeepsItsColumns() {
        String page = html(new FigurePage().section("Nine", "").figures(3, diagrams(9, true)));

        assertTrue(page.contains("<div class=\"figures fixed\" style=\"--columns:3\">"), page);
        assertEquals(9, count(page, "<figure>"));
        assertTrue(page.contains("repeat(var(--columns)"));
    }

    @Test
    void legendThatAllFiguresShareStandsOnce() {
        String shared = html(new FigurePage().figures(diagrams(3, false)));
        String own = html(new FigurePage().figures(diagrams(3, true)));

        assertEquals(1, count(shared, "<ul class=\"legend\">"));
        assertEquals(3, count(own, "<ul class=\"legend\">"));
    }

    @Test
    void partsOfAPictureAreNamed() {
        FigurePage one = new FigurePage().section("First", "").figures(diagrams(1, false));
        assertEquals("", one.picture().get(0).heading());

        one.section("Second", "").figures(diagrams(1, false));
        assertEquals("First", one.picture().get(0).heading());
        assertEquals("Second", one.picture().get(1).heading());
        assertEquals(
                "Digits <drawn> & \"noisy\", mlp 20 tanh",
                new FigurePage().comparison(ExampleResults.create()).picture().get(0).heading());
    }

    @Test
    void comparisonsHaveSectionsOfTheirOwn() {
        Results results = ExampleResults.create();
        String page = html(new FigurePage().comparison(results).comparison(results));

        // one for each comparison and one for what made them
        assertEquals(3, count(page, "<h2>"));
        assertEquals(2, count(page, "<h3>Learning curves</h3>"));
    }

    @Test
    void paperHasALineAcrossTheChartsOfItsQuantity() {
        List<PaperResult> paper =
                List.of(
                        PaperResult.error("bp", 1.62),
                        PaperResult.error("fa", 1.2),
                        PaperResult.error("dfa", 2));
        String page = html(new FigurePage().comparison(ExampleResults.create().beside(paper)));

        // over epochs and over seconds; neither loss nor training accuracy has one
        assertEquals(2, count(page, ">paper, bp: 98.38 %</text>"));
        assertEquals(2, count(page, ">paper, fa: 98.8 %</text>"));
        assertFalse(page.contains("paper, dfa"), page);
        assertEquals(
                2, count(page, "; lines across: paper, bp: 98.38 %; paper, fa: 98.8 %\""), page);
        assertFalse(html(new FigurePage().comparison(ExampleResults.create())).contains("paper,"));
    }

    @Test
    void methodsOfWhichThePaperHasTheSameShareALine() {
        List<PaperResult> paper =
                List.of(PaperResult.accuracy("bp", 97.5), PaperResult.error("fa", 2.5));
        String page = html(new FigurePage().comparison(ExampleResults.create().beside(paper)));

        assertEquals(2, count(page, ">paper, bp, fa: 97.5 %</text>"));
    }

    @Test
    void comparisonSaysWhatIsMissing() {
        Results results = ExampleResults.create();
        FigurePage first = new FigurePage().comparison(results.with(results.runs().subList(2, 4)));
        String page =
                first.html(
                        "title",
                        new Provenance(
                                "x",
                                "paper",
                                LONG.strip(),
                                results.started(),
                                List.of(1, 2),
                                results.build(),
                                results.machine(),
                                null));

        assertTrue(page.contains("Finished so far: 2 of 4 runs."), page);
        assertTrue(page.contains("1, 2, so far 2<"), page);
        String whole = html(new FigurePage().comparison(results));
        assertFalse(whole.contains("so far"), whole);
    }

    @Test
    void longCommandLineIsWrapped() {
        String page = html(new FigurePage().section("Result", "text"));

        assertTrue(page.contains(LONG.strip()));
        assertTrue(Pattern.compile("pre \\{[^}]*white-space: pre-wrap").matcher(page).find());
    }

    @Test
    void deviceIsNoCall() {
        String page = html(new FigurePage().section("Result", "text"));

        assertTrue(page.contains("PyTorch 2 on cpu, 1 thread"), page);
        assertFalse(page.contains("cpu()"));
    }

    @Test
    void tablesSayWhatTheirCellsAre() {
        String page =
                html(
                        new FigurePage()
                                .section("Result", "")
                                .table(List.of("Net", "Error"), List.of(List.of("a < b", "1"))));

        assertTrue(page.contains("<th scope=\"col\">Error</th>"), page);
        assertTrue(page.contains("<th scope=\"row\">a &lt; b</th><td>1</td>"), page);
        assertTrue(page.contains("role=\"region\" aria-label=\"Result\""), page);
    }

    @Test
    void figuresAreDescribedToThoseWhoDoNotSeeThem() {
        String page = html(new FigurePage().figures(diagrams(1, false)));

        assertTrue(page.contains("aria-label=\"figure 0: y, over x\""), page);
    }

    private static String html(FigurePage page) {
        Results example = ExampleResults.create();
        return page.html(
                "title",
                new Provenance(
                        "x",
                        "paper",
                        LONG.strip(),
                        example.started(),
                        List.of(1),
                        example.build(),
                        example.machine(),
                        null));
    }

    private static List<Diagram> diagrams(int number, boolean different) {
        List<double[]> line = List.of(new double[] {0, 0}, new double[] {1, 1});
        List<Diagram> diagrams = new ArrayList<>();
        for (int i = 0; i < number; ++i) {
            Layer layer = Layer.lines(different ? "line " + i : "line", 0, List.of(line));
            diagrams.add(new Diagram("figure " + i, "x", "y", List.of(layer)));
        }
        return diagrams;
    }

    private static int count(String text, String part) {
        return text.split(Pattern.quote(part), -1).length - 1;
    }
}
