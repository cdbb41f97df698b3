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
package org.locallearning.djl.decorrelation.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the JDK says of files becomes a sentence, and what is one stays. */
class FileFailureTest {

    @Test
    void tellsAnInterruptFromWhatIsWrongWithAFile() {
        IOException interrupt = new ClosedByInterruptException();
        for (IOException e : List.of(interrupt, new IOException("/data/file", interrupt))) {
            assertTrue(FileFailure.isInterrupt(e));
            assertEquals("the thread was interrupted", FileFailure.reason(e));
        }
        IOException locked = new AccessDeniedException("/data/locked");
        assertFalse(FileFailure.isInterrupt(locked));
        assertEquals("no permission", FileFailure.reason(locked));
    }

    @Test
    void makesASentenceOfAPath() {
        IOException locked = new AccessDeniedException("/data/locked");
        Optional<String> sentence =
                Optional.of(
                        "/data/locked can't be read or written (no permission): check its"
                                + " permissions, or name another.");

        assertEquals(sentence, FileFailure.sentence(locked));
        assertEquals(sentence, FileFailure.sentence(new UncheckedIOException(locked)));
        assertEquals(
                Optional.empty(),
                FileFailure.sentence(new UncheckedIOException("The picture is lost.", locked)));
        assertEquals(Optional.empty(), FileFailure.sentence(new IOException("No room.")));
        assertEquals(Optional.empty(), FileFailure.sentence(new IllegalStateException()));
    }
}
