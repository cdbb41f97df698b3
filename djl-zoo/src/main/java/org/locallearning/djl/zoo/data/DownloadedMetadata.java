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

import ai.djl.util.Utils;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.locallearning.djl.decorrelation.internal.AtomicFile;
import org.locallearning.djl.decorrelation.internal.Digest;
import org.locallearning.djl.decorrelation.internal.FileFailure;
import org.locallearning.djl.zoo.repository.BoundedInputStream;
import org.locallearning.djl.zoo.repository.CacheFolder;
import org.locallearning.djl.zoo.repository.RepositoryException;
import org.locallearning.djl.zoo.repository.RepositoryMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Metadata from the network, kept in the cache folder for times without a network. */
final class DownloadedMetadata {

    private static final Logger LOGGER = LoggerFactory.getLogger(DownloadedMetadata.class);

    private DownloadedMetadata() {}

    /**
     * Reads metadata from the network and stores them, or else reads those stored before.
     *
     * @param repository the repository's address
     * @param folder the artifact's folder in it
     * @param artifactId the artifact
     * @throws RepositoryException if there are none, or not of that artifact
     */
    static RepositoryMetadata of(URI repository, String folder, String artifactId)
            throws IOException {
        URI address = repository.resolve(folder + RepositoryMetadata.FILE_NAME);
        Path stored =
                CacheFolder.root()
                        .resolve("metadata")
                        .resolve(Digest.SHA_256.of(address.toString()));
        if (Utils.isOfflineMode() && Files.exists(stored)) {
            return read(stored, folder, artifactId);
        }
        String json;
        try (InputStream in =
                new BoundedInputStream(
                        DataRepository.open(address), RepositoryMetadata.MOST_BYTES, address)) {
            json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            if (Files.exists(stored)) {
                return read(stored, folder, artifactId);
            }
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s can't be read (%s): check the network, or give a folder that holds"
                                    + " the data as data repository.",
                            address,
                            FileFailure.reason(e)),
                    e);
        }
        RepositoryMetadata metadata =
                RepositoryMetadata.parse(json, folder, artifactId, address.toString());
        store(json, stored);
        return metadata;
    }

    private static RepositoryMetadata read(Path stored, String folder, String artifactId)
            throws IOException {
        return RepositoryMetadata.parse(
                Files.readString(stored), folder, artifactId, stored.toString());
    }

    /** Stores metadata, or says in one line why it can not. */
    static void store(String json, Path file) {
        try {
            AtomicFile.write(file, out -> out.write(json.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            LOGGER.warn(
                    "{} can't be written ({}): without a network, it will be missing",
                    file,
                    FileFailure.reason(e));
        }
    }
}
