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

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.locallearning.djl.examples.ProgramRun;
import org.locallearning.djl.examples.commandline.ExitCode;

class FirstLayerTest {

    @Test
    void noiseIsNotSmoothAndRampsAre() {
        Random random = new Random(1);
        float[] noise = new float[100 * 28 * 28];
        float[] ramps = new float[noise.length];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (float) random.nextGaussian();
            ramps[i] = i % 28 + i / 28 % 28;
        }
        assertEquals(0, FirstLayer.smoothness(noise, 28), 0.02);
        assertEquals(1, FirstLayer.smoothness(ramps, 28), 1e-6);
    }

    @Test
    void neighboursAreAboveAndBesideInTheSameImage() {
        // pairs of the checkerboard differ, those across rows and images would not
        float[] images = {1, -1, -1, 1, 1, -1, -1, 1};
        assertEquals(-1, FirstLayer.smoothness(images, 2), 1e-9);
    }

    @Test
    void figureKeepsTheStartAndTheEndOfEveryMethod(@TempDir Path folder) throws Exception {
        String command =
                "reproduce lillicrap-figure-5 --data-set glyphs --limit 200 --test-limit 50"
                        + " --epochs 1 --threads 1 --out "
                        + folder;
        ProgramRun run = ProgramRun.of(command);
        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        JsonArray runs =
                JsonParser.parseString(Files.readString(folder.resolve("results.json")))
                        .getAsJsonObject()
                        .getAsJsonObject("figure")
                        .getAsJsonArray("runs");
        assertEquals(3, runs.size());
        JsonObject bp = runs.get(0).getAsJsonObject();
        JsonObject fa = runs.get(1).getAsJsonObject();
        JsonObject sparse = runs.get(2).getAsJsonObject();
        assertEquals("fa, sparse", sparse.get("name").getAsString());
        assertEquals(bp.get("before"), fa.get("before"));
        assertEquals(bp.get("before"), sparse.get("before"));
        assertNotEquals(fa.get("after"), sparse.get("after"));
        assertTrue(smoothness(bp, "after") > smoothness(bp, "before"));
        assertTrue(smoothness(fa, "after") > smoothness(fa, "before"));
        ProgramRun again = ProgramRun.of(command);
        assertEquals(3, again.out().lines().filter(line -> line.endsWith("stored")).count());
    }

    private static double smoothness(JsonObject run, String time) {
        return run.getAsJsonObject(time).get("smoothness").getAsDouble();
    }
}
