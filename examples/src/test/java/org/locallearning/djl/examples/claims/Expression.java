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

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/**
 * An expression over the numbers of stored runs, such as {@code
 * mean($.runs[method=fa].epochs[epoch=5] .testAccuracy) > 0.4}.
 *
 * <p>A path begins with {@code $}, the claim's run, or {@code $2}, its second; {@code .name}, or
 * {@code .'a name'}, is a member, {@code [key=value]} and {@code [key~part]} keep the items whose
 * member, or member of a member as in {@code [key.key=value]}, equals a value or contains a part,
 * {@code [0]} and {@code [last]} pick one item. What it finds are numbers, true being 1. Operators
 * take them one by one, and a single number with each; {@code mean}, {@code min}, {@code max},
 * {@code sum}, {@code first}, {@code last}, {@code count}, {@code all} and {@code any} make one of
 * several.
 */
final class Expression {

    private static final Map<String, ToDoubleFunction<double[]>> FUNCTIONS =
            Map.of(
                    "mean", values -> DoubleStream.of(values).average().orElseThrow(),
                    "min", values -> DoubleStream.of(values).min().orElseThrow(),
                    "max", values -> DoubleStream.of(values).max().orElseThrow(),
                    "sum", values -> DoubleStream.of(values).sum(),
                    "first", values -> values[0],
                    "last", values -> values[values.length - 1],
                    "count", values -> values.length,
                    "all", values -> truth(DoubleStream.of(values).allMatch(v -> v != 0)),
                    "any", values -> truth(DoubleStream.of(values).anyMatch(v -> v != 0)));

    private final String text;
    private final List<JsonObject> runs;
    private int position;

    private Expression(String text, List<JsonObject> runs) {
        this.text = text;
        this.runs = runs;
    }

    /**
     * Computes the one number of an expression.
     *
     * @param text the expression
     * @param runs the stored runs that its paths begin with
     * @return the number; 1 and 0 for true and false
     * @throws IllegalArgumentException if it is not well formed, finds nothing, or several numbers
     */
    static double evaluate(String text, List<JsonObject> runs) {
        Expression expression = new Expression(text, runs);
        double[] values = expression.either();
        if (expression.peek() != 0) {
            throw expression.wrong("has something left over");
        }
        if (values.length != 1) {
            throw expression.wrong("is " + values.length + " numbers: take mean, min or max");
        }
        return values[0];
    }

    private double[] either() {
        double[] values = both();
        while (take("or ")) {
            values = pairwise(values, both(), (a, b) -> truth(a != 0 || b != 0));
        }
        return values;
    }

    private double[] both() {
        double[] values = comparison();
        while (take("and ")) {
            values = pairwise(values, comparison(), (a, b) -> truth(a != 0 && b != 0));
        }
        return values;
    }

    private double[] comparison() {
        double[] values = sum();
        if (take("<=")) {
            return pairwise(values, sum(), (a, b) -> truth(a <= b));
        } else if (take(">=")) {
            return pairwise(values, sum(), (a, b) -> truth(a >= b));
        } else if (take("<")) {
            return pairwise(values, sum(), (a, b) -> truth(a < b));
        } else if (take(">")) {
            return pairwise(values, sum(), (a, b) -> truth(a > b));
        } else if (take("=")) {
            return pairwise(values, sum(), (a, b) -> truth(a == b));
        }
        return values;
    }

    private double[] sum() {
        double[] values = product();
        while (true) {
            if (take("+")) {
                values = pairwise(values, product(), Double::sum);
            } else if (take("-")) {
                values = pairwise(values, product(), (a, b) -> a - b);
            } else {
                return values;
            }
        }
    }

    private double[] product() {
        double[] values = factor();
        while (true) {
            if (take("*")) {
                values = pairwise(values, factor(), (a, b) -> a * b);
            } else if (take("/")) {
                values = pairwise(values, factor(), (a, b) -> a / b);
            } else {
                return values;
            }
        }
    }

    private double[] factor() {
        char next = peek();
        if (take("(")) {
            double[] values = either();
            expect(")");
            return values;
        } else if (take("$")) {
            return path();
        } else if (Character.isDigit(next)) {
            return new double[] {Double.parseDouble(word("0123456789.e"))};
        }
        String name = word("abcdefghijklmnopqrstuvwxyz");
        ToDoubleFunction<double[]> function = FUNCTIONS.get(name);
        if (function == null) {
            throw wrong("has no function '" + name + "'");
        }
        expect("(");
        double[] values = either();
        expect(")");
        if (values.length == 0 && !name.equals("count")) {
            throw wrong("finds nothing for " + name);
        }
        return new double[] {function.applyAsDouble(values)};
    }

    private double[] path() {
        int run = Character.isDigit(peek()) ? text.charAt(position++) - '0' : 1;
        if (run < 1 || run > runs.size()) {
            throw wrong("asks for run " + run + " of " + runs.size());
        }
        List<JsonElement> found = List.of(runs.get(run - 1));
        while (position < text.length()) {
            if (text.charAt(position) == '.') {
                position++;
                found = members(found, name());
            } else if (text.charAt(position) == '[') {
                int end = text.indexOf(']', position);
                if (end < 0) {
                    throw wrong("has a [ without its ]");
                }
                found = kept(found, text.substring(position + 1, end));
                position = end + 1;
            } else {
                break;
            }
        }
        return items(found).stream().mapToDouble(Expression::number).toArray();
    }

    private static List<JsonElement> members(List<JsonElement> elements, String name) {
        List<JsonElement> members = new ArrayList<>();
        for (JsonElement element : items(elements)) {
            JsonElement member =
                    element.isJsonObject() ? element.getAsJsonObject().get(name) : null;
            if (member != null && !member.isJsonNull()) {
                members.add(member);
            }
        }
        return members;
    }

    private List<JsonElement> kept(List<JsonElement> elements, String condition) {
        if (condition.equals("last") || condition.matches("\\d+")) {
            List<JsonElement> picked = new ArrayList<>();
            for (JsonElement element : elements) {
                JsonArray array = element.getAsJsonArray();
                picked.add(
                        array.get(
                                condition.equals("last")
                                        ? array.size() - 1
                                        : Integer.parseInt(condition)));
            }
            return picked;
        }
        int operator = condition.indexOf('=');
        boolean whole = operator >= 0;
        operator = whole ? operator : condition.indexOf('~');
        if (operator < 0) {
            throw wrong("has the condition [" + condition + "], which says nothing");
        }
        String value = condition.substring(operator + 1);
        List<JsonElement> kept = new ArrayList<>();
        for (JsonElement item : items(elements)) {
            List<JsonElement> members = List.of(item);
            for (String key : condition.substring(0, operator).split("\\.")) {
                members = members(members, key);
            }
            for (JsonElement member : members) {
                String found = member.getAsString();
                if (whole ? found.equals(value) : found.contains(value)) {
                    kept.add(item);
                }
            }
        }
        return kept;
    }

    /** Returns what lists hold in place of the lists. */
    private static List<JsonElement> items(List<JsonElement> elements) {
        List<JsonElement> items = new ArrayList<>();
        for (JsonElement element : elements) {
            if (element.isJsonArray()) {
                items.addAll(items(element.getAsJsonArray().asList()));
            } else {
                items.add(element);
            }
        }
        return items;
    }

    private static double number(JsonElement element) {
        return element.getAsJsonPrimitive().isBoolean()
                ? truth(element.getAsBoolean())
                : element.getAsDouble();
    }

    private double[] pairwise(double[] left, double[] right, DoubleBinaryOperator operator) {
        int size = left.length == 1 ? right.length : left.length;
        if (right.length != size && right.length != 1) {
            throw wrong("sets " + left.length + " numbers against " + right.length);
        }
        double[] values = new double[size];
        Arrays.setAll(
                values,
                i ->
                        operator.applyAsDouble(
                                left[left.length == 1 ? 0 : i], right[right.length == 1 ? 0 : i]));
        return values;
    }

    private static double truth(boolean value) {
        return value ? 1 : 0;
    }

    /** Returns the next character that is no space, or 0 at the end. */
    private char peek() {
        while (position < text.length() && text.charAt(position) == ' ') {
            position++;
        }
        return position < text.length() ? text.charAt(position) : 0;
    }

    private boolean take(String token) {
        peek();
        boolean there = text.startsWith(token, position);
        position += there ? token.length() : 0;
        return there;
    }

    private void expect(String token) {
        if (!take(token)) {
            throw wrong("misses a " + token);
        }
    }

    private String word(String characters) {
        int begin = position;
        while (position < text.length() && characters.indexOf(text.charAt(position)) >= 0) {
            position++;
        }
        return text.substring(begin, position);
    }

    private String name() {
        if (take("'")) {
            int end = text.indexOf('\'', position);
            if (end < 0) {
                throw wrong("has a name without its closing '");
            }
            String quoted = text.substring(position, end);
            position = end + 1;
            return quoted;
        }
        int begin = position;
        while (position < text.length() && Character.isLetterOrDigit(text.charAt(position))) {
            position++;
        }
        return text.substring(begin, position);
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException(
                "'" + text + "' " + what + ", at character " + position + ".");
    }
}
