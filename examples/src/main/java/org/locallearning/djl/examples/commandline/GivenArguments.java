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
package org.locallearning.djl.examples.commandline;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * What holds for the arguments of every command, whatever they mean: an option is given once, by
 * one of its names, and has a value; a list has no empty place and nothing twice.
 */
public final class GivenArguments {

    private final CommandLine command;

    private GivenArguments(CommandLine command) {
        this.command = command;
    }

    /**
     * Checks the arguments of a command.
     *
     * @param result the arguments of the whole program
     * @throws ParameterException if one is given twice, is empty, or has an empty or repeated part
     */
    public static void check(ParseResult result) {
        List<CommandLine> commands = result.asCommandLineList();
        GivenArguments arguments = new GivenArguments(commands.get(commands.size() - 1));
        // picocli forgets other options of a group once one of them is repeated
        arguments.checkNames(result.expandedArgs());
        for (CommandLine each : commands) {
            each.getParseResult().matchedArgs().forEach(arguments::checkValues);
        }
    }

    /**
     * Says that an option is given twice.
     *
     * @param option the option
     * @return one sentence
     */
    public static String twice(ArgSpec option) {
        return String.format(
                "The option %s is given twice: give it once%s.",
                OptionName.of(option),
                option.splitRegex().isEmpty() ? "" : ", several values separated by commas");
    }

    /**
     * Reads several names where other commands take one, and so no list.
     *
     * @param option the name of the option
     * @param value its value, names separated by commas
     * @return the names
     * @throws IllegalArgumentException if a place is empty or a name repeated
     */
    public static List<String> names(String option, String value) {
        List<String> names = List.of(value.split(",", -1));
        Optional<String> fault = fault(option, value, names, names);
        if (fault.isPresent()) {
            throw new IllegalArgumentException(fault.get());
        }
        return names;
    }

    private void checkNames(List<String> given) {
        CommandSpec spec = command.getCommandSpec();
        Map<OptionSpec, String> seen = new HashMap<>();
        for (String argument : given) {
            String name = argument.split("=", 2)[0];
            OptionSpec option =
                    spec.optionsMap().getOrDefault(name, spec.negatedOptionsMap().get(name));
            String before = option == null ? null : seen.putIfAbsent(option, name);
            if (before == null) {
                continue;
            }
            if (before.equals(name)) {
                throw new ParameterException(command, twice(option));
            }
            boolean opposite =
                    spec.negatedOptionsMap().containsKey(name)
                            != spec.negatedOptionsMap().containsKey(before);
            throw usage(
                    opposite
                            ? "%s and %s are opposites: give one of them."
                            : "%s and %s are two names of one option: give one of them.",
                    before,
                    name);
        }
    }

    private void checkValues(ArgSpec argument) {
        String name = OptionName.of(argument);
        for (String value : argument.originalStringValues()) {
            if (value.isBlank()) {
                throw usage(
                        "%s is empty: give it a value%s.",
                        name, argument.isOption() ? " or leave it out" : "");
            }
            if (!argument.splitRegex().isEmpty()) {
                List<String> parts = List.of(value.split(argument.splitRegex(), -1));
                fault(name, value, parts, keys(parts, argument))
                        .ifPresent(
                                sentence -> {
                                    throw new ParameterException(command, sentence);
                                });
            }
        }
    }

    /** Returns what may be there once: the keys of a map, any name, and no weight. */
    private static List<String> keys(List<String> parts, ArgSpec argument) {
        if (Map.class.isAssignableFrom(argument.type())) {
            return parts.stream().map(part -> part.split("=", 2)[0]).toList();
        }
        return argument.auxiliaryTypes()[0] == Double.class ? List.of() : parts;
    }

    private static Optional<String> fault(
            String name, String value, List<String> parts, List<String> keys) {
        if (parts.stream().anyMatch(String::isBlank)) {
            return Optional.of(
                    String.format(
                            "%s %s has an empty place: separate values by one comma each.",
                            name, value));
        }
        Set<String> seen = new HashSet<>();
        return keys.stream()
                .filter(key -> !seen.add(key))
                .findFirst()
                .map(key -> String.format("%s: '%s' is given twice, give it once.", name, key));
    }

    private ParameterException usage(String sentence, Object... parts) {
        return new ParameterException(command, String.format(sentence, parts));
    }
}
