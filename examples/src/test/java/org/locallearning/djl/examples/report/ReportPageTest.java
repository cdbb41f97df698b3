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

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.locallearning.djl.examples.results.AlignmentResult;
import org.locallearning.djl.examples.results.EpochResult;
import org.locallearning.djl.examples.results.Results;
import org.locallearning.djl.examples.results.RunResult;

class ReportPageTest {

    private final Results results = ExampleResults.create();
    private final String page = ReportPage.html(results);

    @ParameterizedTest
    @ValueSource(
            strings = {
                // mean of 0.90 and 0.94, and their range
                "92.00 %",
                "90.00 % – 94.00 %",
                // mean of 0.60 and 0.70
                "65.00 %",
                "Backpropagation",
                "Feedback alignment",
                "01Linear_weight",
                "drawn with seed 7",
                "Abacus 9",
                "0123456789abcdef0123456789abcdef01234567",
                "compare --methods bp,fa",
                "Adam",
                "0.0001",
                "2026-01-02T03:04:05Z"
            })
    void says(String text) {
        assertTrue(page.contains(text), text);
    }

    @Test
    void needsNoOtherFile() {
        assertFalse(
                Pattern.compile("(src|href|xlink:href)\\s*=(?!\"data:)|@import|url\\(|https?:")
                        .matcher(page)
                        .find());
    }

    @Test
    void fitsAPhoneAndADarkScreen() {
        assertTrue(page.contains("<meta name=\"viewport\" content=\"width=device-width"));
        assertTrue(page.contains("prefers-color-scheme: dark"));
    }

    @Test
    void namesAreEscaped() {
        assertTrue(page.contains("Digits &lt;drawn&gt; &amp; &quot;noisy&quot;"));
        assertFalse(page.contains("<drawn>"));
    }

    @Test
    void noPlaceIsLeftEmpty() {
        assertFalse(page.contains("{{"));
    }

    @Test
    void everyMethodHasALineAndABandInEveryCurve() {
        // five charts of two methods, and two charts of angles of fa: two layers, then one
        assertEquals(5 * 2 + 2 + 1, count("<polyline"));
        assertEquals(5 * 2 + 2 + 1, count("<polygon class=\"band\""));
        assertEquals(5 + 2, count("role=\"img\""));
    }

    @Test
    void pointsTellMeanAndRange() {
        assertTrue(page.contains("Feedback alignment, epoch 2: 65.00 % (60.00 % to 70.00 %)"));
        assertTrue(page.contains("01Linear_weight, epoch 1: 61.5° (61.0° to 62.0°)"));
    }

    @Test
    void accuracyIsDrawnOverSecondsToo() {
        assertTrue(page.contains("Feedback alignment, seconds of training 5: 65.00 %"));
    }

    /** In the example, fa ends at 60 and 70 %, which bp, with 90 and 94 %, never was below. */
    @Test
    void tellsTheTimeToTheBestAccuracyOfBackpropagation() {
        assertTrue(page.contains("Time to the best test accuracy of Backpropagation"));
        assertTrue(page.contains("<td>2 of 2</td>"));
        assertTrue(page.contains("<td>0 of 2</td>"));
    }

    @Test
    void secondsOfEarlierVersionsAreSaidToHoldMore() {
        assertTrue(page.contains("These results are of an earlier version"));
        assertFalse(page.contains("Ratio of CPU seconds"));
    }

    @Test
    void withoutAlignmentThereIsNoSuchSection() {
        Results baseline = results.with(results.runsOf("bp"));
        String without = ReportPage.html(baseline);
        assertFalse(without.contains("Alignment with backpropagation"));
        assertTrue(without.contains("Finished so far: 2 of 4 runs."));
        assertFalse(page.contains("Finished so far"));
    }

    @Test
    void afterTheFirstSeedNothingIsAMean() {
        String first = ReportPage.html(results.with(results.runs().subList(0, 2)));

        assertTrue(first.contains("epochs, one seed: Backpropagation 90.00 %, Feedback"), first);
        assertFalse(first.contains("means over the seeds"), first);
        assertTrue(first.contains("1, 2, so far 1; a seed sets"), first);
        assertTrue(page.contains("mean over 2 seeds: Backpropagation 92.00 %, Feedback"));
        assertTrue(page.contains("1, 2; a seed sets"));
    }

    @Test
    void numbersOfSeedsThatDifferAreNamed() {
        String three = ReportPage.html(results.with(results.runs().subList(0, 3)));

        assertTrue(
                three.contains(
                        "mean over seeds: Backpropagation 92.00 % (2 seeds),"
                                + " Feedback alignment 60.00 % (1 seed)."),
                three);
        assertTrue(three.contains("90.00 % – 94.00 %; 2 seeds"), three);
    }

    /** A trial of a sweep that goes on: the test is for its end. */
    @Test
    void runThatWasNotTestedYetHasNoTest() {
        RunResult run = results.runs().get(0);
        List<EpochResult> epochs =
                List.of(new EpochResult(1, 1.5, 0.8, null, null, 1.6, 0.7, 2.5, null, List.of()));
        JsonObject json = JsonParser.parseString(results.toJson()).getAsJsonObject();
        json.getAsJsonObject("settings").addProperty("validation", 100);
        Results trial =
                Results.fromJson(json.toString())
                        .with(
                                List.of(
                                        new RunResult(
                                                "bp",
                                                1,
                                                run.optimizer(),
                                                run.learningRate(),
                                                null,
                                                null,
                                                epochs,
                                                null,
                                                List.of(),
                                                List.of(),
                                                List.of())));
        String unfinished = ReportPage.html(trial);

        assertTrue(unfinished.contains("not yet measured"), unfinished);
        assertTrue(
                unfinished.contains("Validation accuracy after 1 of 2 epochs, one seed"),
                unfinished);
    }

    @Test
    void oneRunOfOneEpochCanBeShown() {
        Results one = results.with(List.of(results.runs().get(0)));
        assertTrue(ReportPage.html(one).contains("90.00 %"));
    }

    @Test
    void ofManyLayersOnlyTheEndsAreNamed() {
        List<AlignmentResult> deep = new ArrayList<>();
        for (int layer = 1; layer <= 20; ++layer) {
            deep.add(new AlignmentResult(0, "layer" + layer + ".", 80.0, 1.0, null));
        }
        RunResult run = results.runsOf("fa").get(0);
        String many =
                ReportPage.html(
                        results.with(
                                List.of(
                                        new RunResult(
                                                "fa",
                                                1,
                                                run.optimizer(),
                                                run.learningRate(),
                                                null,
                                                null,
                                                run.epochs(),
                                                run.classification(),
                                                deep,
                                                List.of(),
                                                List.of()))));

        assertTrue(many.contains("layer1.</li>"));
        assertTrue(many.contains("18 layers between"));
        assertTrue(many.contains("layer20.</li>"));
        assertFalse(many.contains("layer10.</li>"));
    }

    private int count(String text) {
        return page.split(Pattern.quote(text), -1).length - 1;
    }
}
