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
package org.locallearning.djl.creditassignment.checkpoint;

import ai.djl.training.listener.TrainingListener;
import ai.djl.training.tracker.ParameterTracker;
import java.util.ArrayList;
import java.util.List;
import org.locallearning.djl.decorrelation.internal.PrivateFields;
import org.locallearning.djl.state.Stateful;

/**
 * The trackers of optimizers and decorrelation layers, such as that of the learning rate, and those
 * that they are around. DJL's follow from the count of updates; one of one's own may remember more.
 */
final class Trackers {

    private final List<TrainingListener> listeners;
    private final List<ParameterTracker> trackers = new ArrayList<>();

    /**
     * Creates an empty list.
     *
     * @param listeners the listeners of the trainer, which are saved as such
     */
    Trackers(List<TrainingListener> listeners) {
        this.listeners = listeners;
    }

    /** Adds the trackers of an optimizer or of settings, or those that a tracker is around. */
    void addOf(Object owner) {
        for (ParameterTracker tracker : PrivateFields.values(owner, ParameterTracker.class)) {
            if (!holds(trackers, tracker)) {
                trackers.add(tracker);
                addOf(tracker);
            }
        }
    }

    /** Looks for the object itself, since trackers may be equal that count apart. */
    private static boolean holds(List<?> all, Object one) {
        return all.stream().anyMatch(each -> each == one);
    }

    /** Returns those that remember something and are not saved with the listeners. */
    List<Stateful> getStateful() {
        return trackers.stream()
                .filter(tracker -> tracker instanceof Stateful && !holds(listeners, tracker))
                .map(Stateful.class::cast)
                .toList();
    }
}
