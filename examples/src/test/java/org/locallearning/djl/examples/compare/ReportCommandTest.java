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

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.locallearning.djl.examples.ProgramRun;
import org.locallearning.djl.examples.Targets;
import org.locallearning.djl.examples.commandline.ExitCode;
import org.locallearning.djl.examples.report.ExampleResults;
import org.locallearning.djl.examples.reproduce.Target;

class ReportCommandTest {

    private static final Path STORED = Path.of("runs/cifar10-dense.json");

    @Test
    void pageIsMadeOfStoredResults(@TempDir Path folder) throws IOException {
        Path results = folder.resolve("results.json");
        Files.writeString(results, ExampleResults.create().toJson());
        ProgramRun run = ProgramRun.of("report " + results + " --out " + folder.resolve("page"));

        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        String page = Files.readString(folder.resolve("page/report.html"));
        assertTrue(page.contains("92.00 %"));
        assertEquals(
                Files.exists(folder.resolve("page/curves.png")),
                !run.out().contains("was not drawn"));
    }

    /** A file of an old version, a part of a figure, and a file with maps of correlations. */
    @ParameterizedTest
    @ValueSource(strings = {"mnist-784-1000-10", "mnist-3x1024-tanh", "cifar10-dense"})
    void pagesAreMadeOfStoredRuns(String name, @TempDir Path folder) throws IOException {
        ProgramRun run = ProgramRun.of("report runs/" + name + ".json --out " + folder);

        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        String page = Files.readString(folder.resolve("report.html"));
        assertTrue(page.contains(">Learning curves<"));
        String text = page.replaceAll("base64,[^\"]*", "");
        assertFalse(text.contains("null") || text.contains("NaN"));
    }

    @Test
    void pageOfAFigureHasItsTitleAndItsTraining(@TempDir Path folder) throws IOException {
        ProgramRun run = ProgramRun.of("report runs/lillicrap-note-5-tanh.json --out " + folder);

        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        String page = Files.readString(folder.resolve("report.html"));
        String title =
                Targets.ALL.stream()
                        .filter(target -> target.name().equals("lillicrap-note-5"))
                        .map(Target::title)
                        .findFirst()
                        .orElseThrow();
        assertTrue(page.contains("<h1>" + title + "</h1>"), page.substring(0, 300));
        assertTrue(page.contains("<dt>Training</dt>"), page);
    }

    /** The picture in the documents is the one that the stored runs make. */
    @Test
    void overviewIsThatOfTheStoredRuns(@TempDir Path folder) throws IOException {
        ProgramRun run =
                ProgramRun.of(
                        "report " + STORED + " --overview bp,bp+decor,fa,fa+decor --out " + folder);

        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        assertEquals(
                Files.readString(Path.of("../docs/images/overview.svg")),
                Files.readString(folder.resolve("overview.svg")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "report no-such.json --out OUT | 1 | no-such.json",
                "report FILE --out OUT | 1 | has no learning curves",
                "report CUT --out OUT | 1 | cut or is no JSON",
                "report BINARY --out OUT | 1 | no text in UTF-8",
                "report runs/cifar10-dense.json --out OTHER | 1 | the page of its own results.json",
                "report runs/benchmark.json --out OUT | 1 | has no learning curves",
                "report runs/boltzmann-step.json --out OUT | 1 | has no learning curves",
                "report runs/cifar10-dense.json --out OUT --overview bp,np | 2 | no run of 'np'",
                "report runs/cifar10-dense.json | 2 | --out"
            })
    void whatCannotBeReportedIsOneSentence(
            String arguments, int exitCode, String expected, @TempDir Path folder)
            throws IOException {
        Path file = Files.writeString(folder.resolve("text.json"), "no results");
        String stored = Files.readString(STORED);
        Path cut = Files.writeString(folder.resolve("cut.json"), stored.substring(0, 3000));
        Path binary = Files.write(folder.resolve("binary.json"), new byte[] {'{', -1, -2});
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.writeString(other.resolve("results.json"), ExampleResults.create().toJson());
        ProgramRun run =
                ProgramRun.of(
                        arguments
                                .replace("FILE", file.toString())
                                .replace("CUT", cut.toString())
                                .replace("BINARY", binary.toString())
                                .replace("OTHER", other.toString())
                                .replace("OUT", folder.resolve("out").toString()));

        assertEquals(exitCode, run.exitCode(), run.err());
        assertEquals(exitCode, run.errorLines().size(), run.err());
        assertTrue(run.errorLines().get(0).contains(expected), run.err());
    }
}
