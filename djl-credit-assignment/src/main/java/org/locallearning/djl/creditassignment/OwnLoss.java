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

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.training.loss.Loss;
import java.util.Objects;
import java.util.function.BiFunction;

/**
 * The loss of a rule that computes losses itself instead of using the errors passed to it.
 *
 * @param description what it is, for messages, as in "the trainer's own loss (L2Loss)"
 * @param function returns the loss, one number, of the labels and predictions of one forward
 * @param given whether it was given to the rule instead of the trainer's, and so may have no
 *     gradient
 */
public record OwnLoss(
        String description, BiFunction<NDList, NDList, NDArray> function, boolean given) {

    /**
     * Creates a loss of a rule.
     *
     * @param description what it is, for messages
     * @param function gives the loss of labels and predictions
     * @param given whether the rule was given it in the place of the trainer's
     */
    public OwnLoss {
        Objects.requireNonNull(description, "description");
        Objects.requireNonNull(function, "function");
    }

    /**
     * Returns the loss of the trainer's configuration.
     *
     * @param loss the loss
     * @return the loss as that of a rule
     */
    public static OwnLoss ofTrainer(Loss loss) {
        return new OwnLoss(
                "the trainer's own loss (" + loss.getName() + ")", loss::evaluate, false);
    }
}
