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
package org.locallearning.djl.examples.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.locallearning.djl.examples.report.ExampleResults;

class FuzzTest {

    private static final int FLIPS = 2_000;

    @TempDir private Path folder;

    @Test
    void everyFormatIsReadAsItWasOrRefused() throws Exception {
        byte[] results = ExampleResults.create().toJson().getBytes(StandardCharsets.UTF_8);
        Tally tally = new Tally();
        new Fuzz(FLIPS, 1, results).run(folder, tally);
        assertEquals(List.of(), tally.getFailures());
        assertEquals(tally.getTried(), tally.getPassed());
        assertTrue(tally.getTried() > 20 * FLIPS, "" + tally.getTried());
    }

    /** The trials find what they are there to find. */
    @Test
    void noticesWhatIsWrong() {
        FileFormat.Reader trusting = content -> content.length + " bytes";
        assertFound("read as 3 bytes", trusting);
        assertFound("NegativeArraySizeException", content -> new int[content[0]].length + "");
        assertFound(
                "no clear sentence, but null",
                content -> {
                    if (content[0] != 1) {
                        throw new IOException();
                    }
                    return "";
                });
        assertFound(
                "OutOfMemoryError",
                content -> {
                    if (content[0] != 1) {
                        throw new OutOfMemoryError();
                    }
                    return "";
                });
    }

    private static void assertFound(String part, FileFormat.Reader reader) {
        Tally tally = new Tally();
        new Fuzz(200, 1, new byte[0])
                .run(
                        new FileFormat(
                                "four",
                                new byte[] {1, 0, 0, 0},
                                content ->
                                        reader.read(
                                                content.length == 0 ? new byte[] {2} : content)),
                        tally);
        assertTrue(tally.getPassed() < tally.getTried());
        assertTrue(
                tally.getFailures().stream().anyMatch(failure -> failure.contains(part)),
                tally.getFailures().toString());
    }
}
