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
package org.locallearning.djl.decorrelation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Patterns over block paths, whose names may hold any character. */
class PathPatternTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "01Linear 01Linear true",
                "01Linear 01LinearX false",
                "* 01Linear true",
                "* 01Sequential/01Linear false",
                "** 01Sequential/01Linear true",
                "01*/* 01Sequential/01Linear true",
                "**/02Linear 02Linear false",
                "0?Linear 03Linear true",
                "0?Linear 0/Linear false",
                "0[1-3]Linear 03Linear true",
                "0[!1-3]Linear 03Linear false",
                "0[!1-3]Linear 04Linear true",
                "a[!b]c a/c false",
                "{01,02}Linear 02Linear true",
                "{01,02}Linear 03Linear false",
                "block:* block:one true",
                "C:\\\\x|<>\\?\\* C:\\x|<>?* true",
                "a.c abc false",
                "(a+)$^ (a+)$^ true",
                "[a&&b] & true",
                "\u00e9* \u00e9t\u00e9 true",
                "?\ud83d\ude00 x\ud83d\ude00 true",
                "? \ud83d\ude00 true",
                "a,b a,b true",
                "a} a} true"
            })
    void matches(String glob, String path, boolean expected) {
        assertEquals(expected, PathPattern.of(glob).matches(path));
    }

    @Test
    void anyCharacterMatchesItselfAndEveryStar() {
        for (char c = 0; c < 1024; ++c) {
            String name = "a" + c + "b";
            assertTrue(PathPattern.of("**").matches(name), name);
            assertTrue(PathPattern.of("a\\" + c + "b").matches(name), name);
            assertEquals(c != '/', PathPattern.of("*").matches(name), name);
        }
    }

    @Test
    void brokenPatternIsNamed() {
        Exception e =
                assertThrows(IllegalArgumentException.class, () -> PathPattern.of("{01,02Linear"));
        assertTrue(e.getMessage().contains("{01,02Linear"), e.getMessage());
    }
}
