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
package org.locallearning.djl.creditassignment.provenance;

import java.util.List;
import java.util.Locale;

/**
 * How an image is prepared for a model: {@code (pixel / pixelScale − mean) / deviation} per
 * channel, of the whole image or of its center.
 *
 * @param pixelScale the number that pixels are divided by, such as 255
 * @param means the mean of every channel
 * @param deviations the standard deviation of every channel
 * @param wholeSide the height and width, in pixels, of the image whose center the model takes; null
 *     if it takes the whole image
 * @param description anything else, such as augmentation, in words; null if there is nothing
 */
public record Preprocessing(
        double pixelScale,
        List<Double> means,
        List<Double> deviations,
        Integer wholeSide,
        String description) {

    private static final int LARGEST_SIDE = 10_000;

    /**
     * Checks the numbers.
     *
     * @param pixelScale the number that pixels are divided by, above 0
     * @param means the mean of every channel
     * @param deviations the standard deviation of every channel, above 0, as many as means
     * @param wholeSide the side of the image whose centre is taken, above 0, or null
     * @param description anything else, or null
     */
    public Preprocessing {
        means = means == null ? List.of() : List.copyOf(means);
        deviations = deviations == null ? List.of() : List.copyOf(deviations);
        if (!(pixelScale > 0) || Double.isInfinite(pixelScale)) {
            throw new IllegalArgumentException(
                    "The number that pixels are divided by is above 0, not " + pixelScale + ".");
        }
        if (means.isEmpty() || means.size() != deviations.size()) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "Every channel has a mean and a deviation, but there are %d means and %d"
                                    + " deviations.",
                            means.size(),
                            deviations.size()));
        }
        if (wholeSide != null && (wholeSide < 1 || wholeSide > LARGEST_SIDE)) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "The side of the image whose centre is taken is 1 to %,d pixels, not"
                                    + " %,d.",
                            LARGEST_SIDE,
                            wholeSide));
        }
        if (!means.stream().allMatch(Double::isFinite)) {
            throw new IllegalArgumentException(
                    "The means of channels are finite, not " + means + ".");
        }
        if (!deviations.stream().allMatch(each -> each > 0 && Double.isFinite(each))) {
            throw new IllegalArgumentException(
                    "The deviations of channels are above 0, not " + deviations + ".");
        }
    }
}
