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
import ai.djl.repository.Artifact;
import ai.djl.repository.License;
import ai.djl.repository.MRL;
import ai.djl.repository.Metadata;
import ai.djl.util.JsonUtils;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.locallearning.djl.decorrelation.internal.AtomicFile;
import org.locallearning.djl.decorrelation.internal.Digest;
import org.locallearning.djl.decorrelation.internal.FileFailure;
import org.locallearning.djl.decorrelation.internal.FolderDeletion;

/**
 * Adds models to a repository in a folder, in DJL's layout. Files are written to a temporary name
 * and renamed, then the metadata with size and SHA-1 of each, and last the list of all artifacts,
 * which a repository on the network or in a jar needs. Existing files stay; adding the same model
 * again writes what is missing or damaged.
 */
public final class RepositoryWriter {

    private static final String METADATA_VERSION = "0.2";

    private final Path root;

    private RepositoryWriter(Path root) {
        this.root = root;
    }

    /**
     * Opens a folder, making it if there is none.
     *
     * @param folder the repository
     * @return a writer
     * @throws IOException if it cannot be made
     */
    public static RepositoryWriter open(Path folder) throws IOException {
        try {
            return new RepositoryWriter(Files.createDirectories(folder).toRealPath());
        } catch (IOException e) {
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            "The repository %s can't be made (%s): name a folder that can be"
                                    + " written.",
                            folder,
                            FileFailure.reason(e)),
                    e);
        }
    }

    /**
     * Adds a model. What a reader would refuse is refused before anything is written. Programs that
     * add to one repository at the same time wait for each other, by a lock on its file {@code
     * .lock}.
     *
     * @param application what it does
     * @param artifactId the artifact that it belongs to
     * @param description what the artifact is
     * @param artifact version, name, properties and arguments of the model; its files are set here
     * @param files the content of each file, by its name
     * @return whether the files were written: false if the same files are there already, each of
     *     them whole
     * @throws RepositoryException if other files are there in that version, if a name is none, if a
     *     file is empty, or if the repository cannot be read or written
     * @throws IOException if the repository cannot be read
     */
    public boolean add(
            Application application,
            String artifactId,
            String description,
            Artifact artifact,
            Map<String, byte[]> files)
            throws IOException {
        for (String name : Arrays.asList(artifactId, artifact.getVersion(), artifact.getName())) {
            if (name == null || name.contains("/") || !PlainName.isPath(name)) {
                throw new RepositoryException(
                        PlainName.quote(String.valueOf(name))
                                + " can't be the name of a folder of a repository: choose letters,"
                                + " digits, - and dots.");
            }
        }
        FolderLock lock = takeLock();
        try {
            return addAlone(application, artifactId, description, artifact, files);
        } finally {
            lock.close();
        }
    }

    private FolderLock takeLock() throws IOException {
        try {
            return FolderLock.take(root);
        } catch (FileSystemException e) {
            throw unwritable(e);
        }
    }

    private RepositoryException unwritable(FileSystemException e) {
        return new RepositoryException(
                String.format(
                        Locale.ROOT,
                        "The repository %s can't be written (%s): allow it to be written, make room"
                                + " there, or name another folder.",
                        root,
                        FileFailure.reason(e)),
                e);
    }

    private boolean addAlone(
            Application application,
            String artifactId,
            String description,
            Artifact artifact,
            Map<String, byte[]> files)
            throws IOException {
        ModelRepository repository = ModelRepository.open(root);
        MRL mrl = repository.model(application, ModelMetadata.GROUP_ID, artifactId);
        Path folder = root.resolve(mrl.toURI().getPath());
        Metadata metadata = metadata(repository, mrl, folder, description);
        artifact.setFiles(items(artifact, files));
        List<Artifact> artifacts = new ArrayList<>(metadata.getArtifacts());
        Optional<Artifact> present = sameName(artifact, artifacts);
        boolean there = present.isPresent() && isThere(present.get(), artifact);
        if (present.isEmpty()) {
            artifacts.add(artifact);
            metadata.setArtifacts(artifacts);
        }
        String json = JsonUtils.GSON_PRETTY.toJson(metadata);
        checkAsReader(json, mrl);
        try {
            if (!there) {
                write(folder.resolve(artifact.getVersion()), artifact.getName(), files);
            }
            if (present.isEmpty()) {
                write(folder.resolve(RepositoryMetadata.FILE_NAME), json);
            }
            // a program that stopped before it did so has left the list of before
            write(
                    root.resolve(RepositoryPlace.INDEX),
                    AddressPlace.index(new FolderPlace(root).artifacts()));
        } catch (FileSystemException e) {
            throw unwritable(e);
        }
        return !there;
    }

    private static Optional<Artifact> sameName(Artifact artifact, List<Artifact> artifacts) {
        return artifacts.stream()
                .filter(other -> other.getVersion().equals(artifact.getVersion()))
                .filter(other -> other.getName().equals(artifact.getName()))
                .findFirst();
    }

    /** Whether the files of an artifact are there, as the metadata have them. */
    private boolean isThere(Artifact present, Artifact artifact) throws IOException {
        if (!digests(present).equals(digests(artifact))) {
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s has version %s of %s already, with other files: give this one"
                                    + " another version.",
                            root,
                            artifact.getVersion(),
                            artifact.getName()));
        }
        try {
            ArtifactFiles.verify(root, present);
            return true;
        } catch (RepositoryException e) {
            // missing or damaged: written once more
            return false;
        }
    }

    private void checkAsReader(String json, MRL mrl) throws RepositoryException {
        String title = "The new metadata of " + mrl.getArtifactId() + " in " + root;
        Metadata read =
                RepositoryMetadata.parse(json, mrl.toURI().getPath(), mrl.getArtifactId(), title)
                        .metadata();
        ModelMetadata.check(read, mrl, title);
    }

    private static Metadata metadata(
            ModelRepository repository, MRL mrl, Path folder, String description)
            throws IOException {
        if (Files.exists(folder.resolve(RepositoryMetadata.FILE_NAME))) {
            return repository.locate(mrl);
        }
        Metadata metadata = new Metadata();
        metadata.setMetadataVersion(METADATA_VERSION);
        metadata.setResourceType("model");
        metadata.setApplication(mrl.getApplication());
        metadata.setGroupId(mrl.getGroupId());
        metadata.setArtifactId(mrl.getArtifactId());
        metadata.setName(mrl.getArtifactId());
        metadata.setDescription(description);
        metadata.addLicense(License.apache());
        metadata.setArtifacts(new ArrayList<>());
        return metadata;
    }

    private static Map<String, Artifact.Item> items(Artifact artifact, Map<String, byte[]> files) {
        Map<String, Artifact.Item> items = new LinkedHashMap<>();
        files.forEach(
                (name, content) -> {
                    Artifact.Item item = new Artifact.Item();
                    item.setUri(artifact.getVersion() + '/' + artifact.getName() + '/' + name);
                    item.setName(name);
                    item.setType("file");
                    item.setSize(content.length);
                    item.setSha1Hash(Digest.SHA_1.of(content));
                    items.put(name, item);
                });
        return items;
    }

    private static Map<String, String> digests(Artifact artifact) {
        Map<String, String> digests = new LinkedHashMap<>();
        artifact.getFiles()
                .forEach((name, item) -> digests.put(item.getName(), item.getSha1Hash()));
        return digests;
    }

    /** Writes the files of a model; files without metadata, of a program that stopped, go first. */
    private static void write(Path version, String name, Map<String, byte[]> files)
            throws IOException {
        Path unfinished = version.resolve(name + "." + UUID.randomUUID() + ".tmp");
        Path target = version.resolve(name);
        Files.createDirectories(unfinished);
        try {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                AtomicFile.write(
                        unfinished.resolve(file.getKey()), out -> out.write(file.getValue()));
            }
            FolderDeletion.delete(target);
            Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            FolderDeletion.delete(unfinished);
        }
    }

    /** Writes a text, unless it is there. */
    private static void write(Path file, String text) throws IOException {
        byte[] content = (text + '\n').getBytes(StandardCharsets.UTF_8);
        if (!Files.exists(file) || !Arrays.equals(content, Files.readAllBytes(file))) {
            AtomicFile.write(file, out -> out.write(content));
        }
    }
}
