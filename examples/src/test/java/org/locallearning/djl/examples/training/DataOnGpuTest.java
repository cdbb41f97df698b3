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
package org.locallearning.djl.examples.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.emulation.EmulatedGpus;
import org.locallearning.djl.zoo.augmentation.RandomHorizontalFlip;
import org.locallearning.djl.zoo.augmentation.TransformedDataset;
import org.locallearning.djl.zoo.data.AnyDeviceDataset;
import org.locallearning.djl.zoo.data.DataOptions;
import org.locallearning.djl.zoo.data.DataSets;
import org.locallearning.djl.zoo.data.ImageData;

/** Batches are on the device of the trainer, wherever the images are. */
@Tag(EmulatedGpus.TAG)
class DataOnGpuTest {

    private static final int BATCH = 8;

    static {
        EmulatedGpus.install(2);
    }

    static Stream<Device> devices() {
        return Stream.of(Device.cpu(), Device.gpu(0), Device.gpu(1));
    }

    @ParameterizedTest
    @MethodSource("devices")
    void imagesComeToTheDeviceOfTheTrainer(Device device) throws Exception {
        DataOptions options = DataOptions.builder().optLimit(40).optTestLimit(20).build();
        try (ImageData images = DataSets.load("glyphs", options)) {
            float[] expected = first(images.test(BATCH), Device.cpu());
            assertArrayEquals(expected, first(images.test(BATCH), device));
            first(images.training(BATCH), device);
        }
    }

    static Stream<Device[]> pairs() {
        return devices().flatMap(home -> devices().map(there -> new Device[] {home, there}));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void transformedImagesComeToTheDeviceOfTheTrainer(Device home, Device there) throws Exception {
        try (NDManager manager = Engine.getInstance().newBaseManager(home)) {
            ArrayDataset.Builder images =
                    new ArrayDataset.Builder()
                            .setData(manager.ones(new Shape(20, 1, 4, 4), DataType.UINT8))
                            .optLabels(manager.arange(20f))
                            .setSampling(BATCH, true);
            first(new AnyDeviceDataset(images), there);
            first(
                    TransformedDataset.builder()
                            .setImages(images.build())
                            .setTransform(new RandomHorizontalFlip())
                            .setSampling(BATCH, true)
                            .build(),
                    there);
        }
    }

    /** Reads the first batch, and checks where all of them are. */
    private static float[] first(Dataset dataset, Device device) throws Exception {
        float[] first = null;
        try (NDManager manager = Engine.getInstance().newBaseManager(device)) {
            for (Batch batch : dataset.getData(manager)) {
                NDArray data = batch.getData().singletonOrThrow();
                assertEquals(device, data.getDevice());
                assertEquals(device, batch.getLabels().singletonOrThrow().getDevice());
                if (first == null) {
                    first = data.toType(DataType.FLOAT32, false).toFloatArray();
                }
                batch.close();
            }
        }
        return first;
    }

    @Test
    void theTrainersOfTheCommandLineHaveGpus() {
        assertEquals(2, Engine.getInstance().getDevices().length);
    }
}
