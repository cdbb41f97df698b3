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
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Blocks;
import ai.djl.training.dataset.ArrayDataset;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZcaWhiteningTest {

    private static final Shape IMAGE = new Shape(2, 2, 3);

    private NDManager manager;

    @BeforeEach
    void open() {
        Engine.getEngine("PyTorch").setRandomSeed(4);
        manager = NDManager.newBaseManager("PyTorch");
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void matrixIsTheInverseRootOfTheCovariance() {
        // A Aᵀ is symmetric with known W: W (A Aᵀ + ε) W is the identity
        NDArray a = manager.randomNormal(0, 1, new Shape(7, 5), DataType.FLOAT64);
        NDArray covariance = a.matMul(a.transpose());
        NDArray w = ZcaWhitening.whiteningMatrix(covariance, 0.2);
        NDArray eye = manager.eye(7, 7, 0, DataType.FLOAT64);
        NDArray product = w.matMul(covariance.add(eye.mul(0.2))).matMul(w);
        assertArrayEquals(eye.toDoubleArray(), product.toDoubleArray(), 1e-10);
        // rotated there and back: symmetric, and with positive eigenvalues
        assertArrayEquals(w.toDoubleArray(), w.transpose().toDoubleArray(), 1e-12);
    }

    @Test
    void saysWhatBigImagesWouldTake() {
        // 4 matrices of 187,500 x 187,500 doubles
        ArrayDataset data = dataset(manager.zeros(new Shape(1, 3, 250, 250)), 1);
        String message =
                assertThrows(IllegalArgumentException.class, () -> ZcaWhitening.fit(data, manager))
                        .getMessage();
        assertTrue(message.contains("4 arrays of shape (187500, 187500), 1,125 GB"), message);
        assertTrue(message.contains("scale or cut the images"), message);
    }

    @Test
    void saysWhichImagesAreNotFinite() {
        for (float wrong : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            float[] pixels = new float[5 * 4];
            pixels[3 * 4 + 1] = wrong;
            ArrayDataset data = dataset(manager.create(pixels, new Shape(5, 1, 2, 2)), 2);
            String message =
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> ZcaWhitening.fit(data, manager))
                            .getMessage();
            assertTrue(message.startsWith("One of the images 2 to 3, as the"), message);
        }
    }

    @Test
    void twoPixelsByHand() throws Exception {
        // images (1, 1), (−1, −1), (3, −3), (−3, 3): variances 5, covariance −4; eigenvalues 1 and
        // 9 for (1, 1)/√2 and (1, −1)/√2, so that with ε = 0.44 they become 1/1.2 and 1/√9.44
        float[] pixels = {1, 1, -1, -1, 3, -3, -3, 3};
        ArrayDataset data = dataset(manager.create(pixels, new Shape(4, 1, 1, 2)), 3);
        ZcaWhitening whitening = ZcaWhitening.fit(data, manager, 0.44);
        double large = 1 / 1.2;
        double small = 1 / Math.sqrt(9.44);
        float same = (float) ((large + small) / 2);
        float other = (float) ((large - small) / 2);
        assertArrayEquals(
                new float[] {same, other, other, same},
                whitening.getMatrix().toFloatArray(),
                1e-6f);
        NDArray image = manager.create(new float[] {2, 1}, new Shape(1, 1, 2));
        assertArrayEquals(
                new float[] {2 * same + other, 2 * other + same},
                whitening.transform(image).toFloatArray(),
                1e-6f);
    }

    @Test
    void makesImagesUncorrelatedOfVarianceOne() throws Exception {
        ZcaWhitening whitening = ZcaWhitening.fit(dataset(images(500), 64), manager, 1e-4);
        NDArray white = whitening.transform(images(500)).reshape(500, 12);
        NDArray centred = white.sub(white.mean(new int[] {0}, true));
        NDArray covariance = centred.transpose().matMul(centred).div(500);
        float[] eye = manager.eye(12).toFloatArray();
        assertArrayEquals(eye, covariance.toFloatArray(), 2e-3f);
        assertEquals(IMAGE, whitening.getImageShape());
    }

    @Test
    void keepsTheTypeOfImages() throws Exception {
        ZcaWhitening whitening = ZcaWhitening.fit(dataset(images(50), 7), manager, 0.1);
        NDArray batch = images(3);
        float[] expected = whitening.transform(batch).toFloatArray();
        for (DataType type : List.of(DataType.FLOAT64, DataType.FLOAT16)) {
            NDArray white = whitening.transform(batch.toType(type, true));
            assertEquals(type, white.getDataType());
            float tolerance = type == DataType.FLOAT64 ? 0 : 2e-2f;
            assertArrayEquals(
                    expected, white.toType(DataType.FLOAT32, true).toFloatArray(), tolerance);
        }
    }

    @Test
    void oneImageAndABatchAreTheSame() throws Exception {
        ZcaWhitening whitening = ZcaWhitening.fit(dataset(images(50), 7), manager);
        NDArray batch = images(3);
        NDArray white = whitening.transform(batch);
        assertEquals(batch.getShape(), white.getShape());
        assertArrayEquals(
                white.get(2).toFloatArray(),
                whitening.transform(batch.get(2)).toFloatArray(),
                1e-5f);
    }

    @Test
    void comesBackWithTheModel(@TempDir Path folder, @TempDir Path elsewhere) throws Exception {
        ZcaWhitening whitening = ZcaWhitening.fit(dataset(images(50), 50), manager);
        try (Model model = model()) {
            whitening.save(model, folder);
            model.save(folder, "zca");
        }
        try (Model model = model()) {
            model.load(folder, "zca");
            ZcaWhitening loaded = ZcaWhitening.load(model, manager).orElseThrow();
            assertArrayEquals(
                    whitening.transform(images(4)).toFloatArray(),
                    loaded.transform(images(4)).toFloatArray());
        }
        assertEquals(
                List.of("zca-0000.params", "zca-whitening.ndlist"),
                Files.list(folder).map(file -> file.getFileName().toString()).sorted().toList());
        try (Model model = model()) {
            assertTrue(ZcaWhitening.load(model, manager).isEmpty());
        }
        refusesAStream(folder.resolve("zca-0000.params"));
        refusesAnotherFile(folder);
    }

    private void refusesAStream(Path parameters) throws Exception {
        try (Model model = model();
                InputStream stream = Files.newInputStream(parameters)) {
            model.load(stream);
            String message =
                    assertThrows(
                                    MalformedModelException.class,
                                    () -> ZcaWhitening.load(model, manager))
                            .getMessage();
            assertTrue(message.contains("model.load(folder, name)"), message);
        }
    }

    private void refusesAnotherFile(Path folder) throws Exception {
        try (Model model = model()) {
            model.load(folder, "zca");
            Files.write(folder.resolve("zca-whitening.ndlist"), new byte[] {1});
            assertThrows(MalformedModelException.class, () -> ZcaWhitening.load(model, manager));
            Files.delete(folder.resolve("zca-whitening.ndlist"));
            assertThrows(MalformedModelException.class, () -> ZcaWhitening.load(model, manager));
        }
    }

    @Test
    void refusesWhatDoesNotFit() throws Exception {
        ArrayDataset data = dataset(images(20), 10);
        assertThrows(IllegalArgumentException.class, () -> ZcaWhitening.fit(data, manager, 0));
        ArrayDataset single = dataset(images(1), 1);
        assertThrows(IllegalArgumentException.class, () -> ZcaWhitening.fit(single, manager));
        ZcaWhitening whitening = ZcaWhitening.fit(data, manager);
        String sentence =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> whitening.transform(manager.ones(new Shape(4, 2, 3, 2))))
                        .getMessage();
        assertEquals(
                "The whitening was fitted on images of shape (2, 2, 3), but got one of (2, 3, 2);"
                        + " scale the images to that size before it.",
                sentence);
    }

    private static Model model() {
        Model model = Model.newInstance("zca", "PyTorch");
        model.setBlock(Blocks.identityBlock());
        model.getBlock()
                .initialize(model.getNDManager(), DataType.FLOAT32, new Shape(1).addAll(IMAGE));
        return model;
    }

    /** Correlated pixels with a mean, the same ones for every call. */
    private NDArray images(int count) {
        Engine.getEngine("PyTorch").setRandomSeed(7);
        NDArray mix = manager.randomNormal(0, 1, new Shape(12, 12), DataType.FLOAT32);
        NDArray noise = manager.randomNormal(0.5f, 1, new Shape(count, 12), DataType.FLOAT32);
        return noise.matMul(mix).reshape(new Shape(count).addAll(IMAGE));
    }

    private static ArrayDataset dataset(NDArray images, int batch) {
        return new ArrayDataset.Builder().setData(images).setSampling(batch, false).build();
    }
}
