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

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.locallearning.djl.examples.commandline.CommandLineText;
import org.locallearning.djl.examples.commandline.ExperimentArguments;
import org.locallearning.djl.examples.commandline.UselessOptions;
import org.locallearning.djl.examples.commandline.Values;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.training.Experiment;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Turns a trial into a command line: what the sweep was given of the options of {@code compare},
 * with one data set, model, method and seed, and the values of the trial's setting.
 */
final class TrialCommandLine {

    static final String DATASET = "--dataset";
    static final String MODEL = "--model";
    static final String METHODS = "--methods";
    static final String SEEDS = "--seeds";

    /** What a trial has one of, or none. */
    private static final Set<String> OWN = Set.of(DATASET, MODEL, METHODS, SEEDS);

    /** What depends on the machine, or on the command, where nobody chose it. */
    private static final Set<String> ALWAYS = Set.of("--threads", "--alignments", "--correlations");

    /** Options as they are written, with their values. */
    private final Map<String, Given> common = new LinkedHashMap<>();

    private final Map<SweptOption, Map<String, String>> byMethod = new LinkedHashMap<>();

    /** What an option was given, an empty value where it takes none. */
    private record Given(OptionSpec option, String value) {}

    @Command
    private static final class Experiments {

        @Mixin private final ExperimentArguments arguments = new ExperimentArguments();
    }

    /**
     * Takes over what a sweep was given.
     *
     * @param sweep the command, parsed
     * @throws IllegalArgumentException if an option and an axis of the grid give the same
     */
    TrialCommandLine(CommandSpec sweep, List<Method> methods, Grid grid) {
        for (OptionSpec each : new CommandLine(new Experiments()).getCommandSpec().options()) {
            OptionSpec option = sweep.findOption(each.longestName());
            boolean given =
                    sweep.commandLine().getParseResult().hasMatchedOption(option)
                            || ALWAYS.contains(option.longestName());
            if (given && Arrays.stream(option.names()).noneMatch(OWN::contains)) {
                add(option);
            }
        }
        byMethod.forEach(
                (option, values) ->
                        values.keySet()
                                .forEach(
                                        name ->
                                                Methods.checkTrained(
                                                        option.option(), name, methods)));
        for (Method method : methods) {
            for (Grid.Axis axis : grid.axes(method)) {
                checkGivenOnce(axis.option(), method.name());
            }
        }
    }

    private void add(OptionSpec option) {
        Object value = option.getValue();
        String written = option.longestName();
        if (value instanceof Map<?, ?> values) {
            SweptOption swept = SweptOption.named(option.longestName().substring(2)).orElseThrow();
            byMethod.put(
                    swept,
                    values.entrySet().stream()
                            .collect(
                                    Collectors.toMap(
                                            each -> each.getKey().toString(),
                                            each -> each.getValue().toString())));
        } else if (value instanceof Boolean on) {
            if (on || option.negatable()) {
                common.put(on ? written : written.replace("--", "--no-"), new Given(option, ""));
            }
        } else {
            List<String> values = option.originalStringValues();
            String text = values.isEmpty() ? String.valueOf(value) : String.join(",", values);
            common.put(written, new Given(option, text));
        }
    }

    private void checkGivenOnce(SweptOption option, String method) {
        boolean given =
                option.isByMethod()
                        ? byMethod.getOrDefault(option, Map.of()).containsKey(method)
                        : common.containsKey(option.option());
        if (given) {
            throw new IllegalArgumentException(
                    String.format(
                            "Both --grid and %s say the %s of %s: leave one of them out.",
                            option.option(), option, method));
        }
    }

    /** Returns the arguments of a trial that goes to its end. */
    List<String> of(Trial trial) {
        String method = trial.subject().method();
        List<String> arguments = new ArrayList<>(List.of("trial"));
        arguments.addAll(
                List.of(
                        DATASET,
                        trial.subject().dataset(),
                        MODEL,
                        trial.subject().model(),
                        METHODS,
                        method,
                        SEEDS,
                        String.valueOf(trial.seed())));
        common.forEach(
                (option, given) -> {
                    arguments.add(option);
                    if (!given.value.isEmpty()) {
                        arguments.add(given.value);
                    }
                });
        for (SweptOption option : SweptOption.all()) {
            value(option, method, trial.setting())
                    .ifPresent(
                            value -> {
                                arguments.add(option.option());
                                arguments.add(option.isByMethod() ? method + "=" + value : value);
                            });
        }
        return arguments;
    }

    /** Returns what a method has of a setting: the value of the grid, or what was given for it. */
    Optional<String> value(SweptOption option, String method, Map<SweptOption, String> setting) {
        String given = byMethod.getOrDefault(option, Map.of()).get(method);
        return Optional.ofNullable(setting.getOrDefault(option, given));
    }

    /**
     * Returns the options that all trials have, a line each, but for some, and for those that serve
     * nothing of some methods and their data set.
     */
    List<String> common(Set<String> leftOut, List<Method> methods, String dataset) {
        List<String> lines = new ArrayList<>();
        common.forEach(
                (option, given) -> {
                    if (!leftOut.contains(option)
                            && UselessOptions.serves(given.option, methods, List.of(dataset))) {
                        lines.add(
                                given.value.isEmpty()
                                        ? option
                                        : option + "=" + CommandLineText.of(List.of(given.value)));
                    }
                });
        return lines;
    }

    /**
     * Reads a command line as the trial's process will.
     *
     * @throws IllegalArgumentException if it would be refused
     */
    static Experiment experiment(List<String> arguments) {
        TrialCommand command = new TrialCommand();
        CommandLine line = new CommandLine(command);
        Values.registerOn(line);
        try {
            line.parseArgs(arguments.subList(1, arguments.size()).toArray(String[]::new));
        } catch (CommandLine.ParameterException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        return command.experiment();
    }
}
