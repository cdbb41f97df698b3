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

import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * Distorts an image elastically: every pixel is displaced at random, and neighbors alike.
 *
 * <p>Displacements down and to the right start as independent uniform numbers on ±1, are smoothed
 * by a Gaussian whose weights sum to 1, with zeros beyond the border, and are multiplied by the
 * strength. Away from the border their standard deviation is about {@code strength / (2 smoothness
 * √(3π))} pixels: 1.4 for the values of the paper, strength 34 and smoothness 4.
 *
 * <p>Simard, Steinkraus and Platt, "Best practices for convolutional neural networks applied to
 * visual document analysis", ICDAR (2003), section 2.
 *
 * @param strength the factor {@code α} of the smoothed field
 * @param smoothness the standard deviation {@code σ} of the Gaussian, in pixels
 */
public record ElasticDistortion(double strength, double smoothness) implements SpatialTransform {

    /** Beyond three standard deviations the Gaussian is taken to be zero. */
    private static final int REACH = 3;

    /**
     * Creates an elastic distortion.
     *
     * @param strength the factor of the smoothed field, at least 0
     * @param smoothness the standard deviation of the Gaussian in pixels, above 0
     * @throws IllegalArgumentException if one of them is out of its range
     */
    public ElasticDistortion {
        if (!(strength >= 0
                && strength < Double.POSITIVE_INFINITY
                && smoothness > 0
                && smoothness < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "An elastic distortion has a strength of at least 0 and a smoothness"
                                    + " above 0, not %s and %s.",
                            strength,
                            smoothness));
        }
    }

    /** {@inheritDoc} */
    @Override
    public PixelMap apply(PixelMap image, RandomGenerator random) {
        float[][] down = displacement(image.getHeight(), image.getWidth(), random);
        float[][] right = displacement(image.getHeight(), image.getWidth(), random);
        return image.displace(down, right);
    }

    /** Draws displacements along one axis, in pixels. */
    float[][] displacement(int height, int width, RandomGenerator random) {
        double[] weights = gaussian();
        double[][] noise = new double[height][width];
        for (double[] row : noise) {
            for (int column = 0; column < width; column++) {
                row[column] = 2 * random.nextDouble() - 1;
            }
        }
        double[][] alongRows = new double[height][width];
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                double sum = 0;
                for (int i = 0; i < weights.length; i++) {
                    int at = column + i - weights.length / 2;
                    sum += at < 0 || at >= width ? 0 : weights[i] * noise[row][at];
                }
                alongRows[row][column] = sum;
            }
        }
        float[][] smooth = new float[height][width];
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                double sum = 0;
                for (int i = 0; i < weights.length; i++) {
                    int at = row + i - weights.length / 2;
                    sum += at < 0 || at >= height ? 0 : weights[i] * alongRows[at][column];
                }
                smooth[row][column] = (float) (strength * sum);
            }
        }
        return smooth;
    }

    private double[] gaussian() {
        int radius = (int) Math.ceil(REACH * smoothness);
        double[] weights = new double[2 * radius + 1];
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            double distance = (i - radius) / smoothness;
            weights[i] = Math.exp(-distance * distance / 2);
            sum += weights[i];
        }
        for (int i = 0; i < weights.length; i++) {
            weights[i] /= sum;
        }
        return weights;
    }

    /** {@inheritDoc} */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "elastic distortion of strength %s and smoothness %s",
                strength,
                smoothness);
    }
}
