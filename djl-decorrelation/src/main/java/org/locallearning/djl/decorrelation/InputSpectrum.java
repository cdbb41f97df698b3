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
package org.locallearning.djl.decorrelation;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import org.locallearning.djl.decorrelation.internal.HostValues;
import org.locallearning.djl.decorrelation.internal.ScriptedOperations;

/** How the variance of a layer's input is shared out among its principal directions. */
final class InputSpectrum {

    private static final String METHODS =
            """
              def symmetric_eigenvalues(self: __torch__.Operations,
                matrix: Tensor) -> Tensor:
                return torch.linalg_eigvalsh(matrix)
            """;

    /** The share of the total variance in the first r directions, for r from 0. */
    private final double[] shares;

    private final int directions;

    private InputSpectrum(double[] shares, int directions) {
        this.shares = shares;
        this.directions = directions;
    }

    /**
     * Finds the spectrum of some rows: the eigenvalues of {@code XᵀX}, or of {@code XXᵀ} where that
     * is smaller, which has the same but for zeros.
     *
     * @param rows the rows X, (K, n), float64
     * @return the spectrum of at most K directions
     */
    static InputSpectrum of(NDArray rows) {
        NDArray columns = rows.transpose();
        boolean wide = rows.getShape().get(0) < rows.getShape().get(1);
        NDArray products = wide ? rows.matMul(columns) : columns.matMul(rows);
        NDArray values =
                Holder.OPERATIONS.run("symmetric_eigenvalues", products).singletonOrThrow();
        return ofVariances(HostValues.numbers(values));
    }

    /**
     * Makes a spectrum of the variances along orthogonal directions.
     *
     * @param variances the variances, in any order; below zero, which is rounding, they count as 0
     */
    static InputSpectrum ofVariances(double... variances) {
        double[] ascending =
                Arrays.stream(variances).map(value -> Math.max(0, value)).sorted().toArray();
        double total = Arrays.stream(ascending).sum();
        double[] shares = new double[ascending.length + 1];
        int directions = 0;
        for (int i = 1; i < shares.length; ++i) {
            double share = total == 0 ? 0 : ascending[ascending.length - i] / total;
            shares[i] = shares[i - 1] + share;
            if (share > LowRankMatrix.FLOOR) {
                directions = i;
            }
        }
        return new InputSpectrum(shares, directions);
    }

    /** Returns how many directions the input varies in, as far as a low rank tells them apart. */
    int directions() {
        return directions;
    }

    /** Returns the share of the variance in the first directions. */
    double share(long first) {
        return shares[(int) Math.min(first, shares.length - 1)];
    }

    /** Returns the number of first directions that hold a share of the variance. */
    int directionsOf(double share) {
        int count = 0;
        while (count < directions && shares[count] < share) {
            ++count;
        }
        return count;
    }

    /** Compiled when a spectrum is wanted for the first time. */
    private static final class Holder {
        static final ScriptedOperations OPERATIONS = new ScriptedOperations(METHODS);
    }
}
