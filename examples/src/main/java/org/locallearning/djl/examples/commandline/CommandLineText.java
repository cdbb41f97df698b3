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

import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;

/** Writes a command line so that a shell reads the same arguments again. */
public final class CommandLineText {

    private static final Pattern PLAIN = Pattern.compile("[\\w@%+=:,./-]+");

    private CommandLineText() {}

    /**
     * Returns the arguments that the program was started with.
     *
     * @param command the command that is running
     * @return one line
     */
    public static String of(CommandSpec command) {
        return of(command.root().commandLine().getParseResult().originalArgs());
    }

    /**
     * Joins arguments with spaces, quoting those that a POSIX shell would take apart.
     *
     * @param arguments the arguments
     * @return one line
     */
    public static String of(List<String> arguments) {
        return String.join(
                " ",
                arguments.stream()
                        .map(
                                argument ->
                                        PLAIN.matcher(argument).matches()
                                                ? argument
                                                : "'" + argument.replace("'", "'\\''") + "'")
                        .toList());
    }
}
