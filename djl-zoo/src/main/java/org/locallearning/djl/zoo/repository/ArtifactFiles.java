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
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.locallearning.djl.decorrelation.internal.Digest;
import org.locallearning.djl.decorrelation.internal.FileFailure;

/** The files of an artifact in a folder, each inside the repository and matching its metadata. */
public final class ArtifactFiles {

    private final Map<String, Path> paths;
    private final Map<String, String> digests;

    private ArtifactFiles(Map<String, Path> paths, Map<String, String> digests) {
        this.paths = paths;
        this.digests = digests;
    }

    /**
     * Checks that every file of an artifact is there, is inside the repository, links followed, and
     * has the size and the SHA-1 that the metadata give, if any.
     *
     * @param root the repository
     * @param artifact the artifact, out of {@linkplain RepositoryMetadata checked metadata}
     * @return the files
     * @throws RepositoryException if a file is missing, differs or is outside
     * @throws IOException if a file can't be read
     */
    public static ArtifactFiles verify(Path root, Artifact artifact) throws IOException {
        Path folder = root.resolve(artifact.getMetadata().getRepositoryUri().getPath());
        Map<String, Path> paths = new LinkedHashMap<>();
        Map<String, String> digests = new TreeMap<>();
        for (Map.Entry<String, Artifact.Item> entry : artifact.getFiles().entrySet()) {
            Artifact.Item item = entry.getValue();
            Path file = path(folder, item);
            if (Files.notExists(file)) {
                throw new RepositoryException(
                        String.format(
                                Locale.ROOT,
                                "%s is missing, though %s lists it: copy it into the repository"
                                        + " again.",
                                file,
                                folder.resolve(RepositoryMetadata.FILE_NAME)));
            }
            inside(root, file);
            Optional<String> difference = difference(file, item);
            if (difference.isPresent()) {
                throw new RepositoryException(
                        String.format(
                                Locale.ROOT,
                                "%s %s: it is truncated, damaged or was changed; copy it again.",
                                file,
                                difference.get()));
            }
            String expected = item.getSha1Hash();
            digests.put(item.getUri(), expected != null ? expected : sha1(file));
            paths.put(entry.getKey(), file);
        }
        return new ArtifactFiles(paths, digests);
    }

    /**
     * Returns the SHA-1 digest of a file, which DJL's metadata give for each.
     *
     * @param file the file
     * @return 40 hexadecimal digits
     * @throws RepositoryException if it can't be read
     */
    public static String sha1(Path file) throws RepositoryException {
        try {
            return Digest.SHA_1.of(file);
        } catch (IOException e) {
            throw RepositoryException.unreadable(file.toString(), e);
        }
    }

    /**
     * Says in what a file differs from what the metadata say of it.
     *
     * @param file the file
     * @param item what the metadata say
     * @return the difference, as "holds ... instead of ...", or empty
     * @throws IOException if it can't be read
     */
    public static Optional<String> difference(Path file, Artifact.Item item) throws IOException {
        long size = Files.size(file);
        if (item.getSize() > 0 && size != item.getSize()) {
            return Optional.of(
                    String.format(
                            Locale.ROOT, "holds %,d bytes instead of %,d", size, item.getSize()));
        }
        String expected = item.getSha1Hash();
        String digest = expected == null ? null : sha1(file);
        if (expected != null && !expected.equalsIgnoreCase(digest)) {
            return Optional.of(
                    String.format(
                            Locale.ROOT,
                            "has the SHA-1 checksum %s instead of %s",
                            digest,
                            expected));
        }
        return Optional.empty();
    }

    /**
     * Returns the place of a file.
     *
     * @param name what the metadata call it
     * @return its path, or null if they list no such file
     */
    public Path path(String name) {
        return paths.get(name);
    }

    /**
     * Returns an identifier of the content of these files.
     *
     * @return the SHA-1 of each file, by its address
     */
    public Map<String, String> digests() {
        return new TreeMap<>(digests);
    }

    /**
     * Checks that a file is a regular one and, links followed, inside a repository.
     *
     * @param root the repository
     * @param file a file that is there
     * @return the file, as it was given
     * @throws RepositoryException if it is anything else
     * @throws IOException if it can't be looked at
     */
    static Path inside(Path root, Path file) throws IOException {
        Path target;
        try {
            target = file.toRealPath();
        } catch (FileSystemException e) {
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s can't be read (%s): copy it into the repository again.",
                            file,
                            FileFailure.reason(e)),
                    e);
        }
        if (!target.startsWith(root.toRealPath())) {
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s is a link out of the repository, to %s: copy that file into the"
                                    + " repository, or give the folder with the data as repository.",
                            file,
                            target));
        }
        if (!Files.isRegularFile(target)) {
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s is not a regular file: copy it into the repository again.",
                            file));
        }
        return file;
    }

    private static Path path(Path folder, Artifact.Item item) throws RepositoryException {
        String path = PlainName.pathOf(item.getUri());
        try {
            return folder.resolve(path);
        } catch (InvalidPathException e) {
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            "The file name %s that %s lists can't be one on this machine (%s): set"
                                    + " the locale to one of UTF-8, or rename the file.",
                            PlainName.quote(path),
                            folder.resolve(RepositoryMetadata.FILE_NAME),
                            e.getReason()),
                    e);
        }
    }
}
