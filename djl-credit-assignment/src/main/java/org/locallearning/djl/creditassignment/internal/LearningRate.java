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
package org.locallearning.djl.creditassignment.internal;

import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.ParameterTracker;
import java.util.Optional;
import org.locallearning.djl.decorrelation.internal.PrivateFields;

/**
 * Reads the learning rate of an optimizer, whose tracker and update count are private in DJL. Rules
 * that change weights outside the optimizer's steps need it to follow the same schedule.
 *
 * <p>The tracker is found by its type through reflection, so user optimizers and wrappers work like
 * DJL's own.
 */
public final class LearningRate {

    private final ParameterTracker tracker;
    private final Optimizer owner;

    private LearningRate(ParameterTracker tracker, Optimizer owner) {
        this.tracker = tracker;
        this.owner = owner;
    }

    /**
     * Finds the learning rate of an optimizer, or of the one that it is around.
     *
     * @param optimizer the optimizer
     * @return the rate, or empty if the optimizer has no tracker
     */
    public static Optional<LearningRate> of(Optimizer optimizer) {
        Optional<LearningRate> own =
                find(optimizer, ParameterTracker.class)
                        .map(tracker -> new LearningRate(tracker, optimizer))
                        .filter(LearningRate::isReadable);
        return own.isPresent() ? own : find(optimizer, Optimizer.class).flatMap(LearningRate::of);
    }

    /**
     * Returns the rate of the first step.
     *
     * @param parameterId the parameter that is updated
     * @return the rate
     */
    public double first(String parameterId) {
        return tracker.getNewValue(parameterId, 1);
    }

    /**
     * Returns the rate of the last step.
     *
     * @param parameterId the parameter that was updated
     * @return the rate
     */
    public double last(String parameterId) {
        int updates = (Integer) read(Optimizer.class, "numUpdate", owner).orElseThrow();
        return tracker.getNewValue(parameterId, Math.max(1, updates));
    }

    private boolean isReadable() {
        return read(Optimizer.class, "numUpdate", owner).isPresent();
    }

    private static <T> Optional<T> find(Optimizer optimizer, Class<T> type) {
        return PrivateFields.values(optimizer, type).stream()
                .filter(value -> value != optimizer)
                .findFirst();
    }

    private static Optional<Object> read(Class<?> declaring, String name, Optimizer optimizer) {
        try {
            return Optional.ofNullable(PrivateFields.read(declaring, optimizer, name));
        } catch (RuntimeException e) {
            // closed to reflection, or kept elsewhere: the rate is not known
            return Optional.empty();
        }
    }
}
