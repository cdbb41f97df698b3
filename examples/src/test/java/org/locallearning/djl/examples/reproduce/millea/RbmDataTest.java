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
package org.locallearning.djl.examples.reproduce.millea;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.Batch;
import org.junit.jupiter.api.Test;
import org.locallearning.djl.zoo.data.DataOptions;
import org.locallearning.djl.zoo.data.DataSets;
import org.locallearning.djl.zoo.data.ImageData;

class RbmDataTest {

    private static final DataOptions OPTIONS =
            DataOptions.builder().optLimit(120).optTestLimit(50).optStandardize(false).build();

    @Test
    void aUnitIsOnWhereTheMeanOfItsPixelsIsAboveOneHalf() throws Exception {
        Engine engine = Engine.getEngine("PyTorch");
        try (RbmData data = RbmData.load(engine, "glyphs", OPTIONS, 4);
                ImageData images = DataSets.load("glyphs", OPTIONS);
                NDManager manager = engine.newBaseManager()) {
            assertEquals(49, data.units());
            assertEquals(new Shape(50, 49), data.testUnits().getShape());
            Batch batch = images.test(50).getData(manager).iterator().next();
            float[] pixels = batch.getData().singletonOrThrow().toFloatArray();
            float[] units = data.testUnits().toFloatArray();
            for (int image = 0; image < 50; ++image) {
                for (int unit = 0; unit < 49; ++unit) {
                    double mean = 0;
                    for (int p = 0; p < 16; ++p) {
                        int row = unit / 7 * 4 + p / 4;
                        int column = unit % 7 * 4 + p % 4;
                        mean += pixels[image * 784 + row * 28 + column] / 16;
                    }
                    if (Math.abs(mean - 0.5) > 1e-5) {
                        assertEquals(mean > 0.5 ? 1 : 0, units[image * 49 + unit]);
                    }
                }
            }
            assertArrayEquals(
                    batch.getLabels().singletonOrThrow().toLongArray(),
                    data.testLabels().toLongArray());
            batch.close();
        }
    }

    @Test
    void batchesAreWholeAndHoldTheImagesWithTheirLabels() throws Exception {
        Engine engine = Engine.getEngine("PyTorch");
        try (RbmData data = RbmData.load(engine, "glyphs", OPTIONS, 1);
                NDManager manager = engine.newBaseManager()) {
            int batches = 0;
            for (Batch batch : data.batches(50).getData(manager)) {
                NDArray rows = batch.getData().singletonOrThrow();
                assertEquals(new Shape(50, 784), rows.getShape());
                assertEquals(new Shape(50), batch.getLabels().singletonOrThrow().getShape());
                ++batches;
                batch.close();
            }
            assertEquals(2, batches);
        }
    }

    @Test
    void separableHiddenUnitsAreClassifiedWithoutError() throws Exception {
        Engine engine = Engine.getEngine("PyTorch");
        try (RbmData data = RbmData.load(engine, "glyphs", OPTIONS, 1);
                NDManager manager = engine.newBaseManager()) {
            // a hidden unit for each of 400 pixels tells nearly as much as the image
            engine.setRandomSeed(1);
            var parameters =
                    new org.locallearning.djl.decorrelation.boltzmann.BoltzmannParameters(
                            manager.randomNormal(new Shape(784, 400)),
                            manager.zeros(new Shape(784)),
                            manager.zeros(new Shape(400)),
                            org.locallearning.djl.decorrelation.boltzmann.VisibleUnits.BINARY);
            HiddenClassifier.Errors errors = HiddenClassifier.measure(engine, parameters, data);
            assertEquals(0, errors.training());
            assertTrue(errors.test() < 0.9, "test error " + errors.test());
        }
    }
}
