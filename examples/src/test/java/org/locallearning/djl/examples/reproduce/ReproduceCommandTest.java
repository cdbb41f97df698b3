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
package org.locallearning.djl.examples.reproduce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.locallearning.djl.examples.ProgramRun;
import org.locallearning.djl.examples.Targets;
import org.locallearning.djl.examples.commandline.ExitCode;

class ReproduceCommandTest {

    private static final String CURVES =
            "reproduce ahmad-figure-4 --data-set glyphs --model mlp --limit 300 --test-limit 100"
                    + " --seeds 1,2 --methods bp,fa+decor --threads 1 --out ";

    @Test
    void targetsAreListedWithTheirPapers() {
        ProgramRun run = ProgramRun.of("reproduce --list");

        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        for (Target target : Targets.ALL) {
            assertTrue(run.out().lines().anyMatch(line -> line.startsWith(target.name() + " ")));
            assertTrue(run.out().contains(target.title()));
            assertTrue(run.out().contains(target.paper()));
        }
        List<String> names = Targets.ALL.stream().map(Target::name).toList();
        assertEquals(names.size(), new HashSet<>(names).size());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "reproduce | --list",
                "reproduce nosuch | ahmad-figure-1",
                "reproduce --list ahmad-figure-1 | takes no target",
                "reproduce ahmad-figure-1 --epochs 3 | no use for --epochs",
                "reproduce ahmad-figure-3 --dataset mnist | no use for --dataset",
                "reproduce alonso-figure-4 --dataset glyphs,mnist | has one data set",
                "reproduce alonso-figure-4 --iterations 1,6 | no settings for 6 iterations",
                "reproduce alonso-figure-3 --iterations 1 | no use for --iterations",
                "reproduce ahmad-figure-3 --data-set mnist | no use for --dataset",
                "reproduce ahmad-figure-4 --epochs 0 | --epochs is at least 1",
                "reproduce ahmad-figure-4 --seeds 1,1 | given twice"
            })
    void whatDoesNotExistIsOneSentence(String arguments, String expected) {
        ProgramRun run = ProgramRun.of(arguments);

        assertEquals(ExitCode.USAGE, run.exitCode());
        // the sentence, and where help is
        assertEquals(2, run.errorLines().size(), run.err());
        assertTrue(run.errorLines().get(0).contains(expected), run.err());
    }

    @Test
    void unknownNamesOfAFigureAreUsageErrors(@TempDir Path folder) {
        for (String wrong : List.of("--data-set nosuch", "--model nosuch", "--methods bp,nosuch")) {
            ProgramRun run =
                    ProgramRun.of("reproduce ahmad-figure-4 " + wrong + " --out " + folder);
            assertEquals(ExitCode.USAGE, run.exitCode(), run.err());
            assertTrue(run.err().contains("nosuch"), run.err());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ahmad-figure-1", "ahmad-figure-2", "ahmad-figure-3"})
    void figureIsAPageNumbersAndAPicture(String target, @TempDir Path folder) throws IOException {
        ProgramRun run = ProgramRun.of("reproduce " + target + " --threads 1 --out " + folder);

        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        String page = Files.readString(folder.resolve("report.html"));
        assertFalse(page.contains("{{"));
        assertFalse(
                Pattern.compile("(src|href)\\s*=(?!\"data:)|@import|url\\(|https?:")
                        .matcher(page)
                        .find());
        assertTrue(page.contains(titleOf(target)));
        JsonObject provenance = read(folder).getAsJsonObject("provenance");
        assertEquals(target, provenance.get("target").getAsString());
        assertTrue(provenance.get("commandLine").getAsString().startsWith("reproduce " + target));
        assertFalse(provenance.getAsJsonArray("seeds").isEmpty());
        assertTrue(provenance.has("build") && provenance.has("machine"));
        boolean drawn = Files.exists(folder.resolve(target + ".png"));
        assertEquals(drawn, !run.out().contains("was not drawn"));
    }

    @Test
    void finishedRunsAreNotRunAgain(@TempDir Path folder) throws IOException {
        ProgramRun first = ProgramRun.of(CURVES + folder + " --epochs 1");
        assertEquals(ExitCode.OK, first.exitCode(), first.err());
        assertEquals(0, stored(first));
        JsonElement figure = read(folder).get("figure");
        assertEquals(4, runs(figure).size());

        ProgramRun second = ProgramRun.of(CURVES + folder + " --epochs 1");
        assertEquals(ExitCode.OK, second.exitCode(), second.err());
        assertEquals(4, stored(second));
        // times too, which another run would not have had
        assertEquals(runs(figure), runs(read(folder).get("figure")));
    }

    @Test
    void stoppedTargetGoesOnWithWhatIsMissing(@TempDir Path folder) throws IOException {
        ProgramRun.of(CURVES.replace("1,2", "2") + folder + " --epochs 1");

        ProgramRun both = ProgramRun.of(CURVES + folder + " --epochs 1");
        assertEquals(ExitCode.OK, both.exitCode(), both.err());
        assertEquals(2, stored(both));
        assertEquals(4, runs(read(folder).get("figure")).size());
    }

    @Test
    void otherSettingsAreRunAndLeaveTheFirstRunsAlone(@TempDir Path folder) throws IOException {
        ProgramRun.of(CURVES + folder + " --epochs 1");
        List<JsonElement> one = runs(read(folder).get("figure"));

        ProgramRun longer = ProgramRun.of(CURVES + folder + " --epochs 2");
        assertEquals(0, stored(longer));
        assertNotEquals(one, runs(read(folder).get("figure")));
        ProgramRun less =
                ProgramRun.of(
                        CURVES.replace("--limit 300", "--limit 200") + folder + " --epochs 1");
        assertEquals(0, stored(less));

        ProgramRun again = ProgramRun.of(CURVES + folder + " --epochs 1");
        assertEquals(4, stored(again));
        assertEquals(one, runs(read(folder).get("figure")));
    }

    @Test
    void runsAreFoundAgainUnderSettingsOfLayersThatTheyDoNotHave(@TempDir Path folder)
            throws IOException {
        ProgramRun.of(CURVES + folder + " --epochs 1");
        List<JsonElement> full = runs(read(folder).get("figure"));

        ProgramRun ofRank = ProgramRun.of(CURVES + folder + " --epochs 1 --decor-rank 4");
        assertEquals(2, stored(ofRank), ofRank.out());
        List<JsonElement> low = runs(read(folder).get("figure"));
        for (int i = 0; i < full.size(); i++) {
            String method = full.get(i).getAsJsonObject().get("method").getAsString();
            assertEquals(method.equals("bp"), full.get(i).equals(low.get(i)), method);
        }
    }

    @Test
    void damagedRunIsNamed(@TempDir Path folder) throws IOException {
        ProgramRun.of(CURVES + folder + " --epochs 1");
        Path damaged;
        try (Stream<Path> files = Files.list(folder.resolve("runs"))) {
            damaged =
                    files.filter(f -> f.toString().contains("bp-seed1")).findFirst().orElseThrow();
        }
        Files.writeString(damaged, "{\"settings\": ");

        ProgramRun failed = ProgramRun.of(CURVES + folder + " --epochs 1");
        assertEquals(ExitCode.FAILED, failed.exitCode());
        assertEquals(1, failed.errorLines().size(), failed.err());
        assertTrue(failed.err().contains(damaged.getFileName().toString()), failed.err());
    }

    private static long stored(ProgramRun run) {
        return run.out().lines().filter(line -> line.endsWith("stored")).count();
    }

    private static List<JsonElement> runs(JsonElement figure) {
        List<JsonElement> runs = new ArrayList<>();
        figure.getAsJsonArray().get(0).getAsJsonObject().getAsJsonArray("runs").forEach(runs::add);
        return runs;
    }

    private static String titleOf(String name) {
        return Targets.ALL.stream()
                .filter(target -> target.name().equals(name))
                .map(Target::title)
                .findFirst()
                .orElseThrow();
    }

    private static JsonObject read(Path folder) throws IOException {
        return JsonParser.parseString(Files.readString(folder.resolve("results.json")))
                .getAsJsonObject();
    }
}
