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

/**
 * What one epoch of a run came to.
 *
 * @param epoch the epoch, from 1
 * @param trainLoss the loss over the training images, each measured as it was learned from
 * @param trainAccuracy the share of training images classified correctly, 0 to 1, likewise; null
 *     where the network does not classify
 * @param testLoss the loss over the test images after the epoch
 * @param testAccuracy the share of test images classified correctly after the epoch, 0 to 1, or
 *     null likewise
 * @param seconds the time spent on training and on measuring the alignment, without the test
 */
public record EpochResult(
        int epoch,
        double trainLoss,
        Double trainAccuracy,
        double testLoss,
        Double testAccuracy,
        double seconds) {

    /**
     * Returns this epoch without the time that it took.
     *
     * @return the same, with 0 seconds
     */
    public EpochResult withoutTime() {
        return new EpochResult(epoch, trainLoss, trainAccuracy, testLoss, testAccuracy, 0);
    }
}
