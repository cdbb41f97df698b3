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
package org.locallearning.djl.decorrelation.boltzmann;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.function.BiConsumer;

/** All states of some binary units, in runs that take little memory. */
final class BinaryStates {

    private static final int RUN_ELEMENTS = 1 << 20;

    private final NDManager manager;
    private final int units;
    private final int rowsOfRun;

    /**
     * Creates the states of some units.
     *
     * @param manager the manager of the arrays
     * @param units the number of units
     * @param elements how many numbers are made of each state
     */
    BinaryStates(NDManager manager, int units, int elements) {
        this.manager = manager;
        this.units = units;
        rowsOfRun = Math.max(1, RUN_ELEMENTS / elements);
    }

    /**
     * Shows all states, (R, units), in runs, each with its share, (R, 1).
     *
     * @param shares a number for every state, whose bits are those of its index; null for none
     * @param body is called with each run; the arrays are closed after it
     */
    void forEachRun(double[] shares, BiConsumer<NDArray, NDArray> body) {
        int states = 1 << units;
        for (int begin = 0; begin < states; begin += rowsOfRun) {
            int end = Math.min(states, begin + rowsOfRun);
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                NDArray rows = manager.create(bits(begin, end), new Shape(end - begin, units));
                NDArray share =
                        shares == null
                                ? null
                                : manager.create(
                                        Arrays.copyOfRange(shares, begin, end),
                                        new Shape(end - begin, 1));
                body.accept(rows, share);
            }
        }
    }

    private double[] bits(int begin, int end) {
        double[] bits = new double[(end - begin) * units];
        for (int state = begin; state < end; ++state) {
            for (int j = 0; j < units; ++j) {
                bits[(state - begin) * units + j] = state >> j & 1;
            }
        }
        return bits;
    }
}
