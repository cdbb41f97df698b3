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
package org.locallearning.djl.examples.hostile;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.locallearning.djl.zoo.data.DataOptions;
import org.locallearning.djl.zoo.data.DataSets;
import org.locallearning.djl.zoo.data.ImageData;

/**
 * The smallest folder of a data set in one of the forms that are read.
 *
 * @param form what the form is called
 * @param dataset the data set's name on the command line
 * @param files the content of each file, by its place in the folder
 */
record SmallData(String form, String dataset, Map<String, byte[]> files) {

    private static final String ARTIFACTS = "dataset/cv/ai/djl/basicdataset/";
    private static final int CIFAR_PIXELS = 3072;
    private static final int SIDE = 64;

    /** Writes something into memory. */
    interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    /** Returns every form. */
    static List<SmallData> all() {
        byte[] cifar10 = bytes(out -> out.write(new byte[1 + CIFAR_PIXELS]));
        byte[] cifar100 = bytes(out -> out.write(new byte[2 + CIFAR_PIXELS]));
        byte[] image = jpeg(32);
        Map<String, byte[]> classes = new LinkedHashMap<>();
        List<String> names =
                List.of(
                        "airplane",
                        "automobile",
                        "bird",
                        "cat",
                        "deer",
                        "dog",
                        "frog",
                        "horse",
                        "ship",
                        "truck");
        for (int i = 0; i < names.size(); i++) {
            classes.put(i + "_" + names.get(i) + "/" + i + ".jpg", image);
        }
        byte[] x = array("X", new int[] {32, 32, 3, 1}, new byte[CIFAR_PIXELS]);
        byte[] y = array("y", new int[] {1, 1}, new byte[] {10});
        Map<String, byte[]> tiny = tinyImageNet();
        byte[] archive = tarGz(Map.of("n01/n01_0.JPEG", jpeg(SIDE)));
        return List.of(
                artifact(
                        "mnist",
                        "mnist",
                        "train_data",
                        gzip(idx(0x0803, 1, 28, 28)),
                        "train_labels",
                        gzip(idx(0x0801, 1)),
                        "test_data",
                        gzip(idx(0x0803, 1, 28, 28)),
                        "test_labels",
                        gzip(idx(0x0801, 1))),
                artifact(
                        "cifar10",
                        "cifar10",
                        "data_batch.bin",
                        gzip(cifar10),
                        "test_batch.bin",
                        gzip(cifar10)),
                artifact(
                        "cifar10-jpeg",
                        "cifar10",
                        "train.tgz",
                        tarGz(classes),
                        "test.tgz",
                        tarGz(classes)),
                new SmallData(
                        "cifar100",
                        "cifar100",
                        Map.of("train.bin", cifar100, "test.bin", cifar100)),
                new SmallData(
                        "cifar100 archive",
                        "cifar100",
                        Map.of(
                                "cifar-100-binary.tar.gz",
                                tarGz(
                                        Map.of(
                                                "cifar-100-binary/train.bin",
                                                cifar100,
                                                "cifar-100-binary/test.bin",
                                                cifar100)))),
                svhn("svhn", matlab(x, y)),
                svhn("svhn deflated", matlab(deflated(x), deflated(y))),
                new SmallData("tiny-imagenet", "tiny-imagenet", tiny),
                new SmallData(
                        "tiny-imagenet zip",
                        "tiny-imagenet",
                        Map.of("tiny-imagenet-200.zip", zip(tiny))),
                artifact(
                        "tiny-imagenet",
                        "tiny-imagenet",
                        "train.tgz",
                        archive,
                        "test.tgz",
                        archive,
                        "classes.txt",
                        text("0\tn01\tfish\n")));
    }

    /** Returns the form of some name. */
    static SmallData of(String form) {
        return all().stream().filter(each -> each.form().equals(form)).findFirst().orElseThrow();
    }

    /** Returns the same data with another file, or with one more. */
    SmallData with(String file, byte[] content) {
        Map<String, byte[]> changed = new LinkedHashMap<>(files);
        changed.put(file, content);
        return new SmallData(form, dataset, changed);
    }

    /** Writes the files. */
    void write(Path folder) throws IOException {
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path path = folder.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.write(path, file.getValue());
        }
    }

    /**
     * Writes a file in the place of another, without emptying that first: some file systems wait
     * for the disk then, each time.
     */
    static void overwrite(Path file, byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(content));
            channel.truncate(content.length);
        }
    }

    /** Loads the data set, without the cache, and tells how many images of what shape it has. */
    String read(Path folder) throws IOException {
        DataOptions options =
                DataOptions.builder()
                        .optRepository(folder)
                        .optStandardize(false)
                        .optCached(false)
                        .build();
        try (ImageData data = DataSets.load(dataset, options)) {
            return String.format(
                    Locale.ROOT,
                    "%d training and %d test images of shape %s in %d classes",
                    data.getTrainingSize(),
                    data.getTestSize(),
                    data.getSampleShape(),
                    data.getClasses().size());
        }
    }

    /** The content of a repository, whose metadata have no checksums: damage gets through. */
    private static SmallData artifact(String artifactId, String dataset, Object... files) {
        String folder = ARTIFACTS + artifactId + '/';
        Map<String, byte[]> content = new LinkedHashMap<>();
        StringBuilder items = new StringBuilder();
        for (int i = 0; i < files.length; i += 2) {
            String name = (String) files[i];
            items.append(i == 0 ? "" : ", ")
                    .append('"' + name.replaceAll("\\.(tgz|txt)$", "") + "\": {\"uri\": \"1.0/")
                    .append(name + "\"}");
            content.put(folder + "1.0/" + name, (byte[]) files[i + 1]);
        }
        content.put(
                folder + "metadata.json",
                text(
                        "{\"artifactId\": \""
                                + artifactId
                                + "\", \"artifacts\": [{\"version\": \"1.0\", \"files\": {"
                                + items
                                + "}}]}"));
        return new SmallData(artifactId + " artifact", dataset, content);
    }

    private static SmallData svhn(String form, byte[] file) {
        return new SmallData(form, "svhn", Map.of("train_32x32.mat", file, "test_32x32.mat", file));
    }

    private static Map<String, byte[]> tinyImageNet() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("wnids.txt", text("n01\n"));
        files.put("words.txt", text("n01\tfish\n"));
        files.put("train/n01/images/n01_0.JPEG", jpeg(SIDE));
        files.put("val/images/val_0.JPEG", jpeg(SIDE));
        files.put("val/val_annotations.txt", text("val_0.JPEG\tn01\t0\t0\t9\t9\n"));
        return files;
    }

    private static byte[] idx(int magic, int... sizes) {
        return bytes(
                out -> {
                    out.writeInt(magic);
                    for (int size : sizes) {
                        out.writeInt(size);
                    }
                    out.write(new byte[Arrays.stream(sizes).reduce(1, (a, b) -> a * b)]);
                });
    }

    /** Encodes a square of one colour. */
    static byte[] jpeg(int side) {
        BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
        return bytes(out -> ImageIO.write(image, "jpg", out));
    }

    private static byte[] matlab(byte[]... elements) {
        byte[] start = new byte[128];
        start[125] = 1; // version 0x0100, little-endian
        start[126] = 'I';
        start[127] = 'M';
        return bytes(
                out -> {
                    out.write(start);
                    for (byte[] element : elements) {
                        out.write(element);
                    }
                });
    }

    private static byte[] array(String name, int[] sizes, byte[] numbers) {
        return element(
                14,
                bytes(
                        out -> {
                            out.write(element(6, ints(9, 0)));
                            out.write(element(5, ints(sizes)));
                            out.write(element(1, text(name)));
                            out.write(element(2, numbers));
                        }));
    }

    private static byte[] deflated(byte[] content) {
        return element(
                15,
                bytes(
                        out -> {
                            try (OutputStream deflater = new DeflaterOutputStream(out)) {
                                deflater.write(content);
                            }
                        }));
    }

    private static byte[] element(int type, byte[] content) {
        int padded = type == 15 ? content.length : (content.length + 7) / 8 * 8;
        return ByteBuffer.allocate(8 + padded)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(type)
                .putInt(content.length)
                .put(content)
                .array();
    }

    private static byte[] ints(int... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int number : numbers) {
            bytes.putInt(number);
        }
        return bytes.array();
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] gzip(byte[] content) {
        return bytes(
                out -> {
                    try (OutputStream gzip = new GZIPOutputStream(out)) {
                        gzip.write(content);
                    }
                });
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

    static byte[] zip(Map<String, byte[]> entries) {
        return bytes(
                out -> {
                    try (ZipOutputStream zip = new ZipOutputStream(out)) {
                        for (Map.Entry<String, byte[]> file : entries.entrySet()) {
                            zip.putNextEntry(new ZipEntry(file.getKey()));
                            zip.write(file.getValue());
                        }
                    }
                });
    }

    static byte[] bytes(Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            writing.to(out);
        } catch (IOException e) {
            throw new UncheckedIOException("memory can't fail", e);
        }
        return bytes.toByteArray();
    }
}
