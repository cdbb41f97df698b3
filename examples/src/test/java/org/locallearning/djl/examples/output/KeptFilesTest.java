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

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.reflect.TypeToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are gone on from are as they were written, or refused. */
class KeptFilesTest {

    private static final String NAME = "run.json";

    private static final Run RUN =
            new Run("fa+décor", -3, 1e-4f, List.of(0.1, 1 / 3.0, 5.0, 1e300), null);

    @TempDir private Path folder;
    private Path file;
    private KeptFiles files;

    private record Run(String name, int seed, float rate, List<Double> losses, Double accuracy) {}

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve(NAME);
        files = new KeptFiles(OutputFolder.open(folder), "The run '%s' is damaged: delete it.");
        files.write(NAME, RUN);
    }

    private Run read() throws IOException {
        return files.read(NAME, files.find(NAME).orElseThrow(), TypeToken.get(Run.class));
    }

    @Test
    void comesBackAsItWasWritten() throws IOException {
        assertEquals(RUN, read());
        assertEquals(Optional.empty(), files.find("other.json"));
    }

    /** Space between numbers may change, and the name of the digest, but no number. */
    @Test
    void noFlippedBitChangesWhatIsRead() throws IOException {
        byte[] whole = Files.readAllBytes(file);
        int refused = 0;
        for (int i = 0; i < whole.length; i++) {
            byte[] flipped = whole.clone();
            flipped[i] ^= (byte) (1 << i % 8);
            Files.write(file, flipped);
            try {
                assertEquals(RUN, read());
            } catch (IOException e) {
                assertEquals("The run '" + file + "' is damaged: delete it.", e.getMessage());
                refused++;
            }
        }
        assertTrue(refused > whole.length / 2, refused + " refused");
    }

    @Test
    void noFileThatWasCutIsRead() throws IOException {
        String whole = Files.readString(file).strip();
        for (int length = 0; length < whole.length(); length++) {
            Files.writeString(file, whole.substring(0, length));
            assertThrows(IOException.class, this::read);
        }
    }

    @Test
    void aFileOfAnEarlierVersionHasNoDigest() throws IOException {
        Files.writeString(file, "{\"name\": \"bp\", \"losses\": [0.5]}");

        assertEquals(new Run("bp", 0, 0, List.of(0.5), null), read());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "3", "{\"seed\": \"x\"}", "{\"losses\": 3}"})
    void whatIsNoSuchFileIsRefusedInOneSentence(String content) throws IOException {
        Files.writeString(file, content);

        IOException e = assertThrows(IOException.class, this::read);

        assertEquals("The run '" + file + "' is damaged: delete it.", e.getMessage());
    }

    @Test
    void aFolderInItsPlaceIsRefused() throws IOException {
        Files.delete(file);
        Files.createDirectory(file);

        IOException e = assertThrows(IOException.class, this::read);

        assertEquals("The run '" + file + "' is damaged: delete it.", e.getMessage());
    }

    @Test
    void aMissingPartIsRefused() {
        for (JsonElement missing : Arrays.asList(null, JsonNull.INSTANCE)) {
            assertThrows(
                    IOException.class,
                    () -> files.read(NAME, missing, TypeToken.get(JsonObject.class)));
        }
    }
}
