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

import java.lang.reflect.AnnotatedElement;
import java.util.List;
import java.util.Optional;
import org.locallearning.djl.examples.method.Method;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** Refuses options that were given and would change nothing. */
public final class UselessOptions {

    private UselessOptions() {}

    /**
     * Refuses the first option that serves nothing of what was chosen.
     *
     * @param command the command, its options read
     * @param methods the methods that were chosen
     * @param dataSets the names of the data sets that were chosen
     * @throws ParameterException if there is one, with the reason
     */
    public static void refuse(CommandSpec command, List<Method> methods, List<String> dataSets) {
        for (OptionSpec option : command.commandLine().getParseResult().matchedOptions()) {
            if (!serves(option, methods, dataSets)) {
                throw new ParameterException(
                        command.commandLine(),
                        purpose(option)
                                .orElseThrow()
                                .refusal(OptionName.of(option), methods, dataSets));
            }
        }
    }

    /**
     * Returns whether anything of what was chosen has a use for an option.
     *
     * @param option the option
     * @param methods the methods that were chosen
     * @param dataSets the names of the data sets that were chosen
     * @return whether it changes anything
     */
    public static boolean serves(OptionSpec option, List<Method> methods, List<String> dataSets) {
        return purpose(option).map(each -> each.isAmong(methods, dataSets)).orElse(true);
    }

    /**
     * Returns whether a method has a use for an option.
     *
     * @param option the option
     * @param method the method
     * @return whether it changes anything about its runs on some data set
     */
    public static boolean serves(OptionSpec option, Method method) {
        return purpose(option).map(each -> each.isOf(method)).orElse(true);
    }

    /**
     * Says which methods have a use for an option.
     *
     * @param option the option
     * @return such as {@code methods with decorrelation layers}
     */
    public static String owners(OptionSpec option) {
        return purpose(option).map(Purpose::title).orElse("every method");
    }

    private static Optional<Purpose> purpose(OptionSpec option) {
        return option.userObject() instanceof AnnotatedElement field
                ? Optional.ofNullable(field.getAnnotation(Serves.class)).map(Serves::value)
                : Optional.empty();
    }
}
