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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.MatFile;
import us.hebi.matlab.mat.types.MatlabType;
import us.hebi.matlab.mat.types.Matrix;

class SvhnTest {

    @TempDir private Path temp;

    @Test
    void readsTheMatlabFiles() throws Exception {
        for (MatlabType labels : List.of(MatlabType.UInt8, MatlabType.Double)) {
            write("train_32x32.mat", images(1, 25), labels(25, 0, labels));
            Matrix images = images(2, 13);
            write("test_32x32.mat", images, labels(13, 7, labels));
            for (int pass = 0; pass < 2; pass++) {
                try (ImageData data = load(temp)) {
                    assertEquals("SVHN", data.getTitle());
                    assertEquals(new Shape(3, 32, 32), data.getSampleShape());
                    assertEquals(25, data.getTrainingSize());
                    assertEquals(
                            List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
                            data.getClasses());
                    // the labels count up from 8, and 10 is the digit 0
                    assertArrayEquals(
                            new long[] {8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0},
                            Batches.labels(data.test(5)));
                    assertArrayEquals(rowMajor(images), Batches.pixels(data.test(5)));
                }
            }
        }
    }

    @Test
    void readsAnArtifact() throws Exception {
        write("train_32x32.mat", images(1, 25), labels(25, 0, MatlabType.UInt8));
        Matrix images = images(2, 13);
        write("test_32x32.mat", images, labels(13, 0, MatlabType.UInt8));
        Path root =
                new RepositoryOnDisk(temp.resolve("repository"))
                        .file(
                                "train_32x32.mat",
                                Files.readAllBytes(temp.resolve("train_32x32.mat")))
                        .file("test_32x32.mat", Files.readAllBytes(temp.resolve("test_32x32.mat")))
                        .write("svhn");
        try (ImageData data = load(root)) {
            assertTrue(data.getProvenance().contains("ai.djl.basicdataset:svhn:1.0"));
            assertArrayEquals(rowMajor(images), Batches.pixels(data.test(5)));
        }
    }

    @Test
    void refusesOtherContent() throws Exception {
        write("train_32x32.mat", images(1, 12), labels(12, 0, MatlabType.UInt8));
        write("test_32x32.mat", images(1, 12), labels(11, 0, MatlabType.UInt8));
        Path test = temp.resolve("test_32x32.mat");
        assertRefused(
                "svhn",
                options(temp),
                test
                        + " holds X of type uint8 and size [32, 32, 3, 12] with 11 labels instead of"
                        + " uint8 of size [32, 32, 3, 11]");
        write(
                "test_32x32.mat",
                Mat5.newMatrix(new int[] {32, 32, 3, 2}),
                labels(2, 0, MatlabType.UInt8));
        assertRefused("svhn", options(temp), test + " holds X of type double");
        Matrix eleven = labels(12, 0, MatlabType.UInt8);
        eleven.setInt(5, 11);
        write("test_32x32.mat", images(1, 12), eleven);
        assertRefused("svhn", options(temp), test + " holds the label 11, but labels are 1 to 10");
        Mat5.writeToFile(Mat5.newMatFile().addArray("X", images(1, 12)), test.toFile());
        assertRefused("svhn", options(temp), test + " can't be read as a MATLAB 5 file");
    }

    @Test
    void refusesDamagedFiles() throws Exception {
        write("train_32x32.mat", images(1, 12), labels(12, 0, MatlabType.UInt8));
        Path file = temp.resolve("test_32x32.mat");
        write("test_32x32.mat", images(2, 12), labels(12, 0, MatlabType.UInt8));
        byte[] sound = Files.readAllBytes(file);
        for (int length : new int[] {0, 60, 128, 140, sound.length / 2, sound.length - 40}) {
            Files.write(file, Arrays.copyOf(sound, length));
            assertRefused(
                    "svhn",
                    options(temp),
                    file + " can't be read as a MATLAB 5 file",
                    "truncated or damaged; copy it again.");
        }
        Files.writeString(file, "no MATLAB file at all, ".repeat(50));
        assertRefused("svhn", options(temp), file + " can't be read as a MATLAB 5 file");
    }

    private void write(String name, Matrix images, Matrix labels) throws IOException {
        MatFile file = Mat5.newMatFile().addArray("X", images).addArray("y", labels);
        Mat5.writeToFile(file, temp.resolve(name).toFile());
    }

    private static Matrix images(long seed, int count) {
        Random random = new Random(seed);
        Matrix images = Mat5.newMatrix(new int[] {32, 32, 3, count}, MatlabType.UInt8);
        for (int i = 0; i < images.getNumElements(); i++) {
            images.setByte(i, (byte) random.nextInt(256));
        }
        return images;
    }

    private static Matrix labels(int count, int shift, MatlabType type) {
        Matrix labels = Mat5.newMatrix(count, 1, type);
        for (int i = 0; i < count; i++) {
            labels.setInt(i, (i + shift) % 10 + 1);
        }
        return labels;
    }

    /** The images by channel, row and column, as MATLAB's subscripts name them. */
    private static byte[] rowMajor(Matrix images) {
        int count = images.getDimensions()[3];
        byte[] pixels = new byte[count * 3072];
        int at = 0;
        for (int i = 0; i < count; i++) {
            for (int channel = 0; channel < 3; channel++) {
                for (int row = 0; row < 32; row++) {
                    for (int column = 0; column < 32; column++) {
                        pixels[at++] = images.getByte(new int[] {row, column, channel, i});
                    }
                }
            }
        }
        return pixels;
    }

    private static ImageData load(Path root) throws Exception {
        return DataSets.load("svhn", options(root).optStandardize(false).build());
    }

    private static DataOptions.Builder options(Path root) {
        return DataOptions.builder().optRepository(root);
    }
}
