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
 * Crops a square window from an image, with every place equally likely.
 *
 * <p>With padding, the window may reach that far beyond the border and shows zeros there; a window
 * as large as the image then shifts it by up to the padding in each direction.
 *
 * @param side the window's height and width in pixels
 * @param padding how far the window may reach beyond each border, in pixels
 */
public record RandomCrop(int side, int padding) implements SpatialTransform {

    /**
     * Creates a random crop.
     *
     * @param side the window's height and width in pixels
     * @param padding how far the window may reach beyond each border, in pixels
     * @throws IllegalArgumentException if the side is not positive or the padding is negative
     */
    public RandomCrop {
        if (side < 1 || padding < 0) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "A random crop has a side of at least 1 and a padding of at least 0,"
                                    + " not %d and %d.",
                            side,
                            padding));
        }
    }

    /**
     * Cuts a random window out of an image.
     *
     * @param image the image so far
     * @param random the generator of this image alone
     * @return the window
     * @throws IllegalArgumentException if the window is larger than the padded image
     */
    @Override
    public PixelMap apply(PixelMap image, RandomGenerator random) {
        int down = image.getHeight() + 2 * padding - side;
        int right = image.getWidth() + 2 * padding - side;
        if (down < 0 || right < 0) {
            throw image.tooSmall(side, side, padding);
        }
        int top = random.nextInt(down + 1) - padding;
        int left = random.nextInt(right + 1) - padding;
        return image.crop(top, left, side, side);
    }

    /** {@inheritDoc} */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "random %dx%d crop%s",
                side,
                side,
                padding == 0 ? "" : " with a padding of " + padding);
    }
}
