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
package org.locallearning.djl.creditassignment.rule;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/** Where fixed feedback weights come from. It is asked once for each layer, device and trainer. */
@FunctionalInterface
public interface FeedbackSource {

    /**
     * Creates the feedback weights of a layer.
     *
     * @param manager the manager to create them with; its device is where they are used
     * @param path the path of the layer's weight among the model's parameters, such as {@code
     *     02Linear_weight}
     * @param shape the shape they must have
     * @param type the type of data they must have
     * @return the weights
     */
    NDArray create(NDManager manager, String path, Shape shape, DataType type);
}
