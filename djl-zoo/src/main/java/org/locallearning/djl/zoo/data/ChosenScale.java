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

import org.locallearning.djl.creditassignment.provenance.Preprocessing;
import org.locallearning.djl.creditassignment.transform.ZcaWhitening;
import org.locallearning.djl.zoo.task.Task;

/**
 * What the options make of pixels.
 *
 * @param pixels the scale of each channel
 * @param description what becomes of an image, in words
 * @param isScaleAlone whether nothing comes after the scale
 */
record ChosenScale(PixelScale pixels, String description, boolean isScaleAlone) {

    /** Chooses a scale, from the statistics of the training images if it standardizes. */
    static ChosenScale of(DataOptions options, LabelledImages trainingImages) {
        boolean alone = !options.isContrastNormalized() && !options.isWhitened();
        ChosenScale range = range(options, trainingImages);
        String description =
                (options.isGray() ? "grey; " : "")
                        + range.description
                        + (options.isContrastNormalized() ? "; contrast normalized" : "")
                        + (options.isWhitened()
                                ? "; ZCA-whitened by the training images with ε = "
                                        + ZcaWhitening.EPSILON
                                : "");
        return new ChosenScale(range.pixels, description, alone);
    }

    private static ChosenScale range(DataOptions options, LabelledImages trainingImages) {
        int channels = (int) trainingImages.shape().get(0);
        if (options.isStandardized()) {
            PixelScale scale = PixelScale.standardising(trainingImages);
            return new ChosenScale(scale, "standardised by the training images' " + scale, true);
        }
        if (options.getTask() == Task.RECONSTRUCTION) {
            // what a sigmoid can put out
            return between(0.005, 0.995, channels, "0.005..0.995");
        }
        if (options.getTask() == Task.SIGNED_RECONSTRUCTION) {
            return between(-0.9, 0.9, channels, "−0.9..0.9");
        }
        return options.isSignedPixels()
                ? between(-1, 1, channels, "−1..1")
                : between(0, 1, channels, "0..1");
    }

    private static ChosenScale between(double low, double high, int channels, String range) {
        return new ChosenScale(
                PixelScale.between(low, high, channels),
                "pixels in " + range + ", not standardised",
                true);
    }

    /**
     * Describes the scale in a record of training.
     *
     * @param wholeSide the side of the images of which the centres are taken, or null
     * @param cut what is cut from images before, with "; " after it, or nothing
     */
    Preprocessing describe(Integer wholeSide, String cut) {
        String before = cut.replaceAll("; $", "");
        return pixels.describe(wholeSide, before.isEmpty() ? null : before);
    }
}
