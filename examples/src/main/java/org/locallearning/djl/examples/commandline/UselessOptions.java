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
            if (option.userObject() instanceof AnnotatedElement field
                    && field.isAnnotationPresent(Serves.class)) {
                Purpose purpose = field.getAnnotation(Serves.class).value();
                if (!purpose.isAmong(methods, dataSets)) {
                    throw new ParameterException(
                            command.commandLine(),
                            purpose.refusal(OptionName.of(option), methods, dataSets));
                }
            }
        }
    }
}
