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
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.locallearning.djl.examples.ProgramRun;
import org.locallearning.djl.examples.commandline.ExitCode;

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
    void dataArchiveHoldsEveryFile() throws IOException {
        Path data = Files.createDirectories(folder.resolve("data/deep"));
        Files.writeString(data.resolve("a.bin"), "a");
        Files.writeString(data.resolveSibling("b.bin"), "bb");
        Path archive = folder.resolve("data.zip");
        DataArchive.write(folder.resolve("data"), archive);

        List<String> names = new ArrayList<>();
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            zip.stream().map(ZipEntry::getName).forEach(names::add);
            assertEquals(2, zip.getEntry("b.bin").getSize());
        }
        assertEquals(List.of("b.bin", "deep/a.bin"), names);
        IOException e = assertThrows(IOException.class, () -> DataArchive.write(archive, archive));
        assertTrue(e.getMessage().contains("--ship-data sends a folder"), e.getMessage());
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
