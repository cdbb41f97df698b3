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
import ai.djl.repository.MRL;
import ai.djl.repository.Metadata;
import ai.djl.repository.RemoteRepository;
import ai.djl.util.Progress;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One artifact of a DJL data repository, with a cache folder of its own.
 *
 * <p>DJL caches an artifact under its name and version, whatever repository it came from: after one
 * run with a small or changed copy of a data set, the next run with the real one would silently
 * train on the copy. Here the cache folder's name is a digest of the repository's address, of the
 * artifact's {@code metadata.json} and, for a folder on this machine, of the content of every file
 * the artifact has. Two sources that differ in any of these never meet, and a file that changes is
 * unpacked anew.
 *
 * <p>DJL's loaders unpack archives only for a {@link RemoteRepository}, so a folder is read as one.
 */
final class DataRepository extends RemoteRepository {

    private final Path folder;
    private final Metadata metadata;
    private final Artifact artifact;
    private final Path cacheDirectory;

    private DataRepository(
            URI uri, Path folder, ArtifactMetadata source, Map<String, String> fileDigests) {
        super("data", uri);
        this.folder = folder;
        metadata = source.metadata();
        artifact = source.artifact();
        String identity = uri + "\n" + source.json() + "\n" + fileDigests;
        cacheDirectory = CacheFolder.of(metadata.getArtifactId(), identity);
    }

    /**
     * Opens the first of some artifacts that the repository has.
     *
     * @param options the folder or the address; neither means DJL's own repository
     * @param artifactIds the artifacts, the preferred one first; only the first is asked for on the
     *     network
     * @return the repository with that artifact's files checked
     * @throws DataRepositoryException if there is no such artifact, or its files are damaged
     * @throws IOException if a file can't be read
     */
    static DataRepository open(DataOptions options, String... artifactIds) throws IOException {
        if (options.getRepository().isPresent()) {
            return openFolder(options.getRepository().get(), artifactIds);
        }
        URI uri = options.getRepositoryUri().orElse(BasicDatasets.DJL_REPO_URL);
        return openNetwork(uri, artifactIds[0]);
    }

    private static DataRepository openFolder(Path folder, String... artifactIds)
            throws IOException {
        String advice =
                "give a folder in DJL's repository layout, with "
                        + ArtifactMetadata.FOLDER
                        + " in it, or none.";
        if (!Files.isDirectory(folder)) {
            throw new DataRepositoryException(
                    String.format(
                            Locale.ROOT,
                            "The data repository %s %s: %s",
                            folder,
                            Files.exists(folder) ? "is not a folder" : "does not exist",
                            advice));
        }
        Path root = folder.toRealPath();
        if (!Files.isDirectory(root.resolve(ArtifactMetadata.FOLDER))) {
            throw new DataRepositoryException(
                    String.format(
                            Locale.ROOT,
                            "The folder %s is not a data repository: %s",
                            folder,
                            advice));
        }
        for (String artifactId : artifactIds) {
            Path file = root.resolve(ArtifactMetadata.placeOf(artifactId));
            if (Files.isRegularFile(file)) {
                ArtifactMetadata metadata = ArtifactMetadata.read(file, artifactId);
                Map<String, String> digests =
                        ArtifactFiles.check(file.getParent(), metadata.artifact());
                return new DataRepository(root.toUri(), root, metadata, digests);
            }
        }
        throw new DataRepositoryException(
                String.format(
                        Locale.ROOT,
                        "The data repository %s has no data set %s (it has: %s): choose one that it"
                                + " has, or add %s.",
                        folder,
                        String.join(" or ", artifactIds),
                        String.join(", ", artifactsOf(root)),
                        root.resolve(ArtifactMetadata.placeOf(artifactIds[0]))));
    }

    private static DataRepository openNetwork(URI named, String artifactId) throws IOException {
        URI uri = named.toString().endsWith("/") ? named : URI.create(named + "/");
        URI address = uri.resolve(ArtifactMetadata.placeOf(artifactId));
        Path stored =
                CacheFolder.root().resolve("metadata").resolve(Digests.sha256(address.toString()));
        ArtifactMetadata metadata = ArtifactMetadata.download(address, artifactId, stored);
        return new DataRepository(uri, null, metadata, Map.of());
    }

    /** Returns the artifact's identity for a reader. */
    String describe() {
        String description = metadata.getDescription();
        return String.format(
                Locale.ROOT,
                "%s, %s:%s:%s%s",
                folder != null ? folder : uri,
                BasicDatasets.GROUP_ID,
                metadata.getArtifactId(),
                ArtifactMetadata.VERSION,
                description == null ? "" : " (" + description + ")");
    }

    /** Returns the artifact's id, such as {@code mnist}. */
    String getArtifactId() {
        return metadata.getArtifactId();
    }

    /** Returns whether the artifact says that its images are JPEG re-encodings. */
    boolean isJpeg() {
        return Stream.of(metadata.getArtifactId(), metadata.getName(), metadata.getDescription())
                .anyMatch(text -> text != null && text.toLowerCase(Locale.ROOT).contains("jpeg"));
    }

    /**
     * Returns a file of the artifact.
     *
     * @throws DataRepositoryException if the metadata does not list it
     */
    Artifact.Item item(String name) throws DataRepositoryException {
        Artifact.Item item = artifact.getFiles().get(name);
        if (item == null) {
            throw new DataRepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s lists no file \"%s\" (only %s): it is not the metadata of this data"
                                    + " set; replace it.",
                            uri.resolve(metadata.getRepositoryUri()).resolve("metadata.json"),
                            name,
                            String.join(", ", artifact.getFiles().keySet())));
        }
        return item;
    }

    /** Returns where a file of the artifact is stored, as it is there: for a folder, its path. */
    String locationOf(Artifact.Item item) {
        URI location = uri.resolve(metadata.getRepositoryUri()).resolve(item.getUri());
        return "file".equals(location.getScheme())
                ? Path.of(location).toString()
                : location.toString();
    }

    /** Unpacks the whole artifact into the cache folder, unless that was done before. */
    void prepare() throws IOException {
        prepare(artifact);
    }

    /** {@inheritDoc} */
    @Override
    public Metadata locate(MRL mrl) {
        return metadata;
    }

    /** {@inheritDoc} */
    @Override
    public Path getCacheDirectory() throws IOException {
        return CacheFolder.make(cacheDirectory);
    }

    /** {@inheritDoc} */
    @Override
    protected void download(Path tmp, URI baseUri, Artifact.Item item, Progress progress)
            throws IOException {
        try {
            super.download(tmp, baseUri, item, progress);
        } catch (IOException e) {
            throw new DataRepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s can't be unpacked to %s (%s): %s.",
                            locationOf(item),
                            cacheDirectory,
                            e.getMessage(),
                            folder != null
                                    ? "copy it again if it is truncated or damaged"
                                    : "check the network and try again"),
                    e);
        }
    }

    private static List<String> artifactsOf(Path root) throws IOException {
        try (Stream<Path> entries = Files.list(root.resolve(ArtifactMetadata.FOLDER))) {
            return entries.filter(entry -> Files.exists(entry.resolve("metadata.json")))
                    .map(entry -> entry.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }
}
