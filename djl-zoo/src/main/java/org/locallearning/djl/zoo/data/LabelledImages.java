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
import java.util.Locale;
import org.locallearning.djl.zoo.augmentation.PixelMap;

/**
 * Images with their class indices, as unsigned bytes.
 *
 * @param shape the shape of one image, (channels, height, width)
 * @param pixels the pixels of all images, one image after another, each in the order of its shape
 * @param labels the class index of each image
 */
record LabelledImages(Shape shape, byte[] pixels, byte[] labels) {

    LabelledImages {
        if (pixels.length != labels.length * shape.size()) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "%d labels but %d bytes of pixels for images of shape %s",
                            labels.length,
                            pixels.length,
                            shape));
        }
    }

    /** Returns the number of images. */
    int size() {
        return labels.length;
    }

    /** Returns the first images, or all of them where there are no more than that. */
    LabelledImages first(int count) {
        if (count >= size()) {
            return this;
        }
        return new LabelledImages(
                shape,
                Arrays.copyOf(pixels, Math.toIntExact(count * shape.size())),
                Arrays.copyOf(labels, count));
    }

    /** Returns the last images, or all of them where there are no more than that. */
    LabelledImages last(int count) {
        if (count >= size()) {
            return this;
        }
        int from = Math.toIntExact((size() - count) * shape.size());
        return new LabelledImages(
                shape,
                Arrays.copyOfRange(pixels, from, pixels.length),
                Arrays.copyOfRange(labels, size() - count, size()));
    }

    /** Returns the centres of the images, or the images themselves where that is their size. */
    LabelledImages centres(int side) {
        int channels = (int) shape.get(0);
        int height = (int) shape.get(1);
        int width = (int) shape.get(2);
        if (height == side && width == side) {
            return this;
        }
        PixelMap centre = PixelMap.identity(height, width).centerCrop(side, side);
        Shape centreShape = new Shape(channels, side, side);
        int from = (int) shape.size();
        int to = (int) centreShape.size();
        byte[] cut = new byte[Math.multiplyExact(size(), to)];
        for (int i = 0; i < size(); i++) {
            centre.copy(pixels, i * from, channels, cut, i * to);
        }
        return new LabelledImages(centreShape, cut, labels);
    }

    /** Returns the images in grey: one channel, the mean of theirs, rounded. */
    LabelledImages grey() {
        int channels = (int) shape.get(0);
        if (channels == 1) {
            return this;
        }
        int plane = (int) (shape.size() / channels);
        byte[] greys = new byte[Math.multiplyExact(size(), plane)];
        for (int i = 0; i < greys.length; i++) {
            int at = i / plane * plane * channels + i % plane;
            int sum = 0;
            for (int channel = 0; channel < channels; channel++) {
                sum += pixels[at + channel * plane] & 0xff;
            }
            greys[i] = (byte) ((2 * sum + channels) / (2 * channels));
        }
        return new LabelledImages(new Shape(1, shape.get(1), shape.get(2)), greys, labels);
    }
}
