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
package org.locallearning.djl.examples.sweep.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.locallearning.djl.examples.ProgramRun;
import org.locallearning.djl.examples.commandline.ExitCode;
import org.locallearning.djl.examples.sweep.trial.TrialJob;
import org.locallearning.djl.examples.sweep.trial.TrialOutcome;
import org.locallearning.djl.examples.sweep.trial.TrialProgram;
import scala.jdk.javaapi.CollectionConverters;

/** What is refused in one sentence before a cluster has anything to do. */
class SparkTrialRunnerTest {

    @TempDir private Path folder;

    @Test
    void masterThatDoesNotAnswerIsNamed() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
            SparkMaster.await("spark://127.0.0.1:" + port, 1);
            SparkMaster.await("spark://127.0.0.1:1,127.0.0.1:" + port, 5);
        }
        String nobody = "spark://127.0.0.1:" + port;
        IOException e = assertThrows(IOException.class, () -> SparkMaster.await(nobody, 1));
        assertTrue(e.getMessage().contains(nobody), e.getMessage());

        IOException noPort =
                assertThrows(IOException.class, () -> SparkMaster.await("spark://host", 1));
        assertTrue(noPort.getMessage().contains("spark://host:7077"), noPort.getMessage());
        // those of other kinds are Spark's
        SparkMaster.await("local[2]", 1);
    }

    @Test
    void oldJavaIsNamed() {
        IOException e =
                SparkTrialRunner.explained(
                        new IllegalStateException(
                                "Job aborted: java.lang.UnsupportedClassVersionError: x has been"
                                        + " compiled by a more recent version"));
        assertTrue(e.getMessage().contains("Java 17 or newer"), e.getMessage());
    }

    @Test
    void executorsThatCannotStartAreExplained() {
        IOException e =
                SparkTrialRunner.explained(
                        new IllegalStateException(
                                "Job aborted due to stage failure: Master removed our application:"
                                        + " FAILED"));
        assertTrue(e.getMessage().contains("No executor could start"), e.getMessage());
    }

    /** On an executor that sees neither, the outcome names the machine and what is missing. */
    @Test
    void dataAndProgramThatAnExecutorDoesNotSeeAreNamed() throws Exception {
        String nowhere = folder.resolve("nowhere").toString();
        TrialProgram program = TrialProgram.ofJar(nowhere + ".jar", "1g");
        TrialJob job = new TrialJob("job", List.of("trial"));
        String host = InetAddress.getLocalHost().getHostName();

        TrialOutcome noData = outcome(new SparkTask(program, nowhere, false, null), job);
        assertEquals(TrialOutcome.Kind.IMPOSSIBLE, noData.kind());
        assertTrue(
                noData.lines()
                        .contains(host + " does not see the data in '" + nowhere + "': put it"),
                noData.lines());

        String work = folder.toString();
        TrialOutcome noProgram = outcome(new SparkTask(program, null, false, work), job);
        assertEquals(TrialOutcome.Kind.IMPOSSIBLE, noProgram.kind());
        assertTrue(
                noProgram
                        .lines()
                        .contains(
                                "On "
                                        + host
                                        + ": The program '"
                                        + nowhere
                                        + ".jar' cannot be read: put it there"),
                noProgram.lines());
    }

    private static TrialOutcome outcome(SparkTask task, TrialJob job) {
        return task.apply(null, CollectionConverters.asScala(List.of(job).iterator()));
    }

    @Test
    void tellsOfExecutorsThatDoNotComeOnce() throws InterruptedException {
        CountDownLatch told = new CountDownLatch(1);
        WaitingNote waiting = new WaitingNote(() -> false, Duration.ZERO, told::countDown);
        assertTrue(told.await(1, TimeUnit.MINUTES));
        waiting.close();

        CountDownLatch asked = new CountDownLatch(1);
        AtomicBoolean toldInVain = new AtomicBoolean();
        BooleanSupplier come =
                () -> {
                    asked.countDown();
                    return true;
                };
        waiting = new WaitingNote(come, Duration.ZERO, () -> toldInVain.set(true));
        assertTrue(asked.await(1, TimeUnit.MINUTES));
        waiting.close();
        assertFalse(toldInVain.get());
    }

    @Test
    void dataArchiveHoldsEveryFile() throws IOException {
        Path data = Files.createDirectories(folder.resolve("data/deep"));
        Files.writeString(data.resolve("a.bin"), "a");
        Files.writeString(data.resolveSibling("b.bin"), "bb");
        Path archive = folder.resolve("data.zip");
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("data"));
        DataArchive.write(link, archive);

        List<String> names = new ArrayList<>();
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            zip.stream().map(ZipEntry::getName).forEach(names::add);
            assertEquals(2, zip.getEntry("b.bin").getSize());
        }
        assertEquals(List.of("b.bin", "deep/a.bin"), names);
        IOException e = assertThrows(IOException.class, () -> DataArchive.write(archive, archive));
        assertTrue(e.getMessage().contains("--ship-data sends a folder"), e.getMessage());
        Path empty = Files.createDirectories(folder.resolve("empty"));
        e = assertThrows(IOException.class, () -> DataArchive.write(empty, archive));
        assertTrue(e.getMessage().contains("there is no file"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--ship-data | are for --spark",
                "--spark spark://127.0.0.1:1 --ship-data | name one",
                "--spark spark://127.0.0.1:1 --parallel 2 | --parallel is for this machine",
            })
    void refusesWhatDoesNotGoTogether(String options, String reason) {
        ProgramRun refused = ProgramRun.of("sweep --methods fa " + options + " --out " + folder);

        assertEquals(ExitCode.USAGE, refused.exitCode(), refused.err());
        assertTrue(refused.errorLines().get(0).contains(reason), refused.err());
    }
}
