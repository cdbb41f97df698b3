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

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.util.PairList;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.locallearning.djl.decorrelation.internal.DeviceArrays;
import org.locallearning.djl.decorrelation.internal.HostNumber;
import org.locallearning.djl.decorrelation.internal.HostValues;

/**
 * A matrix that mixes only r of n directions: {@code M = γ (I − V Vᵀ) + V A Vᵀ}.
 *
 * <p>V has orthonormal columns, the principal directions of the first batch. A and γ learn by the
 * rule of the full matrix with the covariance projected onto the columns of V, {@code C ← V Vᵀ C V
 * Vᵀ}, under which M keeps this form: {@code A ← g (A − η Vᵀ C V A)} and {@code γ ← g γ}, with the
 * gain g of the whole rows.
 *
 * @param core A, (r, r), with a last row and column that hold γ on the diagonal and 0 elsewhere: (r
 *     + 1, r + 1)
 * @param directions V, (n, r); 0 until the first batch
 * @param found the devices whose directions are known to be found
 */
record LowRankMatrix(NDArray core, NDArray directions, Set<Device> found)
        implements DecorrelationMatrix {

    /** Each pass multiplies the lead of large eigenvalues over small by their ratio. */
    private static final int PASSES = 4;

    private static final long SEED = 1;

    /**
     * A share of the total variance that every direction gets, so that directions in which nothing
     * varies stay apart. Its inverse squared stays below what double precision tells.
     */
    static final double FLOOR = 1e-6;

    static MatrixForm form(long width, int rank) {
        PairList<String, Shape> fixed = new PairList<>();
        fixed.add("directions", new Shape(width, rank));
        Set<Device> found = ConcurrentHashMap.newKeySet();
        return new MatrixForm(
                new Shape(rank + 1, rank + 1),
                fixed,
                list -> new LowRankMatrix(list.get(0), list.get(1), found));
    }

    /** {@code x̄ = γ x + V (A − γ I) Vᵀ x} for each row x. */
    @Override
    public NDArray multiply(NDArray rows) {
        return ArrayScope.returning(
                () -> {
                    NDArray within = rows.matMul(directions).matMul(mixing().transpose());
                    return rows.mul(scale()).add(within.matMul(directions.transpose()));
                });
    }

    @Override
    public NDArray toFull() {
        return ArrayScope.returning(
                () -> {
                    NDArray eye = DeviceArrays.identity(directions, directions.getShape().get(0));
                    NDArray mixed = directions.matMul(mixing()).matMul(directions.transpose());
                    return eye.mul(scale()).add(mixed);
                });
    }

    /** Reads V, unless its directions are known to be found: a loaded layer has them. */
    @Override
    public boolean needsFirstBatch() {
        Device device = directions.getDevice();
        if (!found.contains(device)) {
            NDArray zero =
                    ArrayScope.returning(
                            () -> HostNumber.with(directions, 0, NDArray::neq).any().logicalNot());
            try (zero) {
                if (HostValues.isTrue(zero)) {
                    return true;
                }
            }
            found.add(device);
        }
        return false;
    }

    @Override
    public void seeFirstBatch(NDArray rows) {
        NDArray principal = principalDirections(rows, (int) directions.getShape().get(1));
        directions.set(new NDIndex("..."), principal);
        found.add(directions.getDevice());
    }

    @Override
    public SampleGain learn(ActivitySample sample, UpdateRate rate, DecorrelationOptions options) {
        SampleGain gain = options.getGain().of(sample);
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray inner = inner();
            NDArray outputs = sample.outputs().matMul(directions);
            NDArray scaled = rate.times(outputs, 1.0 / sample.rows());
            inner.subi(scaled.transpose().matMul(outputs.matMul(inner)));
            gain.scale(core);
            return gain;
        }
    }

    @Override
    public long multiplyAdds(long rows) {
        return multiplyAdds(rows, directions.getShape().get(0), directions.getShape().get(1));
    }

    /** The multiply-adds of {@link #multiply} by a matrix of a given width and rank. */
    static long multiplyAdds(long rows, long width, long rank) {
        return rows * rank * (2 * width + rank);
    }

    @Override
    public long learningMultiplyAdds(long rows, DecorrelationOptions options) {
        Shape shape = directions.getShape();
        return learningMultiplyAdds(rows, shape.get(0), shape.get(1));
    }

    /** The multiply-adds of {@link #learn} by a matrix of a given width and rank. */
    static long learningMultiplyAdds(long rows, long width, long rank) {
        return rows * rank * (width + 2 * rank);
    }

    /** {@code A − γ I}, (r, r). */
    private NDArray mixing() {
        NDArray eye = DeviceArrays.identity(core, core.getShape().get(0) - 1);
        return inner().sub(eye.mul(scale()));
    }

    private NDArray inner() {
        long rank = core.getShape().get(0) - 1;
        return core.get(new NDIndex().addSliceDim(0, rank).addSliceDim(0, rank));
    }

    private NDArray scale() {
        long rank = core.getShape().get(0) - 1;
        return core.get(new NDIndex().addIndices(rank, rank));
    }

    /**
     * Finds the directions in which some rows vary most, by simultaneous power iteration. Where the
     * rows vary in fewer directions, the rest is arbitrary.
     *
     * @param rows the rows with their mean removed, (N, n)
     * @param rank the number r of directions, at most n
     * @return r orthonormal directions, nearly the principal ones, (n, r)
     */
    static NDArray principalDirections(NDArray rows, int rank) {
        return ArrayScope.returning(
                () -> {
                    NDArray precise = rows.toType(DataType.FLOAT64, false);
                    double total = HostValues.number(precise.square().sum());
                    double floor = total == 0 ? 1 : FLOOR * total;
                    NDArray directions = orthonormal(start(rows, rank));
                    for (int pass = 0; pass < PASSES; ++pass) {
                        NDArray responses = precise.matMul(directions);
                        NDArray next = precise.transpose().matMul(responses);
                        directions = orthonormal(next.add(HostNumber.mul(directions, floor)));
                    }
                    return DeviceArrays.copy(directions, rows.getDataType());
                });
    }

    /** The same for every layer and run, and not of the engine's random numbers. */
    private static NDArray start(NDArray rows, int rank) {
        int n = (int) rows.getShape().get(1);
        Random random = new Random(SEED);
        float[] values = new float[n * rank];
        for (int i = 0; i < values.length; ++i) {
            values[i] = (float) random.nextGaussian();
        }
        NDArray drawn =
                DeviceArrays.like(rows, manager -> manager.create(values, new Shape(n, rank)));
        return drawn.toType(DataType.FLOAT64, false);
    }

    /** Makes columns orthonormal: {@code Y L⁻ᵀ} for {@code Yᵀ Y = L Lᵀ}, twice against rounding. */
    private static NDArray orthonormal(NDArray columns) {
        NDArray result = columns;
        int rank = (int) columns.getShape().get(1);
        for (int i = 0; i < 2; ++i) {
            double[] products = HostValues.numbers(result.transpose().matMul(result));
            NDArray factor =
                    DeviceArrays.like(
                            result,
                            manager ->
                                    manager.create(
                                            inverseFactor(products, rank), new Shape(rank, rank)));
            result = result.matMul(factor.transpose());
        }
        return result;
    }

    /** The inverse of Cholesky's lower factor of a positive definite matrix, row by row. */
    private static double[] inverseFactor(double[] matrix, int size) {
        double[] factor = matrix.clone();
        double[] inverse = new double[size * size];
        for (int i = 0; i < size; ++i) {
            for (int j = 0; j <= i; ++j) {
                double rest = factor[i * size + j];
                for (int k = 0; k < j; ++k) {
                    rest -= factor[i * size + k] * factor[j * size + k];
                }
                factor[i * size + j] = i == j ? Math.sqrt(rest) : rest / factor[j * size + j];
            }
            for (int j = 0; j <= i; ++j) {
                double rest = i == j ? 1 : 0;
                for (int k = j; k < i; ++k) {
                    rest -= factor[i * size + k] * inverse[k * size + j];
                }
                inverse[i * size + j] = rest / factor[i * size + i];
            }
        }
        return inverse;
    }
}
