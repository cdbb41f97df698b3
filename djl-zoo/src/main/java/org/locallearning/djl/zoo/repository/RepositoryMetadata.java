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
package org.locallearning.djl.zoo.repository;

import ai.djl.repository.Artifact;
import ai.djl.repository.Metadata;
import ai.djl.repository.VersionRange;
import ai.djl.util.JsonUtils;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The {@code metadata.json} of a repository's artifact, checked before DJL sees it.
 *
 * <p>DJL joins names and addresses of that file into paths and URLs unchecked. Here every version,
 * name and file name must be a {@linkplain PlainName#isPlain plain name}, and every address a path
 * below the metadata's folder: no other scheme or host, no absolute path, no {@code ..}, backslash
 * or control character, not even percent-encoded. Every file must have an address; its size and
 * SHA-1, if given, must be valid.
 *
 * @param json the text of the file
 * @param location where it came from, for messages
 * @param metadata the parsed metadata; the repository's address is set to the artifact's folder
 */
public record RepositoryMetadata(String json, String location, Metadata metadata) {

    /** The name of the file. */
    public static final String FILE_NAME = "metadata.json";

    /** More bytes than any metadata have. */
    public static final int MOST_BYTES = 10_000_000;

    private static final Pattern SHA1 = Pattern.compile("[0-9a-fA-F]{40}");

    /**
     * Reads the metadata of an artifact from a folder.
     *
     * @param root the repository
     * @param folder the artifact's folder in it, such as {@code
     *     dataset/cv/ai/djl/basicdataset/mnist/}, with a slash at its end
     * @param artifactId the artifact
     * @return the metadata
     * @throws RepositoryException if they lie outside the repository, are damaged, are those of
     *     another artifact, or name anything outside the artifact's folder
     * @throws IOException if the file can't be read
     */
    public static RepositoryMetadata read(Path root, String folder, String artifactId)
            throws IOException {
        Path file = ArtifactFiles.inside(root, root.resolve(folder + FILE_NAME));
        if (Files.size(file) > MOST_BYTES) {
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s holds %,d bytes, more than any metadata: replace it.",
                            file,
                            Files.size(file)));
        }
        String json = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        return parse(json, folder, artifactId, file.toString());
    }

    /**
     * Reads the metadata of an artifact from a text.
     *
     * @param json the text
     * @param folder the artifact's folder in its repository, with a slash at its end
     * @param artifactId the artifact
     * @param location where the text came from, for a message
     * @return the metadata
     * @throws RepositoryException as {@link #read} does
     */
    public static RepositoryMetadata parse(
            String json, String folder, String artifactId, String location)
            throws RepositoryException {
        try {
            JsonElement tree = JsonParser.parseString(json);
            check(tree, artifactId);
            Metadata metadata = JsonUtils.GSON.fromJson(tree, Metadata.class);
            metadata.init(Map.of());
            metadata.setRepositoryUri(URI.create(folder));
            checkDefaultNames(metadata);
            return new RepositoryMetadata(json, location, metadata);
        } catch (JsonParseException | NumberFormatException e) {
            throw new RepositoryException(
                    location
                            + " is not a DJL metadata file: it is truncated or damaged; replace"
                            + " it.",
                    e);
        } catch (RefusedException e) {
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s does not describe the artifact %s (%s); replace it.",
                            location,
                            artifactId,
                            e.getMessage()),
                    e);
        }
    }

    /**
     * Returns the artifact of some version.
     *
     * @param version the version, such as {@code 1.0}
     * @return the first artifact of that version
     * @throws RepositoryException if there is none
     */
    public Artifact artifact(String version) throws RepositoryException {
        return metadata.search(VersionRange.parse(version), null).stream()
                .findFirst()
                .orElseThrow(
                        () ->
                                new RepositoryException(
                                        String.format(
                                                Locale.ROOT,
                                                "%s has no version %s of %s; replace it.",
                                                location,
                                                version,
                                                metadata.getArtifactId())));
    }

    /** What is wrong with the metadata, in words that follow theirs. */
    private static final class RefusedException extends Exception {

        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }

    private static void check(JsonElement tree, String artifactId) throws RefusedException {
        if (!tree.isJsonObject()) {
            throw new RefusedException("it is no JSON object");
        }
        String found = text(tree.getAsJsonObject(), "artifactId", "the metadata");
        if (!artifactId.equals(found)) {
            throw new RefusedException(
                    found == null
                            ? "it names none"
                            : "it names the artifact " + PlainName.quote(found));
        }
        if (!(tree.getAsJsonObject().get("artifacts") instanceof JsonArray artifacts)) {
            throw new RefusedException("it lists no artifacts");
        }
        for (JsonElement artifact : artifacts) {
            if (!artifact.isJsonObject()) {
                throw new RefusedException("one of its artifacts is " + shown(artifact));
            }
            checkArtifact(artifact.getAsJsonObject());
        }
    }

    private static void checkArtifact(JsonObject artifact) throws RefusedException {
        String version = text(artifact, "version", "an artifact");
        if (!PlainName.isPlain(version)) {
            throw new RefusedException(
                    version == null
                            ? "one of its artifacts has no version"
                            : "the version " + PlainName.quote(version) + " is not a plain name");
        }
        String name = text(artifact, "name", "an artifact");
        if (name != null && !name.isEmpty() && !PlainName.isPlain(name)) {
            throw new RefusedException(
                    "the artifact name " + PlainName.quote(name) + " is not a plain name");
        }
        for (String settings : List.of("arguments", "options")) {
            if (artifact.get(settings) instanceof JsonObject values) {
                for (Map.Entry<String, JsonElement> value : values.entrySet()) {
                    if (value.getValue().isJsonNull()) {
                        throw new RefusedException(
                                PlainName.quote(value.getKey())
                                        + " among the "
                                        + settings
                                        + " of an artifact has no value");
                    }
                }
            }
        }
        JsonElement files = artifact.get("files");
        if (files == null || files.isJsonNull()) {
            return;
        }
        if (!files.isJsonObject()) {
            throw new RefusedException("its files are " + shown(files));
        }
        for (Map.Entry<String, JsonElement> file : files.getAsJsonObject().entrySet()) {
            String title = "the file " + PlainName.quote(file.getKey());
            if (!file.getValue().isJsonObject()) {
                throw new RefusedException(title + " is " + shown(file.getValue()));
            }
            checkFile(file.getValue().getAsJsonObject(), title);
        }
    }

    private static void checkFile(JsonObject file, String title) throws RefusedException {
        String uri = text(file, "uri", title);
        if (uri == null) {
            throw new RefusedException(title + " has no uri");
        }
        try {
            PlainName.pathOf(uri);
        } catch (IllegalArgumentException e) {
            throw new RefusedException(
                    "the uri " + PlainName.quote(uri) + " of " + title + ' ' + e.getMessage());
        }
        text(file, "name", title);
        text(file, "type", title);
        String sha1 = text(file, "sha1Hash", title);
        if (sha1 != null && !SHA1.matcher(sha1).matches()) {
            throw new RefusedException(
                    "the sha1Hash "
                            + PlainName.quote(sha1)
                            + " of "
                            + title
                            + " is not 40 hexadecimal digits");
        }
        JsonElement size = file.get("size");
        if (size != null && !size.isJsonNull() && !isSize(size)) {
            throw new RefusedException("the size of " + title + " is " + shown(size));
        }
    }

    private static boolean isSize(JsonElement size) {
        if (!size.isJsonPrimitive() || !size.getAsJsonPrimitive().isNumber()) {
            return false;
        }
        try {
            BigDecimal value = size.getAsBigDecimal();
            return value.signum() >= 0 && value.longValueExact() >= 0;
        } catch (ArithmeticException e) {
            return false;
        }
    }

    /**
     * Checks the names that DJL gives to files, which it takes from addresses where none is set.
     */
    private static void checkDefaultNames(Metadata metadata) throws RefusedException {
        for (Artifact artifact : metadata.getArtifacts()) {
            for (Map.Entry<String, Artifact.Item> file : artifact.getFiles().entrySet()) {
                String name = file.getValue().getName();
                boolean unpackedInPlace = name.isEmpty() && "dir".equals(file.getValue().getType());
                if (!unpackedInPlace && !PlainName.isPlain(name)) {
                    throw new RefusedException(
                            "the name "
                                    + PlainName.quote(name)
                                    + " of the file "
                                    + PlainName.quote(file.getKey())
                                    + " is not a plain file name");
                }
            }
        }
    }

    /** Returns a text, or null where there is none. */
    private static String text(JsonObject object, String name, String owner)
            throws RefusedException {
        JsonElement value = object.get(name);
        if (value == null || value.isJsonNull()) {
            return null;
        }
        if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isString()) {
            throw new RefusedException("the " + name + " of " + owner + " is " + shown(value));
        }
        return value.getAsString();
    }

    private static String shown(JsonElement value) {
        if (value.isJsonArray()) {
            return "a list";
        }
        if (value.isJsonObject()) {
            return "an object";
        }
        return value.isJsonNull() ? "null" : PlainName.quote(value.getAsString());
    }
}
