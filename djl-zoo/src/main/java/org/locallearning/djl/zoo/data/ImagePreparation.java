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

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.locallearning.djl.zoo.augmentation.ElasticDistortion;
import org.locallearning.djl.zoo.augmentation.RandomCrop;
import org.locallearning.djl.zoo.augmentation.RandomHorizontalFlip;
import org.locallearning.djl.zoo.augmentation.RandomTranslation;
import org.locallearning.djl.zoo.augmentation.SpatialTransform;

/**
 * Which part of its images a network gets to see.
 *
 * @param centreSide the height and width of the centre that is cut out of every image that is not
 *     augmented; empty for whole images
 * @param augmentation what training images go through where augmentation is asked for; empty for a
 *     data set that has none
 */
record ImagePreparation(OptionalInt centreSide, Optional<SpatialTransform> augmentation) {

    /** Images as they are. */
    static final ImagePreparation WHOLE =
            new ImagePreparation(OptionalInt.empty(), Optional.empty());

    /** Whole images; the usual augmentation of CIFAR-10 and CIFAR-100. */
    static final ImagePreparation CIFAR =
            new ImagePreparation(
                    OptionalInt.empty(),
                    Optional.of(new RandomCrop(32, 4).andThen(new RandomHorizontalFlip())));

    /**
     * Whole images; shifts, and the distortion that is usual for digits (Simard et al. 2003). What
     * mirrors digits is left out.
     */
    static final ImagePreparation HANDWRITTEN_DIGITS =
            new ImagePreparation(
                    OptionalInt.empty(),
                    Optional.of(new RandomTranslation(1).andThen(new ElasticDistortion(34, 4))));

    /**
     * Cuts all images to 56x56 pixels, as Ahmad does ("Correlations Are Ruining Your Gradient
     * Descent", appendix F).
     */
    static final ImagePreparation TINY_IMAGENET =
            new ImagePreparation(
                    OptionalInt.of(56),
                    Optional.of(new RandomCrop(56, 0).andThen(new RandomHorizontalFlip())));

    /** Returns what a network sees of images that are not augmented. */
    LabelledImages centres(LabelledImages images) {
        return centreSide.isEmpty() ? images : images.centres(centreSide.getAsInt());
    }

    /** Says what is done to the images, with "; " after it, or nothing where nothing could be. */
    String describe(boolean augmented) {
        StringBuilder text = new StringBuilder();
        centreSide.ifPresent(
                side ->
                        text.append(
                                String.format(
                                        Locale.ROOT,
                                        "%s images cut to their central %dx%d pixels; ",
                                        augmented ? "test" : "all",
                                        side,
                                        side)));
        augmentation.ifPresent(
                transform ->
                        text.append(
                                augmented
                                        ? "training images augmented by " + transform + "; "
                                        : "not augmented; "));
        return text.toString();
    }
}
