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

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.reflect.TypeToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.locallearning.djl.decorrelation.internal.Digest;

/**
 * JSON files that a program keeps for its next start: each with a digest of its content, so that
 * one that was damaged or changed is refused, and no number in it passes for a result. Files of
 * earlier versions have no digest, and are taken as they are.
 */
public final class KeptFiles {

    private static final String DIGEST = "sha256";

    private final OutputFolder folder;
    private final String refusal;

    /**
     * Creates the files of a folder.
     *
     * @param folder the folder
     * @param refusal what is said of a damaged file, with {@code %s} for its path
     */
    public KeptFiles(OutputFolder folder, String refusal) {
        this.folder = folder;
        this.refusal = refusal;
    }

    /**
     * Writes a file.
     *
     * @param name the file's name
     * @param content a record, or whatever else is an object in JSON
     * @throws IOException if it cannot be written
     */
    public void write(String name, Object content) throws IOException {
        JsonObject json = PrettyJson.GSON.toJsonTree(content).getAsJsonObject();
        json.addProperty(DIGEST, digest(json));
        folder.write(name, PrettyJson.GSON.toJson(json) + System.lineSeparator());
    }

    /**
     * Reads a file.
     *
     * @param name the file's name
     * @return its content, or empty if there is none
     * @throws IOException if it cannot be read, or is not as it was written
     */
    public Optional<JsonObject> find(String name) throws IOException {
        Path file = folder.file(name);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        JsonObject content;
        JsonElement digest;
        try {
            content = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
            digest = content.remove(DIGEST);
        } catch (IOException | RuntimeException e) {
            throw refused(name, e);
        }
        if (digest != null && !digest.equals(new JsonPrimitive(digest(content)))) {
            throw refused(name, null);
        }
        return Optional.of(content);
    }

    /**
     * Reads a file that is one value.
     *
     * @param name the file's name
     * @param kind what was written
     * @param <T> the kind
     * @return what was written, or empty if there is no file
     * @throws IOException if it cannot be read, or is not as it was written
     */
    public <T> Optional<T> find(String name, TypeToken<T> kind) throws IOException {
        Optional<JsonObject> content = find(name);
        return content.isEmpty() ? Optional.empty() : Optional.of(read(name, content.get(), kind));
    }

    /**
     * Reads a part of a file that was found.
     *
     * @param name the file's name
     * @param part the part, null where it is missing
     * @param kind what was written
     * @param <T> the kind
     * @return what was written
     * @throws IOException if the part is missing, or is nothing of the kind
     */
    public <T> T read(String name, JsonElement part, TypeToken<T> kind) throws IOException {
        T value;
        try {
            value = PrettyJson.GSON.fromJson(part, kind);
        } catch (RuntimeException e) {
            // Gson wraps what records themselves refuse
            throw refused(name, e);
        }
        if (value == null) {
            throw refused(name, null);
        }
        return value;
    }

    /**
     * Says that a file cannot be used.
     *
     * @param name the file's name
     * @param cause why not, or null
     * @return to be thrown
     */
    public IOException refused(String name, Exception cause) {
        return new IOException(String.format(refusal, folder.file(name)), cause);
    }

    private static String digest(JsonObject content) {
        return Digest.SHA_256.of(content.toString());
    }
}
