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
package org.locallearning.djl.creditassignment;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A page of the documentation that a test writes and, from then on, holds to the code. */
public final class GeneratedPage {

    private static final String REGENERATE = "regenerate.pages";

    private GeneratedPage() {}

    /**
     * Compares a page with what the code says, or writes it if {@code -Dregenerate.pages=true}.
     *
     * @param page the file, relative to the module
     * @param expected what it is to hold
     * @param test the test that writes it
     * @throws IOException if it cannot be read or written
     */
    public static void check(Path page, String expected, Class<?> test) throws IOException {
        if (Boolean.getBoolean(REGENERATE)) {
            Path written = Files.writeString(Path.of(page + ".new"), expected);
            Files.move(
                    written,
                    page,
                    StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.ATOMIC_MOVE);
        }
        String found =
                Files.exists(page) ? Files.readString(page, StandardCharsets.UTF_8) : "no page";
        assertEquals(
                expected,
                found.replace("\r\n", "\n"),
                String.format(
                        "%s is not what the code says; write it anew with mvn verify -Dtest=%s"
                                + " -Dsurefire.failIfNoSpecifiedTests=false -D%s=true",
                        page.getFileName(), test.getSimpleName(), REGENERATE));
    }
}
