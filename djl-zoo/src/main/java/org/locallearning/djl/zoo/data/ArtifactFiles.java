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

import ai.djl.repository.Artifact;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Compares an artifact's files on this machine with what its metadata say of them. */
final class ArtifactFiles {

    private ArtifactFiles() {}

    /**
     * Checks that every file is there and has the size and the checksum that the metadata give, if
     * any.
     *
     * @param folder the artifact's folder, which holds its metadata
     * @param artifact the artifact
     * @return the SHA-1 digest of each file, by its place
     * @throws DataRepositoryException if a file is missing or differs
     */
    static Map<String, String> check(Path folder, Artifact artifact) throws IOException {
        Map<String, String> digests = new TreeMap<>();
        for (Artifact.Item item : artifact.getFiles().values()) {
            if (URI.create(item.getUri()).isAbsolute()) {
                continue;
            }
            Path file = folder.resolve(item.getUri());
            if (!Files.isRegularFile(file)) {
                throw new DataRepositoryException(
                        String.format(
                                Locale.ROOT,
                                "%s is missing, though %s lists it: copy it into the repository"
                                        + " again.",
                                file,
                                folder.resolve("metadata.json")));
            }
            long size = Files.size(file);
            if (item.getSize() > 0 && size != item.getSize()) {
                throw new DataRepositoryException(
                        String.format(
                                Locale.ROOT,
                                "%s holds %,d bytes instead of %,d: it is truncated or was changed;"
                                        + " copy it again.",
                                file,
                                size,
                                item.getSize()));
            }
            String digest = Digests.sha1(file);
            String expected = item.getSha1Hash();
            if (expected != null && !expected.equalsIgnoreCase(digest)) {
                throw new DataRepositoryException(
                        String.format(
                                Locale.ROOT,
                                "%s has the SHA-1 checksum %s instead of %s: it is damaged or was"
                                        + " changed; copy it again.",
                                file,
                                digest,
                                expected));
            }
            digests.put(item.getUri(), digest);
        }
        return digests;
    }
}
