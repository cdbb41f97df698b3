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

import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The data sets as their authors describe them. */
class RealDataTest {

    @Test
    void mnist() throws Exception {
        try (ImageData data = DataSets.load("mnist", fromSharedData())) {
            assertEquals("MNIST", data.getTitle());
            assertSizes(data, new Shape(1, 28, 28), 60_000, 10_000);
            assertTrue(data.getProvenance().contains("mean 0.1307 and deviation 0.3081"));
            // the first test images of LeCun, Cortes and Burges
            assertLabels(data, 7, 2, 1, 0, 4, 1, 4, 9, 5, 9);
        }
    }

    @Test
    void fashionMnist() throws Exception {
        try (ImageData data = DataSets.load("fashion-mnist", fromSharedData())) {
            assertEquals("Fashion-MNIST", data.getTitle());
            assertSizes(data, new Shape(1, 28, 28), 60_000, 10_000);
            assertTrue(data.getProvenance().contains("mean 0.2860 and deviation 0.3530"));
            // the first test images of Xiao, Rasul and Vollgraf: ankle boot, pullover, trouser, ...
            assertLabels(data, 9, 2, 1, 1, 6, 1, 4, 6, 5, 7);
        }
    }

    @Test
    void cifar10() throws Exception {
        try (ImageData data = DataSets.load("cifar10", fromSharedData())) {
            assertEquals("CIFAR-10 (JPEG re-encoded)", data.getTitle());
            assertSizes(data, new Shape(3, 32, 32), 50_000, 10_000);
            assertTrue(data.getProvenance().contains("mean 0.4913, 0.4821, 0.4465"));
            assertTrue(data.getProvenance().contains("deviation 0.2452, 0.2428, 0.2606"));
            // stored in rotation: airplane, automobile, bird, ...
            assertLabels(data, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        }
    }

    @Test
    void tinyImageNet() throws Exception {
        DataOptions augmented =
                DataOptions.builder().optRepository(SharedData.folder()).optAugment(true).build();
        try (ImageData data = DataSets.load("tiny-imagenet", augmented)) {
            assertEquals("Tiny ImageNet", data.getTitle());
            assertEquals(new Shape(3, 56, 56), data.getSampleShape());
            assertEquals(20_000, data.getTrainingSize());
            assertEquals(10_000, data.getTestSize());
            assertEquals(200, data.getClasses().size());
            assertEquals("goldfish, Carassius auratus", data.getClasses().get(0));
            // of whole images, since augmentation shows all of them
            assertTrue(data.getProvenance().contains("mean 0.4814, 0.4491, 0.3986"));
            assertTrue(data.getProvenance().contains("deviation 0.2764, 0.2686, 0.2818"));
            // the first validation images: go-kart, reel, refrigerator, bathtub, bathtub, ...
            assertLabels(data, 107, 139, 140, 69, 69, 161, 147, 73, 145, 39);
        }
    }

    private static DataOptions fromSharedData() {
        return DataOptions.builder().optRepository(SharedData.folder()).build();
    }

    private static void assertSizes(ImageData data, Shape shape, int training, int test) {
        assertEquals(shape, data.getSampleShape());
        assertEquals(training, data.getTrainingSize());
        assertEquals(test, data.getTestSize());
        assertEquals(10, data.getClasses().size());
    }

    private static void assertLabels(ImageData data, long... expected) throws Exception {
        List<Batches.Content> batches = Batches.of(data.test(expected.length));
        assertArrayEquals(expected, batches.get(0).labels());
    }
}
