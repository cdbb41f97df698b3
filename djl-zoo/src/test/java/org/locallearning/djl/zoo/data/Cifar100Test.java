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

import ai.djl.ndarray.types.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Cifar100Test {

    private static final int RECORD = 2 + 3072;

    @TempDir private Path temp;

    @Test
    void readsTheUnpackedFiles() throws Exception {
        byte[] test = records(2, 120);
        write(temp, records(1, 150), test);
        assertRead(temp, test, "train.bin and test.bin");
        Path parent = Files.createDirectories(temp.resolve("parent"));
        write(Files.createDirectories(parent.resolve("cifar-100-binary")), records(1, 150), test);
        assertRead(parent, test, "cifar-100-binary/train.bin");
    }

    @Test
    void readsThePublishedArchive() throws Exception {
        byte[] test = records(4, 120);
        Path archive = temp.resolve("cifar-100-binary.tar.gz");
        Files.write(archive, archive(records(3, 150), test));
        assertRead(temp, test, "cifar-100-binary.tar.gz");
        assertRead(archive, test, "cifar-100-binary.tar.gz");
        Path renamed = Files.copy(archive, temp.resolve("download.tgz"));
        assertRead(renamed, test, "download.tgz");
    }

    @Test
    void readsAnArtifact() throws Exception {
        byte[] test = records(6, 120);
        Path root =
                new RepositoryOnDisk(temp)
                        .file("train.bin", RepositoryOnDisk.gzip(records(5, 150)))
                        .file("test.bin", RepositoryOnDisk.gzip(test))
                        .write("cifar100");
        assertRead(root, test, "ai.djl.basicdataset:cifar100:1.0");
    }

    @Test
    void filesThatChangeInTheirPlaceAreReadAnew() throws Exception {
        for (int seed = 0; seed < 3; seed++) {
            byte[] test = records(seed, 120);
            write(temp, records(1, 150), test);
            assertRead(temp, test, "");
            assertRead(temp, test, "");
        }
    }

    @Test
    void classesAreInAlphabeticalOrder() throws Exception {
        write(temp, records(1, 2), records(2, 2));
        try (ImageData data = load(temp)) {
            assertEquals(100, data.getClasses().size());
            assertEquals(
                    data.getClasses().stream().sorted().distinct().toList(), data.getClasses());
            // as in the authors' list
            assertEquals("apple", data.getClasses().get(0));
            assertEquals("lawn_mower", data.getClasses().get(41));
            assertEquals("worm", data.getClasses().get(99));
        }
    }

    @Test
    void canBeAugmented() throws Exception {
        write(temp, records(1, 20), records(2, 20));
        DataOptions options = DataOptions.builder().optRepository(temp).optAugment(true).build();
        try (ImageData data = DataSets.load("cifar100", options)) {
            assertEquals(new Shape(3, 32, 32), data.getSampleShape());
            assertTrue(data.getProvenance().contains("augmented by random 32x32 crop"));
        }
    }

    @Test
    void refusesDamagedFiles() throws Exception {
        byte[] sound = records(1, 3);
        assertFileRefused(
                Arrays.copyOf(sound, 5_000),
                "train.bin is damaged (5,000 bytes are not a whole number of 3,074-byte CIFAR-100"
                        + " images): replace it.");
        assertFileRefused(new byte[0], "0 bytes are not a whole number");
        byte[] otherClass = sound.clone();
        otherClass[RECORD + 1] = 100;
        assertFileRefused(otherClass, "image 1 has superclass 1 of 20 and class 100 of 100");
        byte[] otherSuperclass = sound.clone();
        otherSuperclass[0] = 20;
        assertFileRefused(otherSuperclass, "image 0 has superclass 20 of 20 and class 0 of 100");
    }

    @Test
    void refusesDamagedArchives() throws Exception {
        Path archive = temp.resolve("cifar-100-binary.tar.gz");
        byte[] sound = archive(records(1, 3), records(2, 3));
        Files.write(archive, Arrays.copyOf(sound, sound.length / 2));
        assertRefused("cifar100", options(temp), archive + " can't be unpacked", "copy it again");
        Files.write(archive, new byte[100]);
        assertRefused("cifar100", options(temp), archive + " can't be unpacked", "copy it again");
        Files.write(
                archive,
                RepositoryOnDisk.tarGz(Map.of("cifar-10-batches-bin/data_batch_1.bin", sound)));
        assertRefused("cifar100", options(temp), archive + " holds no file train.bin", "get ");
    }

    private void assertFileRefused(byte[] training, String part) throws Exception {
        write(temp, training, records(2, 3));
        assertRefused("cifar100", options(temp), part);
    }

    /** Checks the order, labels and pixels of the test part, and the number of training images. */
    private static void assertRead(Path root, byte[] test, String source) throws Exception {
        try (ImageData data = load(root)) {
            assertEquals("CIFAR-100", data.getTitle());
            assertTrue(data.getProvenance().contains(source), data.getProvenance());
            assertEquals(new Shape(3, 32, 32), data.getSampleShape());
            assertEquals(150, data.getTrainingSize());
            int count = test.length / RECORD;
            assertArrayEquals(
                    LongStream.range(0, count).map(i -> i % 100).toArray(),
                    Batches.labels(data.test(50)));
            byte[] pixels = new byte[count * 3072];
            for (int i = 0; i < count; i++) {
                System.arraycopy(test, i * RECORD + 2, pixels, i * 3072, 3072);
            }
            assertArrayEquals(pixels, Batches.pixels(data.test(50)));
        }
    }

    private static ImageData load(Path root) throws Exception {
        return DataSets.load("cifar100", options(root).optStandardize(false).build());
    }

    private static DataOptions.Builder options(Path root) {
        return DataOptions.builder().optRepository(root);
    }

    private static void write(Path folder, byte[] training, byte[] test) throws Exception {
        Files.write(folder.resolve("train.bin"), training);
        Files.write(folder.resolve("test.bin"), test);
    }

    private static byte[] archive(byte[] training, byte[] test) {
        return RepositoryOnDisk.tarGz(
                Map.of(
                        "cifar-100-binary/train.bin",
                        training,
                        "cifar-100-binary/test.bin",
                        test,
                        "cifar-100-binary/fine_label_names.txt",
                        new byte[] {'a'}));
    }

    /** Records of CIFAR-100: superclass i mod 20, class i mod 100, and random pixels. */
    private static byte[] records(long seed, int count) {
        byte[] records = new byte[count * RECORD];
        new Random(seed).nextBytes(records);
        for (int i = 0; i < count; i++) {
            records[i * RECORD] = (byte) (i % 20);
            records[i * RECORD + 1] = (byte) (i % 100);
        }
        return records;
    }
}
