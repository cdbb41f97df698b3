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
import org.locallearning.djl.creditassignment.layer.Fan;

/** Weights that are a function of a seed, the path and the shape. */
record SeededFeedback(FeedbackDistribution distribution, long seed) implements FeedbackSource {

    /** {@inheritDoc} */
    @Override
    public NDArray create(NDManager manager, String path, Shape shape, DataType type) {
        return create(manager, path, shape, type, Fan.of(shape));
    }

    /** {@inheritDoc} */
    @Override
    public NDArray create(NDManager manager, String path, Shape shape, DataType type, Fan fan) {
        return distribution.draw(manager, seed, path, shape, type, fan);
    }

    /** {@inheritDoc} */
    @Override
    public boolean isRepeatable() {
        return true;
    }

    /** {@inheritDoc} */
    @Override
    public String describe() {
        return distribution + ", seed " + seed;
    }
}
