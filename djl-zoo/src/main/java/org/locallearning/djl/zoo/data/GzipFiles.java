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

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.locallearning.djl.zoo.repository.BoundedInputStream;
import org.locallearning.djl.zoo.repository.RepositoryException;

/** Unpacks gzipped files into memory, up to what their format allows. */
final class GzipFiles {

    private static final int BUFFER = 1 << 16;

    private GzipFiles() {}

    /** Takes one file of an archive. */
    interface EntryReader {

        /**
         * Reads the file, or leaves it.
         *
         * @param path its place in the archive
         * @param content its content
         * @return whether to go on with the next one
         */
        boolean read(String path, InputStream content) throws IOException;
    }

    /**
     * Reads a file, unpacked if it is gzipped.
     *
     * @param file the file
     * @param most how many bytes its format allows
     * @throws RepositoryException if it is damaged or holds more
     */
    static byte[] read(Path file, long most) throws RepositoryException {
        try (InputStream packed = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
            packed.mark(2);
            boolean gzipped = packed.read() == 0x1f && packed.read() == 0x8b;
            packed.reset();
            InputStream plain = gzipped ? new GZIPInputStream(packed, BUFFER) : packed;
            return new BoundedInputStream(plain, most, file).readAllBytes();
        } catch (IOException e) {
            throw RepositoryException.notUnpacked(file, e);
        }
    }

    /**
     * Reads the regular files of a gzipped tar archive.
     *
     * @param archive the archive
     * @param most how many bytes all its files may have together
     * @param reader takes each of them
     * @throws RepositoryException if it is damaged or holds more
     */
    static void readArchive(Path archive, long most, EntryReader reader)
            throws RepositoryException {
        try (InputStream packed = new BufferedInputStream(Files.newInputStream(archive), BUFFER);
                TarArchiveInputStream tar =
                        new TarArchiveInputStream(
                                new BoundedInputStream(
                                        new GZIPInputStream(packed, BUFFER), most, archive))) {
            for (TarArchiveEntry entry = tar.getNextEntry();
                    entry != null;
                    entry = tar.getNextEntry()) {
                // a sparse file of a few bytes reads as any number of zeros
                if (entry.isFile() && !entry.isSparse() && !reader.read(entry.getName(), tar)) {
                    return;
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            throw RepositoryException.notUnpacked(archive, e);
        }
    }
}
