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
package org.locallearning.djl.zoo.augmentation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.RandomAccessDataset;
import ai.djl.training.dataset.Record;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The pixels of the images say where they were: channel 0 holds the row plus 1, channel 1 the
 * column plus 1, channel 2 a number that tells images apart. Beyond the border, all are zero.
 */
class TransformedDatasetTest {

    private static final int SIDE = 10;
    private static final int PADDING = 2;
    private static final int PLACES = (2 * PADDING + 1) * (2 * PADDING + 1);
    private static final SpatialTransform CROP_AND_FLIP =
            new RandomCrop(SIDE, PADDING).andThen(new RandomHorizontalFlip());

    private NDManager manager;

    @BeforeEach
    void openManager() {
        manager = NDManager.newBaseManager();
        Engine.getInstance().setRandomSeed(42);
    }

    @AfterEach
    void closeManager() {
        manager.close();
    }

    /** Where a crop was taken and whether it was mirrored. */
    private record Placement(int top, int left, boolean flipped) {}

    @Test
    void everyPixelComesFromItsOwnImageAndLabelsStay() throws Exception {
        Map<Long, byte[]> images = pass(dataset(300, CROP_AND_FLIP, 64));
        assertEquals(300, images.size());
        images.forEach(TransformedDatasetTest::placementOf); // which checks every pixel
    }

    @Test
    void placesAreUniformAndHalfTheImagesAreFlipped() throws Exception {
        int count = 100 * PLACES * 2;
        Map<Placement, Integer> counts = new HashMap<>();
        for (Map.Entry<Long, byte[]> image : pass(dataset(count, CROP_AND_FLIP, 500)).entrySet()) {
            counts.merge(placementOf(image.getKey(), image.getValue()), 1, Integer::sum);
        }
        assertEquals(PLACES * 2, counts.size());
        double chiSquared = 0;
        int flips = 0;
        for (Map.Entry<Placement, Integer> entry : counts.entrySet()) {
            chiSquared += Math.pow(entry.getValue() - 100, 2) / 100;
            flips += entry.getKey().flipped() ? entry.getValue() : 0;
        }
        // 49 degrees of freedom: beyond 85.4 with probability 0.001, below 23.98 likewise
        assertTrue(chiSquared < 85.4 && chiSquared > 23.98, "chi squared " + chiSquared);
        assertEquals(count / 2.0, flips, 4 * Math.sqrt(count) / 2);
    }

    @Test
    void imagesOfABatchAreDrawnIndependently() throws Exception {
        int count = 100 * PLACES * 2;
        Placement last = null;
        int alike = 0;
        int changes = 0;
        for (Map.Entry<Long, byte[]> image : pass(dataset(count, CROP_AND_FLIP, 500)).entrySet()) {
            Placement placement = placementOf(image.getKey(), image.getValue());
            alike += placement.equals(last) ? 1 : 0;
            changes += last != null && placement.flipped() != last.flipped() ? 1 : 0;
            last = placement;
        }
        // neighbours agree by chance in 1 of 50 places, and in every other flip
        assertEquals(100, alike, 4 * 10);
        assertEquals(count / 2.0, changes, 4 * Math.sqrt(count) / 2);
    }

    @Test
    void theEngineSeedFixesEveryBatchOfEveryPass() throws Exception {
        RandomAccessDataset dataset = dataset(100, CROP_AND_FLIP, 32);
        Engine.getInstance().setRandomSeed(7);
        List<Map<Long, byte[]>> first = List.of(pass(dataset), pass(dataset));
        Engine.getInstance().setRandomSeed(7);
        List<Map<Long, byte[]>> again = List.of(pass(dataset), pass(dataset));
        Engine.getInstance().setRandomSeed(8);
        Map<Long, byte[]> other = pass(dataset);
        assertSame(first.get(0), again.get(0));
        assertSame(first.get(1), again.get(1));
        assertTrue(alike(first.get(0), first.get(1)) < 20);
        assertTrue(alike(first.get(0), other) < 20);
    }

    @Test
    void batchSizeAndThreadsDoNotMatter() throws Exception {
        Engine.getInstance().setRandomSeed(7);
        Map<Long, byte[]> plain = pass(dataset(100, CROP_AND_FLIP, 32));
        Engine.getInstance().setRandomSeed(7);
        assertSame(plain, pass(dataset(100, CROP_AND_FLIP, 7)));
        ExecutorService executor = Executors.newFixedThreadPool(3);
        try {
            for (int attempt = 0; attempt < 5; attempt++) {
                Engine.getInstance().setRandomSeed(7);
                assertSame(plain, pass(dataset(100, CROP_AND_FLIP, 7), executor));
            }
        } finally {
            executor.shutdown();
        }
    }

    @Test
    void unshuffledBatchesAreTransformedToo() throws Exception {
        RandomAccessDataset dataset = builder(50, CROP_AND_FLIP).setSampling(8, false).build();
        Map<Long, byte[]> images = pass(dataset);
        assertEquals(50, images.size());
        images.forEach(TransformedDatasetTest::placementOf);
        assertTrue(alike(images, pass(dataset)) < 15);
    }

    @Test
    void partsOfADataSetAreDrawnAnewInEveryPass() throws Exception {
        RandomAccessDataset[] parts = dataset(100, CROP_AND_FLIP, 32).randomSplit(3, 1);
        assertEquals(75, parts[0].size());
        assertEquals(25, parts[1].size());
        Map<Long, byte[]> first = pass(parts[0]);
        Map<Long, byte[]> second = pass(parts[0]);
        Map<Long, byte[]> rest = pass(parts[1]);
        first.forEach(TransformedDatasetTest::placementOf);
        rest.forEach(TransformedDatasetTest::placementOf);
        assertEquals(first.keySet(), second.keySet());
        assertTrue(alike(first, second) < 15);
        rest.putAll(first);
        assertEquals(100, rest.size());
    }

    @Test
    void theLimitCountsFromTheFirstImage() throws Exception {
        RandomAccessDataset dataset =
                builder(50, CROP_AND_FLIP).setSampling(8, true).optLimit(20).build();
        Map<Long, byte[]> images = pass(dataset);
        assertEquals(20, images.size());
        assertTrue(images.keySet().stream().allMatch(label -> label < 20));
    }

    @Test
    void singleImagesAreTransformedToo() {
        TransformedDataset dataset = builder(5, CROP_AND_FLIP).setSampling(2, true).build();
        Record record = dataset.get(manager, 3);
        NDArray image = record.getData().singletonOrThrow();
        assertEquals(new Shape(3, SIDE, SIDE), image.getShape());
        assertEquals(3, record.getLabels().singletonOrThrow().getLong());
        placementOf(3, image.toByteArray());
    }

    @Test
    void aSmallerCropChangesTheShape() throws Exception {
        RandomAccessDataset dataset =
                builder(20, new RandomCrop(6, 0)).setSampling(20, true).build();
        for (Batch batch : dataset.getData(manager)) {
            NDArray images = batch.getData().singletonOrThrow();
            assertEquals(new Shape(20, 3, 6, 6), images.getShape());
            assertEquals(DataType.UINT8, images.getDataType());
            byte[] pixels = images.toByteArray();
            for (int i = 0; i < 20; i++) {
                int top = pixels[i * 108] - 1;
                int left = pixels[i * 108 + 36] - 1;
                for (int p = 0; p < 36; p++) {
                    assertEquals(top + p / 6 + 1, pixels[i * 108 + p]);
                    assertEquals(left + p % 6 + 1, pixels[i * 108 + 36 + p]);
                }
            }
            batch.close();
        }
    }

    @Test
    void thePipelineGetsTheTransformedBatch() throws Exception {
        RandomAccessDataset dataset =
                builder(20, new RandomCrop(6, 0))
                        .setSampling(20, true)
                        .addTransform(pixels -> pixels.toType(DataType.FLOAT32, true).mul(2))
                        .build();
        for (Batch batch : dataset.getData(manager)) {
            NDArray images = batch.getData().singletonOrThrow();
            assertEquals(new Shape(20, 3, 6, 6), images.getShape());
            assertEquals(DataType.FLOAT32, images.getDataType());
            assertEquals(0, images.toFloatArray()[0] % 2);
            batch.close();
        }
    }

    @Test
    void aBuilderCanBeUsedAgain() throws Exception {
        TransformedDataset.Builder builder = builder(20, CROP_AND_FLIP).setSampling(20, true);
        TransformedDataset first = builder.build();
        builder.setTransform(new RandomCrop(6, 0)).build();
        pass(first).forEach(TransformedDatasetTest::placementOf);
    }

    @Test
    void refusesWhatItCannotTransform() throws Exception {
        assertThrows(
                NullPointerException.class,
                () -> TransformedDataset.builder().setTransform(CROP_AND_FLIP).build());
        assertThrows(NullPointerException.class, () -> builder(5, null).build());
        ArrayDataset floats =
                new ArrayDataset.Builder()
                        .setData(manager.zeros(new Shape(4, 3, 8, 8)))
                        .setSampling(2, false)
                        .build();
        TransformedDataset dataset =
                TransformedDataset.builder()
                        .setImages(floats)
                        .setTransform(CROP_AND_FLIP)
                        .setSampling(2, false)
                        .build();
        assertEquals(
                "Images to be transformed are uint8 of shape (N, C, H, W), not float32 of shape"
                        + " (3, 8, 8) each.",
                assertThrows(IllegalStateException.class, () -> dataset.getByIndices(manager, 1, 3))
                        .getMessage());
        SpatialTransform sizes = (image, random) -> image.centerCrop(1 + random.nextInt(9), 3);
        assertThrows(
                IllegalStateException.class,
                () -> pass(builder(50, sizes).setSampling(50, false).build()));
    }

    @Test
    void transformsSayWhatTheyDo() {
        assertEquals(
                "random 10x10 crop with a padding of 2, random horizontal flip",
                CROP_AND_FLIP.toString());
        assertEquals("random 56x56 crop", new RandomCrop(56, 0).toString());
    }

    private TransformedDataset dataset(int count, SpatialTransform transform, int batchSize) {
        return builder(count, transform).setSampling(batchSize, true).build();
    }

    private TransformedDataset.Builder builder(int count, SpatialTransform transform) {
        byte[] pixels = new byte[count * 3 * SIDE * SIDE];
        long[] labels = new long[count];
        int at = 0;
        for (int i = 0; i < count; i++) {
            labels[i] = i;
            for (int channel = 0; channel < 3; channel++) {
                for (int pixel = 0; pixel < SIDE * SIDE; pixel++) {
                    int[] values = {pixel / SIDE + 1, pixel % SIDE + 1, tag(i)};
                    pixels[at++] = (byte) values[channel];
                }
            }
        }
        Shape shape = new Shape(count, 3, SIDE, SIDE);
        ArrayDataset images =
                new ArrayDataset.Builder()
                        .setData(manager.create(ByteBuffer.wrap(pixels), shape, DataType.UINT8))
                        .optLabels(manager.create(labels))
                        .setSampling(1, false)
                        .build();
        return TransformedDataset.builder().setImages(images).setTransform(transform);
    }

    private static int tag(long index) {
        return (int) (index % 251) + 1;
    }

    /** Finds where an image was cut, and checks every pixel of it. */
    private static Placement placementOf(long label, byte[] image) {
        int middle = SIDE / 2 * SIDE + SIDE / 2;
        boolean flipped = image[SIDE * SIDE + middle] > image[SIDE * SIDE + middle + 1];
        int top = image[middle] - 1 - SIDE / 2;
        int column = image[SIDE * SIDE + middle] - 1;
        int left = flipped ? column - (SIDE - 1 - SIDE / 2) : column - SIDE / 2;
        for (int row = 0; row < SIDE; row++) {
            for (int across = 0; across < SIDE; across++) {
                int y = top + row;
                int x = left + (flipped ? SIDE - 1 - across : across);
                boolean inside = y >= 0 && y < SIDE && x >= 0 && x < SIDE;
                int at = row * SIDE + across;
                assertEquals(inside ? y + 1 : 0, image[at]);
                assertEquals(inside ? x + 1 : 0, image[SIDE * SIDE + at]);
                assertEquals(inside ? tag(label) : 0, image[2 * SIDE * SIDE + at] & 0xff);
            }
        }
        return new Placement(top, left, flipped);
    }

    private Map<Long, byte[]> pass(RandomAccessDataset dataset) throws Exception {
        return pass(dataset, null);
    }

    /** Reads a whole pass, ordered by label. */
    private Map<Long, byte[]> pass(RandomAccessDataset dataset, ExecutorService executor)
            throws Exception {
        Map<Long, byte[]> images = new TreeMap<>();
        for (Batch batch : dataset.getData(manager, executor)) {
            byte[] pixels = batch.getData().singletonOrThrow().toByteArray();
            long[] labels = batch.getLabels().singletonOrThrow().toLongArray();
            assertEquals(batch.getSize(), labels.length);
            int size = pixels.length / labels.length;
            for (int i = 0; i < labels.length; i++) {
                images.put(labels[i], Arrays.copyOfRange(pixels, i * size, (i + 1) * size));
            }
            batch.close();
        }
        return images;
    }

    private static void assertSame(Map<Long, byte[]> expected, Map<Long, byte[]> actual) {
        assertEquals(expected.keySet(), actual.keySet());
        expected.forEach((label, image) -> assertArrayEquals(image, actual.get(label)));
    }

    private static long alike(Map<Long, byte[]> first, Map<Long, byte[]> second) {
        return first.entrySet().stream()
                .filter(image -> Arrays.equals(image.getValue(), second.get(image.getKey())))
                .count();
    }
}
