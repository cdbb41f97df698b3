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

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.locallearning.djl.examples.method.Method;

/** The options of {@code compare} whose values a grid may hold: a new one is one line here. */
enum SweptOption {
    LEARNING_RATE("learning-rate", true, method -> true, "every method"),
    DECOR_RATE("decor-rate", true, Method::decorrelated, Groups.DECORRELATED),
    DECOR_SAMPLE("decor-sample", false, Method::decorrelated, Groups.DECORRELATED),
    DECOR_INTERVAL("decor-interval", false, Method::decorrelated, Groups.DECORRELATED),
    DECOR_SAMPLES("decor-samples", false, Method::decorrelated, Groups.DECORRELATED),
    DECOR_BLOCK("decor-block", false, Method::decorrelated, Groups.DECORRELATED),
    DECOR_RANK("decor-rank", false, Method::decorrelated, Groups.DECORRELATED),
    ITERATIONS("iterations", false, Groups::infers, Groups.INFERENCE),
    INFERENCE_STEP("inference-step", false, Groups::infers, Groups.INFERENCE),
    ERROR_GAP("error-gap", false, method -> method.plainName().equals("lra"), "lra"),
    BATCH("batch", false, method -> true, "every method"),
    SLOPE("slope", false, method -> true, "every method, in models with leaky-relu");

    /** Which methods an option is for. */
    private static final class Groups {

        private static final String DECORRELATED = "methods with +decor";
        private static final String INFERENCE = "il, seqil and ipc";
        private static final Set<String> INFERRING = Set.of("il", "seqil", "ipc");

        private Groups() {}

        private static boolean infers(Method method) {
            return INFERRING.contains(method.plainName());
        }
    }

    private final String name;
    private final boolean byMethod;
    private final Predicate<Method> has;
    private final String owners;

    SweptOption(String name, boolean byMethod, Predicate<Method> has, String owners) {
        this.name = name;
        this.byMethod = byMethod;
        this.has = has;
        this.owners = owners;
    }

    /** Finds an option by its name on the command line, without dashes. */
    static Optional<SweptOption> named(String name) {
        return Arrays.stream(values()).filter(each -> each.name.equals(name)).findFirst();
    }

    static List<String> names() {
        return Arrays.stream(values()).map(each -> each.name).toList();
    }

    /** Returns the name on the command line, with dashes. */
    String option() {
        return "--" + name;
    }

    /** Returns whether a value is given as METHOD=VALUE. */
    boolean isByMethod() {
        return byMethod;
    }

    boolean belongsTo(Method method) {
        return has.test(method);
    }

    /** Says which methods it is for. */
    String owners() {
        return owners;
    }

    /** Returns the name as a grid has it. */
    @Override
    public String toString() {
        return name;
    }
}
