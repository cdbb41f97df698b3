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
package org.locallearning.djl.examples.sweep.spark;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A folder of data as one file, which Spark unpacks on every executor. */
final class DataArchive {

    private DataArchive() {}

    /**
     * Packs a folder.
     *
     * @param folder the folder
     * @param file the archive
     * @throws IOException if it is no folder or an empty one, cannot be read, or the archive cannot
     *     be written
     */
    static void write(Path folder, Path file) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException(
                    "--ship-data sends a folder, but the data repository '"
                            + folder
                            + "' is none: name the folder that it is in.");
        }
        Path root = folder.toRealPath();
        List<Path> content;
        try (Stream<Path> files = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
            content = files.filter(Files::isRegularFile).sorted().toList();
        }
        if (content.isEmpty()) {
            throw new IOException(
                    "--ship-data sends a folder, but there is no file in the data repository '"
                            + folder
                            + "'.");
        }
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            // data are packed already
            zip.setLevel(0);
            for (Path each : content) {
                zip.putNextEntry(new ZipEntry(root.relativize(each).toString().replace('\\', '/')));
                Files.copy(each, zip);
                zip.closeEntry();
            }
        }
    }
}
