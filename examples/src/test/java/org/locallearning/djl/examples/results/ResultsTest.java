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
package org.locallearning.djl.examples.results;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.locallearning.djl.examples.report.ExampleResults;
import org.locallearning.djl.zoo.task.Task;

class ResultsTest {

    private final Results results = ExampleResults.create();

    @Test
    void readsWhatItWrote() {
        assertEquals(results, Results.fromJson(results.toJson()));
        assertFalse(results.toJson().contains("paper"), results.toJson());
    }

    @Test
    void keepsWhatThePaperReports() {
        Results beside = results.beside(List.of(PaperResult.error("fa", 1.2)));
        assertEquals(0.988, beside.paper().get(0).value());
        assertEquals(beside, Results.fromJson(beside.toJson()));
        assertEquals(results, results.beside(List.of()));
    }

    @Test
    void knowsTheTaskOfFilesThatDoNotNameIt() {
        JsonObject json = JsonParser.parseString(results.toJson()).getAsJsonObject();
        json.addProperty("model", "autoencoder");
        assertEquals(Task.CLASSIFICATION, Results.fromJson(json.toString()).task());
        json.getAsJsonObject("settings").remove("task");
        assertEquals(Task.RECONSTRUCTION, Results.fromJson(json.toString()).task());
    }

    @Test
    void fieldsHaveTheDocumentedNames() {
        JsonObject json = JsonParser.parseString(results.toJson()).getAsJsonObject();

        assertEquals("glyphs", json.get("dataset").getAsString());
        assertEquals("mlp", json.get("model").getAsString());
        JsonObject run = json.getAsJsonArray("runs").get(1).getAsJsonObject();
        assertEquals("fa", run.get("method").getAsString());
        assertEquals(1, run.get("seed").getAsInt());
        assertEquals(1e-4, run.get("learningRate").getAsDouble(), 1e-10);
        JsonObject epoch = run.getAsJsonArray("epochs").get(1).getAsJsonObject();
        assertEquals(2, epoch.get("epoch").getAsInt());
        assertEquals(0.5, epoch.get("trainLoss").getAsDouble());
        assertEquals(0.6, epoch.get("trainAccuracy").getAsDouble());
        assertEquals(0.6, epoch.get("testAccuracy").getAsDouble());
        assertEquals(2.5, epoch.get("seconds").getAsDouble());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[1]", "{\"runs\": [", "not json"})
    void refusesWhatIsNotAResultsFile(String text) {
        String message =
                assertThrows(IllegalArgumentException.class, () -> Results.fromJson(text))
                        .getMessage();
        assertTrue(message.startsWith("The results cannot be read: "), message);
    }

    @Test
    void spreadIsMeanLeastAndGreatest() {
        assertEquals(new SeedSummary(2, 1, 4), SeedSummary.of(List.of(1.0, 1.0, 4.0)));
        assertThrows(IllegalArgumentException.class, () -> SeedSummary.of(List.of()));
    }
}
