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
package org.locallearning.djl.examples.results;

import org.locallearning.djl.zoo.data.DataOptions;

/**
 * What was done to images besides standardising and varying them, which {@link Settings} has.
 *
 * @param signedPixels whether pixels were kept in -1 to 1
 * @param grey whether images in colour were made grey
 * @param contrastNormalized whether every image was given mean 0 and contrast 1
 * @param whitened whether pixels were made uncorrelated by ZCA whitening
 * @param wholeBatches whether images that fill no batch were left out of an epoch
 */
public record ImagePreparation(
        boolean signedPixels,
        boolean grey,
        boolean contrastNormalized,
        boolean whitened,
        boolean wholeBatches) {

    /**
     * Reads what was chosen.
     *
     * @param data how images were read
     * @return what was done to them
     */
    public static ImagePreparation of(DataOptions data) {
        return new ImagePreparation(
                data.isSignedPixels(),
                data.isGray(),
                data.isContrastNormalized(),
                data.isWhitened(),
                data.isWholeBatches());
    }
}
