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
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.locallearning.djl.creditassignment.internal.ReplacingStore;
import org.locallearning.djl.decorrelation.internal.HostNumber;

/**
 * Hands out the statistics of a batch in place of running ones: what a block that runs as in
 * evaluation takes for them.
 */
final class BatchStatistics extends ReplacingStore {

    /**
     * Creates a store.
     *
     * @param store where all other parameters come from
     * @param scope the manager of the store
     * @param statistics the statistics, by the parameter they take the place of
     */
    BatchStatistics(ParameterStore store, NDManager scope, Map<Parameter, NDArray> statistics) {
        super(store, scope, parameter -> Optional.ofNullable(statistics.get(parameter)));
    }

    /** Returns the mean of a batch over every axis but one. */
    static NDArray mean(NDArray batch, int axis) {
        int[] others =
                IntStream.range(0, batch.getShape().dimension()).filter(i -> i != axis).toArray();
        return HostNumber.divi(batch.sum(others, true), batch.size() / batch.getShape().get(axis));
    }
}
