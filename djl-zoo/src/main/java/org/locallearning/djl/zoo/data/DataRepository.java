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
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.locallearning.djl.decorrelation.internal.FileFailure;
import org.locallearning.djl.zoo.repository.ArtifactFiles;
import org.locallearning.djl.zoo.repository.BoundedInputStream;
import org.locallearning.djl.zoo.repository.CacheFolder;
import org.locallearning.djl.zoo.repository.PlainName;
import org.locallearning.djl.zoo.repository.RepositoryException;
import org.locallearning.djl.zoo.repository.RepositoryMetadata;

/**
 * One artifact of a DJL data repository, with a cache folder of its own.
 *
 * <p>DJL caches an artifact under its name and version, whatever repository it came from: after one
 * run with a small or changed copy of a data set, the next run with the real one would silently
 * train on the copy. Here the cache folder's name is a digest of the repository's address, of the
 * artifact's {@code metadata.json} and, for a folder on this machine, of the content of every file
 * the artifact has. Two sources that differ in any of these never share an entry, and a file that
 * changes is read again.
 */
final class DataRepository {

    /** The folder of a repository that holds the artifacts. */
    static final String FOLDER = "dataset/cv/" + BasicDatasets.GROUP_ID.replace('.', '/') + '/';

    private static final String VERSION = "1.0";
    private static final int TIMEOUT_MILLIS = 20_000;

    private final URI uri;
    private final Path folder;
    private final RepositoryMetadata metadata;
    private final Artifact artifact;
    private final ArtifactFiles files;
    private final Path cacheFolder;
    private final boolean cached;

    private DataRepository(URI uri, Path folder, RepositoryMetadata metadata, boolean cached)
            throws IOException {
        this.cached = cached;
        this.uri = uri;
        this.folder = folder;
        this.metadata = metadata;
        artifact = metadata.artifact(VERSION);
        files = folder == null ? null : ArtifactFiles.verify(folder, artifact);
        String identity =
                uri + "\n" + metadata.json() + "\n" + (files == null ? Map.of() : files.digests());
        cacheFolder = CacheFolder.of(getArtifactId(), identity);
    }

    /** Reads images out of the files that hold them. */
    interface Reader {
        LabelledImages read(List<Path> files) throws IOException;
    }

    /** Returns an artifact's folder in a repository. */
    static String folderOf(String artifactId) {
        return FOLDER + artifactId + '/';
    }

    /** Returns the place of an artifact's metadata in a repository. */
    static String placeOf(String artifactId) {
        return folderOf(artifactId) + RepositoryMetadata.FILE_NAME;
    }

    /**
     * Opens the first of some artifacts that the repository has.
     *
     * @param options the folder or the address; neither means DJL's own repository
     * @param artifactIds the artifacts, the preferred one first; only the first is asked for on the
     *     network
     * @return the repository, for a folder with that artifact's files checked
     * @throws RepositoryException if there is no such artifact, or its files are damaged
     * @throws IOException if a file can't be read
     */
    static DataRepository open(DataOptions options, String... artifactIds) throws IOException {
        if (options.getRepository().isPresent()) {
            return openFolder(options.getRepository().get(), options.isCached(), artifactIds);
        }
        URI uri = options.getRepositoryUri().orElse(BasicDatasets.DJL_REPO_URL);
        return openNetwork(uri, options.isCached(), artifactIds[0]);
    }

    private static DataRepository openFolder(Path folder, boolean cached, String... artifactIds)
            throws IOException {
        String advice =
                "give a folder in DJL's repository layout, with " + FOLDER + " in it, or none.";
        if (!Files.isDirectory(folder)) {
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            "The data repository %s %s: %s",
                            folder,
                            Files.exists(folder) ? "is not a folder" : "does not exist",
                            advice));
        }
        Path root = folder.toRealPath();
        if (!Files.isDirectory(root.resolve(FOLDER))) {
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            "The folder %s is not a data repository: %s",
                            folder,
                            advice));
        }
        for (String artifactId : artifactIds) {
            if (Files.exists(root.resolve(placeOf(artifactId)))) {
                return new DataRepository(
                        root.toUri(),
                        root,
                        RepositoryMetadata.read(root, folderOf(artifactId), artifactId),
                        cached);
            }
        }
        throw new RepositoryException(
                String.format(
                        Locale.ROOT,
                        "The data repository %s has no data set %s (it has: %s): choose one that it"
                                + " has, or add %s.",
                        folder,
                        String.join(" or ", artifactIds),
                        String.join(", ", artifactsOf(root)),
                        root.resolve(placeOf(artifactIds[0]))));
    }

    private static DataRepository openNetwork(URI named, boolean cached, String artifactId)
            throws IOException {
        if (!named.isAbsolute()
                || named.isOpaque()
                || named.getRawQuery() != null
                || named.getRawFragment() != null) {
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s is not the address of a data repository: give one such as"
                                    + " https://host/folder/, or a folder by optRepository.",
                            PlainName.quote(named.toString())));
        }
        URI uri = named.toString().endsWith("/") ? named : URI.create(named + "/");
        return new DataRepository(
                uri, null, DownloadedMetadata.of(uri, folderOf(artifactId), artifactId), cached);
    }

    /** Returns the artifact's identity for a reader. */
    String describe() {
        String description = metadata.metadata().getDescription();
        return String.format(
                Locale.ROOT,
                "%s, %s:%s:%s%s",
                folder != null ? folder : uri,
                BasicDatasets.GROUP_ID,
                getArtifactId(),
                VERSION,
                description == null ? "" : " (" + description + ")");
    }

    /** Returns the artifact's id, such as {@code mnist}. */
    String getArtifactId() {
        return metadata.metadata().getArtifactId();
    }

    /** Returns whether the artifact says that its images are JPEG re-encodings. */
    boolean isJpeg() {
        return Stream.of(
                        getArtifactId(),
                        metadata.metadata().getName(),
                        metadata.metadata().getDescription())
                .anyMatch(text -> text != null && text.toLowerCase(Locale.ROOT).contains("jpeg"));
    }

    /** Returns the cache folder that belongs to the artifact's content alone. */
    Path getCacheFolder() {
        return cacheFolder;
    }

    /**
     * Returns a file of an artifact in a folder.
     *
     * @throws RepositoryException if the metadata do not list it
     */
    Path file(String name) throws RepositoryException {
        item(name);
        return files.path(name);
    }

    /**
     * Returns images, read at most once and then kept in the cache folder, if there is to be one.
     *
     * @param part what to call them there
     * @param mostBytes how many bytes one of their files may have, packed
     * @param reader reads them
     * @param names what the metadata call their files
     * @throws RepositoryException if the metadata do not list a file, or it is damaged
     * @throws IOException if it can't be read
     */
    LabelledImages images(String part, long mostBytes, Reader reader, String... names)
            throws IOException {
        return cached
                ? DecodedImages.readOrDecode(
                        cacheFolder.resolve(part + ".images"),
                        () -> decode(mostBytes, reader, names))
                : decode(mostBytes, reader, names);
    }

    private LabelledImages decode(long mostBytes, Reader reader, String... names)
            throws IOException {
        List<Path> fetched = new ArrayList<>();
        try {
            List<Path> found = new ArrayList<>();
            for (String name : names) {
                if (files == null) {
                    Path target = Files.createTempFile("local-learning", ".download");
                    fetched.add(target);
                    download(item(name), mostBytes, target);
                    found.add(target);
                } else {
                    found.add(file(name));
                }
            }
            return reader.read(found);
        } finally {
            for (Path file : fetched) {
                Files.deleteIfExists(file);
            }
        }
    }

    private Artifact.Item item(String name) throws RepositoryException {
        Artifact.Item item = artifact.getFiles().get(name);
        if (item == null) {
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s lists no file \"%s\" (only %s): it is not the metadata of this data"
                                    + " set; replace it.",
                            metadata.location(),
                            name,
                            artifact.getFiles().keySet().stream()
                                    .map(PlainName::quote)
                                    .collect(Collectors.joining(", "))));
        }
        return item;
    }

    /** Copies a file from the network, no further than its size or the bound. */
    private void download(Artifact.Item item, long mostBytes, Path target) throws IOException {
        URI address = uri.resolve(metadata.metadata().getRepositoryUri()).resolve(item.getUri());
        long most = item.getSize() > 0 ? Math.min(item.getSize(), mostBytes) : mostBytes;
        try {
            try (InputStream in = new BoundedInputStream(open(address), most, address)) {
                Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
            }
            Optional<String> difference = ArtifactFiles.difference(target, item);
            if (difference.isPresent()) {
                throw new IOException("Checksum error: it " + difference.get());
            }
        } catch (IOException e) {
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s can't be read (%s): check the network and try again.",
                            address,
                            FileFailure.reason(e)),
                    e);
        }
    }

    /** Opens a connection that does not wait for ever. */
    static InputStream open(URI address) throws IOException {
        URLConnection connection = address.toURL().openConnection();
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        return new BufferedInputStream(connection.getInputStream());
    }

    private static List<String> artifactsOf(Path root) throws IOException {
        try (Stream<Path> entries = Files.list(root.resolve(FOLDER))) {
            return entries.filter(
                            entry -> Files.exists(entry.resolve(RepositoryMetadata.FILE_NAME)))
                    .map(entry -> entry.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }
}
