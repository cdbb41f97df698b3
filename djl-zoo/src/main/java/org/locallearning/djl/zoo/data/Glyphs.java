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

import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * The embedded data set: digits that the program draws itself.
 *
 * <p>Each image is a digit written with a few pen strokes on 28x28 grey pixels, in one of several
 * hands, with wobbling points, a random slant, turn, size, place, pen width and ink, and with pixel
 * noise. It needs no network, no file and no font, and is made to be out of reach of a linear
 * classifier but easy for a network with one hidden layer.
 *
 * <p>An image is a function of (seed, part, index) alone: the first n images of a larger set are
 * the set of n images, bit for bit, on every machine. Classes take turns: the label is index mod
 * 10.
 */
final class Glyphs {

    static final int SIZE = 28;
    static final int TRAINING_IMAGES = 6_000;
    static final int TEST_IMAGES = 1_000;

    private static final int CLASSES = 10;

    private static final double WOBBLE = 0.03;
    private static final double MAX_TURN = 0.3;
    private static final double MAX_SLANT = 0.4;
    private static final double MAX_SHIFT = 2.5;
    private static final double NOISE = 0.08;

    /** Which of the two disjoint parts an image belongs to. */
    enum Part {
        TRAINING,
        TEST
    }

    private Glyphs() {}

    /**
     * Draws the first images of a part.
     *
     * @param seed the seed of the whole data set
     * @param part training or test
     * @param count the number of images
     * @return the images, shape (1, 28, 28), with labels 0 to 9
     */
    static LabelledImages draw(long seed, Part part, int count) {
        if (count > Integer.MAX_VALUE / (SIZE * SIZE)) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "%,d digits can't be drawn, since an array of Java holds the pixels of"
                                    + " %,d: take fewer.",
                            count,
                            Integer.MAX_VALUE / (SIZE * SIZE)));
        }
        byte[] pixels = new byte[count * SIZE * SIZE];
        byte[] labels = new byte[count];
        float[] canvas = new float[SIZE * SIZE];
        for (int index = 0; index < count; index++) {
            labels[index] = (byte) (index % CLASSES);
            draw(labels[index], randomOf(seed, part, index), canvas);
            for (int i = 0; i < canvas.length; i++) {
                pixels[index * canvas.length + i] = (byte) Math.round(255 * canvas[i]);
            }
        }
        return new LabelledImages(new Shape(1, SIZE, SIZE), pixels, labels);
    }

    private static void draw(int digit, Random random, float[] canvas) {
        double turn = between(random, -MAX_TURN, MAX_TURN);
        double slant = between(random, -MAX_SLANT, MAX_SLANT);
        double width = between(random, 11, 19);
        double height = between(random, 15, 21);
        double centreX = SIZE / 2.0 + between(random, -MAX_SHIFT, MAX_SHIFT);
        double centreY = SIZE / 2.0 + between(random, -MAX_SHIFT, MAX_SHIFT);
        double penRadius = between(random, 0.6, 1.5);
        double ink = between(random, 0.6, 1);

        // StrictMath: the same bits on every machine
        double cos = StrictMath.cos(turn);
        double sin = StrictMath.sin(turn);
        Arrays.fill(canvas, 0);
        List<double[]> chains = DigitStrokes.write(digit, random, WOBBLE);
        for (double[] chain : chains) {
            for (int i = 0; i < chain.length; i += 2) {
                double y = (chain[i + 1] - 0.5) * height;
                double x = (chain[i] - 0.5) * width - slant * y;
                chain[i] = centreX + cos * x - sin * y;
                chain[i + 1] = centreY + sin * x + cos * y;
            }
            for (int i = 0; i + 3 < chain.length; i += 2) {
                drawLine(
                        canvas, chain[i], chain[i + 1], chain[i + 2], chain[i + 3], penRadius, ink);
            }
        }
        for (int i = 0; i < canvas.length; i++) {
            double noisy = canvas[i] + NOISE * random.nextGaussian();
            canvas[i] = (float) Math.min(1, Math.max(0, noisy));
        }
    }

    /** Draws a line with round ends; a pixel's ink falls off over one pixel at the pen's edge. */
    private static void drawLine(
            float[] canvas,
            double x0,
            double y0,
            double x1,
            double y1,
            double penRadius,
            double ink) {
        double reach = penRadius + 1;
        int left = (int) Math.max(0, Math.floor(Math.min(x0, x1) - reach));
        int right = (int) Math.min(SIZE - 1, Math.ceil(Math.max(x0, x1) + reach));
        int top = (int) Math.max(0, Math.floor(Math.min(y0, y1) - reach));
        int bottom = (int) Math.min(SIZE - 1, Math.ceil(Math.max(y0, y1) + reach));
        double dx = x1 - x0;
        double dy = y1 - y0;
        double squaredLength = Math.max(dx * dx + dy * dy, 1e-12);
        for (int row = top; row <= bottom; row++) {
            for (int column = left; column <= right; column++) {
                double px = column + 0.5 - x0;
                double py = row + 0.5 - y0;
                double along = Math.min(1, Math.max(0, (px * dx + py * dy) / squaredLength));
                double ox = px - along * dx;
                double oy = py - along * dy;
                double distance = Math.sqrt(ox * ox + oy * oy);
                double cover = Math.min(1, Math.max(0, penRadius + 0.5 - distance));
                int at = row * SIZE + column;
                canvas[at] = Math.max(canvas[at], (float) (ink * cover));
            }
        }
    }

    private static double between(Random random, double low, double high) {
        return low + (high - low) * random.nextDouble();
    }

    /** A generator of its own for each image; neighbouring seeds of Random alone would be alike. */
    private static Random randomOf(long seed, Part part, int index) {
        return new Random(mix(mix(mix(seed) + part.ordinal()) + index));
    }

    /** The finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014) after its increment. */
    private static long mix(long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
