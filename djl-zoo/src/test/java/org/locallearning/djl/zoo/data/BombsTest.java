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

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.locallearning.djl.zoo.data.PublishedDataSetTest.assertRefused;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.locallearning.djl.zoo.repository.CacheFolder;

/** Small files that unpack to big ones, or say so. None may leave anything in the cache. */
class BombsTest {

    private static final int MEGABYTE = 1_000_000;

    @TempDir private Path temp;

    private Set<Path> cachedBefore;

    @BeforeEach
    void lookAtTheCache() throws IOException {
        cachedBefore = cached();
    }

    @AfterEach
    void nothingIsLeftInTheCache() throws IOException {
        assertEquals(cachedBefore, cached());
    }

    @Test
    void stopsUnpackingGzipAtWhatMnistHolds() throws Exception {
        for (boolean checksums : new boolean[] {true, false}) {
            byte[] bomb = zeros(new byte[0], 60 * MEGABYTE);
            RepositoryOnDisk repository = new RepositoryOnDisk(temp.resolve("r" + checksums));
            if (!checksums) {
                repository.withoutChecksums();
            }
            Path root = repository.mnist(20, 10, 10).file("train_data", bomb).write("mnist");
            assertRefused(
                    "mnist",
                    options(root),
                    repository.place("mnist", "train_data") + " unpacks to more than 47,040,016");
        }
    }

    @Test
    void stopsUnpackingRecordsAtWhatCifarHolds() throws Exception {
        byte[] bomb = zeros(new byte[0], 160 * MEGABYTE);
        Path root =
                new RepositoryOnDisk(temp.resolve("r"))
                        .file("data_batch.bin", bomb)
                        .file("test_batch.bin", bomb)
                        .write("cifar10");
        assertRefused("cifar10", options(root), " unpacks to more than 153,650,000 bytes");
    }

    @Test
    void refusesABigFileInAnArchiveOfImages() throws Exception {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("0_airplane/1.jpg", new byte[2 * MEGABYTE]);
        byte[] archive = RepositoryOnDisk.tarGz(entries);
        Path root =
                new RepositoryOnDisk(temp)
                        .file("train", archive)
                        .file("test", archive)
                        .write("cifar10-jpeg");
        assertRefused("cifar10", options(root), "0_airplane/1.jpg holds more than 1,048,576 bytes");
    }

    @Test
    void refusesBigTextsAndImagesInAZip() throws Exception {
        Path zip = temp.resolve("tiny-imagenet-200.zip");
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("words.txt", new byte[0]);
        entries.put("wnids.txt", new byte[20 * MEGABYTE]);
        Files.write(zip, zip(entries));
        assertRefused(
                "tiny-imagenet", options(temp), "wnids.txt unpacks to more than 16,000,000 bytes");
        entries.put("wnids.txt", "n01\n".getBytes(StandardCharsets.UTF_8));
        entries.put("train/n01/images/n01_0.JPEG", new byte[5 * MEGABYTE]);
        Files.write(zip, zip(entries));
        assertRefused("tiny-imagenet", options(temp), "n01_0.JPEG holds more than 1,048,576 bytes");
    }

    @Test
    void believesNoSizeInAJpegHeader() throws Exception {
        byte[] jpeg = JpegImagesTest.jpeg(64);
        byte[] huge = JpegImagesTest.withSize(jpeg, 20_000, 20_000);
        tinyImageNet(huge);
        assertRefused(
                "tiny-imagenet",
                options(temp),
                "n01_0.JPEG is 20000x20000 pixels instead of 64x64");
        ByteBuffer png = ByteBuffer.allocate(60);
        png.put(new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0, 0, 13});
        png.put(new byte[] {'I', 'H', 'D', 'R'}).putInt(20_000).putInt(20_000);
        tinyImageNet(png.array());
        assertRefused(
                "tiny-imagenet", options(temp), "n01_0.JPEG is not a JPEG image but a PNG image");
    }

    /** Arrays beside X and y are passed over deflated, and X no further than it may be. */
    @Test
    void inflatesOfAMatlabFileWhatIsNeeded() throws Exception {
        byte[] pixels = new byte[2 * 3072];
        Arrays.fill(pixels, (byte) 7);
        byte[] x = array("X", 9, new int[] {32, 32, 3, 2}, pixels);
        byte[] y = array("y", 9, new int[] {2, 1}, new byte[] {1, 2});
        byte[] other = zeros(header("Z", 9, new int[] {400, 1_000_000}), 20 * MEGABYTE, true);
        matlab(element(15, other), deflated(x), deflated(y));
        try (ImageData data = DataSets.load("svhn", options(temp).optStandardize(false).build())) {
            assertArrayEquals(pixels, Batches.pixels(data.test(2)));
        }
        cachedBefore = cached();

        byte[] many = zeros(header("X", 9, new int[] {32, 32, 3, 80_000}), 20 * MEGABYTE, true);
        matlab(element(15, many), deflated(y));
        assertRefused("svhn", options(temp), "X of type uint8 and size [32, 32, 3, 80000]");
        matlab(deflated(x), deflated(array("y", 9, new int[] {100_000_000, 1}, new byte[8])));
        assertRefused("svhn", options(temp), "holds 100,000,000 labels, but parts of SVHN have");
        for (int[] sizes :
                List.of(
                        new int[] {32, 32, 3, -1},
                        new int[] {65_536, 65_536, 65_536, 65_536},
                        new int[] {32, 32, 3},
                        new int[] {})) {
            matlab(deflated(array("X", 9, sizes, pixels)), deflated(y));
            assertRefused("svhn", options(temp), "train_32x32.mat");
        }
        // an element that says that it is longer than its file, and one that is longer than its
        // array
        matlab(element(15, new byte[0], Integer.MAX_VALUE));
        assertRefused("svhn", options(temp), "train_32x32.mat can't be read");
        byte[] longer = array("X", 9, new int[] {32, 32, 3, 2}, new byte[3 * 3072]);
        matlab(deflated(longer), deflated(y));
        assertRefused("svhn", options(temp), "train_32x32.mat can't be read");
        byte[] tail = Arrays.copyOf(x, x.length + MEGABYTE);
        ByteBuffer.wrap(tail).order(ByteOrder.LITTLE_ENDIAN).putInt(4, tail.length - 8);
        matlab(deflated(tail), deflated(y));
        matlab(element(15, zeros(x, 20 * MEGABYTE, true)), deflated(y));
        assertRefused("svhn", options(temp), "an array goes on after its end");
    }

    /** Writes the smallest Tiny ImageNet: one class with one image. */
    private void tinyImageNet(byte[] image) throws IOException {
        Path images = Files.createDirectories(temp.resolve("train/n01/images"));
        Files.write(images.resolve("n01_0.JPEG"), image);
        Files.writeString(temp.resolve("wnids.txt"), "n01\n");
        Files.writeString(temp.resolve("words.txt"), "n01\tfish\n");
        Files.createDirectories(temp.resolve("val"));
    }

    private void matlab(byte[]... elements) throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        byte[] start = new byte[128];
        start[125] = 1; // version 0x0100, little-endian
        start[126] = 'I';
        start[127] = 'M';
        file.write(start);
        for (byte[] element : elements) {
            file.write(element);
        }
        for (String name : List.of("train_32x32.mat", "test_32x32.mat")) {
            Files.write(temp.resolve(name), file.toByteArray());
        }
    }

    /** An array's tag, flags, sizes and name. */
    private static byte[] header(String name, int type, int[] sizes) throws IOException {
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        header.write(element(14, new byte[0], 400 * MEGABYTE));
        header.write(element(6, ints(type, 0)));
        header.write(element(5, ints(sizes)));
        header.write(element(1, name.getBytes(StandardCharsets.ISO_8859_1)));
        return header.toByteArray();
    }

    private static byte[] array(String name, int type, int[] sizes, byte[] numbers)
            throws IOException {
        ByteArrayOutputStream array = new ByteArrayOutputStream();
        array.write(header(name, type, sizes));
        array.write(element(2, numbers));
        byte[] content = array.toByteArray();
        ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).putInt(4, content.length - 8);
        return content;
    }

    private static byte[] element(int type, byte[] content) {
        return element(type, content, content.length);
    }

    private static byte[] element(int type, byte[] content, int length) {
        int padded = type == 15 ? content.length : (content.length + 7) / 8 * 8;
        return ByteBuffer.allocate(8 + padded)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(type)
                .putInt(length)
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

    private static byte[] deflated(byte[] content) throws IOException {
        return element(15, zeros(content, 0, true));
    }

    private static byte[] zeros(byte[] start, int count) throws IOException {
        return zeros(start, count, false);
    }

    /** Packs some bytes with zeros after them. */
    private static byte[] zeros(byte[] start, int count, boolean deflated) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out =
                deflated ? new DeflaterOutputStream(packed) : new GZIPOutputStream(packed)) {
            out.write(start);
            byte[] some = new byte[MEGABYTE];
            for (int left = count; left > 0; left -= some.length) {
                out.write(some, 0, Math.min(left, some.length));
            }
        }
        return packed.toByteArray();
    }

    private static byte[] zip(Map<String, byte[]> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
            }
        }
        assertTrue(bytes.size() < MEGABYTE);
        return bytes.toByteArray();
    }

    private static Set<Path> cached() throws IOException {
        Path root = CacheFolder.root();
        if (!Files.exists(root)) {
            return Set.of();
        }
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile).collect(Collectors.toSet());
        }
    }

    private static DataOptions.Builder options(Path root) {
        return DataOptions.builder().optRepository(root);
    }
}
