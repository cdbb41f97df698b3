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

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.locallearning.djl.zoo.repository.RepositoryException;

class PublishedImagesTest {

    private static final int PIXELS = 3 * 32 * 32;

    @TempDir private Path temp;

    @Test
    void givesImagesAndLabelsAsDataSetsOfDjlDo() throws Exception {
        byte[] training = records(1, 7);
        byte[] test = records(2, 5);
        Files.write(temp.resolve("train.bin"), training);
        Files.write(temp.resolve("test.bin"), test);

        assertHolds(training, images(Dataset.Usage.TRAIN));
        assertHolds(test, images(Dataset.Usage.TEST));
    }

    /** Pixels stay where they are when Java takes its own memory back. */
    @Test
    void imagesOutliveGarbageCollectionAndScopes() throws Exception {
        byte[] training = records(1, 7);
        Files.write(temp.resolve("train.bin"), training);
        Files.write(temp.resolve("test.bin"), records(2, 5));
        PublishedImages images = images(Dataset.Usage.TRAIN);
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            images.prepare();
        }
        List<ByteBuffer> others = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            System.gc();
            Thread.sleep(50);
            for (int i = 0; i < 50; i++) {
                others.add(ByteBuffer.allocateDirect(training.length).put(new byte[] {1, 2, 3}));
            }
        }
        assertHolds(training, images);
        assertEquals(150, others.size());
    }

    private PublishedImages images(Dataset.Usage usage) {
        return Cifar100.builder().setRepository(temp).optUsage(usage).setSampling(4, false).build();
    }

    private static void assertHolds(byte[] records, PublishedImages images) throws Exception {
        images.prepare();
        images.prepare();
        assertEquals(100, images.getClasses().size());
        int index = 0;
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            for (Batch batch : images.getData(manager)) {
                assertEquals(DataType.FLOAT32, batch.getData().head().getDataType());
                long[] labels = batch.getLabels().head().toLongArray();
                assertEquals(
                        new Shape(labels.length, 3, 32, 32), batch.getData().head().getShape());
                float[] pixels = batch.getData().head().toFloatArray();
                for (int i = 0; i < labels.length; i++) {
                    int record = index++ * (2 + PIXELS);
                    assertEquals(records[record + 1], labels[i]);
                    float[] expected = new float[PIXELS];
                    float[] found = new float[PIXELS];
                    for (int p = 0; p < PIXELS; p++) {
                        expected[p] = (records[record + 2 + p] & 0xff) / 255f;
                        found[p] = pixels[i * PIXELS + p];
                    }
                    assertArrayEquals(expected, found, 1e-6f);
                }
                batch.close();
            }
        }
        assertEquals(records.length / (2 + PIXELS), index);
    }

    @Test
    void saysWhatIsMissing() {
        PublishedImages validation = images(Dataset.Usage.VALIDATION);
        assertTrue(
                assertThrows(UnsupportedOperationException.class, validation::prepare)
                        .getMessage()
                        .startsWith("The data set cifar100 has no validation images"));
        assertThrows(IllegalStateException.class, validation::getClasses);
        assertThrows(RepositoryException.class, () -> images(Dataset.Usage.TRAIN).prepare());
        assertThrows(
                NullPointerException.class, () -> Svhn.builder().setSampling(4, false).build());
        PublishedImages absent =
                TinyImageNet.builder()
                        .setRepository(temp.resolve("nosuch"))
                        .setSampling(4, false)
                        .build();
        assertTrue(
                assertThrows(RepositoryException.class, absent::prepare)
                        .getMessage()
                        .contains("nosuch"));
    }

    /** Superclass below 20, class below 100, and pixels at random. */
    private static byte[] records(int seed, int count) {
        byte[] records = new byte[count * (2 + PIXELS)];
        Random random = new Random(seed);
        random.nextBytes(records);
        for (int i = 0; i < count; i++) {
            records[i * (2 + PIXELS)] = (byte) random.nextInt(20);
            records[i * (2 + PIXELS) + 1] = (byte) random.nextInt(100);
        }
        return records;
    }
}
