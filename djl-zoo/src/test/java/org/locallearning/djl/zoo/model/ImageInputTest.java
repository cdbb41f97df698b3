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
package org.locallearning.djl.zoo.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.ImageFactory;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.locallearning.djl.creditassignment.provenance.Preprocessing;

/** A picture becomes what the images were that a model was trained on. */
class ImageInputTest {

    /** Grey data sets have the mean of the channels, rounded, and not how bright a colour looks. */
    @Test
    void makesAPictureGreyAsDataSetsDo() {
        float[] pixels = pixels(new Shape(1, 2, 2), 1, 0xff0000, 0x0a1429, 0x010100, 0x4d4d4d);

        assertArrayEquals(new float[] {85, 24, 1, 77}, pixels, 1e-4f);
    }

    @Test
    void takesTheChannelsOfAPictureForAModelInColour() {
        float[] pixels = pixels(new Shape(3, 1, 2), 3, 0xff0000, 0x0a1429);

        assertArrayEquals(new float[] {255, 10, 0, 20, 0, 41}, pixels, 1e-4f);
    }

    @Test
    void takesTheCentreForAModelOfCentres() {
        Shape shape = new Shape(1, 2, 2);
        int[] grey = new int[16];
        Arrays.setAll(grey, i -> i * 0x010101);

        assertArrayEquals(
                new float[] {5, 6, 9, 10}, pixels(shape, 1, 4, picture(4, 4, grey)), 1e-4f);
    }

    @Test
    void scalesAPictureBeforeItsCentreIsTaken() {
        Shape shape = new Shape(1, 2, 2);
        int[] grey = new int[64];
        Arrays.setAll(grey, i -> (i / 16 * 4 + i % 8 / 2) * 0x010101);

        assertArrayEquals(
                new float[] {5, 6, 9, 10}, pixels(shape, 1, 4, picture(8, 8, grey)), 1e-4f);
    }

    @Test
    void leavesThePixelsThatItScales() {
        ImageInput input =
                new ImageInput(
                        new Shape(1, 1, 2),
                        new Preprocessing(255, List.of(0.5), List.of(0.25), null, null));
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray pixels = manager.create(new float[] {0, 255}, new Shape(1, 1, 2));
            for (int pass = 0; pass < 2; pass++) {
                assertArrayEquals(
                        new float[] {-2, 2}, input.scalePixels(pixels).toFloatArray(), 1e-5f);
            }
            assertArrayEquals(new float[] {0, 255}, pixels.toFloatArray());
        }
    }

    private static float[] pixels(Shape shape, int channels, int... colours) {
        BufferedImage picture = picture((int) shape.get(2), (int) shape.get(1), colours);
        return pixels(shape, channels, null, picture);
    }

    private static BufferedImage picture(int width, int height, int... colours) {
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        picture.setRGB(0, 0, width, height, colours, 0, width);
        return picture;
    }

    /** Returns what a model that takes pixels in 0 to 1 gets of a picture, times 255. */
    private static float[] pixels(
            Shape shape, int channels, Integer wholeSide, BufferedImage picture) {
        ImageInput input =
                new ImageInput(
                        shape,
                        new Preprocessing(
                                255,
                                List.of(0.0, 0.0, 0.0).subList(0, channels),
                                List.of(1.0, 1.0, 1.0).subList(0, channels),
                                wholeSide,
                                null));
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Image image = ImageFactory.getInstance().fromImage(picture);
            NDArray scaled = input.transform(image.toNDArray(manager, input.getFlag()));
            assertEquals(shape, scaled.getShape());
            return scaled.mul(255).toFloatArray();
        }
    }
}
