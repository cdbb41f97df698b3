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

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.locallearning.djl.decorrelation.Decorrelation;
import org.locallearning.djl.decorrelation.MeanRemoval;

/** A decorrelation layer that runs again is the function that ran. */
class DecorrelationRerunTest {

    private static final Shape INPUT = new Shape(3, 4, 5);

    @ParameterizedTest
    @EnumSource
    void aMaskCountsInTheMeanAsInTheFirstRun(MeanRemoval removal) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            ParameterStore store = new ParameterStore(manager, false);
            Decorrelation layer =
                    Decorrelation.builder().optOptions(options -> options.optMean(removal)).build();
            layer.initialize(manager, DataType.FLOAT64, INPUT);
            NDArray tokens = manager.randomNormal(2, 1, INPUT, DataType.FLOAT64);
            NDArray mask =
                    manager.create(
                            new float[] {1, 1, 0, 0, 1, 1, 1, 1, 0, 0, 0, 1}, new Shape(3, 4));
            DecorrelationRerun<Decorrelation> rerun =
                    new DecorrelationRerun<>(Decorrelation::getOptions, input -> 2);
            for (NDList inputs : new NDList[] {new NDList(tokens), new NDList(tokens, mask)}) {
                NDArray first = layer.forwardWithoutLearning(store, inputs).singletonOrThrow();
                BlockRerun.FirstRun run = new BlockRerun.FirstRun(inputs, new NDList(first));
                double[] again =
                        rerun.run(layer, store, run, inputs).singletonOrThrow().toDoubleArray();
                assertArrayEquals(first.toDoubleArray(), again, 1e-12);
                // another input, and the mean of the first run
                NDList moved = new NDList(inputs);
                moved.set(0, tokens.add(0.5));
                NDArray difference =
                        rerun.run(layer, store, run, moved).singletonOrThrow().sub(first);
                assertTrue(difference.sub(0.5).abs().max().getDouble() < 1e-12);
            }
        }
    }
}
