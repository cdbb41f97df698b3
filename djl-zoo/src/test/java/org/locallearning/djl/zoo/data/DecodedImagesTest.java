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
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.types.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.locallearning.djl.zoo.repository.CacheFolder;

/** What is in the cache folder is believed only as it was written. */
class DecodedImagesTest {

    @TempDir private Path temp;

    @Test
    void everyDataSetIsReadAnewWhereItsCacheWasChanged() throws Exception {
        byte[] records = RepositoryOnDisk.gzip(RepositoryOnDisk.cifarRecords(12, 10, 20, 30));
        byte[] jpegs = RepositoryOnDisk.jpegArchive(RepositoryOnDisk.CIFAR10_FOLDERS, 10, 20, 30);
        assertReadAnew(
                "mnist", new RepositoryOnDisk(temp.resolve("a")).mnist(20, 10, 99).write("mnist"));
        assertReadAnew(
                "fashion-mnist",
                new RepositoryOnDisk(temp.resolve("b")).mnist(20, 10, 99).write("fashmnist"));
        assertReadAnew(
                "cifar10",
                new RepositoryOnDisk(temp.resolve("c"))
                        .file("data_batch.bin", records)
                        .file("test_batch.bin", records)
                        .write("cifar10"));
        assertReadAnew(
                "cifar10",
                new RepositoryOnDisk(temp.resolve("d"))
                        .file("train", jpegs)
                        .file("test", jpegs)
                        .write("cifar10-jpeg"));
        Path published = Files.createDirectory(temp.resolve("e"));
        for (String name : List.of("train.bin", "test.bin")) {
            byte[] content = new byte[12 * 3074];
            Arrays.fill(content, (byte) 17);
            Files.write(published.resolve(name), content);
        }
        assertReadAnew("cifar100", published);
    }

    private static void assertReadAnew(String name, Path root) throws Exception {
        Set<Path> before = cached();
        byte[] expected = pixels(name, root);
        Set<Path> written = cached();
        written.removeAll(before);
        assertEquals(2, written.size(), name);
        for (Path file : written) {
            byte[] black = Files.readAllBytes(file);
            Arrays.fill(black, black.length / 2, black.length - 32, (byte) 0);
            Files.write(file, black);
        }
        assertArrayEquals(expected, pixels(name, root), name);
        for (Path file : written) {
            Files.delete(file);
        }
        assertArrayEquals(expected, pixels(name, root), name);
        for (Path file : written) {
            Files.write(file, new byte[0]);
        }
        assertArrayEquals(expected, pixels(name, root), name);
    }

    private static byte[] pixels(String name, Path root) throws Exception {
        try (ImageData data =
                DataSets.load(
                        name,
                        DataOptions.builder().optRepository(root).optStandardize(false).build())) {
            return Batches.pixels(data.test(100));
        }
    }

    @Test
    void aCacheThatCanNotBeWrittenOrReadIsDoneWithout() throws Exception {
        Path noFolder = Files.writeString(temp.resolve("file"), "");
        LabelledImages images = images(1);
        LabelledImages read =
                DecodedImages.readOrDecode(noFolder.resolve("some.images"), () -> images);
        assertEquals(images, read);
        Path folder = Files.createDirectory(temp.resolve("folder.images"));
        assertEquals(images, DecodedImages.readOrDecode(folder, () -> images));
    }

    @Test
    void manyMayWriteAtOnce() throws Exception {
        Path file = temp.resolve("some.images");
        LabelledImages images = images(2);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<LabelledImages>> readers = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                readers.add(() -> DecodedImages.readOrDecode(file, () -> images));
            }
            for (Future<LabelledImages> read : threads.invokeAll(readers)) {
                assertArrayEquals(images.pixels(), read.get().pixels());
                assertArrayEquals(images.labels(), read.get().labels());
            }
        } finally {
            threads.shutdown();
        }
        try (Stream<Path> left = Files.list(temp)) {
            assertEquals(List.of(file), left.toList());
        }
    }

    @Test
    void deletesWhatKilledProcessesLeft() throws Exception {
        Path file = temp.resolve("some.images");
        Path old = Files.writeString(temp.resolve("some.images.1234.tmp"), "half");
        Path fresh = Files.writeString(temp.resolve("some.images.5678.tmp"), "half");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
        DecodedImages.write(images(3), file);
        assertFalse(Files.exists(old));
        assertTrue(Files.exists(fresh), "another process may be writing it");
    }

    private static LabelledImages images(long seed) {
        byte[] pixels = new byte[100 * 12];
        new Random(seed).nextBytes(pixels);
        return new LabelledImages(new Shape(3, 2, 2), pixels, new byte[100]);
    }

    private static Set<Path> cached() throws Exception {
        if (!Files.exists(CacheFolder.root())) {
            return Set.of();
        }
        try (Stream<Path> files = Files.walk(CacheFolder.root())) {
            return new HashSet<>(files.filter(Files::isRegularFile).toList());
        }
    }
}
