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

import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.locallearning.djl.zoo.repository.RepositoryException;

/**
 * The files of MNIST and of data sets in its form (LeCun and others, 1998): big-endian numbers,
 * namely a magic number, the number of images and, for images, 28 and 28; then a byte a pixel, or a
 * byte a label.
 */
final class IdxFiles {

    private static final int MOST_IMAGES = 60_000;

    private static final int IMAGES = 0x0803;
    private static final int LABELS = 0x0801;
    private static final int SIDE = 28;
    private static final int PIXELS = SIDE * SIDE;
    private static final int CLASSES = 10;

    /** The most bytes that a file has. */
    static final long MOST_BYTES = 16 + (long) MOST_IMAGES * PIXELS;

    private IdxFiles() {}

    /**
     * Reads images and their labels.
     *
     * @throws RepositoryException if a file is damaged, holds more images than these data sets
     *     have, or the two do not belong together
     */
    static LabelledImages read(Path imageFile, Path labelFile) throws RepositoryException {
        byte[] pixels = records(imageFile, IMAGES, 16, PIXELS);
        byte[] labels = records(labelFile, LABELS, 8, 1);
        int images = pixels.length / PIXELS;
        if (labels.length != images) {
            throw RepositoryException.damaged(
                    labelFile,
                    String.format(
                            Locale.ROOT,
                            "%,d labels are not for %,d images",
                            labels.length,
                            images));
        }
        for (byte label : labels) {
            if ((label & 0xff) >= CLASSES) {
                throw RepositoryException.damaged(
                        labelFile,
                        String.format(
                                Locale.ROOT,
                                "it holds the class index %d, but there are %d classes",
                                label & 0xff,
                                CLASSES));
            }
        }
        return new LabelledImages(new Shape(1, SIDE, SIDE), pixels, labels);
    }

    private static byte[] records(Path file, int magic, int header, int record)
            throws RepositoryException {
        byte[] content = GzipFiles.read(file, header + (long) MOST_IMAGES * record);
        if (content.length < header) {
            throw RepositoryException.damaged(
                    file, String.format(Locale.ROOT, "%,d bytes are no IDX file", content.length));
        }
        ByteBuffer numbers = ByteBuffer.wrap(content);
        boolean rightMagic = numbers.getInt() == magic;
        int count = numbers.getInt();
        boolean rightSides =
                magic == LABELS || numbers.getInt() == SIDE && numbers.getInt() == SIDE;
        if (!rightMagic || !rightSides) {
            throw RepositoryException.damaged(
                    file,
                    "it is not an IDX file of " + (magic == LABELS ? "labels" : "28x28 images"));
        }
        if (count < 1 || content.length != header + (long) count * record) {
            throw RepositoryException.damaged(
                    file,
                    String.format(
                            Locale.ROOT,
                            "%,d bytes are not those of %,d records",
                            content.length,
                            count));
        }
        return Arrays.copyOfRange(content, header, content.length);
    }
}
