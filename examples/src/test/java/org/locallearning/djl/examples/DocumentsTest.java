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
package org.locallearning.djl.examples;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.examples.claims.Claims;
import org.locallearning.djl.zoo.LocalLearningModelZoo;
import picocli.CommandLine.ParseResult;

/**
 * What the documents quote is what they quote it from: after each marker stands what the stored
 * run, or the source file, that it names makes. {@code -Dregenerate.documents=true} writes the
 * documents anew.
 *
 * <ul>
 *   <li>{@code <!-- run NAME epochs 1,2 -->}, {@code figure}, {@code machines}, {@code sweep} and
 *       {@code benchmark}: the command, table and origin of {@code examples/runs/NAME.json}; with
 *       {@code table} in the place of the kind's command and origin, {@code <!-- run NAME epochs
 *       1,2 table -->}, the table alone
 *   <li>{@code <!-- run NAME time-to bp -->}: the same with the table of how soon each method was
 *       as good as {@code bp} ever was, {@code table} likewise
 *   <li>{@code <!-- zoo -->}: the models that come with the library
 *   <li>{@code <!-- lines PATH -->}: a text file of the repository
 *   <li>{@code <!-- code PATH -->}: a source file of the repository, without its licence and
 *       package; {@code <!-- shown PATH -->}: what stands in it between {@code shown: begin} and
 *       {@code shown: end}
 * </ul>
 *
 * <p>What a marker makes ends with {@code <!-- end -->}.
 */
class DocumentsTest {

    private static final Path ROOT = Path.of("..");

    private static final String REGENERATE = "regenerate.documents";

    private static final String END = "<!-- end -->";

    private static final Pattern RESULTS =
            Pattern.compile(
                    "<!-- (run|figure|benchmark|machines|sweep) ([\\w+-]+)(?: epochs ([\\d,]+))?"
                            + "(?: time-to ([\\w+-]+))?( table)? -->");

    private static final Pattern CLAIMS = Pattern.compile("<!-- claims (\\w+) -->");

    private static final Pattern CODE = Pattern.compile("<!-- (code|shown|lines) (\\S+) -->");

    private static final String ZOO = "<!-- zoo -->";

    static Stream<Path> documents() throws IOException {
        List<Path> documents = new ArrayList<>(List.of(ROOT.resolve("README.md")));
        try (Stream<Path> pages = Files.list(ROOT.resolve("docs"))) {
            pages.filter(page -> page.toString().endsWith(".md")).sorted().forEach(documents::add);
        }
        return documents.stream();
    }

    @ParameterizedTest
    @MethodSource("documents")
    void quotesWhatIsThere(Path document) throws IOException {
        String found = Files.readString(document).replace("\r\n", "\n");
        String expected = withQuotes(found.lines().toList());
        if (Boolean.getBoolean(REGENERATE) && !expected.equals(found)) {
            Path written = Files.writeString(Path.of(document + ".new"), expected);
            Files.move(written, document, StandardCopyOption.ATOMIC_MOVE);
        } else {
            assertEquals(
                    expected,
                    found,
                    document.getFileName()
                            + " does not quote what is there; write it anew with mvn verify -pl examples"
                            + " -am -Dtest=DocumentsTest -Dsurefire.failIfNoSpecifiedTests=false -D"
                            + REGENERATE
                            + "=true");
        }
    }

    /** To a file, and there to a heading or an {@code <a id="...">} if it names one. */
    @ParameterizedTest
    @MethodSource("documents")
    void linksLeadToWhatIsThere(Path document) throws IOException {
        Matcher link =
                Pattern.compile("\\]\\((?!https?:|mailto:)([^)#\\s]*)(?:#([^)\\s]+))?\\)")
                        .matcher(Files.readString(document));
        while (link.find()) {
            Path target =
                    link.group(1).isEmpty() ? document : document.resolveSibling(link.group(1));
            assertTrue(Files.exists(target), document + " links to " + target);
            String anchor = link.group(2);
            assertTrue(
                    anchor == null || anchors(target).contains(anchor),
                    document + " links to #" + anchor + ", which is not in " + target);
        }
    }

    /** What a link may name in a document: its headings in the form of GitHub, and its anchors. */
    private static Set<String> anchors(Path document) throws IOException {
        Set<String> anchors = new HashSet<>();
        boolean inCode = false;
        for (String line : Files.readAllLines(document)) {
            inCode ^= line.startsWith("```");
            if (!inCode && line.startsWith("#")) {
                String heading = line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT);
                anchors.add(heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'));
            }
            Matcher named = Pattern.compile("<a id=\"([^\"]+)\">").matcher(line);
            while (named.find()) {
                anchors.add(named.group(1));
            }
        }
        return anchors;
    }

    /** The program of today takes every command, those of stored runs too. */
    @ParameterizedTest
    @MethodSource("documents")
    void commandsAreUnderstood(Path document) throws IOException {
        for (String command : commands(document)) {
            ParseResult parsed =
                    assertDoesNotThrow(
                            () -> LocalLearning.commandLine().parseArgs(command.split(" +")),
                            document + " has the command: " + command);
            ParseResult subcommand = parsed.subcommand();
            if (subcommand.commandSpec().name().equals("reproduce")
                    && subcommand.hasMatchedPositional(0)) {
                String target = subcommand.matchedPositionalValue(0, "");
                assertTrue(
                        Targets.ALL.stream().anyMatch(each -> each.name().equals(target)), target);
            }
        }
    }

    /** Returns the arguments of the program in blocks of code, and in the table of runs. */
    private static List<String> commands(Path document) throws IOException {
        Pattern command =
                Pattern.compile(
                        "(?:java -jar examples/target/local-learning\\.jar )?"
                                + "((?:benchmark|compare|doctor|report|reproduce|sweep|torture|zoo)\\b.*)");
        List<String> commands = new ArrayList<>();
        boolean inCode = false;
        for (String line : Files.readString(document).replace("\\\n", " ").lines().toList()) {
            inCode ^= line.startsWith("```");
            String text =
                    line.startsWith("| <a id=\"run-")
                            ? line.replaceFirst("[^`]*`([^`]*)`.*", "$1")
                            : inCode ? line : "";
            Matcher found = command.matcher(text);
            if (found.matches()) {
                commands.add(found.group(1).strip());
            }
        }
        return commands;
    }

    private static String withQuotes(List<String> lines) throws IOException {
        StringBuilder page = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            assertNotEquals(END, lines.get(i), "line " + (i + 1) + " ends a quote that none began");
            page.append(lines.get(i)).append('\n');
            List<String> quote = quote(lines.get(i));
            if (!quote.isEmpty()) {
                quote.forEach(line -> page.append(line).append('\n'));
                page.append(END).append('\n');
                i = afterQuote(lines, i);
            }
        }
        return page.toString();
    }

    /** Returns the last line of what a marker has made before. */
    private static int afterQuote(List<String> lines, int marker) {
        boolean inCode = false; // where XML has comments of its own
        for (int i = marker + 1; i < lines.size(); i++) {
            inCode ^= lines.get(i).startsWith("```");
            if (lines.get(i).equals(END)) {
                return i;
            }
            if (!inCode && lines.get(i).startsWith("<!-- ")) {
                break;
            }
        }
        return marker;
    }

    private static List<String> quote(String marker) throws IOException {
        Matcher results = RESULTS.matcher(marker);
        if (results.matches()) {
            String epochs = results.group(3) == null ? "" : results.group(3);
            return results(
                    results.group(1),
                    results.group(2),
                    results.group(4),
                    results.group(5) != null,
                    epochs.split(","));
        }
        Matcher claims = CLAIMS.matcher(marker);
        if (claims.matches()) {
            return new Claims(Path.of("")).table(claims.group(1));
        }
        if (marker.equals(ZOO)) {
            return ZooTable.of(LocalLearningModelZoo.bundled());
        }
        Matcher code = CODE.matcher(marker);
        if (!code.matches()) {
            return List.of();
        }
        Path file = ROOT.resolve(code.group(2));
        return code.group(1).equals("lines")
                ? lines(file)
                : code(file, code.group(1).equals("shown"));
    }

    private static List<String> results(
            String kind, String name, String reference, boolean tableOnly, String... epochs)
            throws IOException {
        Path file = ROOT.resolve("examples/runs/" + name + ".json");
        JsonObject stored = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        List<String> table =
                reference == null
                        ? StoredTables.of(kind, stored, epochs)
                        : StoredTables.timeTo(stored, reference);
        if (tableOnly) {
            return table;
        }
        JsonObject origin = stored.has("figure") ? stored.getAsJsonObject("provenance") : stored;
        List<String> lines = new ArrayList<>();
        lines.add("```");
        String command = origin.get("commandLine").getAsString();
        lines.addAll(wrapped(command.replaceAll(" --(out|write-presets) \\S+", "")));
        lines.add("```");
        lines.add("");
        lines.addAll(table);
        lines.add("");
        lines.add(origin(name, origin));
        return lines;
    }

    /** The command on lines of at most 120 characters, on data that the reader has. */
    private static List<String> wrapped(String command) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String part : parts(command.replace("../shared/data", "DIR"))) {
            if (line.length() + part.length() > 115) {
                lines.add(line.append(" \\").toString());
                line = new StringBuilder("   ");
            }
            line.append(line.isEmpty() ? "" : " ").append(part);
        }
        lines.add(line.toString());
        return lines;
    }

    /** Options with their values; of one that fills more than a line, each value. */
    private static List<String> parts(String command) {
        List<String> parts = new ArrayList<>();
        for (String option : command.split(" (?=--)")) {
            parts.addAll(option.length() > 115 ? List.of(option.split(" ")) : List.of(option));
        }
        return parts;
    }

    private static String origin(String name, JsonObject origin) {
        // of a sweep every trial has its own, and those of the documents come from one
        JsonObject machine =
                origin.has("trials")
                        ? origin.getAsJsonArray("trials")
                                .get(0)
                                .getAsJsonObject()
                                .getAsJsonObject("machine")
                        : origin.getAsJsonObject("machine");
        return String.format(
                "[%s](../examples/runs/%s.json): commit %s, %.10s, %s, %d cores, %d thread%s%s",
                name,
                name,
                Claims.commit(origin),
                origin.get("started").getAsString(),
                machine.get("engine").getAsString(),
                machine.get("cores").getAsInt(),
                machine.get("threads").getAsInt(),
                machine.get("threads").getAsInt() == 1 ? "" : "s",
                origin.has("note") ? "; " + origin.get("note").getAsString() : "");
    }

    private static List<String> lines(Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("```");
        for (String line : Files.readAllLines(file)) {
            lines.addAll(wrapped(line));
        }
        lines.add("```");
        return lines;
    }

    private static List<String> code(Path file, boolean partOnly) throws IOException {
        List<String> source = Files.readAllLines(file);
        List<String> lines = new ArrayList<>();
        lines.add("```" + (file.toString().endsWith(".xml") ? "xml" : "java"));
        lines.addAll(partOnly ? shown(source) : whole(source));
        lines.add("```");
        return lines;
    }

    private static List<String> whole(List<String> source) {
        for (int i = 0; i < source.size(); i++) {
            if (source.get(i).startsWith("package ")) {
                // without the licence, but with the package: a reader copies the file
                return source.subList(i, source.size());
            }
        }
        return source.stream().filter(line -> !isMark(line)).toList();
    }

    private static boolean isMark(String line) {
        return line.contains("shown: begin") || line.contains("shown: end");
    }

    /** Returns the marked lines, without what all of them are indented by. */
    private static List<String> shown(List<String> source) {
        List<String> lines = new ArrayList<>();
        boolean inside = false;
        for (String line : source) {
            if (isMark(line)) {
                inside = line.contains("begin");
            } else if (inside) {
                lines.add(line);
            }
        }
        while (lines.get(lines.size() - 1).isBlank()) {
            lines.remove(lines.size() - 1);
        }
        int indent =
                lines.stream()
                        .filter(line -> !line.isBlank())
                        .mapToInt(line -> line.length() - line.stripLeading().length())
                        .min()
                        .orElseThrow();
        return lines.stream().map(line -> line.isBlank() ? "" : line.substring(indent)).toList();
    }
}
