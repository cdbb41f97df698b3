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
package org.locallearning.djl.creditassignment;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Checks that a loss is finite, in its own batch or a later one. */
final class LossCheck {

    private final List<CreditTrainer> trainers;
    private final List<RecordedForward> forwards;
    private final long since;
    private final long batch;

    /**
     * Creates a check.
     *
     * @param trainers the trainers that can only be closed if it was not
     * @param forwards the forwards that the loss may depend on
     */
    LossCheck(List<CreditTrainer> trainers, List<RecordedForward> forwards) {
        this.trainers = trainers;
        this.forwards = List.copyOf(forwards);
        since = trainers.get(0).getChecks().getFirstUncheckedBatch();
        batch = trainers.get(0).getChecks().getBatch();
    }

    /**
     * Stops training if the loss was not finite.
     *
     * @param value the loss; not finite if that of an earlier batch, of which nobody asked, was not
     * @throws NonFiniteLossException if it is not finite
     */
    void accept(double value) {
        if (Double.isFinite(value)) {
            return;
        }
        boolean spread = trainers.get(0).isSpread();
        String on = spread ? " on " + forwards.get(0).getDevice() : "";
        String where =
                forwards.stream()
                        .map(RecordedForward::findNonFinite)
                        .flatMap(Optional::stream)
                        .findFirst()
                        .orElse("every layer is finite, so it is the loss function's own");
        NonFiniteLossException failure =
                new NonFiniteLossException(
                        String.format(
                                "The loss is %s in %s%s: %s. Training stopped and nothing was"
                                        + " saved; try a smaller learning rate, or check the data.",
                                value, batches(), on, where));
        trainers.forEach(each -> each.fail(failure));
        throw failure;
    }

    private String batches() {
        return since == batch
                ? "batch " + batch
                : String.format(Locale.ROOT, "one of the batches %d to %d", since, batch);
    }
}
