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
package org.locallearning.djl.zoo.task;

import ai.djl.training.loss.Loss;

/** What a network is trained to put out, and the loss that says how far off it is. */
public enum Task {

    /** The class of the image: one logit per class, of which the greatest should be the right. */
    CLASSIFICATION("softmax cross-entropy", "cross-entropy") {
        @Override
        public Loss newLoss() {
            return Loss.softmaxCrossEntropyLoss();
        }
    },

    /**
     * The class of the image, as targets of 0.9 for the right output and −0.9 for the others, which
     * linear or tanh outputs are to meet.
     */
    SIGNED_TARGETS("squared error to ±0.9", "half the squared error") {
        @Override
        public Loss newLoss() {
            return new SignedTargetLoss();
        }
    },

    /**
     * The image itself: one logit per pixel and channel, whose sigmoid should be the pixel's value.
     * There is no accuracy; the loss on test images says how good the network is.
     */
    RECONSTRUCTION("sigmoid cross-entropy", "binary cross-entropy per pixel") {
        @Override
        public Loss newLoss() {
            return Loss.sigmoidBinaryCrossEntropyLoss();
        }
    },

    /**
     * The image itself, as pixels from −0.9 to 0.9 that linear outputs are to meet. There is no
     * accuracy.
     */
    SIGNED_RECONSTRUCTION("squared error to pixels in ±0.9", "squared error per image") {
        @Override
        public Loss newLoss() {
            return new SquaredImageLoss();
        }
    };

    private final String lossTitle;
    private final String lossUnit;

    Task(String lossTitle, String lossUnit) {
        this.lossTitle = lossTitle;
        this.lossUnit = lossUnit;
    }

    /**
     * Returns a new loss.
     *
     * @return the loss, a mean over images
     */
    public abstract Loss newLoss();

    /**
     * Returns whether outputs are right or wrong, so that there is an accuracy beside the loss.
     *
     * @return whether there is
     */
    public boolean hasAccuracy() {
        return !reconstructs();
    }

    /**
     * Returns whether images are their own labels.
     *
     * @return whether they are
     */
    public boolean reconstructs() {
        return this == RECONSTRUCTION || this == SIGNED_RECONSTRUCTION;
    }

    /**
     * Returns what a report calls the loss.
     *
     * @return the name
     */
    public String lossTitle() {
        return lossTitle;
    }

    /**
     * Returns what the numbers of the loss are.
     *
     * @return the unit, for an axis
     */
    public String lossUnit() {
        return lossUnit;
    }
}
