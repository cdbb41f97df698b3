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

import java.util.Arrays;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ElasticDistortionTest {

    private static final int HEIGHT = 9;
    private static final int WIDTH = 11;

    private static float[][] field(float value) {
        float[][] field = new float[HEIGHT][WIDTH];
        for (float[] row : field) {
            Arrays.fill(row, value);
        }
        return field;
    }

    private static byte[] image() {
        byte[] image = new byte[HEIGHT * WIDTH];
        new Random(3).nextBytes(image);
        return image;
    }

    private static byte[] copy(PixelMap map, byte[] image) {
        byte[] target = new byte[map.getHeight() * map.getWidth()];
        map.copy(image, 0, 1, target, 0);
        return target;
    }

    @Test
    void displacementsByWholePixelsAreCrops() {
        byte[] image = image();
        PixelMap whole = PixelMap.identity(HEIGHT, WIDTH);
        for (int down = -3; down <= 3; down++) {
            for (int right = -3; right <= 3; right++) {
                assertArrayEquals(
                        copy(whole.crop(down, right, HEIGHT, WIDTH), image),
                        copy(whole.displace(field(down), field(right)), image));
            }
        }
    }

    @Test
    void everyChannelIsDisplaced() {
        int channels = 3;
        int size = HEIGHT * WIDTH;
        byte[] image = new byte[2 + channels * size];
        new Random(5).nextBytes(image);
        byte[] moved = new byte[1 + channels * size];
        PixelMap map = PixelMap.identity(HEIGHT, WIDTH).displace(field(0.5f), field(-1.25f));
        map.copy(image, 2, channels, moved, 1);
        for (int channel = 0; channel < channels; channel++) {
            int begin = 2 + channel * size;
            int at = 1 + channel * size;
            assertArrayEquals(
                    copy(map, Arrays.copyOfRange(image, begin, begin + size)),
                    Arrays.copyOfRange(moved, at, at + size));
        }
    }

    @Test
    void interpolationIsExactOnAPlane() {
        // the value at any place of a + b i + c j is known
        byte[] plane = new byte[HEIGHT * WIDTH];
        for (int i = 0; i < HEIGHT; i++) {
            for (int j = 0; j < WIDTH; j++) {
                plane[i * WIDTH + j] = (byte) (20 + 8 * i + 12 * j);
            }
        }
        float[][] down = field(0);
        float[][] right = field(0);
        Random random = new Random(4);
        for (int i = 1; i < HEIGHT - 1; i++) {
            for (int j = 1; j < WIDTH - 1; j++) {
                down[i][j] = 2 * random.nextFloat() - 1;
                right[i][j] = 2 * random.nextFloat() - 1;
            }
        }
        byte[] shown = copy(PixelMap.identity(HEIGHT, WIDTH).displace(down, right), plane);
        for (int i = 0; i < HEIGHT; i++) {
            for (int j = 0; j < WIDTH; j++) {
                double exact = 20 + 8 * (i + down[i][j]) + 12 * (j + right[i][j]);
                assertEquals(exact, shown[i * WIDTH + j] & 0xff, 0.5 + 1e-4);
            }
        }
    }

    @Test
    void displacementsComposeWithCropsAndFlips() {
        byte[] image = image();
        PixelMap whole = PixelMap.identity(HEIGHT, WIDTH);
        // to the right of the mirror image is to the left of the image
        assertArrayEquals(
                copy(whole.displace(field(0.25f), field(-0.5f)).flipHorizontally(), image),
                copy(whole.flipHorizontally().displace(field(0.25f), field(0.5f)), image));
        byte[] bent = copy(whole.displace(field(0.25f), field(0.75f)), image);
        assertArrayEquals(
                copy(whole.crop(2, -1, 4, 6), bent),
                copy(whole.displace(field(0.25f), field(0.75f)).crop(2, -1, 4, 6), image));
        assertThrows(
                IllegalArgumentException.class,
                () -> whole.crop(0, 0, 3, 3).displace(field(0), field(0)));
    }

    @Test
    void theFieldHasTheSpreadAndTheSmoothnessItSays() {
        double strength = 34;
        double smoothness = 2;
        ElasticDistortion distortion = new ElasticDistortion(strength, smoothness);
        SplittableRandom random = new SplittableRandom(5);
        int draws = 4000;
        double square = 0;
        double neighbours = 0;
        double mean = 0;
        for (int i = 0; i < draws; i++) {
            float[][] field = distortion.displacement(20, 20, random);
            mean += field[10][10] / draws;
            square += field[10][10] * field[10][10] / draws;
            neighbours += field[10][10] * field[10][12] / draws;
        }
        // uniform noise has the variance 1/3; the squares of a Gaussian's weights sum to 1/(4πσ²)
        double variance = strength * strength / 3 / (4 * Math.PI * smoothness * smoothness);
        assertEquals(variance, square, 0.08 * variance);
        assertEquals(0, mean, 4 * Math.sqrt(variance / draws));
        assertEquals(Math.exp(-2 * 2 / (4 * smoothness * smoothness)), neighbours / square, 0.03);
    }

    @Test
    void isAFunctionOfTheGenerator() {
        byte[] image = image();
        PixelMap whole = PixelMap.identity(HEIGHT, WIDTH);
        SpatialTransform transform = new RandomTranslation(2).andThen(new ElasticDistortion(20, 2));
        assertArrayEquals(
                copy(transform.apply(whole, new SplittableRandom(1)), image),
                copy(transform.apply(whole, new SplittableRandom(1)), image));
        assertArrayEquals(
                image, copy(new ElasticDistortion(0, 4).apply(whole, new Random(1)), image));
    }

    @Test
    void everyShiftIsAsLikely() {
        byte[] image = new byte[HEIGHT * WIDTH];
        image[4 * WIDTH + 5] = 1;
        int[] counts = new int[HEIGHT * WIDTH];
        SplittableRandom random = new SplittableRandom(6);
        int draws = 25_000;
        for (int i = 0; i < draws; i++) {
            byte[] moved =
                    copy(
                            new RandomTranslation(2)
                                    .apply(PixelMap.identity(HEIGHT, WIDTH), random),
                            image);
            for (int place = 0; place < moved.length; place++) {
                counts[place] += moved[place];
            }
        }
        for (int i = 0; i < HEIGHT; i++) {
            for (int j = 0; j < WIDTH; j++) {
                boolean reached = Math.abs(i - 4) <= 2 && Math.abs(j - 5) <= 2;
                assertEquals(reached ? draws / 25.0 : 0, counts[i * WIDTH + j], reached ? 140 : 0);
            }
        }
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new ElasticDistortion(-1, 4));
        assertThrows(IllegalArgumentException.class, () -> new ElasticDistortion(34, 0));
        assertThrows(IllegalArgumentException.class, () -> new RandomTranslation(-1));
    }
}
