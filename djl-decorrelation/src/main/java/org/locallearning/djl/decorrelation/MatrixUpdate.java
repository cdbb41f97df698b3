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

/** A rule that changes a layer's matrix from a sample of the layer's activity. */
@FunctionalInterface
interface MatrixUpdate {

    /**
     * Changes the matrix in place.
     *
     * @param matrix the matrix, (n, n)
     * @param sample the rows that the gain compares with, and the decorrelated rows
     * @param rate the rate
     * @param options the other settings
     * @return the gain that was applied
     */
    double apply(NDArray matrix, ActivitySample sample, double rate, DecorrelationOptions options);
}
