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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.locallearning.djl.examples.commandline.CommandLineText;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.output.OutputFolder;

/**
 * Chosen settings as files of arguments: {@code compare @FILE} trains with them.
 *
 * <p>A file is for one data set and model, with all methods whose settings one command line can
 * have; where there are several, each has its data set, model and methods in its name.
 */
final class PresetFiles {

    private static final String ITERATIONS = "--iterations";

    /**
     * What belongs to the sweep or to the machine, and not to the setting; and the iterations of
     * inference, which are those of the trials: where none were given they depend on the methods
     * that are compared.
     */
    private static final Set<String> LEFT_OUT =
            Set.of(
                    "--threads",
                    ITERATIONS,
                    "--alignments",
                    "--correlations",
                    "--evaluations",
                    "--validation",
                    "--data-repository",
                    "--limit",
                    "--test-limit",
                    "--epochs");

    private final OutputFolder folder;
    private final String name;
    private final TrialCommandLine commandLine;

    /**
     * Prepares to write.
     *
     * @param file the file, or what the names of several begin with
     * @throws IOException if its folder cannot be written
     */
    PresetFiles(Path file, TrialCommandLine commandLine) throws IOException {
        folder = OutputFolder.open(file.toAbsolutePath().getParent());
        name = file.getFileName().toString();
        this.commandLine = commandLine;
    }

    /**
     * Checks the name of a file, which is written when all trials have trained.
     *
     * @throws IllegalArgumentException if it is that of a folder
     */
    static void check(Path file) {
        if (Files.isDirectory(file)) {
            throw new IllegalArgumentException(
                    "--write-presets " + file + " is a folder: name a file in it.");
        }
    }

    /** What one command line has for all its methods. */
    private record Shared(
            String dataset,
            String model,
            Map<SweptOption, String> settings,
            Optional<Integer> iterations) {

        static Shared of(
                Trial.Subject subject,
                Map<SweptOption, String> setting,
                Optional<Integer> iterations) {
            Map<SweptOption, String> settings = new LinkedHashMap<>(setting);
            settings.keySet()
                    .removeIf(option -> option.isByMethod() || option.option().equals(ITERATIONS));
            return new Shared(subject.dataset(), subject.model(), settings, iterations);
        }

        boolean hasAllElseAlike(Shared other) {
            return dataset.equals(other.dataset)
                    && model.equals(other.model)
                    && settings.equals(other.settings);
        }
    }

    /** Tells the iterations of inference that a setting trained with; empty for none. */
    @FunctionalInterface
    interface Iterations {
        Optional<Integer> of(Trial.Subject subject, Map<SweptOption, String> setting);
    }

    /** Writes the files, and returns their paths. */
    List<Path> write(Map<Trial.Subject, SettingScore> chosen, Iterations iterations, String origin)
            throws IOException {
        Map<Trial.Subject, Shared> keys = new LinkedHashMap<>();
        chosen.forEach(
                (subject, score) ->
                        keys.put(
                                subject,
                                Shared.of(
                                        subject,
                                        score.setting(),
                                        iterations.of(subject, score.setting()))));
        Map<Shared, Map<String, Map<SweptOption, String>>> groups = new LinkedHashMap<>();
        chosen.forEach(
                (subject, score) ->
                        groups.computeIfAbsent(
                                        joined(keys.get(subject), keys.values()),
                                        each -> new LinkedHashMap<>())
                                .put(subject.method(), score.setting()));
        List<Path> files = new ArrayList<>();
        for (Map.Entry<Shared, Map<String, Map<SweptOption, String>>> group : groups.entrySet()) {
            Shared shared = group.getKey();
            String methods = String.join("-", group.getValue().keySet());
            String file =
                    groups.size() == 1
                            ? name
                            : String.join("-", name, shared.dataset, shared.model, methods);
            folder.write(file, text(shared, group.getValue(), origin));
            files.add(folder.file(file));
        }
        return files;
    }

    /** A method without inference goes with any that has all else alike. */
    private static Shared joined(Shared key, Collection<Shared> all) {
        return key.iterations.isPresent()
                ? key
                : all.stream()
                        .filter(other -> other.iterations.isPresent() && key.hasAllElseAlike(other))
                        .findFirst()
                        .orElse(key);
    }

    private String text(
            Shared shared, Map<String, Map<SweptOption, String>> methods, String origin) {
        List<String> lines = new ArrayList<>();
        lines.add("# Chosen by: " + origin);
        lines.add(line(TrialCommandLine.DATASET, shared.dataset));
        lines.add(line(TrialCommandLine.MODEL, shared.model));
        lines.add(line(TrialCommandLine.METHODS, String.join(",", methods.keySet())));
        lines.addAll(
                commandLine.common(
                        LEFT_OUT, Methods.named(List.copyOf(methods.keySet())), shared.dataset));
        shared.iterations.ifPresent(count -> lines.add(line(ITERATIONS, count.toString())));
        shared.settings.forEach((option, value) -> lines.add(line(option.option(), value)));
        for (SweptOption option : SweptOption.all()) {
            if (option.isByMethod()) {
                List<String> values = new ArrayList<>();
                methods.forEach(
                        (method, setting) ->
                                commandLine
                                        .value(option, method, setting)
                                        .ifPresent(value -> values.add(method + "=" + value)));
                if (!values.isEmpty()) {
                    lines.add(line(option.option(), String.join(",", values)));
                }
            }
        }
        return String.join(System.lineSeparator(), lines) + System.lineSeparator();
    }

    private static String line(String option, String value) {
        return option + "=" + CommandLineText.of(List.of(value));
    }
}
