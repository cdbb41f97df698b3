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

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Writes tiny data repositories in DJL's layout. */
final class RepositoryOnDisk {

    static final String[] CIFAR10_FOLDERS = {
        "0_airplane",
        "1_automobile",
        "2_bird",
        "3_cat",
        "4_deer",
        "5_dog",
        "6_frog",
        "7_horse",
        "8_ship",
        "9_truck"
    };

    private final Path root;
    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private boolean checksums = true;
    private String description = "made for a test";

    RepositoryOnDisk(Path root) {
        this.root = root;
    }

    RepositoryOnDisk withoutChecksums() {
        checksums = false;
        return this;
    }

    RepositoryOnDisk described(String text) {
        description = text;
        return this;
    }

    /** Adds a file to the artifact under the given name in its metadata. */
    RepositoryOnDisk file(String name, byte[] content) {
        files.put(name, content);
        return this;
    }

    /** Adds the four files of MNIST: all pixels of an image are equal, labels count up from 0. */
    RepositoryOnDisk mnist(int training, int test, int pixel) {
        return file("train_data", gzip(idxImages(training, pixel)))
                .file("train_labels", gzip(idxLabels(training, 0)))
                .file("test_data", gzip(idxImages(test, pixel)))
                .file("test_labels", gzip(idxLabels(test, 0)));
    }

    /** Writes the artifact and returns the repository's folder. */
    Path write(String artifactId) throws IOException {
        Path folder = artifact(artifactId);
        Files.createDirectories(folder.resolve("1.0"));
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Files.write(folder.resolve(uri(file.getKey())), file.getValue());
        }
        String items =
                files.entrySet().stream()
                        .map(file -> item(file.getKey(), file.getValue()))
                        .collect(Collectors.joining(","));
        Files.writeString(
                folder.resolve("metadata.json"),
                String.format(
                        """
                        {"metadataVersion": "0.2", "resourceType": "dataset", "application": "cv",
                         "groupId": "ai.djl.basicdataset", "artifactId": "%s", "name": "%s",
                         "description": "%s",
                         "artifacts": [{"version": "1.0", "snapshot": false, "files": {%s}}]}
                        """,
                        artifactId, artifactId, description, items));
        return root;
    }

    Path artifact(String artifactId) {
        return root.resolve("dataset/cv/ai/djl/basicdataset").resolve(artifactId);
    }

    /** Returns the place of one of the artifact's files. */
    Path place(String artifactId, String name) {
        return artifact(artifactId).resolve(uri(name));
    }

    private String item(String name, byte[] content) {
        String check =
                checksums
                        ? String.format(
                                ", \"sha1Hash\": \"%s\", \"size\": %d",
                                sha1(content), content.length)
                        : "";
        return String.format("\"%s\": {\"uri\": \"%s\"%s}", name, uri(name), check);
    }

    private static String uri(String name) {
        return "1.0/"
                + switch (name) {
                    case "train", "test" -> name + ".tgz";
                    case "classes" -> name + ".txt";
                    default -> name.endsWith(".mat") ? name : name + ".gz";
                };
    }

    static byte[] idxImages(int count, int pixel) {
        return bytes(
                out -> {
                    out.writeInt(0x0803);
                    out.writeInt(count);
                    out.writeInt(28);
                    out.writeInt(28);
                    for (int i = 0; i < count * 784; i++) {
                        out.writeByte(pixel);
                    }
                });
    }

    static byte[] idxLabels(int count, int first) {
        return bytes(
                out -> {
                    out.writeInt(0x0801);
                    out.writeInt(count);
                    for (int i = 0; i < count; i++) {
                        out.writeByte(first + i % 10);
                    }
                });
    }

    /** Records of CIFAR-10: label i mod 10, then the three planes filled with the given values. */
    static byte[] cifarRecords(int count, int red, int green, int blue) {
        return bytes(
                out -> {
                    for (int i = 0; i < count; i++) {
                        out.writeByte(i % 10);
                        for (int value : new int[] {red, green, blue}) {
                            for (int pixel = 0; pixel < 1024; pixel++) {
                                out.writeByte(value);
                            }
                        }
                    }
                });
    }

    /** An image-folder archive with one image of a single colour per class, numbered backwards. */
    static byte[] jpegArchive(String[] folders, int red, int green, int blue) {
        BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 1024; i++) {
            image.setRGB(i % 32, i / 32, red << 16 | green << 8 | blue);
        }
        byte[] jpeg = bytes(out -> ImageIO.write(image, "jpg", out));
        Map<String, byte[]> entries = new LinkedHashMap<>();
        for (int i = 0; i < folders.length; i++) {
            entries.put(String.format("%s/%05d.jpg", folders[i], folders.length - 1 - i), jpeg);
        }
        return tarGz(entries);
    }

    static byte[] tarGz(Map<String, byte[]> entries) {
        return gzip(
                bytes(
                        out -> {
                            try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
                                for (Map.Entry<String, byte[]> file : entries.entrySet()) {
                                    TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
                                    entry.setSize(file.getValue().length);
                                    tar.putArchiveEntry(entry);
                                    tar.write(file.getValue());
                                    tar.closeArchiveEntry();
                                }
                            }
                        }));
    }

    static byte[] gzip(byte[] content) {
        return bytes(
                out -> {
                    try (OutputStream gzip = new GZIPOutputStream(out)) {
                        gzip.write(content);
                    }
                });
    }

    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    private static byte[] bytes(Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            writing.to(out);
        } catch (IOException e) {
            throw new IllegalStateException("memory can't fail", e);
        }
        return bytes.toByteArray();
    }

    private static String sha1(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
