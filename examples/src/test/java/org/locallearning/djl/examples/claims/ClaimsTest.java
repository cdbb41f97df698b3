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

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClaimsTest {

    private static final String CLAIM =
            """
            # a paper

            claim it is so
            paper figure 1
            run   short, other
            ours  {$.a|0} and {$2.a|0}
            seen  $.a > 5
            """;

    @TempDir private Path examples;

    @Test
    void aClaimWasRunWhoseRunsAreAllThere() throws IOException {
        write("claims/one.txt", CLAIM);
        assertEquals("| it is so | figure 1 |  |  | not run |", row());
        write("runs/short.json", "{\"a\": 4}");
        assertEquals("| it is so | figure 1 |  |  | not run |", row());
        write("runs/other.json", "{\"a\": 5}");
        assertEquals(
                "| it is so | figure 1 | 4 and 5 |"
                        + " [short](#run-short), [other](#run-other) | not seen |",
                row());
    }

    @Test
    void aClaimOfTheEndIsNotSeenBefore() throws IOException {
        write("claims/one.txt", CLAIM.replace("run ", "end   5\nrun "));
        write("runs/other.json", "{\"a\": 5}");
        for (int epochs : new int[] {4, 5}) {
            write(
                    "runs/short.json",
                    String.format(
                            "{\"a\": 6, \"runs\": [{\"epochs\": [{\"epoch\": %d}]}]}", epochs));
            String row = row();
            assertTrue(row.endsWith(epochs < 5 ? "| not seen |" : "| seen |"), row);
        }
    }

    @Test
    void aClaimWithoutConditionIsRefused() throws IOException {
        write("claims/one.txt", CLAIM.replace("seen  $.a > 5\n", ""));
        String sentence = assertThrows(IllegalArgumentException.class, this::row).getMessage();
        assertTrue(sentence.contains("one.txt has a claim that lacks"), sentence);
    }

    private String row() throws IOException {
        return new Claims(examples).table("one").get(2);
    }

    private void write(String file, String text) throws IOException {
        Files.createDirectories(examples.resolve(file).getParent());
        Files.writeString(examples.resolve(file), text);
    }
}
