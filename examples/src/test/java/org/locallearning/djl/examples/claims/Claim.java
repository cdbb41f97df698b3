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
package org.locallearning.djl.examples.claims;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A claim of a paper, and how stored runs decide about it.
 *
 * <p>Its lines are {@code claim}, what the paper says; {@code paper}, where and with what number;
 * {@code run}, the stored runs, none if it was not run; {@code ours}, a text with expressions in
 * braces, {@code {expression}} or {@code {expression|decimals}}; and the conditions {@code seen},
 * {@code partly} and {@code against}. The first that holds is the verdict, and if none does the
 * claim was not seen. A line {@code end 20} marks a claim on the end of training: a first run of
 * fewer epochs shows at most a part of it, and does not contradict it.
 *
 * @param lines the lines by their first word
 * @param runs the stored runs, by name and in their order; empty if one of them is not there, and
 *     then the claim was not run
 */
record Claim(Map<String, String> lines, Map<String, JsonObject> runs) {

    private static final Pattern VALUE = Pattern.compile("\\{([^}|]+)(?:\\|(\\d))?}");

    /** What became of a claim. */
    enum Verdict {
        SEEN("seen"),
        PARTLY("partly"),
        NOT_SEEN("not seen"),
        CONTRADICTED("contradicted"),
        NOT_RUN("not run");

        private final String title;

        Verdict(String title) {
            this.title = title;
        }

        @Override
        public String toString() {
            return title;
        }
    }

    /** Returns what the runs make of it. */
    Verdict verdict() {
        if (runs.isEmpty()) {
            return Verdict.NOT_RUN;
        }
        boolean longEnough = isLongEnough();
        if (longEnough && holds("seen")) {
            return Verdict.SEEN;
        }
        if (holds("partly")) {
            return Verdict.PARTLY;
        }
        return longEnough && holds("against") ? Verdict.CONTRADICTED : Verdict.NOT_SEEN;
    }

    private boolean isLongEnough() {
        String end = lines.get("end");
        if (end == null) {
            return true;
        }
        JsonObject first = runs.values().iterator().next();
        String root = first.has("figure") ? "$.figure" : "$";
        String condition = String.format("max(%s.runs.epochs.epoch) >= %s", root, end);
        return Expression.evaluate(condition, List.of(first)) != 0;
    }

    private boolean holds(String condition) {
        String text = lines.get(condition);
        return text != null && Expression.evaluate(text, List.copyOf(runs.values())) != 0;
    }

    /** Returns our numbers in words, or why there are none. */
    String ours() {
        String text = lines.getOrDefault("ours", "");
        if (runs.isEmpty()) {
            return text.contains("{") ? "" : text;
        }
        Matcher value = VALUE.matcher(text);
        return value.replaceAll(
                match ->
                        String.format(
                                Locale.ROOT,
                                "%." + (match.group(2) == null ? "1" : match.group(2)) + "f",
                                Expression.evaluate(match.group(1), List.copyOf(runs.values()))));
    }
}
