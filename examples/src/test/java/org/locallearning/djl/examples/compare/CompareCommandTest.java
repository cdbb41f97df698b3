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
package org.locallearning.djl.examples.compare;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.locallearning.djl.decorrelation.Gain;
import org.locallearning.djl.examples.ProgramRun;
import org.locallearning.djl.examples.commandline.ExitCode;
import org.locallearning.djl.examples.method.DecorrelationSettings;
import org.locallearning.djl.examples.method.InferenceSettings;
import org.locallearning.djl.examples.method.MethodSettings;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.method.OptimizerKind;
import org.locallearning.djl.examples.results.AlignmentResult;
import org.locallearning.djl.examples.results.CorrelationMap;
import org.locallearning.djl.examples.results.CorrelationResult;
import org.locallearning.djl.examples.results.EpochResult;
import org.locallearning.djl.examples.results.ImagePreparation;
import org.locallearning.djl.examples.results.Results;
import org.locallearning.djl.examples.results.RunResult;

class CompareCommandTest {

    private static final String SMALL =
            "compare --limit 200 --test-limit 100 --hidden 20,15 --epochs 2 --threads 1"
                    + " --batch 20";

    @TempDir private static Path shared;

    private static ProgramRun run;
    private static Results results;

    @BeforeAll
    static void compareFourMethods() throws IOException {
        run = small("--methods bp,bp-tape,fa,dfa --seeds 1,2 --alignments 2", shared);
        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        results = read(shared);
    }

    @Test
    void everyMethodAndSeedHasARunWithEveryEpoch() {
        assertEquals(
                List.of("bp 1", "bp-tape 1", "fa 1", "dfa 1", "bp 2", "bp-tape 2", "fa 2", "dfa 2"),
                results.runs().stream().map(r -> r.method() + " " + r.seed()).toList());
        for (RunResult finished : results.runs()) {
            assertEquals(
                    List.of(1, 2), finished.epochs().stream().map(EpochResult::epoch).toList());
        }
    }

    @Test
    void numbersAreInTheirRanges() {
        for (RunResult finished : results.runs()) {
            for (EpochResult epoch : finished.epochs()) {
                assertAll(
                        () -> assertTrue(epoch.trainLoss() > 0),
                        () -> assertTrue(epoch.testLoss() > 0),
                        () -> assertTrue(epoch.trainAccuracy() >= 0 && epoch.trainAccuracy() <= 1),
                        () -> assertTrue(epoch.testAccuracy() >= 0 && epoch.testAccuracy() <= 1),
                        () -> assertTrue(epoch.seconds() > 0));
            }
        }
    }

    @Test
    void classificationAgreesWithTheAccuracy() {
        for (RunResult finished : results.runs()) {
            long right = 0;
            long all = 0;
            List<List<Long>> confusion = finished.classification().confusion();
            for (int i = 0; i < confusion.size(); ++i) {
                right += confusion.get(i).get(i);
                for (long count : confusion.get(i)) {
                    all += count;
                }
            }
            assertEquals(finished.last().testAccuracy(), (double) right / all, 1e-6);
            assertTrue(finished.classification().top5() >= finished.last().testAccuracy());
        }
    }

    @Test
    void sameSeedMeansSameWeightsAndOrderForEveryMethod() {
        for (int seed = 0; seed < 2; ++seed) {
            RunResult stock = results.runsOf("bp").get(seed);
            RunResult tape = results.runsOf("bp-tape").get(seed);
            // the same gradients, summed in another order
            assertEquals(stock.last().trainLoss(), tape.last().trainLoss(), 1e-4);
            assertEquals(stock.last().testLoss(), tape.last().testLoss(), 1e-4);
        }
        assertNotEquals(
                results.runsOf("bp").get(0).last().trainLoss(),
                results.runsOf("bp").get(1).last().trainLoss());
    }

    @Test
    void repeatsBitForBit(@TempDir Path again) throws IOException {
        ProgramRun second = small("--methods dfa,bp,fa --seeds 2 --alignments 2", again);

        assertEquals(ExitCode.OK, second.exitCode(), second.err());
        for (RunResult repeated : read(again).runs()) {
            RunResult first = results.runsOf(repeated.method()).get(1);
            assertEquals(timeless(first.epochs()), timeless(repeated.epochs()));
            assertEquals(first.alignment(), repeated.alignment());
        }
    }

    @Test
    void alignmentIsMeasuredPerLayerAndZeroWhereTheRuleIsExact() {
        assertTrue(results.runsOf("bp").get(0).alignment().isEmpty());
        for (String method : List.of("bp-tape", "fa", "dfa")) {
            List<AlignmentResult> alignment = results.runsOf(method).get(0).alignment();
            // two epochs, twice each, three layers
            assertEquals(2 * 2 * 3, alignment.size());
            assertEquals(
                    List.of(0.0, 0.5, 1.0, 1.5),
                    alignment.stream().map(AlignmentResult::epoch).distinct().toList());
            String last = alignment.get(2).layer();
            for (AlignmentResult measured : alignment) {
                boolean exact = method.equals("bp-tape") || measured.layer().equals(last);
                if (exact) {
                    assertEquals(0, measured.gradientAngle(), 0.1);
                } else {
                    assertTrue(measured.gradientAngle() > 5, measured.toString());
                }
            }
        }
    }

    @Test
    void measuringTheAlignmentDoesNotDisturbTraining(@TempDir Path folder) throws IOException {
        String residual =
                "compare --model resnet20 --methods bp-tape,fa --seeds 1 --epochs 1 --limit 24"
                        + " --test-limit 8 --batch 8 --threads 1 --out "
                        + folder;
        assertEquals(ExitCode.OK, ProgramRun.of(residual + " --alignments 0").exitCode());
        List<RunResult> undisturbed = read(folder).runs();
        assertEquals(ExitCode.OK, ProgramRun.of(residual + " --alignments 3").exitCode());
        List<RunResult> measured = read(folder).runs();

        for (int i = 0; i < measured.size(); ++i) {
            assertFalse(measured.get(i).alignment().isEmpty());
            assertEquals(
                    undisturbed.get(i).last().trainLoss(),
                    measured.get(i).last().trainLoss(),
                    1e-5);
        }
    }

    @Test
    void decorrelationIsMeasuredBeforeAndBehindTheMatrix(@TempDir Path folder) throws IOException {
        ProgramRun compared =
                small(
                        "--methods fa,fa+decor --seeds 1 --decor-rate fa+decor=1e-3"
                                + " --decor-sample 1 --decor-interval 2 --decor-samples 1"
                                + " --decor-gain scalar --correlations 2",
                        folder);
        assertEquals(ExitCode.OK, compared.exitCode(), compared.err());
        Results both = read(folder);
        assertEquals(
                new DecorrelationSettings(1, 2, 0, 0, Gain.SCALAR),
                both.settings().decorrelation());
        RunResult plain = both.runsOf("fa").get(0);
        RunResult decorrelated = both.runsOf("fa+decor").get(0);

        assertNull(plain.decorrelationRate());
        assertTrue(plain.correlations().isEmpty() && plain.correlationMaps().isEmpty());
        assertEquals(1e-3, decorrelated.decorrelationRate());
        // two epochs, twice each, three layers
        List<CorrelationResult> measured = decorrelated.correlations();
        assertEquals(2 * 2 * 3, measured.size());
        CorrelationResult first = measured.get(0);
        CorrelationResult last = measured.get(measured.size() - 3);
        assertEquals(784, first.features());
        assertEquals(0, first.epoch());
        assertEquals(1.5, last.epoch());
        // two or three updates of 20 rows from one measurement to the next
        assertTrue(first.rows() >= 20 && first.rows() <= 100, first.toString());
        assertTrue(last.lossAfter() < last.lossBefore(), last.toString());
        // as a share of the loss before, because fewer rows show more chance correlation
        assertTrue(
                last.lossAfter() / last.lossBefore() < first.lossAfter() / first.lossBefore(),
                first + " to " + last);

        assertEquals(3, decorrelated.correlationMaps().size());
        CorrelationMap map = decorrelated.correlationMaps().get(2);
        assertEquals(15, map.features());
        float[] correlations = CorrelationMap.unpack(map.before());
        for (int i = 0; i < 15; ++i) {
            assertEquals(1, correlations[i * 16], "a feature and itself");
        }
    }

    @Test
    void measuringTheCorrelationsDoesNotDisturbTraining(@TempDir Path folder) throws IOException {
        small("--methods bp+decor --seeds 1 --correlations 0", folder);
        List<EpochResult> undisturbed = timeless(read(folder).runs().get(0).epochs());
        small("--methods bp+decor --seeds 1 --correlations 5", folder);
        assertEquals(undisturbed, timeless(read(folder).runs().get(0).epochs()));
    }

    @Test
    void rateOfDecorrelationIsForMethodsWithItThatAreTrained(@TempDir Path folder) {
        ProgramRun plain = small("--methods bp,bp+decor --decor-rate bp=1e-3", folder);
        assertEquals(ExitCode.USAGE, plain.exitCode());
        assertTrue(plain.err().contains("'bp+decor'"), plain.err());

        ProgramRun absent = small("--methods bp --decor-rate bp+decor=1e-3", folder);
        assertEquals(ExitCode.USAGE, absent.exitCode());
        assertTrue(absent.err().contains("does not train"), absent.err());

        ProgramRun negative = small("--methods bp+decor --decor-rate bp+decor=-1", folder);
        assertEquals(ExitCode.USAGE, negative.exitCode());
        assertTrue(negative.err().contains("is positive"), negative.err());

        ProgramRun sample = small("--methods bp+decor --decor-sample 2", folder);
        assertEquals(ExitCode.USAGE, sample.exitCode());
        assertTrue(sample.err().contains("--decor-sample"), sample.err());
    }

    @Test
    void tableAndReportNameEveryMethod() throws IOException {
        String report = Files.readString(shared.resolve("report.html"));
        for (String method : List.of("bp", "bp-tape", "fa", "dfa")) {
            assertTrue(run.out().lines().anyMatch(line -> line.startsWith(method + " ")));
            assertTrue(report.contains("<code class=\"quiet\">" + method + "</code>"));
        }
        assertTrue(run.out().contains(shared.resolve("report.html").toString()));
    }

    @Test
    void pictureIsWrittenOrItsAbsenceExplained() {
        boolean written = Files.exists(shared.resolve("curves.png"));
        assertEquals(written, !run.out().contains("curves.png was not drawn"));
    }

    @Test
    void nothingHalfWrittenIsLeft() throws IOException {
        try (Stream<Path> files = Files.list(shared)) {
            assertTrue(
                    List.of("results.json", "report.html", "curves.png")
                            .containsAll(files.map(f -> f.getFileName().toString()).toList()));
        }
    }

    @Test
    void settingsAreInTheResults() {
        assertAll(
                () -> assertEquals("glyphs", results.dataset()),
                () -> assertEquals("mlp", results.model()),
                () ->
                        assertEquals(
                                784 * 20 + 20 + 20 * 15 + 15 + 15 * 10 + 10, results.parameters()),
                () -> assertEquals(List.of(20, 15), results.settings().hidden()),
                () -> assertEquals(List.of(1, 2), results.settings().seeds()),
                () -> assertEquals(200, results.settings().limit()),
                () -> assertEquals(1, results.machine().threads()),
                () -> assertTrue(results.commandLine().startsWith(SMALL)));
    }

    @Test
    void chosenLearningRateIsUsedAndRecorded(@TempDir Path folder) throws IOException {
        small("--methods bp --seeds 1 --learning-rate bp=0.0123", folder);

        RunResult chosen = read(folder).runs().get(0);
        assertEquals(0.0123f, chosen.learningRate());
        assertNotEquals(results.runsOf("bp").get(0).last().trainLoss(), chosen.last().trainLoss());
    }

    @Test
    void runThatDivergesIsAResultAndTheOthersGoOn(@TempDir Path folder) throws IOException {
        for (String diverging : List.of("bp", "fa", "bp+decor")) {
            ProgramRun failed =
                    small(
                            "--methods %s,usf --seeds 1,2 --optimizer momentum --learning-rate %s=1e38"
                                    .formatted(diverging, diverging),
                            folder);

            assertEquals(ExitCode.DIVERGED, failed.exitCode(), failed.err());
            List<String> lines = failed.errorLines();
            assertEquals(1, lines.size(), failed.err());
            assertTrue(
                    lines.get(0).contains("2 of 4 runs diverged: " + diverging + " with seed 1, 2"),
                    failed.err());
            assertTrue(
                    failed.out()
                            .lines()
                            .anyMatch(l -> l.startsWith(diverging + ", seed 1 diverged")),
                    failed.out());
            Results results = read(folder);
            assertEquals(List.of("usf"), results.finishedMethods());
            assertEquals(List.of(diverging, "usf"), results.triedMethods());
            assertEquals(2, results.runsOf("usf").size());
            for (RunResult run : results.divergedRuns()) {
                assertEquals(diverging, run.method());
                assertTrue(run.epochs().isEmpty());
                // the weights are infinite after the first step
                assertEquals(1, run.divergence().epoch());
                assertEquals(2, run.divergence().batch());
                assertTrue(run.divergence().layer().matches("\\d\\dLinear"), run.toString());
            }
            String report = Files.readString(folder.resolve("report.html"));
            assertTrue(report.contains("Diverged runs"), report);
            assertTrue(report.contains("(diverged)"), report);
            assertFalse(report.contains("Finished so far"), report);
            assertTrue(Files.notExists(folder.resolve("unfinished")));
        }
    }

    /** Whatever else is measured there of predictions that are no numbers. */
    @Test
    void runThatDivergesInTheLastBatchOfAnEpochIsAResultToo(@TempDir Path folder)
            throws IOException {
        ProgramRun failed =
                ProgramRun.of(
                        SMALL.replace("--batch 20", "--batch 200")
                                + " --methods bp,usf --seeds 1 --optimizer momentum"
                                + " --learning-rate bp=1e38 --out "
                                + folder);

        assertEquals(ExitCode.DIVERGED, failed.exitCode(), failed.err());
        assertTrue(
                failed.out().contains("bp, seed 1 diverged in epoch 1, held-out images, layer 0"),
                failed.out());
        Results results = read(folder);
        assertEquals(List.of("usf"), results.finishedMethods());
        assertTrue(
                results.divergedRuns().get(0).divergence().reason().contains("held-out images"),
                results.toString());
    }

    @Test
    void comparisonOfWhichEveryRunDivergesHasItsFiles(@TempDir Path folder) throws IOException {
        ProgramRun failed =
                small(
                        "--methods bp --seeds 1 --optimizer momentum --learning-rate bp=1e38",
                        folder);

        assertEquals(ExitCode.DIVERGED, failed.exitCode(), failed.err());
        assertTrue(failed.err().contains("1 of 1 runs diverged"), failed.err());
        assertTrue(
                Files.readString(folder.resolve("report.html")).contains("No run was finished."));
        ProgramRun report =
                ProgramRun.of(
                        "report "
                                + folder.resolve("results.json")
                                + " --out "
                                + folder.resolve("again"));
        assertEquals(ExitCode.OK, report.exitCode(), report.err());
        assertEquals(
                Files.readString(folder.resolve("report.html")),
                Files.readString(folder.resolve("again").resolve("report.html")));
    }

    @Test
    void unfinishedComparisonGoesOnWithTheSameSettingsAlone(@TempDir Path folder)
            throws IOException {
        String methods = "--methods bp,fa --seeds 1";
        // results that cannot be written stop it after the first run
        Path obstacle = Files.createDirectories(folder.resolve("results.json").resolve("full"));
        Instant before = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        ProgramRun stopped = small(methods, folder);
        Instant between = Instant.now();
        assertEquals(ExitCode.FAILED, stopped.exitCode(), stopped.err());
        Files.delete(obstacle);
        Files.delete(folder.resolve("results.json"));

        ProgramRun other = small(methods + " --optimizer sgd", folder);
        assertEquals(ExitCode.USAGE, other.exitCode());
        assertTrue(other.err().contains("--optimizer"), other.err());
        assertTrue(other.err().contains("--fresh"), other.err());

        ProgramRun again = small(methods, folder);
        assertEquals(ExitCode.OK, again.exitCode(), again.err());
        assertEquals(1, again.out().lines().filter(line -> line.endsWith("stored")).count());
        for (RunResult finished : read(folder).runs()) {
            RunResult alone = results.runsOf(finished.method()).get(0);
            assertEquals(timeless(alone.epochs()), timeless(finished.epochs()));
        }
        Instant started = Instant.parse(read(folder).started());
        assertFalse(started.isBefore(before), started + " is before " + before);
        assertFalse(started.isAfter(between), started + " is not the first start");
        assertTrue(Files.notExists(folder.resolve("unfinished")));

        ProgramRun finished = small(methods + " --optimizer sgd", folder);
        assertEquals(ExitCode.OK, finished.exitCode(), finished.err());
    }

    @Test
    void freshComparisonStartsOver(@TempDir Path folder) throws IOException {
        Path obstacle = Files.createDirectories(folder.resolve("results.json").resolve("full"));
        assertEquals(ExitCode.FAILED, small("--methods bp,fa --seeds 1", folder).exitCode());
        Files.delete(obstacle);
        Files.delete(folder.resolve("results.json"));

        ProgramRun fresh = small("--methods bp --seeds 1 --fresh", folder);
        assertEquals(ExitCode.OK, fresh.exitCode(), fresh.err());
        assertEquals(0, fresh.out().lines().filter(line -> line.endsWith("stored")).count());
        ProgramRun wrong = small("--save-every 0", folder);
        assertEquals(ExitCode.USAGE, wrong.exitCode());
        assertTrue(wrong.err().contains("--save-every is at least 1"), wrong.err());
    }

    @Test
    void everyMethodOfTheTableTrainsWithItsOptimizer(@TempDir Path folder) throws IOException {
        List<String> names = new ArrayList<>(Methods.names());
        OptimizerKind.names().forEach(optimizer -> names.add("fa-" + optimizer));
        names.add("seqil-mq+decor");
        ProgramRun all = small("--seeds 1 --methods " + String.join(",", names), folder);

        assertEquals(ExitCode.OK, all.exitCode(), all.err());
        List<RunResult> runs = read(folder).runs();
        assertEquals(names, runs.stream().map(RunResult::method).toList());
        for (RunResult finished : runs) {
            assertEquals(
                    Methods.named(finished.method()).optimizer(OptimizerKind.ADAM).toString(),
                    finished.optimizer());
        }
    }

    @Test
    void settingsOfSingleMethodsAreUsedAndRecorded(@TempDir Path folder) throws IOException {
        small("--methods seqil,lra --seeds 1", folder);
        Results usual = read(folder);
        small(
                "--methods seqil,lra --seeds 1 --iterations 5 --inference-step 0.1 --error-gap 2",
                folder);
        Results chosen = read(folder);

        assertEquals(
                new MethodSettings(new InferenceSettings(5, 0.1), 2),
                chosen.settings().methodSettings());
        for (int i = 0; i < 2; ++i) {
            assertNotEquals(
                    usual.runs().get(i).last().trainLoss(),
                    chosen.runs().get(i).last().trainLoss());
        }
        ProgramRun none = small("--methods seqil --iterations 0", folder);
        assertEquals(ExitCode.USAGE, none.exitCode());
        ProgramRun unknown = small("--methods bp-nosuch", folder);
        assertEquals(ExitCode.USAGE, unknown.exitCode());
        assertTrue(unknown.err().contains("'bp-nosuch'"), unknown.err());
    }

    /** The method compares both sides, as its description goes on to say. */
    @Test
    void saysWhatOptionsChangeAboutAMethod(@TempDir Path folder) throws IOException {
        ProgramRun run = small("--methods lra-sign --error-difference one_sided --seeds 1", folder);

        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        String rule = "LocalRepresentationAlignment\\(from output, β 0.5, .*difference ONE_SIDED";
        assertTrue(run.out().matches("(?s).*As chosen here: " + rule + ".*"), run.out());
        String page = Files.readString(folder.resolve("report.html"));
        assertTrue(page.matches("(?s).*Rule of the first run: " + rule + ".*"), page);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--methods lra --error-beta 0.5",
                "--methods lra-e-skip --error-wiring output --error-update none",
                "--methods lra --error-difference central",
                "--methods lra --error-gamma 3 --optimizer sgd",
                "--methods fa,dfa --feedback-density 0.3",
                "--methods il --inference-clamp 1e9 --activity-decay 0.1",
                "--methods seqil --inference-constant-steps --inference-precisions 1,2,1",
                "--methods fa+decor --decor-mean none",
                "--methods bp --normalize-contrast",
                "--methods bp --whiten"
            })
    void settingsOfThePapersChangeWhatIsLearned(String options, @TempDir Path folder)
            throws IOException {
        String[] parts = options.split(" ");
        String optimizer = options.contains("--optimizer") ? " --optimizer sgd" : "";
        small("--seeds 1 " + parts[0] + " " + parts[1] + optimizer, folder);
        List<RunResult> usual = read(folder).runs();
        ProgramRun run = small("--seeds 1 " + options, folder);
        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        List<RunResult> chosen = read(folder).runs();
        for (int i = 0; i < usual.size(); i++) {
            assertNotEquals(
                    usual.get(i).last().trainLoss(), chosen.get(i).last().trainLoss(), options);
        }
    }

    @Test
    void whatWasDoneToImagesIsInTheResults(@TempDir Path folder) throws IOException {
        small("--methods bp --seeds 1 --normalize-contrast --whiten --whole-batches", folder);

        assertEquals(
                new ImagePreparation(false, false, true, true, true),
                read(folder).settings().preparation());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --methods bp --error-beta 0.2             | --error-beta is for
                    --methods lra --feedback-density 0.5      | --feedback-density is for fa and dfa
                    --methods fa --inference-clamp 10         | --inference-clamp is for
                    --methods fa --decor-mean none            | --decor-mean is for
                    --methods bp --grey                       | --grey is for data sets in colour
                    --methods bp --standardise --whiten       | leave that out
                    --methods lra --error-gap 2 --error-wiring chain | leave one of the two out
                    --methods lra --error-gamma 2 --error-update none | leave one of the two out
                    --methods fa --feedback-density 0         | above 0 and at most 1
                    --methods il --inference-clamp Infinity   | finite
                    """)
    void settingsThatDoNothingAreRefused(String options, String reason, @TempDir Path folder) {
        ProgramRun refused = small(options, folder);
        assertEquals(ExitCode.USAGE, refused.exitCode());
        assertTrue(refused.err().contains(reason), refused.err());
    }

    @Test
    void digitsAreNotAugmented(@TempDir Path folder) {
        ProgramRun refused = small("--methods bp --augment", folder);
        assertEquals(ExitCode.USAGE, refused.exitCode());
        assertTrue(refused.err().contains("glyphs can't be augmented"), refused.err());
    }

    @Test
    void folderThatCannotBeWrittenIsFoundBeforeTraining(@TempDir Path folder) throws IOException {
        Path file = Files.createFile(folder.resolve("taken"));

        for (Path target : List.of(file, file.resolve("below"))) {
            ProgramRun failed = small("--methods bp", target);

            assertEquals(ExitCode.FAILED, failed.exitCode());
            assertEquals(1, failed.errorLines().size(), failed.err());
            assertTrue(failed.err().contains(target.toString()), failed.err());
            assertTrue(failed.err().contains("--out"), failed.err());
            assertEquals("", failed.out());
        }
    }

    @Test
    void dataRepositoryThatDoesNotExistIsOneSentence(@TempDir Path folder) {
        Path missing = folder.resolve("nosuch");
        ProgramRun failed =
                ProgramRun.of(
                        "compare --dataset mnist --data-repository "
                                + missing
                                + " --out "
                                + folder);

        assertEquals(ExitCode.FAILED, failed.exitCode());
        assertEquals(1, failed.errorLines().size(), failed.err());
        assertTrue(failed.err().contains(missing.toString()), failed.err());
    }

    @Test
    void stackTraceIsShownOnDemandOnly(@TempDir Path folder) throws IOException {
        Path file = Files.createFile(folder.resolve("taken"));

        assertFalse(small("--methods bp", file).err().contains("\tat "));
        assertTrue(small("--methods bp --stacktrace", file).err().contains("\tat "));
    }

    @Test
    void anAutoencoderIsComparedByItsLoss(@TempDir Path folder) throws IOException {
        ProgramRun compared =
                small(
                        "--model autoencoder --methods bp,bp-tape --seeds 1,2"
                                + " --learning-rate bp=1e-2,bp-tape=1e-2",
                        folder);
        assertEquals(ExitCode.OK, compared.exitCode(), compared.err());
        Results reconstructed = read(folder);
        assertFalse(reconstructed.settings().standardise());
        assertTrue(reconstructed.modelSummary().contains("784-20-15-784"));
        for (RunResult run : reconstructed.runs()) {
            // ln 2 is what an even grey costs
            assertTrue(run.last().testLoss() < run.epochs().get(0).testLoss());
            assertTrue(run.last().testLoss() < Math.log(2), run.last().toString());
            assertNull(run.last().testAccuracy());
            assertNull(run.last().trainAccuracy());
        }
        assertEquals(
                reconstructed.runsOf("bp").get(0).last().testLoss(),
                reconstructed.runsOf("bp-tape").get(0).last().testLoss(),
                1e-4);
        String report = Files.readString(folder.resolve("report.html"));
        assertTrue(report.contains("Test loss after 2 epochs"));
        assertTrue(report.contains("binary cross-entropy per pixel"));
        assertFalse(report.contains("accuracy"));
        assertTrue(compared.out().contains("test loss, low to high"), compared.out());
        assertFalse(compared.out().contains(" acc"), compared.out());
    }

    @Test
    void anAutoencoderRefusesStandardisedPixels(@TempDir Path folder) {
        ProgramRun failed = small("--model autoencoder --standardise", folder);
        assertEquals(ExitCode.USAGE, failed.exitCode(), failed.err());
        assertTrue(failed.err().contains("leave --standardise out"), failed.err());
    }

    @Test
    void signedPixelsGoWithoutStandardising(@TempDir Path folder) {
        ProgramRun failed = small("--signed-pixels", folder);
        assertEquals(ExitCode.USAGE, failed.exitCode());
        assertTrue(failed.err().contains("goes with --no-standardise"), failed.err());
        ProgramRun run = small("--signed-pixels --no-standardise --methods bp", folder);
        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        assertTrue(run.out().contains("pixels in −1..1"), run.out());
    }

    @Test
    void optionThatTheModelHasNoUseForIsAUsageError(@TempDir Path folder) {
        ProgramRun failed =
                ProgramRun.of("compare --limit 20 --model resnet20 --hidden 5 --out " + folder);

        assertEquals(ExitCode.USAGE, failed.exitCode(), failed.err());
        assertTrue(failed.err().contains("resnet20"), failed.err());
    }

    private static ProgramRun small(String arguments, Path out) {
        return ProgramRun.of(SMALL + " " + arguments + " --out " + out);
    }

    private static Results read(Path folder) throws IOException {
        return Results.fromJson(Files.readString(folder.resolve("results.json")));
    }

    private static List<EpochResult> timeless(List<EpochResult> epochs) {
        return epochs.stream().map(EpochResult::withoutTime).toList();
    }
}
