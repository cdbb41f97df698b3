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

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The sizes of hidden layers as the command line writes them.
 *
 * @param sizes the sizes from the input to the output
 */
record LayerSizes(List<Integer> sizes) {

    private static final Pattern GROUP = Pattern.compile("([1-9]\\d*)(?:x([1-9]\\d{0,2}))?");

    /** {@inheritDoc} */
    @Override
    public String toString() {
        return String.join(",", sizes.stream().map(String::valueOf).toList());
    }

    /** Reads {@code 300,100} and {@code 1000x4}, which stands for four layers of 1000. */
    static final class Converter implements ITypeConverter<LayerSizes> {

        /** {@inheritDoc} */
        @Override
        public LayerSizes convert(String text) {
            List<Integer> sizes = new ArrayList<>();
            for (String part : text.split(",", -1)) {
                Matcher matcher = GROUP.matcher(part.trim());
                if (!matcher.matches()) {
                    throw new TypeConversionException(
                            "'"
                                    + text
                                    + "' is not a list of layer sizes such as 300,100 or 1000x4"
                                    + " (four layers of 1000)");
                }
                if (new BigInteger(matcher.group(1)).bitLength() >= Integer.SIZE) {
                    throw new TypeConversionException(
                            String.format(
                                    Locale.ROOT,
                                    "a layer has at most %d units, not '%s'",
                                    Integer.MAX_VALUE,
                                    matcher.group(1)));
                }
                int layers = matcher.group(2) == null ? 1 : Integer.parseInt(matcher.group(2));
                for (int i = 0; i < layers; ++i) {
                    sizes.add(Integer.valueOf(matcher.group(1)));
                }
            }
            return new LayerSizes(List.copyOf(sizes));
        }
    }
}
