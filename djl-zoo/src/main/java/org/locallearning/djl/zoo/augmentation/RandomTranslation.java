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

import java.util.random.RandomGenerator;

/**
 * Shifts an image by whole pixels, every shift up to a greatest one in each direction being equally
 * likely. What comes in at the border is zero.
 *
 * @param most the greatest shift in each direction, in pixels
 */
public record RandomTranslation(int most) implements SpatialTransform {

    /**
     * Creates a random translation.
     *
     * @param most the greatest shift in each direction, in pixels
     * @throws IllegalArgumentException if it is negative
     */
    public RandomTranslation {
        if (most < 0) {
            throw new IllegalArgumentException(
                    "A random translation goes at least 0 pixels far, not " + most + ".");
        }
    }

    /** {@inheritDoc} */
    @Override
    public PixelMap apply(PixelMap image, RandomGenerator random) {
        int top = random.nextInt(2 * most + 1) - most;
        int left = random.nextInt(2 * most + 1) - most;
        return image.crop(top, left, image.getHeight(), image.getWidth());
    }

    /** {@inheritDoc} */
    @Override
    public String toString() {
        return "random translation by up to " + most + " pixels";
    }
}
