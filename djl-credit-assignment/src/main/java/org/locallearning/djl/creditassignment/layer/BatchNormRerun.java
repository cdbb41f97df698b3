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
package org.locallearning.djl.creditassignment.layer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import ai.djl.nn.ParameterList;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.ParameterStore;
import java.util.Map;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.decorrelation.internal.PrivateFields;

/**
 * {@code BatchNorm} with the mean and variance of the batch of the first run: an affine map of each
 * sample by itself. The running statistics stay as they are.
 */
final class BatchNormRerun implements BlockRerun<BatchNorm> {

    /** {@inheritDoc} */
    @Override
    public NDList run(BatchNorm block, ParameterStore store, FirstRun first, NDList inputs) {
        NDManager scope = inputs.head().getManager();
        int axis = channelAxis(block);
        try (NDManager temporary = scope.newSubManager()) {
            NDArray batch = Autograd.detach(first.inputs().singletonOrThrow(), temporary);
            NDArray mean = BatchStatistics.mean(batch, axis);
            NDArray variance = BatchStatistics.mean(batch.sub(mean).square(), axis);
            ParameterList parameters = block.getDirectParameters();
            Map<Parameter, NDArray> statistics =
                    Map.of(
                            parameters.get("runningMean"), mean.flatten(),
                            parameters.get("runningVar"), variance.flatten());
            return block.forward(new BatchStatistics(store, scope, statistics), inputs, false);
        }
    }

    /** The axis along which there are channels; the block has no getter for it. */
    private static int channelAxis(BatchNorm block) {
        int axis = (Integer) PrivateFields.read(BatchNorm.class, block, "axis");
        // the engine takes a last axis for the second, as DJL passes it on
        return axis == -1 ? 1 : axis;
    }
}
