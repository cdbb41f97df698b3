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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.locallearning.djl.examples.commandline.DecorrelationArguments;
import org.locallearning.djl.examples.commandline.MethodArguments;
import org.locallearning.djl.examples.commandline.ModelArguments;
import org.locallearning.djl.examples.commandline.TrainingArguments;
import org.locallearning.djl.examples.commandline.UselessOptions;
import org.locallearning.djl.examples.method.Method;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;

/**
 * An option of {@code compare} whose values a grid may hold: every one that takes a number and
 * decides what a method learns.
 */
final class SweptOption {

    /** What says how long a run trains, how fast, and how closely it is watched. */
    private static final Set<String> NO_SETTINGS =
            Set.of("--epochs", "--threads", "--alignments", "--correlations", "--evaluations");

    private static final List<SweptOption> ALL = find();

    private final OptionSpec option;
    private final boolean byMethod;

    private SweptOption(OptionSpec option, boolean byMethod) {
        this.option = option;
        this.byMethod = byMethod;
    }

    /** The options that settings are made of. */
    @Command
    private static final class Settings {

        @Mixin private final TrainingArguments training = new TrainingArguments();

        @Mixin private final ModelArguments model = new ModelArguments();

        @Mixin private final MethodArguments methods = new MethodArguments();

        @Mixin private final DecorrelationArguments decorrelation = new DecorrelationArguments();
    }

    private static List<SweptOption> find() {
        List<SweptOption> found = new ArrayList<>();
        for (OptionSpec option : new CommandLine(new Settings()).getCommandSpec().options()) {
            boolean byMethod = Map.class.isAssignableFrom(option.type());
            Class<?> type = byMethod ? option.auxiliaryTypes()[1] : option.type();
            boolean number =
                    Number.class.isAssignableFrom(type)
                            || Set.<Class<?>>of(int.class, long.class, float.class, double.class)
                                    .contains(type);
            if (number && !NO_SETTINGS.contains(option.longestName())) {
                found.add(new SweptOption(option, byMethod));
            }
        }
        return List.copyOf(found);
    }

    /** Returns all of them, in the order of the help text. */
    static List<SweptOption> all() {
        return ALL;
    }

    /** Finds an option by its name on the command line, without dashes. */
    static Optional<SweptOption> named(String name) {
        return ALL.stream().filter(each -> each.toString().equals(name)).findFirst();
    }

    static List<String> names() {
        return ALL.stream().map(SweptOption::toString).toList();
    }

    /** Returns the name on the command line, with dashes. */
    String option() {
        return option.longestName();
    }

    /** Returns whether a value is given as METHOD=VALUE. */
    boolean isByMethod() {
        return byMethod;
    }

    boolean belongsTo(Method method) {
        return UselessOptions.serves(option, method);
    }

    /** Says which methods it is for. */
    String owners() {
        return UselessOptions.owners(option);
    }

    /** Returns the name as a grid has it. */
    @Override
    public String toString() {
        return option().substring("--".length());
    }
}
