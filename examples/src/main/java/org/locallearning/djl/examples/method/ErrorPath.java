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
package org.locallearning.djl.examples.method;

/** How a method carries the error to the layers below, which sets its count of multiply-adds. */
public enum ErrorPath {

    /**
     * From layer to layer: one product the size of the forward one in every layer but the first.
     */
    LAYER_BY_LAYER,

    /** From the output straight to the output of every hidden layer, through one matrix each. */
    DIRECT,

    /**
     * In every iteration of inference, one product the size of the forward one for a layer's error
     * and one for its new prediction, in every layer but the first.
     */
    INFERENCE,

    /** As {@link #INFERENCE}, and one more in every layer for the weights, which move each time. */
    INCREMENTAL_INFERENCE
}
