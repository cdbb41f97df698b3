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

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.locallearning.djl.examples.method.Method;

/** The values that are tried: of every axis with every other, for each method. */
final class Grid {

    private final List<Axis> axes;

    private Grid(List<Axis> axes) {
        this.axes = axes;
    }

    /**
     * One setting and its values.
     *
     * @param method the name of the method that it is for, or null for every method
     * @param option the setting
     * @param values the values as they were written
     */
    record Axis(String method, SweptOption option, List<String> values) {

        private boolean isFor(Method other) {
            return method == null || method.equals(other.name());
        }

        @Override
        public String toString() {
            return (method == null ? "" : method + ":") + option;
        }
    }

    /**
     * Reads axes.
     *
     * @param texts axes such as {@code learning-rate=1e-4,1e-3}, or {@code fa:learning-rate=...}
     *     for one method
     * @param methods the methods of the sweep
     * @return the grid
     * @throws IllegalArgumentException if an axis is not written so, has less than two values or
     *     one twice, is there twice, or is one that a method does not have
     */
    static Grid parse(List<String> texts, List<Method> methods) {
        List<Axis> axes = new ArrayList<>();
        for (String text : texts) {
            Axis axis = parse(text);
            check(axis, methods);
            for (Axis other : axes) {
                if (other.option == axis.option
                        && (other.method == null
                                || axis.method == null
                                || other.method.equals(axis.method))) {
                    throw new IllegalArgumentException(
                            String.format(
                                    "--grid has the axes '%s' and '%s' for the same method: give"
                                            + " all values in one.",
                                    other, axis));
                }
            }
            axes.add(axis);
        }
        return new Grid(axes);
    }

    private static Axis parse(String text) {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw new IllegalArgumentException(
                    String.format(
                            "--grid takes an axis and its values, such as learning-rate=1e-4,1e-3,"
                                    + " not '%s'.",
                            text));
        }
        String name = text.substring(0, equals);
        int colon = name.indexOf(':');
        String method = colon < 0 ? null : name.substring(0, colon);
        String option = name.substring(colon + 1);
        SweptOption swept =
                SweptOption.named(option)
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                String.format(
                                                        "--grid has no axis '%s': choose from %s.",
                                                        option,
                                                        String.join(", ", SweptOption.names()))));
        return new Axis(method, swept, values(name, text.substring(equals + 1)));
    }

    private static List<String> values(String axis, String text) {
        List<String> values = List.of(text.split(",", -1));
        Set<BigDecimal> seen = new HashSet<>();
        for (String value : values) {
            try {
                if (!seen.add(new BigDecimal(value).stripTrailingZeros())) {
                    throw new IllegalArgumentException(
                            String.format(
                                    "The axis %s of --grid has the value %s twice.", axis, value));
                }
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(
                        String.format(
                                "The axis %s of --grid takes numbers separated by commas, not"
                                        + " '%s'.",
                                axis, text),
                        e);
            }
        }
        if (values.size() < 2) {
            throw new IllegalArgumentException(
                    String.format(
                            "The axis %s of --grid has one value: give at least two, or give it by"
                                    + " --%s.",
                            axis, axis.substring(axis.indexOf(':') + 1)));
        }
        return values;
    }

    private static void check(Axis axis, List<Method> methods) {
        boolean known = false;
        for (Method method : methods) {
            if (axis.isFor(method)) {
                known = true;
                if (!axis.option.belongsTo(method)) {
                    throw new IllegalArgumentException(
                            String.format(
                                    "The method '%s' has no %s, which is for %s: leave the axis out,"
                                            + " or name the method that it is for, as in"
                                            + " METHOD:%s=...",
                                    method, axis.option, axis.option.owners(), axis.option));
                }
            }
        }
        if (!known) {
            throw new IllegalArgumentException(
                    String.format(
                            "The axis %s of --grid names the method '%s', which --methods %s does"
                                    + " not train.",
                            axis,
                            axis.method,
                            String.join(",", methods.stream().map(Method::name).toList())));
        }
    }

    /** Returns the axes that a method has. */
    List<Axis> axes(Method method) {
        return axes.stream().filter(axis -> axis.isFor(method)).toList();
    }

    /** Returns every combination of values that a method is tried with, the last axis fastest. */
    List<Map<SweptOption, String>> settings(Method method) {
        List<Map<SweptOption, String>> settings = List.of(Map.of());
        for (Axis axis : axes(method)) {
            List<Map<SweptOption, String>> more = new ArrayList<>();
            for (Map<SweptOption, String> setting : settings) {
                for (String value : axis.values) {
                    Map<SweptOption, String> longer = new LinkedHashMap<>(setting);
                    longer.put(axis.option, value);
                    more.add(longer);
                }
            }
            settings = more;
        }
        return settings;
    }
}
