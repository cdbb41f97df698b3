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

/**
 * Where a rule's random numbers come from. The engine's are fast but differ between devices and
 * data types; the host's are the same everywhere.
 */
public interface RandomSource {

    /** The random numbers of the engine: {@code Engine.setRandomSeed} makes a run repeatable. */
    RandomSource ENGINE =
            new RandomSource() {
                @Override
                public NDArray normal(NDManager manager, Shape shape, DataType type) {
                    return manager.randomNormal(0, 1, shape, type);
                }

                @Override
                public NDArray uniform(
                        NDManager manager, double low, double high, Shape shape, DataType type) {
                    return manager.randomUniform((float) low, (float) high, shape, type);
                }

                @Override
                public String toString() {
                    return "the engine's random numbers";
                }
            };

    /**
     * Returns random numbers that Java draws on the host, which are sent to where they are used:
     * the same on every device, and in every type of data up to the rounding to single precision
     * and below. Each source is one sequence, that no checkpoint keeps.
     *
     * @param seed the seed
     * @return a new source
     */
    static RandomSource ofHost(long seed) {
        return new HostRandomSource(seed);
    }

    /**
     * Draws normal numbers of mean 0 and variance 1.
     *
     * @param manager the manager to create them with; its device is where they are used
     * @param shape the shape
     * @param type the type of data
     * @return the numbers
     */
    NDArray normal(NDManager manager, Shape shape, DataType type);

    /**
     * Draws uniform numbers.
     *
     * @param manager the manager to create them with; its device is where they are used
     * @param low the least number
     * @param high what they are below
     * @param shape the shape
     * @param type the type of data
     * @return the numbers
     */
    NDArray uniform(NDManager manager, double low, double high, Shape shape, DataType type);
}
