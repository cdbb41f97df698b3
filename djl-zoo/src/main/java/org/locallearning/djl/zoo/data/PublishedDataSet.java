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

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.locallearning.djl.zoo.repository.ArtifactFiles;
import org.locallearning.djl.zoo.repository.CacheFolder;
import org.locallearning.djl.zoo.repository.RepositoryException;

/**
 * A data set that DJL has no loader for: what its files are called, and where to get them.
 *
 * @param name what users call it, which is also its artifact's id in a DJL repository
 * @param artifact the names of the artifact's files in its metadata
 * @param layouts the files as the authors publish them, in the order in which they are looked for
 * @param advice what to do when there are none: "get ... from ..., and give ... as data repository"
 */
record PublishedDataSet(String name, FileLayout artifact, List<FileLayout> layouts, String advice) {

    /**
     * The files that were found.
     *
     * @param description where, for a reader
     * @param cacheFolder the cache folder that belongs to their content alone
     * @param images their images
     */
    record Found(String description, Path cacheFolder, StoredImages images) {

        /**
         * Returns all images.
         *
         * @param cached whether they are decoded at most once and then kept in the cache folder
         */
        ImageParts parts(boolean cached) throws IOException {
            if (!cached) {
                return new ImageParts(images.training(), images.test());
            }
            return new ImageParts(
                    DecodedImages.readOrDecode(
                            cacheFolder.resolve("train.images"), images::training),
                    DecodedImages.readOrDecode(cacheFolder.resolve("test.images"), images::test));
        }
    }

    /**
     * Looks for the files.
     *
     * @param options with the folder to look in: a DJL repository with the artifact, or a folder
     *     with the published files, or the published archive itself
     * @return the files
     * @throws RepositoryException if they are not there, or the artifact is damaged
     * @throws IOException if a file can't be read
     */
    Found find(DataOptions options) throws IOException {
        Optional<Path> given = options.getRepository();
        if (given.isEmpty()) {
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            "The data set %s is not read from %s: %s.",
                            name,
                            options.getRepositoryUri()
                                    .map(uri -> "an address such as " + uri)
                                    .orElse("DJL's own repository, which lacks it"),
                            advice));
        }
        if (!Files.exists(given.get())) {
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            "The data repository %s does not exist: %s.",
                            given.get(),
                            advice));
        }
        Path root = given.get().toRealPath();
        if (Files.isRegularFile(root)) {
            return archive(root);
        }
        if (Files.exists(root.resolve(DataRepository.placeOf(name)))) {
            DataRepository repository = DataRepository.open(options, name);
            List<Path> files = new ArrayList<>();
            for (String item : artifact.names()) {
                files.add(repository.file(item));
            }
            return new Found(
                    repository.describe(),
                    repository.getCacheFolder(),
                    artifact.reader().apply(files));
        }
        for (FileLayout layout : layouts) {
            List<Path> files = layout.names().stream().map(root::resolve).toList();
            if (files.stream().allMatch(Files::exists)) {
                return found(root + ", " + layout, files, layout);
            }
        }
        throw new RepositoryException(
                String.format(
                        Locale.ROOT,
                        "The data repository %s has no data set %s (looked for %s): %s.",
                        given.get(),
                        name,
                        Stream.concat(
                                        Stream.of(DataRepository.placeOf(name)),
                                        layouts.stream().map(FileLayout::toString))
                                .collect(Collectors.joining("; ")),
                        advice));
    }

    /** Takes a file for the published archive, whatever its name. */
    private Found archive(Path file) throws IOException {
        for (FileLayout layout : layouts) {
            if (layout.names().size() == 1) {
                return found(file.toString(), List.of(file), layout);
            }
        }
        throw new RepositoryException(
                String.format(
                        Locale.ROOT,
                        "The data repository %s of the data set %s is not a folder: %s.",
                        file,
                        name,
                        advice));
    }

    private Found found(String description, List<Path> files, FileLayout layout)
            throws IOException {
        StringBuilder identity = new StringBuilder();
        for (Path file : files) {
            identity.append(file).append('\n').append(contentOf(file)).append('\n');
        }
        return new Found(
                description,
                CacheFolder.of(name, identity.toString()),
                layout.reader().apply(files));
    }

    private static String contentOf(Path file) throws IOException {
        return Files.isDirectory(file) ? listing(file) : ArtifactFiles.sha1(file);
    }

    /**
     * Lists a folder's files with size and time of change: reading the content of 100,000 small
     * files at each start would take longer than decoding them once.
     */
    private static String listing(Path folder) throws IOException {
        TreeSet<String> lines = new TreeSet<>();
        Files.walkFileTree(
                folder,
                EnumSet.of(FileVisitOption.FOLLOW_LINKS),
                Integer.MAX_VALUE,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        lines.add(
                                folder.relativize(file)
                                        + " "
                                        + attributes.size()
                                        + " "
                                        + attributes.lastModifiedTime());
                        return FileVisitResult.CONTINUE;
                    }
                });
        return String.join("\n", lines);
    }
}
