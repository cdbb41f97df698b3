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
import ai.djl.util.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.locallearning.djl.decorrelation.internal.FileFailure;
import org.locallearning.djl.decorrelation.internal.FolderDeletion;

/** The copy of an artifact's files in the cache: all of them, as the metadata say, or none. */
final class ArtifactCopy {

    private final RepositoryPlace place;
    private final Artifact artifact;
    private final Path folder;

    ArtifactCopy(RepositoryPlace place, Artifact artifact, Path folder) {
        this.place = place;
        this.artifact = artifact;
        this.folder = folder;
    }

    /** Makes the copy, unless it is there and whole. */
    void make(Progress progress) throws IOException {
        if (isWhole()) {
            return;
        }
        Path unfinished =
                folder.resolveSibling(folder.getFileName() + "." + UUID.randomUUID() + ".tmp");
        if (progress != null) {
            progress.reset(
                    "Downloading",
                    artifact.getFiles().values().stream().mapToLong(Artifact.Item::getSize).sum());
        }
        try {
            makeFolder(unfinished);
            for (Artifact.Item item : artifact.getFiles().values()) {
                copy(item, unfinished.resolve(item.getName()), progress);
            }
            putInPlace(unfinished);
        } finally {
            FolderDeletion.delete(unfinished);
            if (progress != null) {
                progress.end();
            }
        }
    }

    private static void makeFolder(Path folder) throws RepositoryException {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            "The cache folder %s can't be made (%s): set DJL_CACHE_DIR to a folder"
                                    + " that can be written.",
                            folder,
                            FileFailure.reason(e)),
                    e);
        }
    }

    private boolean isWhole() {
        return artifact.getFiles().values().stream().allMatch(this::isThere);
    }

    private boolean isThere(Artifact.Item item) {
        try {
            return ArtifactFiles.difference(folder.resolve(item.getName()), item).isEmpty();
        } catch (IOException e) {
            // missing, or not to be read: copied once more
            return false;
        }
    }

    private void copy(Artifact.Item item, Path target, Progress progress) throws IOException {
        String path =
                artifact.getMetadata().getRepositoryUri().getPath()
                        + PlainName.pathOf(item.getUri());
        long bytes = 0;
        try (InputStream in = place.open(path);
                OutputStream out = Files.newOutputStream(target)) {
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer);
                    read >= 0 && bytes <= item.getSize();
                    read = in.read(buffer)) {
                out.write(buffer, 0, read);
                bytes += read;
                if (progress != null) {
                    progress.increment(read);
                }
            }
        } catch (RepositoryException e) {
            throw e;
        } catch (IOException e) {
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s can't be copied to %s (%s): make room there, or check where it comes"
                                    + " from.",
                            place.describe(path),
                            folder,
                            FileFailure.reason(e)),
                    e);
        }
        Optional<String> difference = ArtifactFiles.difference(target, item);
        if (difference.isPresent()) {
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s %s: it is truncated, damaged or was changed; copy it again.",
                            place.describe(path),
                            difference.get()));
        }
    }

    /**
     * Renames the copy or, if there is one already, only its damaged files: another thread or
     * process may be reading the others.
     */
    private void putInPlace(Path unfinished) throws RepositoryException {
        try {
            if (Files.notExists(folder) && isRenamed(unfinished)) {
                return;
            }
            for (Artifact.Item item : artifact.getFiles().values()) {
                if (!isThere(item)) {
                    Files.move(
                            unfinished.resolve(item.getName()),
                            folder.resolve(item.getName()),
                            StandardCopyOption.ATOMIC_MOVE,
                            StandardCopyOption.REPLACE_EXISTING);
                }
            }
        } catch (IOException e) {
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            "The copy %s can't be written (%s): delete it, or set DJL_CACHE_DIR to"
                                    + " a folder that can be written.",
                            folder,
                            FileFailure.reason(e)),
                    e);
        }
    }

    private boolean isRenamed(Path unfinished) throws IOException {
        try {
            Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
            return true;
        } catch (IOException e) {
            if (Files.isDirectory(folder)) {
                // another thread or process was faster
                return false;
            }
            throw e;
        }
    }
}
