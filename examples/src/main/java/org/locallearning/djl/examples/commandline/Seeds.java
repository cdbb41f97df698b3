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

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Seeds on the command line.
 *
 * @param values the seeds, in the order in which they are used
 */
public record Seeds(List<Integer> values) {

    private static final Pattern RANGE = Pattern.compile("(\\d{1,9})\\.\\.(\\d{1,9})");
    private static final Pattern ONE = Pattern.compile("-?\\d{1,9}");
    private static final int MOST = 10_000;

    /**
     * Creates seeds.
     *
     * @param values the seeds
     */
    public Seeds {
        values = List.copyOf(values);
    }

    /** Reads numbers and ranges, such as {@code 1,2,7} or {@code 1..5}. */
    public static final class Converter implements ITypeConverter<Seeds> {

        /** Creates the converter. */
        public Converter() {}

        /** {@inheritDoc} */
        @Override
        public Seeds convert(String text) {
            List<Integer> values = new ArrayList<>();
            for (String part : text.split(",", -1)) {
                Matcher range = RANGE.matcher(part);
                if (ONE.matcher(part).matches()) {
                    values.add(Integer.parseInt(part));
                } else if (range.matches()) {
                    int first = Integer.parseInt(range.group(1));
                    int last = Integer.parseInt(range.group(2));
                    if (first > last) {
                        throw new TypeConversionException(
                                "a range is from the least seed to the greatest, such as 1..5, but"
                                        + " was '"
                                        + part
                                        + "'");
                    }
                    if (last - first >= MOST) {
                        throw new TypeConversionException(
                                String.format(
                                        Locale.ROOT,
                                        "a range has at most %d seeds, but '%s' has %d",
                                        MOST,
                                        part,
                                        last - first + 1));
                    }
                    IntStream.rangeClosed(first, last).forEach(values::add);
                } else {
                    throw refused(text);
                }
            }
            return new Seeds(values);
        }

        private static TypeConversionException refused(String text) {
            return new TypeConversionException(
                    "expected whole numbers or a range, such as 1,2,7 or 1..5, but was '"
                            + text
                            + "'");
        }
    }

    /** Returns the seeds as the command line takes them. */
    @Override
    public String toString() {
        return values.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
