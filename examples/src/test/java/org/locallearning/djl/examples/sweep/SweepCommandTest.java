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
package org.locallearning.djl.examples.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.locallearning.djl.examples.ProgramRun;
import org.locallearning.djl.examples.commandline.ExitCode;
import org.locallearning.djl.examples.results.EpochResult;
import org.locallearning.djl.examples.results.Results;

/** The sweeps below have trials in common, which run once. */
class SweepCommandTest {

    private static final String SMALL =
            " --limit 500 --validation 100 --test-limit 40 --hidden 30 --batch 10 --threads 1"
                    + " --epochs 3";

    /** At the third rate the loss is soon not finite. */
    private static final String GRID =
            "sweep" + SMALL + " --methods fa --seeds 1 --grid learning-rate=1e-4,1e-2,1e30";

    @TempDir private static Path folder;

    private static ProgramRun run;
    private static JsonObject results;

    @BeforeAll
    static void sweep() throws IOException {
        run =
                ProgramRun.of(
                        GRID + " --write-presets " + folder.resolve("p.txt") + " --out " + folder);
        assertEquals(ExitCode.OK, run.exitCode(), run.out() + run.err());
        results = read();
    }

    private static JsonObject read() throws IOException {
        String json = Files.readString(folder.resolve("results.json"));
        return JsonParser.parseString(json).getAsJsonObject();
    }

    private static String rate(JsonElement entry) {
        return entry.getAsJsonObject()
                .getAsJsonObject("setting")
                .get("learning-rate")
                .getAsString();
    }

    private static TreeMap<String, JsonObject> trials() {
        TreeMap<String, JsonObject> trials = new TreeMap<>();
        results.getAsJsonArray("trials")
                .forEach(entry -> trials.put(rate(entry), entry.getAsJsonObject()));
        return trials;
    }

    private static JsonObject lastEpoch(JsonObject trial) {
        List<JsonElement> epochs = new ArrayList<>();
        trial.getAsJsonObject("run").getAsJsonArray("epochs").forEach(epochs::add);
        assertEquals(3, epochs.size());
        return epochs.get(2).getAsJsonObject();
    }

    /** A trial is a comparison of one method with one seed, and the presets are its settings. */
    @Test
    void trialHasTheNumbersOfACompareWithItsSettings(@TempDir Path out) throws IOException {
        ProgramRun compare =
                ProgramRun.of(
                        "compare @"
                                + folder.resolve("p.txt")
                                + " --limit 500 --validation 100 --test-limit 40 --threads 1"
                                + " --epochs 3 --seeds 1 --alignments 0 --out "
                                + out);
        assertEquals(ExitCode.OK, compare.exitCode(), compare.err());
        EpochResult expected =
                Results.fromJson(Files.readString(out.resolve("results.json")))
                        .runs()
                        .get(0)
                        .last();
        JsonObject actual = lastEpoch(trials().get("1e-2"));

        assertEquals(expected.trainLoss(), actual.get("trainLoss").getAsDouble());
        assertEquals(expected.validationLoss(), actual.get("validationLoss").getAsDouble());
        assertEquals(expected.testLoss(), actual.get("testLoss").getAsDouble());
        assertEquals(expected.testAccuracy(), actual.get("testAccuracy").getAsDouble());
    }

    @Test
    void choosesByValidationAndTestsTheChosenAlone() {
        JsonObject slow = lastEpoch(trials().get("1e-4"));
        JsonObject fast = lastEpoch(trials().get("1e-2"));
        JsonObject choice = results.getAsJsonArray("chosen").get(0).getAsJsonObject();

        assertTrue(
                fast.get("validationAccuracy").getAsDouble()
                        > slow.get("validationAccuracy").getAsDouble());
        assertEquals("1e-2", rate(choice));
        assertEquals(fast.get("testAccuracy"), choice.getAsJsonObject("testAccuracy").get("mean"));
        assertNotNull(fast.get("testLoss"));
        assertNull(slow.get("testLoss"), "the test images are for the chosen setting");
    }

    @Test
    void settingThatFailsIsNotedAndNotTriedTwice() {
        JsonObject failed = trials().get("1e30");

        assertTrue(failed.get("failure").getAsString().contains("stopped"), failed.toString());
        assertEquals(1, failed.get("attempts").getAsInt());
        assertEquals(
                1,
                results.getAsJsonArray("chosen").get(0).getAsJsonObject().get("failed").getAsInt());
    }

    @Test
    void nothingIsKeptOfTrialsThatGoNoFurther() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("trials"))) {
            assertTrue(files.allMatch(Files::isRegularFile));
        }
    }

    /** Recurrent decorrelation is for dense layers. */
    @Test
    void aMethodThatDoesNotFitAModelIsThatModelsLoss(@TempDir Path out) throws IOException {
        ProgramRun swept =
                ProgramRun.of(
                        "sweep --limit 200 --validation 50 --test-limit 20 --batch 10 --threads 1"
                                + " --epochs 1 --model mlp,conv --methods bp+recurrent --seeds 1"
                                + " --out "
                                + out);

        assertEquals(ExitCode.FAILED, swept.exitCode(), swept.out() + swept.err());
        assertTrue(swept.out().contains("glyphs mlp bp+recurrent"), swept.out());
        assertTrue(swept.err().contains("No setting of glyphs conv bp+recurrent"), swept.err());
        String json = Files.readString(out.resolve("results.json"));
        assertTrue(json.contains("Recurrent decorrelation is for dense"), json);
    }

    /** So does one of another build of the program. */
    @Test
    void aTrialWhoseCheckpointIsRefusedBeginsAnew(@TempDir Path out) throws IOException {
        String line =
                "trial --dataset glyphs --model mlp --methods fa --seeds 1 --limit 200"
                        + " --validation 50 --test-limit 20 --hidden 10 --batch 10 --threads 1"
                        + " --epochs 2 --alignments 0 --correlations 0 --out "
                        + out;
        assertEquals(ExitCode.OK, ProgramRun.of(line + " --stop-after 1").exitCode());
        List<Path> saved;
        try (Stream<Path> files = Files.walk(out)) {
            saved = files.filter(file -> file.toString().endsWith(".state")).toList();
        }
        assertFalse(saved.isEmpty());
        for (Path file : saved) {
            Files.writeString(file, "damaged");
        }

        ProgramRun again = ProgramRun.of(line);

        assertEquals(ExitCode.OK, again.exitCode(), again.err());
        assertTrue(again.out().contains("the trial begins anew"), again.out());
        List<EpochResult> epochs =
                Results.fromJson(Files.readString(out.resolve("results.json")))
                        .runs()
                        .get(0)
                        .epochs();
        assertEquals(2, epochs.size());
    }

    @Test
    void pageShowsTheChosenSettingAndTheGrid() throws IOException {
        String page = Files.readString(folder.resolve("report.html"));

        for (String text :
                List.of(
                        "Best setting of each method",
                        "learning-rate 1e-2",
                        "Validation accuracy over seconds",
                        "Methods over learning-rate",
                        "Failed")) {
            assertTrue(page.contains(text), text);
        }
    }

    @Test
    void goesOnWithWhatIsStored() throws IOException {
        // one value more, and another seed for none
        ProgramRun more = ProgramRun.of(GRID + ",3e-3 --out " + folder);

        assertEquals(ExitCode.OK, more.exitCode(), more.err());
        assertTrue(more.out().contains("4 trials up to epoch 3, 3 stored"), more.out());
        assertFalse(more.out().contains("learning-rate 1e-4"), more.out());
    }

    /** Trials that other sources trained do not pass for those of these sources. */
    @Test
    void namesTheBuildThatMadeStoredTrials(@TempDir Path out) throws IOException {
        String line = "sweep" + SMALL + " --methods fa --seeds 1,2 --epochs 1 --out " + out;
        line = line.replaceFirst(" --epochs 3", "").replaceFirst("--limit 500", "--limit 200");
        assertEquals(ExitCode.OK, ProgramRun.of(line).exitCode());
        assertFalse(Files.readString(out.resolve("report.html")).contains("Of an earlier start"));
        Path trial;
        try (Stream<Path> files = Files.list(out.resolve("trials"))) {
            trial = files.filter(file -> file.toString().endsWith(".json")).findAny().orElseThrow();
        }
        String other = "0123456789012345678901234567890123456789";
        Files.writeString(
                trial,
                Files.readString(trial)
                        .replaceFirst("\"commit\": \"[^\"]*\"", "\"commit\": \"" + other + "\"")
                        .replaceFirst(",\\s*\"sha256\": \"[^\"]*\"", ""));

        ProgramRun again = ProgramRun.of(line);

        assertEquals(ExitCode.OK, again.exitCode(), again.err());
        assertTrue(again.out().contains("Note: 1 stored trial is of another"), again.out());
        String page = Files.readString(out.resolve("report.html"));
        assertTrue(page.contains("1 run by DJL Local Learning"), page);
        assertTrue(page.contains(other), page);
    }

    /** A page of another sweep in the same folder would pass for one of this. */
    @Test
    void aSweepOfWhichNothingTrainsHasNoPage(@TempDir Path out) throws IOException {
        Files.writeString(out.resolve("report.html"), "of another sweep");

        ProgramRun failed =
                ProgramRun.of(
                        "sweep --limit 100 --test-limit 20 --hidden 5 --threads 1 --epochs 1"
                                + " --batch 10 --methods fa --seeds 1 --learning-rate fa=1e38"
                                + " --optimizer sgd --out "
                                + out);

        assertEquals(ExitCode.FAILED, failed.exitCode(), failed.out() + failed.err());
        assertTrue(failed.out().contains("There is no report"), failed.out());
        assertTrue(Files.notExists(out.resolve("report.html")));
    }

    /** Halving trains the same trials in pieces. */
    @Test
    void halvingGoesOnFromCheckpointsWithTheSameNumbers(@TempDir Path out) throws IOException {
        ProgramRun halving = ProgramRun.of(GRID + " --halving --out " + out);
        assertEquals(ExitCode.OK, halving.exitCode(), halving.err());
        assertTrue(halving.out().contains("3 trials up to epoch 1"), halving.out());
        assertTrue(halving.out().contains("1 trial up to epoch 3"), halving.out());

        JsonObject all = results;
        results =
                JsonParser.parseString(Files.readString(out.resolve("results.json")))
                        .getAsJsonObject();
        try {
            assertEquals(
                    1, trials().get("1e-4").getAsJsonObject("run").getAsJsonArray("epochs").size());
            JsonObject pieces = lastEpoch(trials().get("1e-2"));
            results = all;
            JsonObject whole = lastEpoch(trials().get("1e-2"));
            for (String time : List.of("seconds", "cpuSeconds")) {
                pieces.remove(time);
                whole.remove(time);
            }
            assertEquals(whole, pieces);
        } finally {
            results = all;
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--grid learning-rate=1e-3 --validation 9 | one value",
                "--grid learning-rate=1e-3,1e-2 | give --validation",
                "--grid learning-rate=1e-3,-1 --validation 9 | positive",
                "--grid learning-rate=1e-3,1e-2 --validation 9 --learning-rate fa=1 | Both --grid",
                "--grid iterations=1,2 --validation 9 | has no iterations",
                "--dataset glyphs,digits | Unknown data set 'digits'",
                "--model mlp,mlp | twice",
                "--seeds 5..1 | range is from",
                "--seeds 1,1 | twice",
                "--halving --epochs 9 | --halving by 3",
                "--parallel 0 | --parallel is at least 1",
                "--learning-rate bp=1 | names the method 'bp', which --methods fa does not train",
                "--ship-data | --ship-data, --program and --work are for --spark",
                "--spark local --parallel 2 | --parallel is for this machine",
                "--trial-heap much | --trial-heap is a size",
                "--parallel 100 --trial-heap 100g | lower one of them",
            })
    void refusesBeforeAnythingStarts(String options, String reason) {
        Path out = folder.resolve("no");
        ProgramRun refused = ProgramRun.of("sweep --methods fa " + options + " --out " + out);

        assertEquals(ExitCode.USAGE, refused.exitCode(), refused.err());
        assertTrue(refused.errorLines().get(0).contains(reason), refused.err());
        assertFalse(Files.exists(out), "a folder was made");
        assertEquals("", refused.out());
    }

    /** The sweep of one method has what the other one has a use for. */
    @Test
    void presetsAreForCompareWhereSeveralMethodsHaveTheirOwn(@TempDir Path out) throws IOException {
        ProgramRun swept =
                ProgramRun.of(
                        "sweep"
                                + SMALL.replace("--epochs 3", "--epochs 1")
                                        .replace("--batch 10", "--iterations 2")
                                + " --methods bp,il --seeds 1 --grid bp:batch=50,100"
                                + " --write-presets "
                                + out.resolve("p")
                                + " --out "
                                + out);
        assertEquals(ExitCode.OK, swept.exitCode(), swept.out() + swept.err());
        for (String method : List.of("bp", "il")) {
            Path presets = out.resolve("p-glyphs-mlp-" + method);
            assertEquals(
                    method.equals("il"),
                    Files.readAllLines(presets).contains("--iterations=2"),
                    presets.toString());
            ProgramRun compared =
                    ProgramRun.of(
                            "compare @"
                                    + presets
                                    + " --limit 100 --test-limit 20 --epochs 1 --threads 1 --out "
                                    + out.resolve(method));
            assertEquals(ExitCode.OK, compared.exitCode(), compared.err());
        }
    }

    /** Compared with others, a method may get more iterations than in its trials. */
    @Test
    void presetsHaveTheIterationsOfTheTrials(@TempDir Path out) throws IOException {
        ProgramRun swept =
                ProgramRun.of(
                        "sweep"
                                + SMALL.replace("--epochs 3", "--epochs 1")
                                        .replace("--hidden 30", "--hidden 9,9,9,9")
                                + " --methods bp,seqil,ipc --seeds 1 --write-presets "
                                + out.resolve("p")
                                + " --out "
                                + out);
        assertEquals(ExitCode.OK, swept.exitCode(), swept.out() + swept.err());
        // a swept option is written once
        ProgramRun over =
                ProgramRun.of(
                        "sweep"
                                + SMALL.replace("--epochs 3", "--epochs 1")
                                + " --methods il --seeds 1 --grid iterations=2,3 --write-presets "
                                + out.resolve("swept")
                                + " --out "
                                + out.resolve("two"));
        assertEquals(ExitCode.OK, over.exitCode(), over.out() + over.err());
        List<String> lines = Files.readAllLines(out.resolve("swept"));
        assertEquals(1, lines.stream().filter(l -> l.startsWith("--iterations=")).count());
        String sequential = Files.readString(out.resolve("p-glyphs-mlp-bp-seqil"));
        assertTrue(sequential.contains("--iterations=3"), sequential);
        // one for each of the five layers
        String incremental = Files.readString(out.resolve("p-glyphs-mlp-ipc"));
        assertTrue(incremental.contains("--iterations=5"), incremental);
    }

    @Test
    void imagesThatWereExchangedAreNoticed(@TempDir Path out) throws IOException {
        String one = "sweep" + SMALL.replace("--epochs 3", "--epochs 1") + " --methods bp --seeds ";
        assertEquals(ExitCode.OK, ProgramRun.of(one + "1 --out " + out).exitCode());
        Path stored = trialFiles(out).get(0);
        Files.writeString(
                stored,
                Files.readString(stored)
                        .replaceFirst("(\"imagesSha256\": \")[0-9a-f]{4}", "$10000")
                        .replaceFirst(",\\s*\"sha256\": \"[^\"]*\"", ""));

        ProgramRun more = ProgramRun.of(one + "1,2 --out " + out);

        assertEquals(ExitCode.FAILED, more.exitCode(), more.err());
        assertTrue(more.err().contains("saw other images of glyphs than"), more.err());
    }

    @Test
    void nothingIsForgottenWhereItAsks(@TempDir Path out) throws IOException {
        String one = "sweep" + SMALL.replace("--epochs 3", "--epochs 1") + " --methods fa --seeds ";
        assertEquals(ExitCode.OK, ProgramRun.of(one + "7 --out " + out).exitCode());
        List<Path> stored = trialFiles(out);
        assertEquals(1, stored.size());

        ProgramRun asked = ProgramRun.of(one + "1..201 --fresh --out " + out);

        assertEquals(ExitCode.USAGE, asked.exitCode(), asked.err());
        assertTrue(Files.exists(stored.get(0)));
    }

    /** The choice was made, and the process that was to look at the test images died. */
    @Test
    void aChosenSettingWhoseTestFailsIsNoResult(@TempDir Path out) throws IOException {
        String line = "sweep" + SMALL.replace("--epochs 3", "--epochs 1") + " --methods fa,bp";
        line += " --seeds 7 --out " + out;
        assertEquals(ExitCode.OK, ProgramRun.of(line).exitCode());
        for (Path file : trialFiles(out)) {
            if (file.getFileName().toString().contains("-fa")) {
                JsonObject trial = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
                trial.addProperty("failure", "The test stopped.");
                // a file of an earlier version has none
                trial.remove("sha256");
                lastEpochOf(trial).remove("testLoss");
                lastEpochOf(trial).remove("testAccuracy");
                Files.writeString(file, trial.toString());
            }
        }

        ProgramRun again = ProgramRun.of(line);

        assertEquals(ExitCode.FAILED, again.exitCode(), again.out() + again.err());
        assertTrue(again.err().contains("No setting of glyphs mlp fa"), again.err());
        String json = Files.readString(out.resolve("results.json"));
        assertEquals(
                1, JsonParser.parseString(json).getAsJsonObject().getAsJsonArray("chosen").size());
    }

    private static JsonObject lastEpochOf(JsonObject trial) {
        JsonObject run =
                trial.getAsJsonObject("results").getAsJsonArray("runs").get(0).getAsJsonObject();
        return run.getAsJsonArray("epochs").get(0).getAsJsonObject();
    }

    private static List<Path> trialFiles(Path out) throws IOException {
        try (Stream<Path> files = Files.list(out.resolve("trials"))) {
            return files.filter(file -> file.toString().endsWith(".json")).toList();
        }
    }

    @Test
    void asksBeforeItStartsManyTrials(@TempDir Path out) {
        ProgramRun asked =
                ProgramRun.of("sweep" + SMALL + " --methods fa --seeds 1..201 --out " + out);

        assertEquals(ExitCode.USAGE, asked.exitCode(), asked.err());
        assertTrue(asked.errorLines().get(0).contains("201 trials would take about"), asked.err());
        assertTrue(asked.errorLines().get(0).contains("--yes"), asked.err());
    }
}
