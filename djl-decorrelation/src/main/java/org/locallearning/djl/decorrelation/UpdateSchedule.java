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
package org.locallearning.djl.decorrelation;

import ai.djl.Device;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Counts the training forwards of a layer on each device, and decides when its matrix learns. */
final class UpdateSchedule {

    private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

    private final DecorrelationOptions options;
    private final Map<Device, Long> steps = new ConcurrentHashMap<>();
    private volatile long restoredSteps;

    UpdateSchedule(DecorrelationOptions options) {
        this.options = options;
    }

    /** Returns the furthest count of training forwards over the devices. */
    long getSteps() {
        return steps.values().stream().mapToLong(Long::longValue).max().orElse(restoredSteps);
    }

    void restoreSteps(long count) {
        steps.clear();
        restoredSteps = count;
    }

    /** Counts a training forward on a device. */
    void countStep(Device device) {
        steps.put(device, step(device) + 1);
    }

    /**
     * Returns whether the training forward that has begun on a device is to update the matrix: one
     * among each k that follow each other, the very first to begin with. Which of the k it is moves
     * on by the golden ratio, which comes by all of them evenly, so that a layer that runs several
     * times in a step learns from every one of its uses.
     *
     * @param device the device
     * @param batchSize the number of samples of its batch
     */
    boolean isUpdateDue(Device device, long batchSize) {
        long interval = options.getCost().stepsPerUpdate(batchSize);
        long step = step(device);
        double turns = step / interval * GOLDEN;
        long place = (long) ((turns - Math.floor(turns)) * interval);
        return step % interval == place && rate(device) > 0;
    }

    double rate(Device device) {
        return options.getRate(step(device));
    }

    private long step(Device device) {
        return steps.getOrDefault(device, restoredSteps);
    }
}
