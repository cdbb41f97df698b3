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
package org.locallearning.djl.decorrelation;

import ai.djl.ndarray.NDArray;

/**
 * Sees the sample of activity from which a decorrelation layer is about to update M; for metrics
 * such as {@link CorrelationStatistics#decorrelationLoss} before and after the layer.
 */
@FunctionalInterface
public interface DecorrelationObserver {

    /**
     * Called in a training forward, before M changes. The arrays are closed after the call.
     *
     * @param layer the layer
     * @param block which diagonal block of M, or which group of a convolution, from 0
     * @param inputs the inputs with the mean removed, (rows, n)
     * @param outputs the same rows decorrelated, (rows, n)
     */
    void sampled(Decorrelating layer, int block, NDArray inputs, NDArray outputs);
}
