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
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.types.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.locallearning.djl.zoo.repository.RepositoryException;

class Cifar10Test {

    private static final int RED = 200;
    private static final int GREEN = 100;
    private static final int BLUE = 50;

    @TempDir private Path temp;

    @Test
    void readsTheBinaryFormThroughDjl() throws Exception {
        Path root = binary("cifar10 for a test").write("cifar10");
        try (ImageData data = load(root)) {
            assertEquals("CIFAR-10", data.getTitle());
            assertTrue(data.getProvenance().contains("ai.djl.basicdataset:cifar10:1.0"));
            assertEquals(new Shape(3, 32, 32), data.getSampleShape());
            assertEquals(15, data.getTrainingSize());
            assertPlanes(data, 0);
            Batches.Content batch = Batches.of(data.test(12)).get(0);
            assertArrayEquals(new long[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1}, batch.labels());
        }
    }

    @Test
    void prefersTheBinaryForm() throws Exception {
        jpeg(temp, RepositoryOnDisk.CIFAR10_FOLDERS);
        Path root = binary("both are there").write("cifar10");
        try (ImageData data = load(root)) {
            assertEquals("CIFAR-10", data.getTitle());
        }
    }

    @Test
    void saysSoWhereTheBinaryFormWasMadeFromJpeg() throws Exception {
        Path root = binary("CIFAR-10 from JPEG re-encodings (lossy)").write("cifar10");
        try (ImageData data = load(root)) {
            assertEquals("CIFAR-10 (JPEG re-encoded)", data.getTitle());
        }
    }

    @Test
    void refusesBrokenRecords() throws Exception {
        byte[] records = RepositoryOnDisk.cifarRecords(12, RED, GREEN, BLUE);
        Path root =
                binary("broken")
                        .file(
                                "test_batch.bin",
                                RepositoryOnDisk.gzip(Arrays.copyOf(records, 5_000)))
                        .write("cifar10");
        assertRefused(root, "5,000 bytes are not a whole number of 3,073-byte CIFAR-10 images");
    }

    @Test
    void readsAnArchiveOfJpegFiles() throws Exception {
        Path root = jpeg(temp, RepositoryOnDisk.CIFAR10_FOLDERS);
        for (int pass = 0; pass < 2; pass++) {
            try (ImageData data = load(root)) {
                assertEquals("CIFAR-10 (JPEG re-encoded)", data.getTitle());
                assertTrue(data.getProvenance().contains("cifar10-jpeg"));
                assertPlanes(data, 3); // what JPEG may change of a single colour
                Batches.Content batch = Batches.of(data.test(10)).get(0);
                // ordered by file number, which counts down the classes
                assertArrayEquals(new long[] {9, 8, 7, 6, 5, 4, 3, 2, 1, 0}, batch.labels());
            }
        }
    }

    @Test
    void archivesOfTwoRepositoriesStayApart() throws Exception {
        Path first = jpeg(temp.resolve("first"), RepositoryOnDisk.CIFAR10_FOLDERS);
        load(first).close();
        Path second =
                new RepositoryOnDisk(temp.resolve("second"))
                        .file("train", archive(RepositoryOnDisk.CIFAR10_FOLDERS, 0, 0, 0))
                        .file("test", archive(RepositoryOnDisk.CIFAR10_FOLDERS, 0, 0, 0))
                        .write("cifar10-jpeg");
        try (ImageData data = load(second)) {
            assertEquals(0, Batches.firstImage(data.test(1))[0]);
        }
    }

    @Test
    void refusesAnArchiveOfOtherClasses() throws Exception {
        String[] folders = RepositoryOnDisk.CIFAR10_FOLDERS.clone();
        folders[3] = "3_dragon";
        assertRefused(jpeg(temp, folders), "bird, dragon, deer");
    }

    @Test
    void refusesADamagedArchive() throws Exception {
        byte[] sound = archive(RepositoryOnDisk.CIFAR10_FOLDERS, RED, GREEN, BLUE);
        Path root =
                new RepositoryOnDisk(temp)
                        .withoutChecksums()
                        .file("train", Arrays.copyOf(sound, sound.length / 2))
                        .file("test", sound)
                        .write("cifar10-jpeg");
        assertRefused(root, "train.tgz can't be unpacked");
    }

    @Test
    void aDamagedCacheFileIsNotBelieved() throws Exception {
        LabelledImages images =
                new LabelledImages(new Shape(1, 1, 2), new byte[] {1, 2, 3, 4}, new byte[] {5, 6});
        Path file = temp.resolve("deep/in/the.cache");
        assertEquals(Optional.empty(), DecodedImages.read(file));
        DecodedImages.write(images, file);
        LabelledImages read = DecodedImages.read(file).orElseThrow();
        assertEquals(images.shape(), read.shape());
        assertArrayEquals(images.pixels(), read.pixels());
        assertArrayEquals(images.labels(), read.labels());
        byte[] content = Files.readAllBytes(file);
        for (int at = 0; at < content.length; at++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] damaged = content.clone();
                damaged[at] ^= (byte) (1 << bit);
                Files.write(file, damaged);
                assertEquals(Optional.empty(), DecodedImages.read(file), "byte " + at);
            }
        }
        for (int length = 0; length < content.length; length++) {
            Files.write(file, Arrays.copyOf(content, length));
            assertEquals(Optional.empty(), DecodedImages.read(file), "length " + length);
        }
        DecodedImages.write(images, file);
        assertTrue(DecodedImages.read(file).isPresent());
        try (var left = Files.list(file.getParent())) {
            assertEquals(List.of(file), left.toList());
        }
    }

    private RepositoryOnDisk binary(String description) {
        return new RepositoryOnDisk(temp)
                .described(description)
                .file("data_batch.bin", records(15))
                .file("test_batch.bin", records(12));
    }

    private static byte[] records(int count) {
        return RepositoryOnDisk.gzip(RepositoryOnDisk.cifarRecords(count, RED, GREEN, BLUE));
    }

    private static Path jpeg(Path root, String[] folders) throws Exception {
        byte[] archive = archive(folders, RED, GREEN, BLUE);
        return new RepositoryOnDisk(root)
                .file("train", archive)
                .file("test", archive)
                .write("cifar10-jpeg");
    }

    private static byte[] archive(String[] folders, int red, int green, int blue) {
        return RepositoryOnDisk.jpegArchive(folders, red, green, blue);
    }

    private static ImageData load(Path root) throws Exception {
        return DataSets.load(
                "cifar10", DataOptions.builder().optRepository(root).optStandardize(false).build());
    }

    private static void assertPlanes(ImageData data, float tolerance) throws Exception {
        float[] image = Batches.firstImage(data.training(5));
        for (int i = 0; i < 1024; i++) {
            assertEquals(RED, 255 * image[i], tolerance + 1e-3f);
            assertEquals(GREEN, 255 * image[1024 + i], tolerance + 1e-3f);
            assertEquals(BLUE, 255 * image[2048 + i], tolerance + 1e-3f);
        }
    }

    private static void assertRefused(Path root, String part) {
        RepositoryException refusal =
                assertThrows(RepositoryException.class, () -> load(root).close());
        assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
    }
}
