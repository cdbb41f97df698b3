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
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import org.locallearning.djl.decorrelation.internal.AtomicFile;

/**
 * Decoded images in a file, so that big archives are decoded once.
 *
 * <p>The file holds, big-endian: the number of images; channels, height and width; all labels; all
 * pixels; and the CRC-32 of everything before it.
 */
final class DecodedImages {

    private static final int HEADER_BYTES = 4 * Integer.BYTES;
    private static final int CHECKSUM_BYTES = Long.BYTES;
    private static final int MAX_SIDE = 1 << 15;

    /** Decodes the images that a file is to hold. */
    interface Decoder {
        LabelledImages decode() throws IOException;
    }

    private DecodedImages() {}

    /** Reads a file, or decodes the images and writes it where there is none or it is damaged. */
    static LabelledImages readOrDecode(Path file, Decoder decoder) throws IOException {
        Optional<LabelledImages> images = read(file);
        if (images.isPresent()) {
            return images.get();
        }
        LabelledImages fresh = decoder.decode();
        write(fresh, file);
        return fresh;
    }

    /** Reads a file, or returns empty where there is none or it is damaged. */
    static Optional<LabelledImages> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        CRC32 checksum = new CRC32();
        try (DataInputStream in =
                new DataInputStream(
                        new CheckedInputStream(
                                new BufferedInputStream(Files.newInputStream(file)), checksum))) {
            int count = in.readInt();
            int channels = in.readInt();
            int height = in.readInt();
            int width = in.readInt();
            if (!isPlausible(count, channels, height, width, Files.size(file))) {
                return Optional.empty();
            }
            Shape shape = new Shape(channels, height, width);
            byte[] labels = new byte[count];
            in.readFully(labels);
            byte[] pixels = new byte[Math.toIntExact(count * shape.size())];
            in.readFully(pixels);
            long computed = checksum.getValue();
            return in.readLong() == computed
                    ? Optional.of(new LabelledImages(shape, pixels, labels))
                    : Optional.empty();
        } catch (EOFException e) {
            return Optional.empty();
        }
    }

    /**
     * Tells whether a file of this size can hold so many images; damaged numbers can be anything.
     */
    private static boolean isPlausible(
            int count, int channels, int height, int width, long fileSize) {
        long body = fileSize - HEADER_BYTES - CHECKSUM_BYTES;
        return count > 0
                && Math.min(channels, Math.min(height, width)) > 0
                && Math.max(channels, Math.max(height, width)) <= MAX_SIDE
                && body % count == 0
                && body / count == 1 + (long) channels * height * width;
    }

    /** Writes a file, which appears at once or not at all. */
    static void write(LabelledImages images, Path file) throws IOException {
        CacheFolder.make(file.getParent());
        AtomicFile.write(
                file,
                bytes -> {
                    CRC32 checksum = new CRC32();
                    DataOutputStream out =
                            new DataOutputStream(new CheckedOutputStream(bytes, checksum));
                    out.writeInt(images.size());
                    for (long size : images.shape().getShape()) {
                        out.writeInt((int) size);
                    }
                    out.write(images.labels());
                    out.write(images.pixels());
                    out.writeLong(checksum.getValue());
                });
    }
}
