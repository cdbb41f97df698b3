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
package org.locallearning.djl.examples.reproduce.lillicrap;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.training.loss.Loss;
import org.locallearning.djl.zoo.task.SignedTargetLoss;

/**
 * Half the squared error, summed over outputs and averaged over the batch: the loss whose gradient
 * at the outputs is the error of the paper's equations, but for the mean.
 */
final class HalfSquaredError extends Loss {

    HalfSquaredError() {
        super("HalfSquaredError");
    }

    /** {@inheritDoc} */
    @Override
    public NDArray evaluate(NDList labels, NDList predictions) {
        return SignedTargetLoss.halfSquaredError(
                predictions.singletonOrThrow(), labels.singletonOrThrow());
    }
}
