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
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.translate.TranslateException;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.locallearning.djl.examples.commandline.ExitCode;
import org.locallearning.djl.examples.report.FigurePage;
import picocli.CommandLine;

/** A target of three pieces that is stopped in its second. */
class PiecesTest {

    private record Settings(int piece, int factor) {}

    private record Square(double[][] values) {}

    private static final class Squares implements Target {

        private final List<Integer> made = new ArrayList<>();
        private final List<Double> squares = new ArrayList<>();
        private int factor = 1;
        private int stopAt;

        @Override
        public String name() {
            return "squares";
        }

        @Override
        public String title() {
            return "Squares";
        }

        @Override
        public String paper() {
            return "Nobody";
        }

        @Override
        public Duration expectedTime() {
            return Duration.ofSeconds(1);
        }

        @Override
        public Set<String> options() {
            return Pieces.OPTIONS;
        }

        @Override
        public void run(Reproduction reproduction) throws IOException, TranslateException {
            made.clear();
            squares.clear();
            Pieces pieces = new Pieces(reproduction, 3);
            for (int i = 1; i <= 3; ++i) {
                int piece = i;
                Square square =
                        pieces.get(
                                "piece " + i,
                                new Settings(i, factor),
                                Square.class,
                                2,
                                step -> {
                                    if (piece == stopAt) {
                                        throw new IOException("Stopped.");
                                    }
                                    step.run();
                                    made.add(piece);
                                    return new Square(new double[][] {{factor * piece * piece}});
                                });
                squares.add(square.values()[0][0]);
            }
            reproduction.write(List.of(), squares, new FigurePage().section("Result", ""));
        }
    }

    @Test
    void goesOnWhereItStoppedWithTheSameSettingsAlone(@TempDir Path folder) {
        Squares target = new Squares();
        target.stopAt = 2;
        assertEquals(ExitCode.FAILED, start(target, folder).code());

        target.stopAt = 0;
        Started second = start(target, folder);
        assertEquals(ExitCode.OK, second.code());
        assertEquals(List.of(2, 3), target.made);
        assertEquals(List.of(1.0, 4.0, 9.0), target.squares);
        assertTrue(second.out().contains("1 of 3: piece 1 (stored)"), second.out());
        assertTrue(
                second.out().matches("(?s).*2 of 3: piece 2 \\(\\d+\\.\\d s\\).*"), second.out());

        start(target, folder, "--fresh");
        assertEquals(List.of(1, 2, 3), target.made);

        target.factor = 2;
        start(target, folder);
        assertEquals(List.of(1, 2, 3), target.made);
        assertEquals(List.of(2.0, 8.0, 18.0), target.squares);
    }

    /** A figure whose runs other sources made does not pass for one of these sources. */
    @Test
    void namesTheBuildThatMadeStoredPieces(@TempDir Path folder) throws IOException {
        Squares target = new Squares();
        Started first = start(target, folder);
        assertFalse(first.out().contains("Note"), first.out());
        assertFalse(Files.readString(folder.resolve("results.json")).contains("stored"));
        Path piece;
        try (Stream<Path> files = Files.list(folder.resolve("runs"))) {
            piece =
                    files.filter(file -> file.toString().contains("piece-2"))
                            .findAny()
                            .orElseThrow();
        }
        String other = "0123456789012345678901234567890123456789";
        String kept = Files.readString(piece);
        Files.writeString(
                piece,
                kept.replaceFirst("\"commit\": \"[^\"]*\"", "\"commit\": \"" + other + "\"")
                        // what is changed by hand has no digest, as in earlier versions
                        .replaceFirst(",\\s*\"sha256\": \"[^\"]*\"", ""));

        Started second = start(target, folder);

        assertTrue(second.out().contains("Note: 1 stored run is of another build"), second.out());
        JsonObject provenance =
                JsonParser.parseString(Files.readString(folder.resolve("results.json")))
                        .getAsJsonObject()
                        .getAsJsonObject("provenance");
        assertEquals(1, provenance.getAsJsonArray("stored").size());
        JsonObject origin = provenance.getAsJsonArray("stored").get(0).getAsJsonObject();
        assertEquals(1, origin.get("runs").getAsInt());
        assertEquals(other, origin.getAsJsonObject("build").get("commit").getAsString());
        String page = Files.readString(folder.resolve("report.html"));
        assertTrue(page.contains("1 run by DJL Local Learning"), page);
        assertTrue(page.contains(other), page);
    }

    private record Started(int code, String out) {}

    private static Started start(Target target, Path folder, String... options) {
        StringWriter out = new StringWriter();
        List<String> arguments = new ArrayList<>(List.of(options));
        arguments.addAll(List.of("squares", "--threads=1", "--out=" + folder));
        int code =
                new CommandLine(new ReproduceCommand(List.of(target)))
                        .setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(new StringWriter()))
                        .execute(arguments.toArray(String[]::new));
        return new Started(code, out.toString());
    }
}
