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
package org.locallearning.djl.examples.data;

import ai.djl.basicdataset.BasicDatasets;
import ai.djl.repository.Artifact;
import ai.djl.repository.MRL;
import ai.djl.repository.Metadata;
import ai.djl.repository.RemoteRepository;
import ai.djl.repository.VersionRange;
import ai.djl.util.Hex;
import ai.djl.util.JsonUtils;
import ai.djl.util.Progress;
import ai.djl.util.Utils;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
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

    private static final String ARTIFACTS =
            "dataset/cv/" + BasicDatasets.GROUP_ID.replace('.', '/') + '/';
    private static final String VERSION = "1.0";
    private static final int TIMEOUT_MILLIS = 20_000;

    private final Path folder;
    private final Metadata metadata;
    private final Path cacheDirectory;

    private DataRepository(URI uri, Path folder, Metadata metadata, Path cacheDirectory) {
        super("data", uri);
        this.folder = folder;
        this.metadata = metadata;
        this.cacheDirectory = cacheDirectory;
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
                "give a folder in DJL's repository layout, with " + ARTIFACTS + " in it, or none.";
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
        if (!Files.isDirectory(root.resolve(ARTIFACTS))) {
            throw new DataRepositoryException(
                    String.format(
                            Locale.ROOT,
                            "The folder %s is not a data repository: %s",
                            folder,
                            advice));
        }
        for (String artifactId : artifactIds) {
            Path file = root.resolve(ARTIFACTS + artifactId + "/metadata.json");
            if (Files.isRegularFile(file)) {
                byte[] json = Files.readAllBytes(file);
                Metadata metadata = parse(json, artifactId, file.toString());
                return new DataRepository(
                        root.toUri(),
                        root,
                        metadata,
                        cacheDirectory(
                                artifactId, root.toUri(), json, digests(root, metadata, file)));
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
                        root.resolve(ARTIFACTS + artifactIds[0] + "/metadata.json")));
    }

    private static DataRepository openNetwork(URI named, String artifactId) throws IOException {
        URI uri = named.toString().endsWith("/") ? named : URI.create(named + "/");
        URI address = uri.resolve(ARTIFACTS + artifactId + "/metadata.json");
        Path stored = cacheRoot().resolve("metadata").resolve(digest(address.toString()) + ".json");
        byte[] json;
        if (Utils.isOfflineMode() && Files.exists(stored)) {
            json = Files.readAllBytes(stored);
        } else {
            try {
                json = fetch(address);
            } catch (IOException e) {
                if (!Files.exists(stored)) {
                    throw new DataRepositoryException(
                            String.format(
                                    Locale.ROOT,
                                    "%s can't be read (%s): check the network, or give a folder"
                                            + " that holds the data as data repository.",
                                    address,
                                    e),
                            e);
                }
                json = Files.readAllBytes(stored);
            }
        }
        Metadata metadata = parse(json, artifactId, address.toString());
        if (!Files.exists(stored) || !Arrays.equals(json, Files.readAllBytes(stored))) {
            store(json, stored);
        }
        return new DataRepository(
                uri, null, metadata, cacheDirectory(artifactId, uri, json, Map.of()));
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
                VERSION,
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
        Artifact.Item item = artifact(metadata).getFiles().get(name);
        if (item == null) {
            throw new DataRepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s lists no file \"%s\" (only %s): it is not the metadata of this data"
                                    + " set; replace it.",
                            uri.resolve(metadata.getRepositoryUri()).resolve("metadata.json"),
                            name,
                            String.join(", ", artifact(metadata).getFiles().keySet())));
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
        prepare(artifact(metadata));
    }

    /** {@inheritDoc} */
    @Override
    public Metadata locate(MRL mrl) {
        return metadata;
    }

    /** {@inheritDoc} */
    @Override
    public Path getCacheDirectory() throws IOException {
        try {
            return Files.createDirectories(cacheDirectory);
        } catch (IOException e) {
            throw new DataRepositoryException(
                    String.format(
                            Locale.ROOT,
                            "The cache folder %s can't be made (%s): set DJL_CACHE_DIR to a folder"
                                    + " that can be written.",
                            cacheDirectory,
                            e),
                    e);
        }
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

    private static Metadata parse(byte[] json, String artifactId, String location)
            throws DataRepositoryException {
        Metadata metadata;
        try {
            metadata =
                    JsonUtils.GSON.fromJson(
                            new String(json, StandardCharsets.UTF_8), Metadata.class);
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
        metadata.setRepositoryUri(URI.create(ARTIFACTS + artifactId + '/'));
        if (metadata.search(VersionRange.parse(VERSION), null).isEmpty()) {
            throw new DataRepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s has no version %s of %s; replace it.",
                            location,
                            VERSION,
                            artifactId));
        }
        return metadata;
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

    private static Artifact artifact(Metadata metadata) {
        return metadata.search(VersionRange.parse(VERSION), null).get(0);
    }

    /** Checks every file of an artifact and returns its digests, by file name. */
    private static Map<String, String> digests(Path root, Metadata metadata, Path metadataFile)
            throws IOException {
        Map<String, String> digests = new TreeMap<>();
        for (Artifact.Item item : artifact(metadata).getFiles().values()) {
            if (URI.create(item.getUri()).isAbsolute()) {
                continue;
            }
            Path file = metadataFile.resolveSibling(item.getUri());
            if (!Files.isRegularFile(file)) {
                throw new DataRepositoryException(
                        String.format(
                                Locale.ROOT,
                                "%s is missing, though %s lists it: copy it into the repository"
                                        + " again.",
                                file,
                                root.relativize(metadataFile)));
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
            String digest = digest(file);
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

    private static List<String> artifactsOf(Path root) throws IOException {
        try (Stream<Path> entries = Files.list(root.resolve(ARTIFACTS))) {
            return entries.filter(entry -> Files.exists(entry.resolve("metadata.json")))
                    .map(entry -> entry.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    private static Path cacheRoot() {
        return Utils.getCacheDir().resolve("cache").resolve("local-learning");
    }

    private static Path cacheDirectory(
            String artifactId, URI uri, byte[] json, Map<String, String> fileDigests) {
        String source = uri + "\n" + new String(json, StandardCharsets.UTF_8) + "\n" + fileDigests;
        return cacheRoot().resolve(artifactId + '-' + digest(source).substring(0, 16));
    }

    private static byte[] fetch(URI address) throws IOException {
        URLConnection connection = address.toURL().openConnection();
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        try (InputStream in = connection.getInputStream()) {
            return in.readAllBytes();
        }
    }

    private static void store(byte[] content, Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Path beside = Files.createTempFile(file.getParent(), "metadata", ".part");
        try {
            Files.write(beside, content);
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    private static String digest(String text) {
        return Hex.toHexString(
                messageDigest("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static String digest(Path file) throws IOException {
        MessageDigest digest = messageDigest("SHA-1");
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        } catch (IOException e) {
            throw new DataRepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s can't be read (%s): allow it to be read, or copy it again.",
                            file,
                            e),
                    e);
        }
        return Hex.toHexString(digest.digest());
    }

    private static MessageDigest messageDigest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has " + algorithm, e);
        }
    }
}
