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
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A JPEG file and the class it belongs to.
 *
 * @param name its name for a reader, which ends in the number that orders it: {@code frog/17.jpg}
 * @param label the class index
 * @param content its bytes
 */
record JpegFile(String name, int label, Content content) {

    /**
     * The order by number and then by class.
     *
     * <p>If numbers count the whole data set, this is its original order; if they count within each
     * class, classes alternate, so the first images cover all classes.
     */
    static final Comparator<JpegFile> BY_NUMBER =
            Comparator.comparingLong(JpegFile::number)
                    .thenComparing(JpegFile::label)
                    .thenComparing(JpegFile::name);

    /** More bytes than a small image has, whatever was added to it. */
    static final int MOST_BYTES = 1 << 20;

    private static final Pattern JPEG = Pattern.compile("(?i)\\.jpe?g$");
    private static final Pattern NUMBER = Pattern.compile("(\\d{1,18})\\.[^.]*$");

    /** Bytes that are there already, or have yet to be read. */
    @FunctionalInterface
    interface Content {
        byte[] read() throws IOException;
    }

    /**
     * Tells whether a file's name is that of a JPEG file. What macOS puts beside each file, {@code
     * ._name.jpg}, is not.
     */
    static boolean isNamed(String name) {
        return !name.startsWith(".") && JPEG.matcher(name).find();
    }

    /**
     * Reads a small file.
     *
     * @throws IOException if it is not a file, or holds more than {@link #MOST_BYTES}
     */
    static byte[] read(Path file) throws IOException {
        // a pipe would never end
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(file.toString());
        }
        try (InputStream in = Files.newInputStream(file)) {
            return read(in, file);
        }
    }

    /**
     * Reads a small file.
     *
     * @throws IOException if it holds more than {@link #MOST_BYTES}
     */
    static byte[] read(InputStream in, Object name) throws IOException {
        byte[] content = in.readNBytes(MOST_BYTES + 1);
        if (content.length > MOST_BYTES) {
            throw new IOException(
                    String.format(
                            Locale.ROOT,
                            "%s holds more than %,d bytes, too many for a small image",
                            name,
                            MOST_BYTES));
        }
        return content;
    }

    private long number() {
        Matcher matcher = NUMBER.matcher(name);
        return matcher.find() ? Long.parseLong(matcher.group(1)) : -1;
    }
}
