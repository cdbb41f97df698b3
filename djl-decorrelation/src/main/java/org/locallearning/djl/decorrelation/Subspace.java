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
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Random;

/**
 * A decorrelation matrix that mixes only r of n directions: {@code M = γ (I − V Vᵀ) + V A Vᵀ}.
 *
 * <p>V, (n, r), has orthonormal columns, found once. A, (r, r), and γ learn by the rule of the full
 * matrix with the covariance projected onto the columns of V, {@code C ← V Vᵀ C V Vᵀ}, under which
 * M keeps this form: {@code A ← g (A − η Vᵀ C V A)} and {@code γ ← g γ}, with the gain g of the
 * whole rows. A and γ are kept in one matrix, the core: A, with a last row and column that hold γ
 * on the diagonal and 0 elsewhere.
 */
final class Subspace {

    /** Each pass multiplies the lead of large eigenvalues over small by their ratio. */
    private static final int PASSES = 4;

    private static final long SEED = 1;

    /** The share of a direction that is left when others have explained all but rounding. */
    private static final double DEPENDENT = 1e-6;

    private Subspace() {}

    /** {@code x̄ = γ x + V (A − γ I) Vᵀ x} for each row x, (batch, *, n). */
    static NDArray decorrelate(NDArray input, NDArray core, NDArray directions) {
        return ArrayScope.returning(
                () -> {
                    NDArray within = input.matMul(directions).matMul(mixing(core).transpose());
                    return input.mul(scale(core)).add(within.matMul(directions.transpose()));
                });
    }

    /** The full matrix, (n, n). */
    static NDArray matrix(NDArray core, NDArray directions) {
        return ArrayScope.returning(
                () -> {
                    int n = (int) directions.getShape().get(0);
                    NDArray eye = directions.getManager().eye(n, n, 0, directions.getDataType());
                    NDArray mixed = directions.matMul(mixing(core)).matMul(directions.transpose());
                    return eye.mul(scale(core)).add(mixed);
                });
    }

    /**
     * Updates the core in place from a sample.
     *
     * @param core A and γ, (r + 1, r + 1)
     * @param directions V, (n, r)
     * @param sample the rows that the gain compares with, and the decorrelated rows
     * @param rate the rate η
     * @param options the kind of gain, one number, and its limits
     * @return the gain that was applied
     */
    static double update(
            NDArray core,
            NDArray directions,
            ActivitySample sample,
            double rate,
            DecorrelationOptions options) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            double gain = options.clamp(options.getGain().common(sample));
            NDArray inner = inner(core);
            NDArray outputs = sample.outputs().matMul(directions);
            NDArray scaled = outputs.mul(rate / sample.rows());
            inner.subi(scaled.transpose().matMul(outputs.matMul(inner)));
            core.muli(gain);
            return gain;
        }
    }

    /**
     * Returns the multiply-adds of {@link #decorrelate}.
     *
     * @param rows the number of rows
     * @param n the number of features
     * @param rank the number r of directions
     */
    static long multiplyAdds(long rows, long n, long rank) {
        return rows * rank * (2 * n + rank);
    }

    /** Returns the multiply-adds of {@link #update}. */
    static long updateMultiplyAdds(long rows, long n, long rank) {
        return rows * rank * (n + 2 * rank);
    }

    /** {@code A − γ I}, (r, r). */
    private static NDArray mixing(NDArray core) {
        int rank = (int) core.getShape().get(0) - 1;
        NDArray eye = core.getManager().eye(rank, rank, 0, core.getDataType());
        return inner(core).sub(eye.mul(scale(core)));
    }

    private static NDArray inner(NDArray core) {
        long rank = core.getShape().get(0) - 1;
        return core.get(new NDIndex().addSliceDim(0, rank).addSliceDim(0, rank));
    }

    private static NDArray scale(NDArray core) {
        long rank = core.getShape().get(0) - 1;
        return core.get(new NDIndex().addIndices(rank, rank));
    }

    /**
     * Finds the directions in which some rows vary most, by simultaneous power iteration. Where the
     * rows vary in fewer directions, the rest is arbitrary.
     *
     * @param rows the rows with their mean removed, (N, n)
     * @param rank the number r of directions, at most n
     * @return r orthonormal directions, nearly the leading ones, (n, r)
     */
    static NDArray leadingDirections(NDArray rows, int rank) {
        int n = (int) rows.getShape().get(1);
        Random random = new Random(SEED);
        double[][] basis = new double[rank][n];
        for (double[] direction : basis) {
            fill(direction, random);
        }
        orthonormalize(basis, random);
        NDManager manager = rows.getManager();
        NDArray directions = null;
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray precise = rows.toType(DataType.FLOAT64, false);
            for (int pass = 0; pass < PASSES; ++pass) {
                NDArray responses = precise.matMul(manager.create(basis).transpose());
                double[] next = responses.transpose().matMul(precise).toDoubleArray();
                for (int i = 0; i < rank; ++i) {
                    System.arraycopy(next, i * n, basis[i], 0, n);
                }
                orthonormalize(basis, random);
            }
            directions =
                    manager.create(basis)
                            .transpose()
                            .toType(rows.getDataType(), true)
                            .reshape(new Shape(n, rank));
            NDScope.unregister(directions);
        }
        NDScope.register(directions);
        return directions;
    }

    /** Gram and Schmidt's way, twice over as rounding wants it. */
    private static void orthonormalize(double[][] basis, Random random) {
        for (int i = 0; i < basis.length; ++i) {
            double[] direction = basis[i];
            double before = normalize(direction);
            double left = removeOthers(basis, i);
            if (before == 0 || left < DEPENDENT) {
                fill(direction, random);
                normalize(direction);
                removeOthers(basis, i);
            }
            removeOthers(basis, i);
        }
    }

    /** Removes from a direction what lies along those before it, and returns what is left. */
    private static double removeOthers(double[][] basis, int index) {
        double[] direction = basis[index];
        for (int j = 0; j < index; ++j) {
            double[] other = basis[j];
            double along = 0;
            for (int k = 0; k < other.length; ++k) {
                along += direction[k] * other[k];
            }
            for (int k = 0; k < other.length; ++k) {
                direction[k] -= along * other[k];
            }
        }
        return normalize(direction);
    }

    private static double normalize(double[] direction) {
        double square = 0;
        for (double value : direction) {
            square += value * value;
        }
        double norm = Math.sqrt(square);
        if (norm > 0) {
            for (int k = 0; k < direction.length; ++k) {
                direction[k] /= norm;
            }
        }
        return norm;
    }

    private static void fill(double[] direction, Random random) {
        for (int k = 0; k < direction.length; ++k) {
            direction[k] = random.nextGaussian();
        }
    }
}
