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

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.ParameterStore;
import java.lang.reflect.Field;
import java.util.stream.IntStream;
import org.locallearning.djl.creditassignment.engine.Autograd;

/**
 * {@code BatchNorm} with the mean and variance of the batch of the first run: an affine map of each
 * sample by itself. The running statistics stay as they are.
 */
final class BatchNormReplay implements Replay<BatchNorm> {

    /** {@inheritDoc} */
    @Override
    public NDList run(BatchNorm block, ParameterStore store, Run first, NDList inputs) {
        NDArray batch = first.inputs().singletonOrThrow();
        NDManager scope = inputs.head().getManager();
        int axis = channelAxis(block);
        long count = batch.size() / batch.getShape().get(axis);
        int[] others =
                IntStream.range(0, batch.getShape().dimension()).filter(i -> i != axis).toArray();
        try (NDManager temporary = scope.newSubManager()) {
            NDArray sample = Autograd.detach(batch, temporary);
            NDArray mean = sample.sum(others, true).divi(count);
            NDArray variance = sample.sub(mean).square().sum(others).divi(count);
            // in evaluation a block normalizes by what it takes for the running statistics
            return block.forward(
                    new BatchStatistics(store, scope, mean.flatten(), variance), inputs, false);
        }
    }

    /** The axis along which there are channels; the block has no getter for it. */
    private static int channelAxis(BatchNorm block) {
        try {
            Field field = BatchNorm.class.getDeclaredField("axis");
            field.setAccessible(true);
            int axis = field.getInt(block);
            // the engine takes a last axis for the second, as DJL passes it on
            return axis == -1 ? 1 : axis;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "This version of DJL keeps the axis of a BatchNorm elsewhere; use the DJL"
                            + " version that this library was built for.",
                    e);
        }
    }

    /** Hands out the statistics of a batch in place of the running ones. */
    private static final class BatchStatistics extends ParameterStore {

        private final ParameterStore store;
        private final NDArray mean;
        private final NDArray variance;

        BatchStatistics(ParameterStore store, NDManager scope, NDArray mean, NDArray variance) {
            super(scope, false);
            this.store = store;
            this.mean = mean;
            this.variance = variance;
        }

        /** {@inheritDoc} */
        @Override
        public NDArray getValue(Parameter parameter, Device device, boolean training) {
            if (parameter != null && parameter.getType() == Parameter.Type.RUNNING_MEAN) {
                return mean;
            }
            if (parameter != null && parameter.getType() == Parameter.Type.RUNNING_VAR) {
                return variance;
            }
            return store.getValue(parameter, device, training);
        }
    }
}
