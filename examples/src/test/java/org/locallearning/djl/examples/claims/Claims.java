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
package org.locallearning.djl.examples.claims;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The claims of the papers, one file of {@code examples/claims} for each paper.
 *
 * <p>A claim whose runs are not all there was not run.
 */
public final class Claims {

    private static final List<String> KEYS =
            List.of("claim", "paper", "end", "run", "ours", "seen", "partly", "against");

    private final Path folder;
    private final Path runs;

    /**
     * Creates the claims of a checkout.
     *
     * @param examples the folder of the module {@code examples}
     */
    public Claims(Path examples) {
        folder = examples.resolve("claims");
        runs = examples.resolve("runs");
    }

    /**
     * Makes the lines of a table.
     *
     * @param name the name of a paper's file for its claims, whose runs lead to the last of these
     *     tables, {@code summary} for how many claims of each paper came to what, which leads to
     *     those of each paper, or {@code runs} for what made the runs
     * @return the lines
     * @throws IOException if a file cannot be read
     */
    public List<String> table(String name) throws IOException {
        return switch (name) {
            case "summary" -> summary();
            case "runs" -> origins();
            default -> rows(read(name));
        };
    }

    private List<String> papers() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString().replace(".txt", ""))
                    .sorted()
                    .collect(Collectors.toList());
        }
    }

    private static List<String> rows(List<Claim> claims) {
        List<String> table = new ArrayList<>();
        table.add("| claim | paper | ours | run | verdict |");
        table.add("| --- | --- | --- | --- | --- |");
        for (Claim claim : claims) {
            table.add(
                    String.format(
                            "| %s | %s | %s | %s | %s |",
                            claim.lines().get("claim"),
                            claim.lines().get("paper"),
                            claim.ours(),
                            claim.runs().keySet().stream()
                                    .map(run -> String.format("[%s](#%s)", run, anchor(run)))
                                    .collect(Collectors.joining(", ")),
                            claim.verdict()));
        }
        return table;
    }

    /** The row of a run in the table of what made the runs. */
    private static String anchor(String run) {
        return "run-" + run;
    }

    private List<String> summary() throws IOException {
        Claim.Verdict[] verdicts = Claim.Verdict.values();
        List<String> table = new ArrayList<>();
        table.add(
                "| paper | claims | "
                        + Stream.of(verdicts)
                                .map(Object::toString)
                                .collect(Collectors.joining(" | "))
                        + " |");
        table.add("| --- |" + " --- |".repeat(verdicts.length + 1));
        long[] totals = new long[verdicts.length];
        for (String paper : papers()) {
            List<Claim> claims = read(paper);
            long[] counts = new long[verdicts.length];
            for (Claim claim : claims) {
                counts[claim.verdict().ordinal()]++;
                totals[claim.verdict().ordinal()]++;
            }
            table.add(counted(String.format("[%s](#%s)", paper, paper), counts));
        }
        table.add(counted("all", totals));
        return table;
    }

    private static String counted(String name, long... counts) {
        StringBuilder row = new StringBuilder("| ").append(name);
        row.append(" | ").append(LongStream.of(counts).sum());
        for (long count : counts) {
            row.append(" | ").append(count);
        }
        return row.append(" |").toString();
    }

    private List<String> origins() throws IOException {
        Set<String> names = new LinkedHashSet<>();
        for (String paper : papers()) {
            read(paper).forEach(claim -> names.addAll(claim.runs().keySet()));
        }
        List<String> table = new ArrayList<>();
        table.add("| run | command | seeds | commit | day |");
        table.add("| --- | --- | --- | --- | --- |");
        for (String name : names.stream().sorted().toList()) {
            JsonObject stored = stored(name);
            JsonObject origin =
                    stored.has("figure") ? stored.getAsJsonObject("provenance") : stored;
            table.add(
                    String.format(
                            "| <a id=\"%s\"></a>[%s](../examples/runs/%s.json) | `%s` | %s | %s |"
                                    + " %.10s |",
                            anchor(name),
                            name,
                            name,
                            origin.get("commandLine")
                                    .getAsString()
                                    .replace("../shared/data", "DIR")
                                    .replaceAll(" --out \\S+", ""),
                            seeds(origin),
                            commit(origin),
                            origin.get("started").getAsString()));
        }
        return table;
    }

    /** How many seeds a run has, nothing where it draws no random numbers. */
    private static String seeds(JsonObject origin) {
        JsonObject holder = origin.has("seeds") ? origin : origin.getAsJsonObject("settings");
        int count =
                holder != null && holder.has("seeds") ? holder.getAsJsonArray("seeds").size() : 0;
        return count == 0 ? "–" : Integer.toString(count);
    }

    /**
     * Returns the commit that a stored run is of.
     *
     * @param origin the part of its file that says what made it
     * @return the start of its name, and whether the sources had changes that it does not have
     */
    public static String commit(JsonObject origin) {
        String commit = origin.getAsJsonObject("build").get("commit").getAsString();
        return commit.substring(0, 7)
                + (commit.endsWith("-dirty") ? " with uncommitted changes" : "");
    }

    private JsonObject stored(String name) throws IOException {
        return JsonParser.parseString(Files.readString(runs.resolve(name + ".json")))
                .getAsJsonObject();
    }

    /** Reads the claims of a paper: lines of a word and a text, an empty line after each claim. */
    private List<Claim> read(String paper) throws IOException {
        List<Claim> claims = new ArrayList<>();
        Map<String, String> lines = new LinkedHashMap<>();
        List<String> all = new ArrayList<>(Files.readAllLines(folder.resolve(paper + ".txt")));
        all.add("");
        for (String line : all) {
            if (line.startsWith("#")) {
                continue;
            }
            if (!line.isBlank()) {
                String[] parts = line.split(" +", 2);
                if (parts.length < 2
                        || !KEYS.contains(parts[0])
                        || lines.put(parts[0], parts[1]) != null) {
                    throw new IllegalArgumentException(
                            paper
                                    + ".txt has the line '"
                                    + line
                                    + "', which is not one of a claim.");
                }
            } else if (!lines.isEmpty()) {
                claims.add(claim(paper, lines));
                lines = new LinkedHashMap<>();
            }
        }
        return claims;
    }

    private Claim claim(String paper, Map<String, String> lines) throws IOException {
        check(paper, lines);
        List<String> names = namesOfRuns(lines);
        Map<String, JsonObject> stored = new LinkedHashMap<>();
        if (names.stream().allMatch(this::isStored)) {
            for (String name : names) {
                stored.put(name, stored(name));
            }
        }
        return new Claim(lines, stored);
    }

    private static List<String> namesOfRuns(Map<String, String> lines) {
        return lines.containsKey("run") ? List.of(lines.get("run").split(", ")) : List.of();
    }

    private boolean isStored(String name) {
        return Files.exists(runs.resolve(name + ".json"));
    }

    private static void check(String paper, Map<String, String> lines) {
        if (!lines.containsKey("claim")
                || !lines.containsKey("paper")
                || lines.containsKey("run") && !lines.containsKey("seen")) {
            throw new IllegalArgumentException(
                    paper
                            + ".txt has a claim that lacks what it says, where, or what would show"
                            + " it: "
                            + lines);
        }
    }
}
