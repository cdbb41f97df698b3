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

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.locallearning.djl.creditassignment.lra.ErrorDifference;
import org.locallearning.djl.creditassignment.lra.ErrorMatrixUpdate;
import org.locallearning.djl.decorrelation.Gain;
import org.locallearning.djl.decorrelation.MeanRemoval;
import org.locallearning.djl.decorrelation.VarianceTerm;
import org.locallearning.djl.examples.method.AlignmentSettings;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the values of options, and says of a wrong one what a right one would be. */
public final class Values {

    private Values() {}

    /**
     * Sets how a command and all of its subcommands read values.
     *
     * @param program the program
     */
    public static void registerOn(CommandLine program) {
        program.registerConverter(Integer.class, Values::wholeNumber)
                .registerConverter(int.class, Values::wholeNumber)
                .registerConverter(Double.class, Values::number)
                .registerConverter(double.class, Values::number)
                .registerConverter(Float.class, Values::shortNumber)
                .registerConverter(Boolean.class, Values::truth)
                .registerConverter(boolean.class, Values::truth)
                .registerConverter(Path.class, Values::path)
                .registerConverter(Gain.class, oneOf(Gain.values()))
                .registerConverter(VarianceTerm.class, oneOf(VarianceTerm.values()))
                .registerConverter(MeanRemoval.class, oneOf(MeanRemoval.values()))
                .registerConverter(
                        AlignmentSettings.Wiring.class, oneOf(AlignmentSettings.Wiring.values()))
                .registerConverter(ErrorMatrixUpdate.class, oneOf(ErrorMatrixUpdate.values()))
                .registerConverter(ErrorDifference.class, oneOf(ErrorDifference.values()));
    }

    /**
     * Refuses a number that is too small.
     *
     * @param option the option's name
     * @param least the least number
     * @param value the number, or null if none was chosen
     * @throws IllegalArgumentException if it is smaller
     */
    public static void checkLeast(String option, int least, Integer value) {
        if (value != null && value < least) {
            throw new IllegalArgumentException(
                    option + " is at least " + least + ", not " + value + ".");
        }
    }

    private static Integer wholeNumber(String text) {
        try {
            return Integer.valueOf(text);
        } catch (NumberFormatException e) {
            throw text.matches("[-+]?\\d+")
                    ? refusal(
                            "'%s' is not a whole number from %d to %d",
                            text, Integer.MIN_VALUE, Integer.MAX_VALUE)
                    : refusal("'%s' is not a whole number", text);
        }
    }

    private static Double number(String text) {
        try {
            return Double.valueOf(text);
        } catch (NumberFormatException e) {
            throw refusal("'%s' is not a number", text);
        }
    }

    private static Float shortNumber(String text) {
        return number(text).floatValue();
    }

    private static Boolean truth(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw refusal("'%s' is neither true nor false", text);
        };
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw refusal(
                    "the name cannot be written in the character set of this locale (%s): set a"
                            + " locale with all characters, such as LC_ALL=C.UTF-8",
                    System.getProperty("sun.jnu.encoding"));
        }
    }

    /** Reads the name of a constant as the help writes it. */
    private static <E extends Enum<E>> ITypeConverter<E> oneOf(E[] constants) {
        List<String> names =
                Arrays.stream(constants).map(each -> each.name().toLowerCase(Locale.ROOT)).toList();
        return text -> {
            int index = names.indexOf(text.toLowerCase(Locale.ROOT));
            if (index < 0) {
                throw refusal("'%s' is not one of %s", text, String.join(", ", names));
            }
            return constants[index];
        };
    }

    private static TypeConversionException refusal(String reason, Object... parts) {
        return new TypeConversionException(String.format(Locale.ROOT, reason, parts));
    }
}
