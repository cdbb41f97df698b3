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

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.locallearning.djl.decorrelation.internal.FileFailure;

/** A repository in a folder that no link leads out of. */
final class FolderPlace implements RepositoryPlace {

    /** Application, group and artifact: deeper folders are versions. */
    private static final int DEEPEST = 12;

    private final Path root;

    FolderPlace(Path root) {
        this.root = root;
    }

    @Override
    public InputStream open(String path) throws IOException {
        Path file = root.resolve(path);
        if (Files.notExists(file)) {
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s is missing: copy it into the repository again.",
                            file));
        }
        return Files.newInputStream(ArtifactFiles.inside(root, file));
    }

    @Override
    public String describe(String path) {
        return root.resolve(path).toString();
    }

    @Override
    public List<String> artifacts() throws IOException {
        Path models = root.resolve(ModelRepository.MODELS);
        if (Files.notExists(models)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(models, DEEPEST)) {
            return files.filter(file -> file.endsWith(RepositoryMetadata.FILE_NAME))
                    .map(file -> pathOf(root.relativize(file.getParent())))
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            "The model repository %s can't be read (%s): allow all of it to be"
                                    + " read, or name another one.",
                            root,
                            FileFailure.reason(
                                    e instanceof UncheckedIOException wrapped
                                            ? wrapped.getCause()
                                            : (IOException) e)),
                    e);
        }
    }

    /** The path with slashes, on every system. */
    private static String pathOf(Path relative) {
        StringBuilder path = new StringBuilder();
        StreamSupport.stream(relative.spliterator(), false)
                .forEach(name -> path.append(name).append('/'));
        return path.toString();
    }
}
