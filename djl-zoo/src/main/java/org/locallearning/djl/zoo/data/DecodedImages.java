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
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.locallearning.djl.decorrelation.internal.AtomicFile;
import org.locallearning.djl.decorrelation.internal.Digest;
import org.locallearning.djl.decorrelation.internal.FileFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decoded images in a file, so that archives are decoded once: the cache of every data set.
 *
 * <p>The file holds, big-endian: the number of images; channels, height and width; all labels; all
 * pixels; and the SHA-256 of everything before it. It is written to a temporary name and renamed,
 * so two processes may do so at once; it is read completely or not at all, and decoded again if
 * anything in it has changed. A folder that can't be written or read, such as another account's,
 * costs the time to decode, and no more.
 */
final class DecodedImages {

    private static final Logger LOGGER = LoggerFactory.getLogger(DecodedImages.class);
    private static final int DIGEST_BYTES = 32;
    private static final int HEADER_BYTES = 4 * Integer.BYTES;
    private static final int MAX_SIDE = 1 << 15;
    private static final Duration LONGEST_WRITE = Duration.ofDays(1);

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
        try {
            write(fresh, file);
        } catch (IOException e) {
            LOGGER.warn(
                    "{} can't be written ({}): the images are decoded anew each time, unless"
                            + " DJL_CACHE_DIR is a folder that can be written",
                    file,
                    FileFailure.reason(e));
        }
        return fresh;
    }

    /** Reads a file, or returns empty where there is none, it can't be read or is damaged. */
    static Optional<LabelledImages> read(Path file) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        MessageDigest digest = Digest.SHA_256.start();
        try (DataInputStream in =
                new DataInputStream(
                        new DigestInputStream(
                                new BufferedInputStream(Files.newInputStream(file)), digest))) {
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
            byte[] computed = digest.digest();
            byte[] stored = new byte[DIGEST_BYTES];
            in.readFully(stored);
            return MessageDigest.isEqual(stored, computed)
                    ? Optional.of(new LabelledImages(shape, pixels, labels))
                    : Optional.empty();
        } catch (IOException e) {
            // shorter than announced, or not readable by this account: no reason to stop
            return Optional.empty();
        }
    }

    /**
     * Tells whether a file of this size can hold so many images; damaged numbers can be anything.
     */
    private static boolean isPlausible(
            int count, int channels, int height, int width, long fileSize) {
        long body = fileSize - HEADER_BYTES - DIGEST_BYTES;
        return count > 0
                && Math.min(channels, Math.min(height, width)) > 0
                && Math.max(channels, Math.max(height, width)) <= MAX_SIDE
                && body % count == 0
                && body / count == 1 + (long) channels * height * width
                && body <= Integer.MAX_VALUE;
    }

    /** Writes a file, which appears at once or not at all. */
    static void write(LabelledImages images, Path file) throws IOException {
        AtomicFile.write(
                file,
                bytes -> {
                    MessageDigest digest = Digest.SHA_256.start();
                    DataOutputStream out =
                            new DataOutputStream(new DigestOutputStream(bytes, digest));
                    out.writeInt(images.size());
                    for (long size : images.shape().getShape()) {
                        out.writeInt((int) size);
                    }
                    out.write(images.labels());
                    out.write(images.pixels());
                    out.write(digest.digest());
                });
        deleteLeftOvers(file);
    }

    /** Deletes what processes that were killed while they wrote the file have left. */
    private static void deleteLeftOvers(Path file) throws IOException {
        Instant latest = Instant.now().minus(LONGEST_WRITE);
        try (DirectoryStream<Path> found =
                Files.newDirectoryStream(file.getParent(), file.getFileName() + ".*.tmp")) {
            for (Path unfinished : found) {
                if (Files.getLastModifiedTime(unfinished).toInstant().isBefore(latest)) {
                    Files.deleteIfExists(unfinished);
                }
            }
        }
    }
}
