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
package org.locallearning.djl.creditassignment.loss;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.training.loss.Loss;

/**
 * A loss with one number per sample. DJL's losses return only the mean, but rules that perturb
 * samples need the change of each sample's loss.
 *
 * <p>{@code L = (1/N) Σ_n L_n}, where {@code L} is DJL's loss and {@code L_n} is returned here.
 */
@FunctionalInterface
public interface SampleLoss {

    /**
     * Evaluates the loss of every sample. Whatever arrays it makes are closed after it, but for
     * what it returns: an array that it keeps for the next time is made before, or taken from the
     * scope by {@code NDScope.unregister}.
     *
     * @param labels the labels, shapes (N, ...)
     * @param predictions the predictions, shapes (N, ...)
     * @return the losses, shape (N)
     */
    NDArray evaluate(NDList labels, NDList predictions);

    /**
     * Returns the per-sample form of a loss.
     *
     * <p>Softmax cross-entropy, sigmoid binary cross-entropy from logits, hinge, L1, L2 and sums of
     * them are evaluated at once for the whole batch. Any other loss, the user's own included, is
     * evaluated on one sample after another, which is exact for every loss that is a mean over the
     * batch and slow for a large one: give a {@code SampleLoss} of your own there.
     *
     * @param loss the loss
     * @return its per-sample form; its evaluation throws {@link IllegalArgumentException} if the
     *     loss of a batch turns out not to be the mean over its samples
     */
    static SampleLoss of(Loss loss) {
        return ClosedForms.of(loss).orElseGet(() -> new SlicedLoss(loss));
    }
}
