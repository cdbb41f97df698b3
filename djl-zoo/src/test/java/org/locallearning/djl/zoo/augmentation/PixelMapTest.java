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

import java.util.Random;
import org.junit.jupiter.api.Test;

class PixelMapTest {

    private static final int CHANNELS = 3;
    private static final int HEIGHT = 5;
    private static final int WIDTH = 7;

    @Test
    void identityShowsTheImage() {
        byte[] image = image();
        assertArrayEquals(image, copy(PixelMap.identity(HEIGHT, WIDTH), image));
    }

    @Test
    void aWindowShowsItsPixelsAndZerosBeyondTheBorder() {
        byte[] image = image();
        for (int top = -6; top <= 6; top++) {
            for (int left = -8; left <= 8; left++) {
                PixelMap map = PixelMap.identity(HEIGHT, WIDTH).crop(top, left, 3, 4);
                assertEquals(3, map.getHeight());
                assertEquals(4, map.getWidth());
                assertArrayEquals(window(image, HEIGHT, WIDTH, top, left, 3, 4), copy(map, image));
            }
        }
    }

    @Test
    void flippingMirrorsLeftAndRight() {
        byte[] image = image();
        PixelMap flipped = PixelMap.identity(HEIGHT, WIDTH).flipHorizontally();
        assertArrayEquals(mirror(image, WIDTH), copy(flipped, image));
        assertArrayEquals(image, copy(flipped.flipHorizontally(), image));
    }

    @Test
    void operationsApplyToTheImageSoFar() {
        byte[] image = image();
        byte[] cut = window(image, HEIGHT, WIDTH, -1, 2, 5, 6);
        byte[] mirrored = mirror(cut, 6);
        byte[] expected = window(mirrored, 5, 6, 1, -1, 3, 5);
        PixelMap map =
                PixelMap.identity(HEIGHT, WIDTH)
                        .crop(-1, 2, 5, 6)
                        .flipHorizontally()
                        .crop(1, -1, 3, 5);
        assertArrayEquals(expected, copy(map, image));
    }

    @Test
    void theCentreHasEqualMarginsOrOneMoreBelowAndRight() {
        byte[] image = image();
        assertArrayEquals(
                window(image, HEIGHT, WIDTH, 1, 2, 3, 3),
                copy(PixelMap.identity(HEIGHT, WIDTH).centerCrop(3, 3), image));
        assertArrayEquals(
                window(image, HEIGHT, WIDTH, 0, 1, 4, 4),
                copy(PixelMap.identity(HEIGHT, WIDTH).centerCrop(4, 4), image));
        assertArrayEquals(
                window(image, HEIGHT, WIDTH, 1, 2, 3, 2),
                copy(PixelMap.identity(HEIGHT, WIDTH).centerCrop(3, 2), image));
    }

    @Test
    void copiesToTheGivenPlaceAndOverwritesWhatIsThere() {
        byte[] source = {9, 9, 1, 2, 3, 4};
        byte[] target = {7, 7, 7, 7, 7};
        PixelMap.identity(2, 2).crop(-1, 1, 2, 1).copy(source, 2, 1, target, 1);
        assertArrayEquals(new byte[] {7, 0, 2, 7, 7}, target);
    }

    @Test
    void refusesImpossibleWindows() {
        PixelMap image = PixelMap.identity(HEIGHT, WIDTH);
        assertRefused("at least 1x1 pixels, not 0x3", () -> PixelMap.identity(0, 3));
        assertRefused("at least 1x1 pixels, not 2x-1", () -> image.crop(0, 0, 2, -1));
        assertRefused(
                "A window of 6x6 pixels does not fit into an image of 5x7 pixels: choose a smaller"
                        + " window.",
                () -> image.centerCrop(6, 6));
        assertRefused(
                "A window of 8x8 pixels does not fit into an image of 5x7 pixels with 1 more on"
                        + " each side: choose a smaller window.",
                () -> new RandomCrop(8, 1).apply(image, new Random(1)));
        assertRefused("not 0 and 1", () -> new RandomCrop(0, 1));
        assertRefused("not 3 and -1", () -> new RandomCrop(3, -1));
    }

    private static void assertRefused(String part, Runnable action) {
        String message = assertThrows(IllegalArgumentException.class, action::run).getMessage();
        assertTrue(message.contains(part), message);
    }

    private static byte[] image() {
        byte[] image = new byte[CHANNELS * HEIGHT * WIDTH];
        new Random(5).nextBytes(image);
        return image;
    }

    private static byte[] copy(PixelMap map, byte[] image) {
        byte[] target = new byte[CHANNELS * map.getHeight() * map.getWidth()];
        map.copy(image, 0, CHANNELS, target, 0);
        return target;
    }

    private static byte[] window(
            byte[] image, int height, int width, int top, int left, int rows, int columns) {
        byte[] window = new byte[CHANNELS * rows * columns];
        for (int c = 0; c < CHANNELS; c++) {
            for (int r = 0; r < rows; r++) {
                for (int k = 0; k < columns; k++) {
                    int y = top + r;
                    int x = left + k;
                    if (y >= 0 && y < height && x >= 0 && x < width) {
                        window[(c * rows + r) * columns + k] = image[(c * height + y) * width + x];
                    }
                }
            }
        }
        return window;
    }

    private static byte[] mirror(byte[] image, int width) {
        byte[] mirrored = new byte[image.length];
        for (int i = 0; i < image.length; i++) {
            mirrored[i / width * width + width - 1 - i % width] = image[i];
        }
        return mirrored;
    }
}
