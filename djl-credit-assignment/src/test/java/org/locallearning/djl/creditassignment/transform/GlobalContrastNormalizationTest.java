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
package org.locallearning.djl.creditassignment.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Blocks;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GlobalContrastNormalizationTest {

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager("PyTorch");
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void isTheFormula(boolean channelMeans) {
        NDArray batch = manager.randomNormal(3, 2, new Shape(4, 3, 2, 5), DataType.FLOAT64);
        GlobalContrastNormalization transform =
                GlobalContrastNormalization.builder()
                        .optScale(2)
                        .optRegularization(0.3)
                        .optChannelMeans(channelMeans)
                        .build();
        double[] images = batch.toDoubleArray();
        double[] expected = new double[images.length];
        for (int image = 0; image < 4; image++) {
            double square = 0;
            int group = channelMeans ? 10 : 30;
            for (int at = image * 30; at < image * 30 + 30; at++) {
                int begin = at - at % group;
                double mean = 0;
                for (int k = begin; k < begin + group; k++) {
                    mean += images[k] / group;
                }
                expected[at] = images[at] - mean;
                square += expected[at] * expected[at] / 30;
            }
            for (int at = image * 30; at < image * 30 + 30; at++) {
                expected[at] *= 2 / Math.sqrt(0.3 + square);
            }
        }
        assertArrayEquals(expected, transform.transform(batch).toDoubleArray(), 1e-12);
        assertArrayEquals(
                Arrays.copyOfRange(expected, 30, 60),
                transform.transform(batch.get(1)).toDoubleArray(),
                1e-12);
    }

    /** The squares of pixels 0 to 255 are beyond what 16 bits hold. */
    @Test
    void isTheSameOnPixelsOf16Bits() {
        NDArray pixels = manager.arange(3 * 8 * 8).mul(37).mod(256).reshape(3, 8, 8);
        GlobalContrastNormalization transform = GlobalContrastNormalization.builder().build();
        float[] expected =
                transform
                        .transform(pixels.toType(DataType.FLOAT64, true))
                        .toType(DataType.FLOAT32, true)
                        .toFloatArray();
        NDArray found = transform.transform(pixels.toType(DataType.FLOAT16, true));
        assertEquals(DataType.FLOAT16, found.getDataType());
        assertArrayEquals(expected, found.toType(DataType.FLOAT32, true).toFloatArray(), 2e-3f);
        NDArray grey = manager.full(new Shape(3, 4, 4), 7f).toType(DataType.FLOAT16, true);
        assertArrayEquals(
                new float[48],
                transform.transform(grey).toType(DataType.FLOAT32, true).toFloatArray());
    }

    @Test
    void imagesOfOneColourStayAtZero() {
        NDArray image = manager.ones(new Shape(3, 4, 4)).mul(0.5f);
        NDArray normalized = GlobalContrastNormalization.builder().build().transform(image);
        assertArrayEquals(new float[48], normalized.toFloatArray());
    }

    /** Whose sum over the pixels is rounded. */
    @Test
    void imagesOfAnyColourStayNearZero() {
        for (boolean channelMeans : new boolean[] {false, true}) {
            for (float colour : new float[] {200 / 255f, 1 / 255f, 0.1f}) {
                NDArray image = manager.ones(new Shape(2, 3, 32, 32)).mul(colour);
                NDArray normalized =
                        GlobalContrastNormalization.builder()
                                .optChannelMeans(channelMeans)
                                .build()
                                .transform(image);
                assertEquals(0, normalized.abs().max().getFloat(), 1e-3f, "colour " + colour);
            }
        }
    }

    @Test
    void comesBackWithTheModel(@TempDir Path folder) throws Exception {
        GlobalContrastNormalization transform =
                GlobalContrastNormalization.builder()
                        .optScale(55)
                        .optRegularization(10)
                        .optSmallestContrast(1e-4)
                        .optChannelMeans(false)
                        .build();
        try (Model model = Model.newInstance("gcn", "PyTorch")) {
            model.setBlock(Blocks.identityBlock());
            model.getBlock().initialize(manager, DataType.FLOAT32, new Shape(1, 3, 4, 4));
            assertTrue(GlobalContrastNormalization.loadFrom(model).isEmpty());
            transform.saveTo(model);
            model.save(folder, "gcn");
        }
        try (Model model = Model.newInstance("gcn", "PyTorch")) {
            model.setBlock(Blocks.identityBlock());
            model.load(folder, "gcn");
            assertEquals(
                    transform.toString(),
                    GlobalContrastNormalization.loadFrom(model).orElseThrow().toString());
            model.setProperty(GlobalContrastNormalization.PROPERTY, "1 2");
            assertThrows(
                    MalformedModelException.class,
                    () -> GlobalContrastNormalization.loadFrom(model));
        }
    }

    @Test
    void refusesWhatMakesNoSense() {
        GlobalContrastNormalization.Builder builder = GlobalContrastNormalization.builder();
        assertThrows(IllegalArgumentException.class, () -> builder.optScale(0));
        assertThrows(IllegalArgumentException.class, () -> builder.optRegularization(-1));
        assertThrows(IllegalArgumentException.class, () -> builder.optSmallestContrast(0));
        assertThrows(
                IllegalArgumentException.class,
                () -> builder.build().transform(manager.ones(new Shape(3, 4))));
    }
}
