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
package org.locallearning.djl.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Numbers have the same digits in every locale, in names of files and of parameters, in settings
 * that are compared and in sentences. Java writes others where a format has no locale: ٤٢ in Egypt.
 */
class NumbersInEveryLocaleTest {

    private static final Path ROOT = Path.of("..");

    private static final String NUMBER = "%[-+,#0-9.]*[dfegEG]";

    /** A format with a number, given to what takes the locale of the machine. */
    private static final Pattern OF_THE_MACHINE =
            Pattern.compile(
                    "(?:\\.format|\\.printf)\\(\\s*\"(?:[^\"\\\\]|\\\\.|\"\\s*\\+\\s*\")*"
                            + NUMBER
                            + "|"
                            + NUMBER
                            + "(?:[^\"\\\\]|\\\\.|\"\\s*\\+\\s*\")*\"\\s*\\.formatted\\(");

    @Test
    void everyFormatOfNumbersNamesItsLocale() throws IOException {
        List<String> found;
        try (Stream<Path> files = Files.walk(ROOT)) {
            found =
                    files.filter(file -> file.toString().endsWith(".java"))
                            .filter(file -> file.toString().contains("src/main/java"))
                            .flatMap(NumbersInEveryLocaleTest::found)
                            .sorted()
                            .toList();
        }
        assertEquals(List.of(), found, "Give the format Locale.ROOT.");
    }

    private static Stream<String> found(Path file) {
        try {
            return OF_THE_MACHINE
                    .matcher(Files.readString(file))
                    .results()
                    .map(match -> file.getFileName() + ": " + match.group());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void findsWhatItLooksFor() {
        for (String code :
                List.of(
                        "String.format(\"a %d\", 3)",
                        "out.printf(\"a\" + \" %,d\", 3)",
                        "String.format(\n  \"%s\"\n + \" %06.2f\", a, 3)",
                        "\"%.1f %s\".formatted(3, a)")) {
            assertEquals(1, OF_THE_MACHINE.matcher(code).results().count(), code);
        }
        assertFalse(OF_THE_MACHINE.matcher("String.format(Locale.ROOT, \"%d\", 3)").find());
        assertFalse(OF_THE_MACHINE.matcher("String.format(\"%s\", a) + \"%d\"").find());
    }
}
