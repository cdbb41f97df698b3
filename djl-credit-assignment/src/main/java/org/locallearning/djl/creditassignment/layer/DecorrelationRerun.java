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
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.decorrelation.Decorrelating;
import org.locallearning.djl.decorrelation.DecorrelationOptions;
import org.locallearning.djl.decorrelation.MeanRemoval;

/**
 * A decorrelation layer with the matrix and the mean of the first run. Its matrix learns from the
 * samples of the first run alone.
 *
 * @param <B> the type of layer
 */
final class DecorrelationRerun<B extends Decorrelating> implements BlockRerun<B> {

    private final Function<B, DecorrelationOptions> options;
    private final ToIntFunction<NDArray> featureAxis;

    /**
     * Creates a rerun.
     *
     * @param options the settings of a layer
     * @param featureAxis the axis of an input along which there are features
     */
    DecorrelationRerun(
            Function<B, DecorrelationOptions> options, ToIntFunction<NDArray> featureAxis) {
        this.options = options;
        this.featureAxis = featureAxis;
    }

    /** {@inheritDoc} */
    @Override
    public NDList run(B block, ParameterStore store, FirstRun first, NDList inputs) {
        if (options.apply(block).getMean().removal() != MeanRemoval.BATCH) {
            return block.forward(store, inputs, false);
        }
        NDManager scope = inputs.head().getManager();
        try (NDManager temporary = scope.newSubManager()) {
            NDArray batch = Autograd.detach(first.inputs().head(), temporary);
            NDArray mean =
                    first.inputs().size() == 1
                            ? BatchStatistics.mean(batch, featureAxis.applyAsInt(batch)).flatten()
                            : meanOfCounted(batch, first.inputs().get(1));
            return block.forward(
                    new BatchStatistics(store, scope, Map.of(block.getRunningMean(), mean)),
                    inputs,
                    false);
        }
    }

    /** Returns the mean of the rows that a mask counts, as the first run removed it. */
    private static NDArray meanOfCounted(NDArray batch, NDArray mask) {
        Shape rows = mask.getShape();
        NDArray counted = Autograd.detach(mask, batch.getManager()).neq(0);
        NDArray weights = counted.toType(batch.getDataType(), false).expandDims(rows.dimension());
        int[] axes = IntStream.range(0, rows.dimension()).toArray();
        return batch.mul(weights).sum(axes).div(weights.sum());
    }
}
