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
import java.util.Map;
import org.locallearning.djl.creditassignment.layer.Fan;

/**
 * Where feedback weights come from: {@code distribution.seeded(7)}, {@link #of(Map) given arrays},
 * or a function. It is called once per layer and shape in a trainer; the result is copied for every
 * device.
 */
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

    /**
     * Creates the feedback weights of a layer, for sources whose weights follow its fan.
     *
     * @param manager the manager to create them with; its device is where they are used
     * @param path the path of the layer's weight among the model's parameters
     * @param shape the shape they must have
     * @param type the type of data they must have
     * @param fan the fan of the layer's weight, which does not follow from its shape alone
     * @return the weights; by default those of the other method
     */
    default NDArray create(NDManager manager, String path, Shape shape, DataType type, Fan fan) {
        return create(manager, path, shape, type);
    }

    /**
     * Returns whether the weights are a function of what {@code create} is given, now and in
     * another run. If not, they are saved with the state of training.
     *
     * @return true if they need not be saved; false by default
     */
    default boolean isRepeatable() {
        return false;
    }

    /**
     * Says in a few words what the weights are, for reports.
     *
     * @return the words; "given" by default
     */
    default String describe() {
        return "given";
    }

    /**
     * Returns a source of given weights.
     *
     * @param weights the weights by path, which stay open until the first batch of every trainer
     * @return the source; it throws {@code IllegalArgumentException} for a path that is not there
     */
    static FeedbackSource of(Map<String, NDArray> weights) {
        Map<String, NDArray> given = Map.copyOf(weights);
        return (manager, path, shape, type) -> {
            NDArray found = given.get(path);
            if (found == null) {
                throw new IllegalArgumentException(
                        String.format(
                                "No feedback weights were given for %s, only for %s.",
                                path, given.keySet()));
            }
            NDArray moved = found.toDevice(manager.getDevice(), true);
            moved.attach(manager);
            return moved.toType(type, false);
        };
    }
}
