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
package org.locallearning.djl.examples.reproduce.millea;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.locallearning.djl.examples.ProgramRun;
import org.locallearning.djl.examples.commandline.ExitCode;

/** The targets from the command line, on the digits that the program draws. */
class RbmTargetsTest {

    private static final String GLYPHS =
            " --data-set glyphs --limit 300 --test-limit 100 --epochs 1 --threads 1 --out ";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "millea-figure-1",
                "millea-figure-2",
                "millea-figure-3 --methods cd,penalty,penalty-0.0001-0.3",
                "millea-learning --model small --seeds 1,2 --methods cd,whitening,natural",
                "millea-learning --model small --seeds 1"
                        + " --methods penalty-binary,penalty-falling,exact-penalty-visible,exact-penalty-hidden",
                "millea-learning --model hidden-100 --seeds 1 --methods pcd"
            })
    void figureIsAPageNumbersAndAPicture(String arguments, @TempDir Path folder)
            throws IOException {
        ProgramRun run = ProgramRun.of("reproduce " + arguments + GLYPHS + folder);

        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        String target = arguments.split(" ")[0];
        assertTrue(Files.size(folder.resolve("results.json")) > 0);
        String page = Files.readString(folder.resolve("report.html"));
        assertFalse(page.contains("{{"));
        assertFalse(
                Pattern.compile("(src|href)\\s*=(?!\"data:)|@import|url\\(|https?:")
                        .matcher(page)
                        .find());
        assertTrue(page.contains("Natural Boltzmann Machines"));
        boolean drawn = Files.exists(folder.resolve(target + ".png"));
        assertEquals(drawn, !run.out().contains("was not drawn"));
    }

    @Test
    void termsOfTheFisherMatrixAddUpToItsNorm(@TempDir Path folder) throws IOException {
        ProgramRun run = ProgramRun.of("reproduce millea-figure-1" + GLYPHS + folder);
        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        JsonObject figure =
                JsonParser.parseString(Files.readString(folder.resolve("results.json")))
                        .getAsJsonObject()
                        .getAsJsonObject("figure");
        JsonObject squares = figure.getAsJsonObject("squares");
        assertEquals(6, squares.size());
        double sum = 0;
        for (String term : squares.keySet()) {
            sum += squares.get(term).getAsDouble();
        }
        double diagonal = figure.get("diagonal").getAsDouble();
        double offDiagonal = figure.get("offDiagonal").getAsDouble();
        assertEquals(diagonal * diagonal + offDiagonal * offDiagonal, sum, 1e-9 * sum);
    }

    @Test
    void finishedRunsAreNotRunAgain(@TempDir Path folder) throws IOException {
        String arguments =
                "reproduce millea-learning --model small --seeds 1 --methods cd,pcd"
                        + GLYPHS
                        + folder;
        ProgramRun first = ProgramRun.of(arguments);
        assertEquals(ExitCode.OK, first.exitCode(), first.err());
        JsonArray figure = figure(folder);
        ProgramRun second = ProgramRun.of(arguments);
        assertEquals(ExitCode.OK, second.exitCode(), second.err());
        assertEquals(2, second.out().lines().filter(line -> line.endsWith("stored")).count());
        assertEquals(figure, figure(folder));
    }

    @Test
    void unknownNamesAreUsageErrors(@TempDir Path folder) {
        for (String wrong :
                new String[] {
                    "--model nosuch",
                    "--model small --methods cd,nosuch",
                    "--model small --data-set nosuch"
                }) {
            ProgramRun run =
                    ProgramRun.of("reproduce millea-learning " + wrong + " --out " + folder);
            assertEquals(ExitCode.USAGE, run.exitCode(), run.err());
            assertTrue(run.err().contains("nosuch"), run.err());
        }
    }

    @Test
    void penaltyTakesItsSettingsFromItsName() {
        RbmMethod method = RbmMethod.named("penalty-0.0001-0.05");

        assertEquals("penalty-0.0001-0.05", method.name());
        assertEquals(method.name(), RbmMethod.penalty(0.0001, 0.05).name());
        assertTrue(method.title().endsWith("threshold 0.0001, share 0.05"), method.title());
        IllegalArgumentException refused =
                assertThrows(
                        IllegalArgumentException.class, () -> RbmMethod.named("penalty-0.1-1.5"));
        assertTrue(refused.getMessage().contains("1.5"), refused.getMessage());
    }

    private static JsonArray figure(Path folder) throws IOException {
        JsonObject results =
                JsonParser.parseString(Files.readString(folder.resolve("results.json")))
                        .getAsJsonObject();
        return results.getAsJsonArray("figure");
    }
}
