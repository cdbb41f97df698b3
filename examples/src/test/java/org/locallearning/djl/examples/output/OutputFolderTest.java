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
package org.locallearning.djl.examples.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFolderTest {

    @TempDir private Path parent;

    @Test
    void isMadeAndLeftEmpty() throws IOException {
        OutputFolder.open(parent.resolve("a/b"));

        assertEquals(List.of(), names(parent.resolve("a/b")));
    }

    @Test
    void filesAreReplacedWhole() throws IOException {
        OutputFolder folder = OutputFolder.open(parent);
        folder.write("numbers", "one");
        folder.write("numbers", "two");

        assertEquals("two", Files.readString(parent.resolve("numbers")));
        assertEquals(List.of("numbers"), names(parent));
    }

    @Test
    void failedWriteLeavesNothingBehind() throws IOException {
        OutputFolder folder = OutputFolder.open(parent);
        Path taken = Files.createDirectories(parent.resolve("numbers/inside"));

        IOException e = assertThrows(IOException.class, () -> folder.write("numbers", "one"));

        assertTrue(e.getMessage().contains(parent.resolve("numbers").toString()));
        assertTrue(Files.isDirectory(taken));
        assertEquals(List.of("numbers"), names(parent));
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
