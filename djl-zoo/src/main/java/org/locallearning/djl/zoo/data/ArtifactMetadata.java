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
package org.locallearning.djl.zoo.data;

import ai.djl.basicdataset.BasicDatasets;
import ai.djl.repository.Artifact;
import ai.djl.repository.Metadata;
import ai.djl.repository.VersionRange;
import ai.djl.util.JsonUtils;
import ai.djl.util.Utils;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.locallearning.djl.decorrelation.internal.AtomicFile;

/**
 * What a repository says of an artifact in its {@code metadata.json}.
 *
 * @param json the text of the file
 * @param metadata its meaning
 * @param artifact the version that DJL's loaders ask for
 */
record ArtifactMetadata(String json, Metadata metadata, Artifact artifact) {

    /** The folder of a repository that holds the artifacts. */
    static final String FOLDER = "dataset/cv/" + BasicDatasets.GROUP_ID.replace('.', '/') + '/';

    /** The version that DJL's loaders ask for. */
    static final String VERSION = "1.0";

    private static final int TIMEOUT_MILLIS = 20_000;

    /** Returns the place of an artifact's metadata in a repository. */
    static String placeOf(String artifactId) {
        return FOLDER + artifactId + "/metadata.json";
    }

    /**
     * Reads metadata from a file.
     *
     * @throws DataRepositoryException if it is not the metadata of that artifact
     */
    static ArtifactMetadata read(Path file, String artifactId) throws IOException {
        String json = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        return parse(json, artifactId, file.toString());
    }

    /**
     * Reads metadata from the network and stores them, or else reads those stored before.
     *
     * @param address the address of the metadata
     * @param stored the file to store them in
     * @throws DataRepositoryException if there are none, or not of that artifact
     */
    static ArtifactMetadata download(URI address, String artifactId, Path stored)
            throws IOException {
        if (Utils.isOfflineMode() && Files.exists(stored)) {
            return read(stored, artifactId);
        }
        String json;
        try {
            json = fetch(address);
        } catch (IOException e) {
            if (Files.exists(stored)) {
                return read(stored, artifactId);
            }
            throw new DataRepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s can't be read (%s): check the network, or give a folder that holds"
                                    + " the data as data repository.",
                            address,
                            e),
                    e);
        }
        ArtifactMetadata metadata = parse(json, artifactId, address.toString());
        store(json, stored);
        return metadata;
    }

    private static ArtifactMetadata parse(String json, String artifactId, String location)
            throws DataRepositoryException {
        Metadata metadata;
        try {
            metadata = JsonUtils.GSON.fromJson(json, Metadata.class);
        } catch (JsonParseException e) {
            throw new DataRepositoryException(
                    location
                            + " is not a DJL metadata file: it is truncated or damaged; replace"
                            + " it.",
                    e);
        }
        if (metadata == null
                || !artifactId.equals(metadata.getArtifactId())
                || !isComplete(metadata)) {
            throw new DataRepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s does not describe the artifact %s; replace it.",
                            location,
                            artifactId));
        }
        metadata.init(Map.of());
        metadata.setRepositoryUri(URI.create(FOLDER + artifactId + '/'));
        Artifact artifact =
                metadata.search(VersionRange.parse(VERSION), null).stream()
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        new DataRepositoryException(
                                                String.format(
                                                        Locale.ROOT,
                                                        "%s has no version %s of %s; replace it.",
                                                        location,
                                                        VERSION,
                                                        artifactId)));
        return new ArtifactMetadata(json, metadata, artifact);
    }

    /** Tells whether everything is there that DJL reads without looking. */
    private static boolean isComplete(Metadata metadata) {
        return metadata.getArtifacts() != null
                && metadata.getArtifacts().stream()
                        .allMatch(
                                artifact ->
                                        artifact != null
                                                && artifact.getVersion() != null
                                                && artifact.getFiles().values().stream()
                                                        .allMatch(item -> item.getUri() != null));
    }

    private static String fetch(URI address) throws IOException {
        URLConnection connection = address.toURL().openConnection();
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        try (InputStream in = connection.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void store(String content, Path file) throws IOException {
        AtomicFile.write(file, out -> out.write(content.getBytes(StandardCharsets.UTF_8)));
    }
}
