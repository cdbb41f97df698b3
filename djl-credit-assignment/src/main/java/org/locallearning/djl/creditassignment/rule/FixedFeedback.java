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

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.HashMap;
import java.util.Map;

/**
 * Feedback weights that are made once and never change: not optimized, not regularized, not drawn
 * again. They live as long as the trainer.
 */
final class FixedFeedback {

    private final NDManager manager;
    private final FeedbackSource source;
    private final Map<Key, NDArray> weights = new HashMap<>();

    FixedFeedback(NDManager manager, FeedbackSource source) {
        this.manager = manager;
        this.source = source;
    }

    NDArray get(Device device, String path, Shape shape, DataType type) {
        return weights.computeIfAbsent(
                new Key(device, path, shape), key -> create(device, path, shape, type));
    }

    private NDArray create(Device device, String path, Shape shape, DataType type) {
        NDManager onDevice = manager.newSubManager(device);
        NDArray created = source.create(onDevice, path, shape, type);
        if (!created.getShape().equals(shape)) {
            throw new IllegalArgumentException(
                    String.format(
                            "The feedback weights given for %s have shape %s; they need %s.",
                            path, created.getShape(), shape));
        }
        // whoever gave them may have given the layer's own weight: an alias would learn with it
        NDArray fixed = created.duplicate();
        fixed.attach(manager);
        onDevice.close();
        return fixed;
    }

    /**
     * Inputs may change their size from batch to batch, and with it the weights that reach them.
     */
    private record Key(Device device, String path, Shape shape) {}
}
