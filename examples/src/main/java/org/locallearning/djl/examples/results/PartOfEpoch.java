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
 * What was measured in the middle of an epoch, on the images that every epoch is measured on.
 *
 * @param share the share of the epoch's batches that were done, between 0 and 1
 * @param loss the loss
 * @param accuracy the share of images classified correctly, or null
 * @param seconds the time spent on training since the beginning of the epoch
 * @param cpuSeconds the processor time of the same, null where it cannot be told
 */
public record PartOfEpoch(
        double share, double loss, Double accuracy, double seconds, Double cpuSeconds) {

    /**
     * Returns the same without the time that it took.
     *
     * @return the same, after 0 seconds
     */
    public PartOfEpoch withoutTime() {
        return new PartOfEpoch(share, loss, accuracy, 0, null);
    }
}
