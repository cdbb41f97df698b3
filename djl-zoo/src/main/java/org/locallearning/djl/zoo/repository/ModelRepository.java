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

import ai.djl.Application;
import ai.djl.repository.AbstractRepository;
import ai.djl.repository.Artifact;
import ai.djl.repository.MRL;
import ai.djl.repository.Metadata;
import ai.djl.repository.Version;
import ai.djl.repository.VersionRange;
import ai.djl.util.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.locallearning.djl.decorrelation.internal.FileFailure;

/**
 * A repository of models in DJL's layout that verifies everything: names and addresses before they
 * are used, size and SHA-1 of every file before it is read.
 *
 * <pre>{@code
 * model/cv/image_classification/org/locallearning/mlp/metadata.json
 * model/cv/image_classification/org/locallearning/mlp/0.1.0/mlp-mnist-kp/...
 * }</pre>
 *
 * <p>It is a folder, a network address, or a folder on the class path, also in a jar. Files are
 * copied once into a folder of DJL's cache named by their content, so two repositories never share
 * an entry; a copy that was changed is replaced. No archive is unpacked and no class is loaded from
 * a repository.
 */
public final class ModelRepository extends AbstractRepository {

    static final String MODELS = "model/";

    private static final String BUNDLED = "org/locallearning/djl/zoo/models/";

    /** More bytes than a file of this zoo has. */
    private static final long MOST_BYTES = 1L << 30;

    private final RepositoryPlace place;

    private ModelRepository(String name, URI uri, RepositoryPlace place) {
        super(name, uri);
        this.place = place;
    }

    /**
     * Opens the repository in a folder.
     *
     * @param folder the folder
     * @return the repository
     * @throws RepositoryException if it is no folder
     * @throws IOException if it cannot be read
     */
    public static ModelRepository open(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            "The model repository %s %s: give a folder in DJL's repository layout.",
                            folder,
                            Files.exists(folder) ? "is not a folder" : "does not exist"));
        }
        Path root = folder.toRealPath();
        return new ModelRepository(root.toString(), root.toUri(), new FolderPlace(root));
    }

    /**
     * Opens the repository at an address.
     *
     * @param address a path, or an address of scheme {@code file}, {@code http}, {@code https}, or
     *     {@code jar}, where {@code jar:///org/example/models} is a folder of the class path
     * @return the repository; one on the network or on the class path is not looked for before its
     *     models are listed
     * @throws RepositoryException if there is no such folder, or if it is no such address, such as
     *     one with a query
     * @throws IOException if it cannot be read
     */
    public static ModelRepository open(String address) throws IOException {
        try {
            if (address.isBlank()) {
                throw notAnAddress(address, null);
            }
            if (!address.matches("[a-zA-Z][a-zA-Z0-9+.-]+:.*")) {
                return open(Path.of(address));
            }
            URI uri = new URI(address);
            return switch (uri.getScheme().toLowerCase(Locale.ROOT)) {
                case "file" -> open(Path.of(uri));
                case "http", "https" -> new ModelRepository(address, uri, AddressPlace.of(uri));
                case "jar" -> {
                    if (uri.getPath() == null) {
                        throw notAnAddress(address, null);
                    }
                    yield onClassPath(uri.getPath(), contextClassLoader());
                }
                default -> throw notAnAddress(address, null);
            };
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw notAnAddress(address, e);
        }
    }

    private static RepositoryException notAnAddress(String address, Exception cause) {
        return new RepositoryException(
                PlainName.quote(address)
                        + " is not the address of a model repository: give a folder, or an address"
                        + " such as https://example.org/models, file:///models or"
                        + " jar:///org/example/models.",
                cause);
    }

    private static ClassLoader contextClassLoader() {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        return loader == null ? ModelRepository.class.getClassLoader() : loader;
    }

    /**
     * Opens the repository in a folder of the class path.
     *
     * @param folder the folder, such as {@code /org/example/models}
     * @param loader what finds it
     * @return the repository, which may hold nothing
     * @throws IllegalArgumentException if the folder is no path
     */
    public static ModelRepository onClassPath(String folder, ClassLoader loader) {
        String inside = folder.startsWith("/") ? folder.substring(1) : folder;
        String path = inside.endsWith("/") ? inside : inside + '/';
        try {
            return new ModelRepository(
                    "jar:///" + path,
                    new URI("jar", "", '/' + path, null, null),
                    AddressPlace.of(path, loader));
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("Not a folder of the class path: " + folder, e);
        }
    }

    /**
     * Opens the repository of the library's own models.
     *
     * @return the repository
     */
    public static ModelRepository bundled() {
        return onClassPath(BUNDLED, ModelRepository.class.getClassLoader());
    }

    /** {@inheritDoc} */
    @Override
    public boolean isRemote() {
        return true;
    }

    /**
     * Lists the models of a group.
     *
     * @param groupId the group
     * @return where each artifact is, by application and name
     * @throws RepositoryException if the metadata of one are refused
     * @throws IOException if the repository cannot be read
     */
    public List<MRL> models(String groupId) throws IOException {
        String group = '/' + groupId.replace('.', '/') + '/';
        List<MRL> models = new ArrayList<>();
        for (String folder : place.artifacts()) {
            String path = folder.substring(0, folder.length() - 1);
            String artifactId = path.substring(path.lastIndexOf('/') + 1);
            String above = path.substring(0, path.length() - artifactId.length());
            if (above.startsWith(MODELS) && above.endsWith(group)) {
                String application =
                        above.substring(
                                Math.min(MODELS.length(), above.length() - group.length()),
                                above.length() - group.length());
                if (!PlainName.isPath(path)) {
                    throw new RepositoryException(
                            String.format(
                                    Locale.ROOT,
                                    "%s can't be the folder of an artifact, since addresses do not"
                                            + " have every character of its name: rename it, or move"
                                            + " it out of the repository.",
                                    place.describe(path)));
                }
                models.add(model(application(application, folder), groupId, artifactId));
            }
        }
        return models;
    }

    private Application application(String path, String folder) throws RepositoryException {
        Application application = Application.of(path);
        if (!application.getPath().equals(path)) {
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s is in no application that DJL knows: move it to %scv/, or below.",
                            place.describe(folder),
                            place.describe(MODELS)));
        }
        return application;
    }

    /**
     * Reads the metadata of an artifact, those of the newest version first.
     *
     * @param mrl where the artifact is
     * @return the metadata
     * @throws RepositoryException if they are missing, damaged, those of another artifact, or name
     *     anything outside the artifact's folder
     * @throws IOException if they cannot be read
     */
    @Override
    public Metadata locate(MRL mrl) throws IOException {
        String folder = mrl.toURI().getPath();
        String file = folder + RepositoryMetadata.FILE_NAME;
        String json =
                new String(
                        read(place, file, RepositoryMetadata.MOST_BYTES), StandardCharsets.UTF_8);
        Metadata metadata =
                RepositoryMetadata.parse(json, folder, mrl.getArtifactId(), place.describe(file))
                        .metadata();
        ModelMetadata.check(metadata, mrl, place.describe(file));
        List<Artifact> artifacts = new ArrayList<>(metadata.getArtifacts());
        artifacts.sort(
                Comparator.comparing((Artifact artifact) -> new Version(artifact.getVersion()))
                        .reversed());
        metadata.setArtifacts(artifacts);
        return metadata;
    }

    /** {@inheritDoc} */
    @Override
    public Artifact resolve(MRL mrl, Map<String, String> filter) throws IOException {
        List<Artifact> found = locate(mrl).search(VersionRange.parse(mrl.getVersion()), filter);
        return found.isEmpty() ? null : found.get(0);
    }

    /** {@inheritDoc} */
    @Override
    public List<MRL> getResources() {
        try {
            return models(ModelMetadata.GROUP_ID);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the folder of the cache that belongs to the content of an artifact's files. */
    @Override
    public Path getResourceDirectory(Artifact artifact) {
        Map<String, String> digests = new TreeMap<>();
        for (Artifact.Item item : artifact.getFiles().values()) {
            digests.put(item.getName(), item.getSha1Hash().toLowerCase(Locale.ROOT));
        }
        return CacheFolder.of(artifact.getName(), "model " + digests);
    }

    /**
     * Copies the files of an artifact into the cache, unless they are there as the metadata say.
     *
     * @param artifact the artifact
     * @param progress shown the bytes that are copied, or null
     * @throws RepositoryException if a file is missing, or has another size or SHA-1
     * @throws IOException if a file cannot be read or copied
     */
    @Override
    public void prepare(Artifact artifact, Progress progress) throws IOException {
        new ArtifactCopy(place, artifact, getResourceDirectory(artifact)).make(progress);
    }

    /** Reads a small file as a whole. */
    static byte[] read(RepositoryPlace place, String path, int mostBytes) throws IOException {
        try (InputStream in = place.open(path)) {
            byte[] content = in.readNBytes(mostBytes + 1);
            if (content.length > mostBytes) {
                throw new RepositoryException(
                        String.format(
                                Locale.ROOT,
                                "%s holds more than %,d bytes, more than any such file: replace"
                                        + " it.",
                                place.describe(path),
                                mostBytes));
            }
            return content;
        } catch (RepositoryException e) {
            throw e;
        } catch (IOException e) {
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s can't be read (%s): allow it to be read, or check the network.",
                            place.describe(path),
                            FileFailure.reason(e)),
                    e);
        }
    }

    /** Returns whether a file of a model may have that size. */
    static boolean isSize(long bytes) {
        return bytes > 0 && bytes <= MOST_BYTES;
    }
}
