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
package org.locallearning.djl.examples.environment;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a build may write its results. */
class BuildTest {

    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    @TempDir private Path folder;
    private Path repository;

    @BeforeEach
    void makeRepository() throws IOException {
        repository = Files.createDirectories(folder.resolve("sources"));
        Files.createDirectory(repository.resolve(".git"));
        Files.createDirectories(repository.resolve("examples").resolve("runs"));
    }

    private static Build build(String commit) {
        return new Build("1", commit, "2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "examples/runs",
                "examples/runs/mnist",
                "examples/runs/not/there/yet",
                "examples/../examples/runs/./mnist"
            })
    void keptRunsAreOfACommit(String place) {
        Path out = repository.resolve(place);
        String dirty = refusal(build(COMMIT + "-dirty"), out);
        assertTrue(dirty.contains("sources with changes that are in none"), dirty);
        assertTrue(dirty.contains("commit the changes"), dirty);
        String unknown = refusal(build("unknown"), out);
        assertTrue(unknown.contains("no known commit"), unknown);
        assertDoesNotThrow(() -> build(COMMIT).checkMayWrite(out));
    }

    private static String refusal(Build build, Path out) {
        return assertThrows(IOException.class, () -> build.checkMayWrite(out)).getMessage();
    }

    @Test
    void linksAreFollowed() throws IOException {
        Path link = folder.resolve("link");
        Files.createSymbolicLink(link, repository.resolve("examples").resolve("runs"));
        refusal(build("unknown"), link.resolve("mnist"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"results", "examples", "examples/results", "runs", "examples/runs2"})
    void anythingElseIsWrittenByAnyBuild(String place) {
        assertDoesNotThrow(() -> build("unknown").checkMayWrite(repository.resolve(place)));
    }

    @Test
    void foldersOfThatNameOutsideOfARepositoryAreNotKept() {
        Path elsewhere = folder.resolve("elsewhere").resolve("examples").resolve("runs");
        assertDoesNotThrow(() -> build("unknown").checkMayWrite(elsewhere));
    }

    @Test
    void describesItselfInRecords() {
        assertEquals(COMMIT, build(COMMIT + "-dirty").describe("x").commit());
        assertEquals(true, build(COMMIT + "-dirty").describe("x").changed());
        assertEquals(false, build(COMMIT).describe("x").changed());
        assertNull(build("unknown").describe("x").commit());
        assertEquals("x", build("unknown").describe("x").command());
    }
}
