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
import ai.djl.ndarray.NDScope;
import org.locallearning.djl.decorrelation.internal.HostValues;

/**
 * How far a Fisher matrix is from a diagonal one, for which the natural gradient is the plain one
 * with a learning rate for each parameter.
 *
 * @param diagonal the Frobenius norm of the diagonal
 * @param offDiagonal the Frobenius norm of everything else
 */
public record FisherNorm(double diagonal, double offDiagonal) {

    /**
     * Measures a matrix.
     *
     * @param fisher a Fisher matrix, (D, D), in any coordinates
     * @return the norms of its parts
     */
    public static FisherNorm of(NDArray fisher) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray squares = fisher.square();
            int size = (int) fisher.getShape().get(0);
            NDArray eye = fisher.getManager().eye(size, size, 0, fisher.getDataType());
            double all = value(squares.sum());
            double diagonal = value(squares.mul(eye).sum());
            return new FisherNorm(Math.sqrt(diagonal), Math.sqrt(Math.max(0, all - diagonal)));
        }
    }

    private static double value(NDArray scalar) {
        return HostValues.number(scalar);
    }

    /**
     * Returns the two norms in proportion, which does not change with the scale of the matrix.
     *
     * @return {@code offDiagonal / diagonal}
     */
    public double ratio() {
        return offDiagonal / diagonal;
    }
}
