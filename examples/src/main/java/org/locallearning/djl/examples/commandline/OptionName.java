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

import java.util.Arrays;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What a sentence calls an option. */
public final class OptionName {

    private OptionName() {}

    /**
     * Returns the name of an option or an argument.
     *
     * @param argument the option or argument
     * @return the first name that is not a single letter: names after it are kept for old commands;
     *     or what the help calls the argument
     */
    public static String of(ArgSpec argument) {
        return argument instanceof OptionSpec option
                ? Arrays.stream(option.names())
                        .filter(name -> name.startsWith("--"))
                        .findFirst()
                        .orElseGet(option::longestName)
                : argument.paramLabel();
    }
}
