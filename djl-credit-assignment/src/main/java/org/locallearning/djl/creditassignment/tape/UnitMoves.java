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
package org.locallearning.djl.creditassignment.tape;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.decorrelation.Decorrelating;
import org.locallearning.djl.decorrelation.internal.Graph;
import org.locallearning.djl.decorrelation.internal.HostValues;

/**
 * Which blocks put units elsewhere while their shape stays: a shuffle of channels, a transposition
 * of as many positions as features, a pooling with stride 1; and decorrelation layers, whose
 * outputs are mixtures of units. They are no activation, after which a unit is still the unit that
 * it was before.
 *
 * <p>A lambda moves units if a row of its Jacobian is zero on the diagonal and not elsewhere. Some
 * rows are looked at once for each that is not elementwise, in its first batch.
 */
final class UnitMoves {

    /** How many rows are looked at, spread over a batch. */
    private static final long MOST_ROWS = 32;

    /** Numbers in a row that differ, fewer than half precision tells apart. */
    private static final int PERIOD = 1009;

    /** How far two computations of one gradient may be apart, relative to its size. */
    private static final double ROUNDING = 1e-2;

    private final Map<Block, Boolean> found = new ConcurrentHashMap<>();

    /** Returns whether a block is part of the input of the next layer, and of no activation. */
    static boolean isMixing(ExactNode.Step step) {
        return step.member().block() instanceof Decorrelating;
    }

    /**
     * Returns whether a block moves units.
     *
     * @param step the block as it ran, with one input and one output of the same shape
     */
    boolean isMoving(ExactNode.Step step) {
        Block block = step.member().block();
        if (isMixing(step)) {
            return true;
        }
        if (!(block instanceof LambdaBlock)) {
            return false;
        }
        Boolean known = found.get(block);
        if (known != null) {
            return known;
        }
        NDArray input = step.inputs().head();
        NDArray output = step.outputs().head();
        if (!Graph.holds(input) || !Autograd.isDifferentiable(output)) {
            // nothing learns by it
            return false;
        }
        boolean moving = !isElementwise(input, output) && hasRowOffTheDiagonal(input, output);
        found.put(block, moving);
        return moving;
    }

    /** Returns whether the Jacobian has nothing but its diagonal: {@code vᵀJ = v ⊙ 1ᵀJ}. */
    private static boolean isElementwise(NDArray input, NDArray output) {
        try (NDManager scope = input.getManager().newSubManager(input.getDevice())) {
            NDArray ones = Autograd.detach(output, scope).onesLike();
            NDArray numbers =
                    scope.arange(Math.toIntExact(output.size()))
                            .mod(PERIOD)
                            .add(1)
                            .toType(output.getDataType(), false)
                            .reshape(output.getShape());
            NDArray expected = Autograd.gradient(output, ones, input).mul(numbers);
            NDArray sent = Autograd.gradient(output, numbers, input);
            double distance = size(expected.sub(sent));
            return distance <= ROUNDING * size(sent);
        }
    }

    private static double size(NDArray array) {
        return HostValues.number(array.toType(DataType.FLOAT64, false).abs().sum());
    }

    private static boolean hasRowOffTheDiagonal(NDArray input, NDArray output) {
        long size = output.size();
        long rows = Math.min(MOST_ROWS, size);
        for (long i = 0; i < rows; i++) {
            // not the first of each part alone, which a transposition leaves where it is
            double[] sizes = diagonalAndRow(input, output, (i * size / rows + i) % size);
            if (sizes[0] == 0 && sizes[1] > 0) {
                return true;
            }
        }
        return false;
    }

    /** Returns the size of an entry of the Jacobian's diagonal, and that of its row. */
    private static double[] diagonalAndRow(NDArray input, NDArray output, long unit) {
        try (NDManager scope = input.getManager().newSubManager(input.getDevice())) {
            NDArray one = Autograd.detach(output, scope).zerosLike();
            one.reshape(-1).set(new NDIndex(unit), 1);
            NDArray row = Autograd.gradient(output, one, input);
            return new double[] {size(row.mul(one)), size(row)};
        }
    }
}
