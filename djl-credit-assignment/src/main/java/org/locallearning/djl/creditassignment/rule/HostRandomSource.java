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
import java.util.Random;
import java.util.function.DoubleSupplier;

/** Random numbers of Java, whose sequences are part of its specification. */
final class HostRandomSource implements RandomSource {

    private final long seed;
    private final Random random;

    HostRandomSource(long seed) {
        this.seed = seed;
        random = new Random(seed);
    }

    /** {@inheritDoc} */
    @Override
    public NDArray normal(NDManager manager, Shape shape, DataType type) {
        return create(manager, random::nextGaussian, shape, type);
    }

    /** {@inheritDoc} */
    @Override
    public NDArray uniform(NDManager manager, double low, double high, Shape shape, DataType type) {
        return create(manager, () -> low + (high - low) * random.nextDouble(), shape, type);
    }

    private static NDArray create(
            NDManager manager, DoubleSupplier draw, Shape shape, DataType type) {
        // single precision also for double, so that both get the same numbers
        float[] values = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) draw.getAsDouble();
        }
        return manager.create(values, shape).toType(type, false);
    }

    /** Returns the seed in words. */
    @Override
    public String toString() {
        return "random numbers of the host, seed " + seed;
    }
}
