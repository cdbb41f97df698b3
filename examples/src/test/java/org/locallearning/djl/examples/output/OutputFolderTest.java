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

    /** Two programs that go on in one folder would write over each other's checkpoints. */
    @Test
    void isForOneProgramAtATime() throws IOException {
        try (OutputFolder folder = OutputFolder.openAlone(parent)) {
            folder.write("numbers", "one");

            IOException e = assertThrows(IOException.class, () -> OutputFolder.openAlone(parent));

            assertTrue(e.getMessage().startsWith("Another program is at work"), e.getMessage());
            assertTrue(e.getMessage().contains(parent.toString()), e.getMessage());
            // such as a page that is drawn of what there is
            OutputFolder.open(parent).write("page", "drawn");
        }
        OutputFolder.openAlone(parent).close();
        assertEquals(List.of("numbers", "page"), names(parent).stream().sorted().toList());
    }

    /** A program that was killed leaves the file, but the system has taken its lock back. */
    @Test
    void aKilledProgramDoesNotKeepIt() throws IOException {
        Files.createFile(parent.resolve(".lock"));

        OutputFolder.openAlone(parent).close();

        assertEquals(List.of(), names(parent));
    }

    /** The highest number of a process is 2^22. */
    @Test
    void whatAKilledProgramLeftIsDeletedAndNothingElse() throws IOException {
        Files.createFile(parent.resolve(".results.json.99999999.unfinished"));
        Files.createFile(parent.resolve(".libfoo.so.7000000"));
        Files.createFile(parent.resolve(".notes.20241231"));
        Files.createDirectories(parent.resolve(".git.2000000000/objects"));
        Files.createDirectories(parent.resolve(".work.99999999.unfinished/inside"));

        OutputFolder.open(parent);
        assertEquals(5, names(parent).size());
        OutputFolder.openAlone(parent).close();

        assertEquals(
                List.of(
                        ".git.2000000000",
                        ".libfoo.so.7000000",
                        ".notes.20241231",
                        ".work.99999999.unfinished"),
                names(parent).stream().sorted().toList());
    }

    @Test
    void whatAKilledProgramLeftInsideIsDeletedByTheOneThatHasTheFolder() throws IOException {
        Path left = Files.createDirectories(parent.resolve("runs"));
        Files.createFile(left.resolve(".bp.json.99999999.unfinished"));

        OutputFolder.open(parent).inside("runs");
        assertEquals(1, names(left).size());
        try (OutputFolder alone = OutputFolder.openAlone(parent)) {
            alone.inside("runs");
        }

        assertEquals(List.of(), names(left));
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
