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
package org.locallearning.djl.examples.reproduce.alonso;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.locallearning.djl.examples.ProgramRun;
import org.locallearning.djl.examples.commandline.ExitCode;
import org.locallearning.djl.examples.reproduce.ReproduceArguments;
import org.locallearning.djl.zoo.data.DataOptions;

/** The measurements of the paper, on a few digits. */
class MeasurementsTest {

    private static final String DIGITS = " --data-set glyphs --seeds 1 --test-limit 20";

    @TempDir private Path folder;

    @ParameterizedTest
    @CsvSource({
        "cifar10, mlp3, false",
        "cifar10, alonso-conv, true",
        "svhn, alonso-conv, false",
        "tiny-imagenet, alonso-conv-tiny, true",
        "cifar10, autoencoder, false"
    })
    void pixelsAreThoseOfTheAuthorsCode(String dataset, String model, boolean signed) {
        DataOptions options = Paper.dataOptions(new ReproduceArguments(), dataset, model);
        assertEquals(signed, options.isSignedPixels());
        assertFalse(options.isStandardized());
    }

    @Test
    void productsAreThoseOfTheFormulasThatThisLibraryStates() throws IOException {
        for (JsonElement element : figure("alonso-table-4", "").getAsJsonArray()) {
            JsonObject count = element.getAsJsonObject();
            long layers = count.get("layers").getAsLong();
            long t = count.get("iterations").getAsLong();
            long counted = count.get("counted").getAsLong();
            long paper = count.get("paper").getAsLong();
            switch (count.get("method").getAsString()) {
                case "bp-tape" -> {
                    assertEquals(3 * layers - 1, counted);
                    assertEquals(3 * layers - 1, paper);
                }
                case "seqil" -> {
                    assertEquals(2 * layers + 2 * t * (layers - 1), counted);
                    assertEquals(t * (2 * layers - 1) + 2 * layers, paper);
                    assertEquals(2 * layers * t + 3 * layers, count.get("code").getAsLong());
                }
                default -> assertTrue(counted < paper);
            }
        }
    }

    @Test
    void productsOfThePaperAreSaidToHoldTheForwardPass() throws IOException {
        figure("alonso-table-5", "");
        String page = Files.readString(folder.resolve("report.html"));

        assertTrue(page.contains(">paper, with the forward pass</th>"), page);
        assertTrue(page.contains(" by the paper with the forward pass"), page);
        assertFalse(page.contains(" by the paper."), page);
    }

    @Test
    void incrementalCodingTakesMoreProductsThanTheOthers() throws IOException {
        Map<String, Long> counted = new HashMap<>();
        for (JsonElement element : figure("alonso-table-5", "").getAsJsonArray()) {
            JsonObject count = element.getAsJsonObject();
            if (count.get("layers").getAsInt() == 5 && count.get("iterations").getAsInt() == 3) {
                counted.put(count.get("method").getAsString(), count.get("counted").getAsLong());
            }
        }
        assertTrue(counted.get("il") < counted.get("seqil"));
        assertTrue(counted.get("seqil") < counted.get("ipc"));
    }

    @Test
    void simultaneousErrorsTakeAnIterationPerLayer() throws IOException {
        JsonObject figure = figure("alonso-figure-7", DIGITS).getAsJsonObject();
        Map<String, Integer> simultaneous = firsts(figure.getAsJsonArray("simultaneous"));
        assertEquals(Map.of("output", 0, "hidden layer 3", 1, "hidden layer 2", 2), simultaneous);
        Map<String, Integer> sequential = firsts(figure.getAsJsonArray("sequential"));
        assertEquals(
                Map.of("output", 0, "hidden layer 3", 1, "hidden layer 2", 1, "hidden layer 1", 1),
                sequential);
    }

    /** Returns after how many iterations every layer has an error. */
    private static Map<String, Integer> firsts(JsonArray curves) {
        Map<String, Integer> firsts = new HashMap<>();
        for (JsonElement curve : curves) {
            JsonObject first =
                    curve.getAsJsonObject().getAsJsonArray("points").get(0).getAsJsonObject();
            firsts.put(
                    curve.getAsJsonObject().get("name").getAsString(), first.get("x").getAsInt());
        }
        return firsts;
    }

    @Test
    void lowMatricesMoveLessAndMqMovesThemMore() throws IOException {
        JsonArray curves =
                figure(
                                "alonso-figure-9",
                                " --data-set glyphs --seeds 1 --limit 640 --epochs 1"
                                        + " --methods seqil,seqil-mq")
                        .getAsJsonObject()
                        .getAsJsonArray("magnitudes");
        assertEquals(2, curves.size());
        for (JsonElement curve : curves) {
            // three convolutions and a dense layer
            assertEquals(4, curve.getAsJsonObject().getAsJsonArray("points").size());
        }
        assertTrue(mean(curves.get(0), 0) < mean(curves.get(0), 3) - 2, "powers of ten");
        assertTrue(
                mean(curves.get(1), 3) - mean(curves.get(1), 0)
                        < mean(curves.get(0), 3) - mean(curves.get(0), 0));
    }

    @Test
    void theObjectiveFallsWithBetaAndWithInferenceForTheLargest() throws IOException {
        JsonArray measured =
                figure("alonso-figure-8", DIGITS + " --limit 320")
                        .getAsJsonObject()
                        .getAsJsonArray("measured");
        // four methods, five β
        assertEquals(20, measured.size());
        for (int method = 0; method < 4; ++method) {
            for (int beta = 1; beta < 5; ++beta) {
                JsonElement larger = objective(measured.get(5 * method + beta));
                JsonElement smaller = objective(measured.get(5 * method + beta - 1));
                assertTrue(mean(larger, 0) < mean(smaller, 0), "‖Δθ‖² counts for less");
            }
            JsonElement largest = objective(measured.get(5 * method + 4));
            int points = largest.getAsJsonObject().getAsJsonArray("points").size();
            assertEquals(method % 2 == 0 ? 21 : 6, points);
            assertTrue(mean(largest, points - 1) < mean(largest, 0));
        }
    }

    private static JsonElement objective(JsonElement measured) {
        return measured.getAsJsonObject().get("objective");
    }

    private static double mean(JsonElement curve, int point) {
        return curve.getAsJsonObject()
                .getAsJsonArray("points")
                .get(point)
                .getAsJsonObject()
                .getAsJsonObject("y")
                .get("mean")
                .getAsDouble();
    }

    private JsonElement figure(String target, String options) throws IOException {
        ProgramRun run =
                ProgramRun.of("reproduce " + target + options + " --threads 1 --out " + folder);
        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        assertTrue(Files.readString(folder.resolve("report.html")).contains("How it was made"));
        return JsonParser.parseString(Files.readString(folder.resolve("results.json")))
                .getAsJsonObject()
                .get("figure");
    }
}
