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

import java.util.List;

/**
 * What one epoch of a run came to. After an epoch the network is measured on images that it was not
 * trained on: on those held out for validation where there are any, and on the test images then
 * after the last epoch alone, so that nothing is chosen by them.
 *
 * @param epoch the epoch, from 1
 * @param trainLoss the mean over batches of the loss of the training images, each measured as it
 *     was learned from
 * @param trainAccuracy the share of training images classified correctly, 0 to 1, likewise; null
 *     where the network does not classify
 * @param testLoss the mean loss of a test image after the epoch, null where they were not looked
 *     at; in results of earlier versions, the mean over batches
 * @param testAccuracy the share of test images classified correctly after the epoch, 0 to 1, or
 *     null likewise
 * @param validationLoss the mean loss of an image held out for validation after the epoch, null
 *     where there are none; in results of earlier versions, the mean over batches
 * @param validationAccuracy the share of them classified correctly after the epoch, 0 to 1, or null
 *     likewise
 * @param seconds the time spent on training: on fetching batches, forward, backward and optimizer,
 *     without evaluation, measurements and checkpoints; in results of earlier versions, those
 *     without {@code cpuSeconds}, with measuring the alignment
 * @param cpuSeconds the processor time of the whole process in that time, which with one thread is
 *     what a quiet core takes; null where it cannot be told, and in results of earlier versions
 * @param within what was measured in the middle of the epoch, in order
 */
public record EpochResult(
        int epoch,
        double trainLoss,
        Double trainAccuracy,
        Double testLoss,
        Double testAccuracy,
        Double validationLoss,
        Double validationAccuracy,
        double seconds,
        Double cpuSeconds,
        List<PartOfEpoch> within) {

    /**
     * Creates a result; what files of earlier versions lack is empty.
     *
     * @param epoch the epoch, from 1
     * @param trainLoss the loss over the training images
     * @param trainAccuracy the share of training images classified correctly, or null
     * @param testLoss the loss over the test images after the epoch, or null
     * @param testAccuracy the share of test images classified correctly after the epoch, or null
     * @param validationLoss the loss over the images held out for validation, or null
     * @param validationAccuracy the share of those classified correctly, or null
     * @param seconds the time spent on training
     * @param cpuSeconds the processor time spent on training, or null
     * @param within what was measured in the middle of the epoch
     * @throws IllegalArgumentException if the epoch is below 1, as in a damaged file
     */
    public EpochResult {
        if (epoch < 1) {
            throw new IllegalArgumentException("Epochs are counted from 1, not " + epoch + ".");
        }
        within = within == null ? List.of() : within;
    }

    /**
     * Creates the result of an epoch after which the test images were looked at, and no others.
     *
     * @param epoch the epoch, from 1
     * @param trainLoss the loss over the training images
     * @param trainAccuracy the share of training images classified correctly, or null
     * @param testLoss the loss over the test images after the epoch
     * @param testAccuracy the share of test images classified correctly after the epoch, or null
     * @param seconds the time spent on training
     */
    public EpochResult(
            int epoch,
            double trainLoss,
            Double trainAccuracy,
            double testLoss,
            Double testAccuracy,
            double seconds) {
        this(
                epoch,
                trainLoss,
                trainAccuracy,
                testLoss,
                testAccuracy,
                null,
                null,
                seconds,
                null,
                List.of());
    }

    /**
     * Returns the loss over the images that were looked at after every epoch.
     *
     * @return the loss for validation where there is one, otherwise that of the test
     */
    public double heldOutLoss() {
        return validationLoss == null ? testLoss : validationLoss;
    }

    /**
     * Returns the accuracy on the images that were looked at after every epoch.
     *
     * @return the share for validation where there is one, otherwise that of the test; null where
     *     the network does not classify
     */
    public Double heldOutAccuracy() {
        return validationLoss == null ? testAccuracy : validationAccuracy;
    }

    /**
     * Returns this epoch with what was measured on the test images after it.
     *
     * @param loss the loss over the test images
     * @param accuracy the share classified correctly, or null
     * @return the same otherwise
     */
    public EpochResult withTest(double loss, Double accuracy) {
        return new EpochResult(
                epoch,
                trainLoss,
                trainAccuracy,
                loss,
                accuracy,
                validationLoss,
                validationAccuracy,
                seconds,
                cpuSeconds,
                within);
    }

    /**
     * Returns this epoch without the time that it took.
     *
     * @return the same, with 0 seconds
     */
    public EpochResult withoutTime() {
        return new EpochResult(
                epoch,
                trainLoss,
                trainAccuracy,
                testLoss,
                testAccuracy,
                validationLoss,
                validationAccuracy,
                0,
                null,
                within.stream().map(PartOfEpoch::withoutTime).toList());
    }
}
