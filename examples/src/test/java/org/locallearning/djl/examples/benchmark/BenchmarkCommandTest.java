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
package org.locallearning.djl.examples.benchmark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.locallearning.djl.decorrelation.Gain;
import org.locallearning.djl.examples.ProgramRun;
import org.locallearning.djl.examples.commandline.ExitCode;
import org.locallearning.djl.examples.environment.ProcessorTime;
import org.locallearning.djl.examples.method.DecorrelationSettings;
import org.locallearning.djl.examples.method.Methods;

class BenchmarkCommandTest {

    @Test
    void timesMethodsNextToTheBaseline(@TempDir Path folder) throws IOException {
        ProgramRun run =
                ProgramRun.of(
                        "benchmark --models mlp,conv --methods fa,dfa --repeats 3 --threads 1"
                                + " --batch 4 --no-memory --out "
                                + folder);

        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        BenchmarkResults results =
                BenchmarkResults.fromJson(Files.readString(folder.resolve("benchmark.json")));
        assertEquals(
                List.of("mlp bp", "mlp fa", "mlp dfa", "conv bp", "conv fa", "conv dfa"),
                results.rows().stream().map(row -> row.model() + " " + row.method()).toList());
        assertTrue(results.matrixGflops() > 0);
        for (BenchmarkResults.Row row : results.rows()) {
            assertTrue(row.medianMs() > 0);
            assertEquals(1000, row.medianMs() * row.stepsPerSecond(), 1e-6);
            assertEquals(row.batch() * row.stepsPerSecond(), row.samplesPerSecond(), 1e-6);
            assertEquals(4, row.batch());
            if (row.method().equals("bp")) {
                assertEquals(1, row.ratioToBp());
                assertEquals(1, row.multiplyAddRatio());
                if (ProcessorTime.isFine()) {
                    assertEquals(1, row.processorRatioToBp());
                }
            } else if (row.method().equals("fa")) {
                assertEquals(1, row.multiplyAddRatio());
            }
        }
    }

    @Test
    void everyMeanIsOverARoundThatLearnsAndNoRoundIsInTwo() {
        double[] learningInOneOfThree = {4, 1, 1, 7, 1, 1, 4};
        assertArrayEquals(
                new double[] {2, 3}, InterleavedTiming.means(learningInOneOfThree, 3), 1e-15);
        assertArrayEquals(
                learningInOneOfThree, InterleavedTiming.means(learningInOneOfThree, 1), 1e-15);
    }

    @Test
    void roundsFillTheirMeans() {
        assertEquals(20, InterleavedTiming.rounds(20, 1));
        assertEquals(20, InterleavedTiming.rounds(20, 20));
        assertEquals(24, InterleavedTiming.rounds(20, 8));
        assertEquals(30, InterleavedTiming.rounds(20, 30));
    }

    @Test
    void fewMeansHaveNoQuartiles() {
        assertFalse(InterleavedTiming.hasQuartiles(1.32));
        assertFalse(InterleavedTiming.hasQuartiles(1, 2, 3));
        assertTrue(InterleavedTiming.hasQuartiles(1, 2, 3, 4));
    }

    @Test
    void storedQuartilesAreRead() throws IOException {
        BenchmarkResults stored =
                BenchmarkResults.fromJson(Files.readString(Path.of("runs/benchmark.json")));
        stored.rows().forEach(row -> assertTrue(row.ratioLow() <= row.ratioHigh()));
    }

    @Test
    void productsAreCountedBesideTheFormulas(@TempDir Path folder) throws IOException {
        ProgramRun run =
                ProgramRun.of(
                        "benchmark --models alonso-dense --methods fa,seqil,il-mq,ipc --repeats 1"
                                + " --threads 1 --batch 2 --no-memory --out "
                                + folder);
        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        BenchmarkResults results =
                BenchmarkResults.fromJson(Files.readString(folder.resolve("benchmark.json")));
        // five layers, three iterations; the ones by which algorithm 2 goes, less those not needed
        List<Long> counted = results.rows().stream().map(BenchmarkResults.Row::products).toList();
        assertEquals(List.of(14L, 14L, 2 * 5L + 2 * 3 * 4), counted.subList(0, 3));
        // errors reach one layer more in every iteration: 1 + 2 + 3 down, as many predictions
        assertEquals(5L + 2 * 6 + 4, counted.get(3));
        assertTrue(counted.get(4) <= 3 * (3 * 5 - 1));
        BenchmarkResults.Row sequential = results.rows().get(2);
        assertEquals(3L * 9 + 2 * 5, sequential.paperProducts());
        assertEquals(2L * 5 * 3 + 3 * 5, sequential.codeProducts());
        assertEquals(34.0 / 14, sequential.productRatio());
        results.rows().forEach(row -> assertTrue(row.optimizerMs() > 0));
        assertTrue(run.out().contains("34 products; 37 by the paper's"), run.out());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void memoryHoldsAtLeastWeightsAndGradients() throws IOException, InterruptedException {
        Workload workload = Workload.named("dense-1000");
        double peak =
                PeakMemory.measure(
                                workload,
                                Methods.named("bp"),
                                DecorrelationSettings.DEFAULT,
                                8,
                                1,
                                Assertions::fail)
                        .orElseThrow();

        // four layers of 1000x1000 in float32, and as much again for their gradients
        double mebibytes = 2 * 4 * 4e6 / (1 << 20);
        assertTrue(peak > mebibytes && peak < 10 * mebibytes, "peak " + peak);
    }

    /** A method that some models can't be trained with is measured on one that can. */
    @ParameterizedTest
    @ValueSource(strings = {"bp+recurrent", "lra-e"})
    @EnabledOnOs(OS.LINUX)
    void memoryIsMeasuredWhereverTheMethodTrains(String method)
            throws IOException, InterruptedException {
        double peak = peak(Workload.named("mlp"), method, DecorrelationSettings.DEFAULT);

        // weights of 784 x 100 in float32 and their gradients
        assertTrue(peak > 2 * 4 * 78_400.0 / (1 << 20), "peak " + peak);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void saysWhyMemoryWasNotMeasured() throws IOException, InterruptedException {
        List<String> reasons = new ArrayList<>();
        OptionalDouble peak =
                PeakMemory.measure(
                        Workload.named("conv-stride1"),
                        Methods.named("bp+recurrent"),
                        DecorrelationSettings.DEFAULT,
                        2,
                        1,
                        reasons::add);

        assertTrue(peak.isEmpty());
        assertEquals(1, reasons.size());
        assertTrue(
                reasons.get(0).startsWith("Recurrent decorrelation is for dense layers"),
                reasons.get(0));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void decorrelationTakesItsMatricesMore() throws IOException, InterruptedException {
        Workload workload = Workload.named("dense-3072");
        double plain = peak(workload, "bp", DecorrelationSettings.DEFAULT);
        double full = peak(workload, "bp+decor", DecorrelationSettings.DEFAULT);
        double lowRank =
                peak(workload, "bp+decor", new DecorrelationSettings(0.1, 1, 0, 64, Gain.SCALAR));

        // one matrix of 3072x3072, which one of low rank does without
        double large = 3072 * 3072 * 4.0 / (1 << 20);
        assertTrue(full - plain > 0.8 * large, plain + ", " + full);
        assertTrue(lowRank - plain < 0.75 * large, plain + ", " + lowRank);
    }

    /** The median of several processes: peaks are short, and a single look can miss them. */
    private static double peak(Workload workload, String method, DecorrelationSettings settings)
            throws IOException, InterruptedException {
        double[] peaks = new double[5];
        for (int i = 0; i < peaks.length; i++) {
            peaks[i] =
                    PeakMemory.measure(
                                    workload,
                                    Methods.named(method),
                                    settings,
                                    8,
                                    1,
                                    Assertions::fail)
                            .orElseThrow();
        }
        Arrays.sort(peaks);
        return peaks[peaks.length / 2];
    }

    @Test
    void benchmarkReportsMemoryNextToTheBaseline(@TempDir Path folder) throws IOException {
        assumeTrue(Files.isReadable(Path.of("/proc/self/status")), "no /proc/self/status");
        ProgramRun run =
                ProgramRun.of(
                        "benchmark --models mlp --methods fa --repeats 1 --threads 1 --batch 4"
                                + " --out "
                                + folder);

        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        BenchmarkResults results =
                BenchmarkResults.fromJson(Files.readString(folder.resolve("benchmark.json")));
        BenchmarkResults.Row bp = results.rows().get(0);
        BenchmarkResults.Row fa = results.rows().get(1);
        assertEquals(1, bp.peakRatioToBp());
        assertEquals(fa.peakMiB() / bp.peakMiB(), fa.peakRatioToBp(), 1e-12);
    }

    /** Its process may fail, and then there is nothing to compare others with. */
    @Test
    void memoryWithoutThatOfBackpropagationIsNoRatio() throws IOException {
        BenchmarkResults stored =
                BenchmarkResults.fromJson(Files.readString(Path.of("runs/benchmark.json")));
        BenchmarkResults.Row row = stored.rows().get(1).withPeakMiB(5, null);
        assertEquals(5, row.peakMiB());
        assertNull(row.peakRatioToBp());
        assertEquals(2.5, row.withPeakMiB(5, 2.0).peakRatioToBp());
    }

    @Test
    void decorrelationIsTimedWithItsSettings(@TempDir Path folder) throws IOException {
        ProgramRun run =
                ProgramRun.of(
                        "benchmark --models mlp --methods bp+decor --repeats 1 --threads 1"
                                + " --batch 4 --no-memory --decor-interval 10 --out "
                                + folder);

        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        BenchmarkResults results =
                BenchmarkResults.fromJson(Files.readString(folder.resolve("benchmark.json")));
        assertEquals(10, results.decorrelation().interval());
        // one mean over all rounds of a period
        assertNull(results.rows().get(1).ratioLow());
        assertNull(results.rows().get(1).ratioHigh());
        assertTrue(run.out().lines().anyMatch(line -> line.matches("mlp +bp\\+decor .* - .*")));
        assertFalse(run.out().contains(" 1.00 - 1.00 "), run.out());
        assertEquals(
                List.of("bp", "bp+decor"),
                results.rows().stream().map(BenchmarkResults.Row::method).toList());
        assertTrue(results.rows().get(1).multiplyAddRatio() > 1);
    }

    @Test
    void quartilesInterpolate() {
        assertEquals(new Quartiles(2, 3, 4), Quartiles.of(5, 1, 3, 2, 4));
        assertEquals(new Quartiles(1.25, 1.5, 1.75), Quartiles.of(2, 1));
        assertEquals(new Quartiles(7, 7, 7), Quartiles.of(7));
    }
}
