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
import java.util.Set;
import java.util.function.Predicate;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.MethodSetting;
import org.locallearning.djl.examples.method.Methods;

/**
 * What an option is for, where it is not for everything: an option that is given and serves nothing
 * that was chosen is refused.
 */
public enum Purpose {

    /** Decorrelation layers. */
    DECORRELATION(Method::decorrelated, "methods with decorrelation layers, such as fa+decor"),

    /** Inference of activities. */
    INFERENCE(method -> method.uses(MethodSetting.INFERENCE), namesOf(MethodSetting.INFERENCE)),

    /** Errors that pass layers by. */
    ERROR_GAP(method -> method.uses(MethodSetting.ERROR_GAP), namesOf(MethodSetting.ERROR_GAP)),

    /** Error matrices and targets. */
    ERROR_MATRICES(
            method -> method.uses(MethodSetting.ALIGNMENT), namesOf(MethodSetting.ALIGNMENT)),

    /** Random feedback weights. */
    FEEDBACK(
            method -> method.uses(MethodSetting.FEEDBACK_DENSITY),
            namesOf(MethodSetting.FEEDBACK_DENSITY)),

    /** The angle to backpropagation, which backpropagation itself does not have. */
    ALIGNMENT(
            method -> !method.plainName().equals(Methods.BASELINE),
            "methods other than backpropagation itself"),

    /** The optimizer of methods that do not name their own. */
    OPTIMIZER(Method::usesAnyOptimizer, "methods that have no optimizer of their own"),

    /** Data sets that are read from files. */
    DATA_FILES(null, name -> !name.equals("glyphs"), "data sets that are read from files"),

    /** Images with several channels. */
    COLOUR(
            null,
            name -> !Set.of("glyphs", "mnist", "fashion-mnist").contains(name),
            "data sets in colour");

    private final Predicate<Method> method;
    private final Predicate<String> dataSet;
    private final String title;

    Purpose(Predicate<Method> method, String title) {
        this(method, null, title);
    }

    Purpose(Predicate<Method> method, Predicate<String> dataSet, String title) {
        this.method = method;
        this.dataSet = dataSet;
        this.title = title;
    }

    private static String namesOf(MethodSetting setting) {
        List<String> names =
                Methods.all().stream()
                        .filter(each -> each.uses(setting))
                        .map(Method::name)
                        .toList();
        int last = names.size() - 1;
        return String.join(", ", names.subList(0, last)) + " and " + names.get(last);
    }

    /** Returns whether it is among what was chosen. */
    boolean isAmong(List<Method> methods, List<String> dataSets) {
        return method == null
                ? dataSets.stream().anyMatch(dataSet)
                : methods.stream().anyMatch(method);
    }

    /** Returns whether it is one of a method; what is of data sets is of all methods. */
    boolean isOf(Method candidate) {
        return method == null || method.test(candidate);
    }

    /** Returns what it is, as a sentence has it after "for". */
    String title() {
        return title;
    }

    /**
     * Says why an option has no use.
     *
     * @param option the name of the option
     * @param methods the methods that were chosen
     * @param dataSets the names of the data sets that were chosen
     * @return one sentence
     */
    public String refusal(String option, List<Method> methods, List<String> dataSets) {
        List<String> chosen =
                method == null ? dataSets : methods.stream().map(Method::name).toList();
        return String.format(
                "%s is for %s, and there is none among %s: leave the option out.",
                option, title, String.join(", ", chosen));
    }
}
