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

/** Moves the pixels of one image, in a way that may be drawn at random. */
@FunctionalInterface
public interface SpatialTransform {

    /**
     * Moves the pixels of one image.
     *
     * @param image the image so far
     * @param random the generator of this image alone
     * @return the image after this transform; its size must be the same for all images
     */
    PixelMap apply(PixelMap image, RandomGenerator random);

    /**
     * Appends a transform.
     *
     * @param next the transform to apply to the result of this one
     * @return the two in turn
     */
    default SpatialTransform andThen(SpatialTransform next) {
        return new TransformSequence(this, next);
    }
}
