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
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Decorrelates the features of its input: {@code y = M (x − μ)}, with a matrix M that the layer
 * learns itself. To be placed before a {@link Linear} layer, or any other.
 *
 * <p>Correlated inputs make the parameters of the layer behind them non-orthonormal, which bends
 * gradient descent away from the steepest way down. With decorrelated inputs backpropagation
 * converges in fewer steps, and approximations of it, such as feedback alignment, reach higher
 * accuracy. Use it where inputs are dense and correlated. It costs {@code n²} multiply-adds a
 * sample in the forward pass and as many on the way back, so set {@link
 * DecorrelationOptions.Builder#optRank} or {@link DecorrelationOptions.Builder#optMaxBlockSize}
 * where the input is much wider than the layer behind it.
 *
 * <p>M starts as the identity and changes in each training forward by {@link
 * DecorrelationRule#update}, after the output has been computed with the old M. Gradients flow
 * through M and the batch mean: for an error G at the output the input gets {@code G M} less its
 * mean over the batch. In evaluation the layer is linear, and {@link #fold()} or {@link
 * Decorrelate#fold} turns it into a plain one.
 *
 * <ul>
 *   <li>input: (batch, *, n); every position of * is a row of its own
 *   <li>output: the same shape
 *   <li>{@code decorrelation}: M, (n, n), or (blocks, n / blocks, n / blocks) if block-diagonal; of
 *       low rank r its core (r + 1, r + 1): A, and γ as the last entry of the diagonal
 *   <li>{@code directions}: V, (n, r), of low rank alone; 0 until the first update
 *   <li>{@code runningMean}: μ, (n)
 * </ul>
 *
 * <p>A training forward fails with {@link IllegalArgumentException} for an input of another width,
 * for a single row with {@link MeanRemoval#BATCH} and for NaN, and with {@link
 * IllegalStateException} when M has diverged.
 *
 * <p>Ahmad, "Correlations Are Ruining Your Gradient Descent", appendix E. The authors' code
 * multiplies the covariance from the wrong side in dense layers; this is the side of the paper.
 */
public final class Decorrelation extends FeatureDecorrelation {

    private final boolean inserted;
    private final Set<Device> directed = ConcurrentHashMap.newKeySet();
    private Parameter directions;

    private Decorrelation(Builder builder) {
        super("decorrelation", builder.name, builder.options, DecorrelationRule::update);
        inserted = builder.inserted;
    }

    /** {@inheritDoc} */
    @Override
    boolean isLowRank(long width) {
        return getOptions().isLowRank(width);
    }

    /** {@inheritDoc} */
    @Override
    void addParametersFor(long width) {
        if (directions == null) {
            directions =
                    addParameter(
                            Parameter.builder()
                                    .setName("directions")
                                    .setType(Parameter.Type.RUNNING_MEAN)
                                    .optRequiresGrad(false)
                                    .build());
        }
        if (!directions.isInitialized()) {
            directions.setShape(new Shape(width, getOptions().getRank()));
        }
    }

    /** {@inheritDoc} */
    @Override
    NDArray fixedValue(ParameterStore parameterStore, Device device, boolean training) {
        return directions == null ? null : parameterStore.getValue(directions, device, training);
    }

    /** {@inheritDoc} */
    @Override
    void prepareLearning(NDArray centred, NDArray fixed) {
        Device device = centred.getDevice();
        if (fixed == null || directed.contains(device)) {
            return;
        }
        if (isZero(fixed)) {
            double energy = centred.square().sum().toType(DataType.FLOAT64, false).getDouble();
            state.checkFinite(this, energy);
            NDArray rows = centred.reshape(-1, fixed.getShape().get(0));
            NDArray found = Subspace.leadingDirections(rows, (int) fixed.getShape().get(1));
            fixed.set(new NDIndex("..."), found);
        }
        directed.add(device);
    }

    private static boolean isZero(NDArray array) {
        return ArrayScope.returning(() -> array.neq(0).any().logicalNot()).getBoolean();
    }

    /** {@inheritDoc} */
    @Override
    NDArray apply(NDArray centred, NDArray used, NDArray fixed) {
        return fixed == null
                ? decorrelate(centred, used)
                : Subspace.decorrelate(centred, used, fixed);
    }

    /** {@inheritDoc} */
    @Override
    void update(
            NDArray matrix,
            NDArray used,
            NDArray fixed,
            NDArray raw,
            NDArray centred,
            NDArray outputs) {
        if (fixed != null) {
            state.learn(
                    this,
                    0,
                    matrix,
                    raw,
                    centred,
                    outputs,
                    (core, sample, rate, options) ->
                            Subspace.update(core, fixed, sample, rate, options));
            return;
        }
        if (matrix.getShape().dimension() == 2) {
            state.learn(this, 0, matrix, raw, centred, outputs);
            return;
        }
        long size = matrix.getShape().get(1);
        for (int i = 0; i < matrix.getShape().get(0); ++i) {
            NDIndex columns = new NDIndex().addAllDim().addSliceDim(i * size, (i + 1) * size);
            state.learn(
                    this,
                    i,
                    matrix.get(i),
                    raw.get(columns),
                    centred.get(columns),
                    outputs.get(columns));
        }
    }

    /**
     * Multiplies the last axis by M: {@code x̄ = M x} for each row x.
     *
     * @param input the rows with their mean removed, (batch, *, n)
     * @param matrix the matrix M, (n, n), or the diagonal blocks of M, (blocks, n / blocks, n /
     *     blocks)
     * @return the decorrelated rows, (batch, *, n)
     */
    public static NDArray decorrelate(NDArray input, NDArray matrix) {
        if (matrix.getShape().dimension() == 2) {
            return Linear.linear(input, matrix).singletonOrThrow();
        }
        return ArrayScope.returning(
                () -> {
                    NDList parts = new NDList();
                    long size = matrix.getShape().get(1);
                    for (int i = 0; i < matrix.getShape().get(0); ++i) {
                        NDIndex columns =
                                new NDIndex().addEllipseDim().addSliceDim(i * size, (i + 1) * size);
                        parts.addAll(Linear.linear(input.get(columns), matrix.get(i)));
                    }
                    return NDArrays.concat(parts, -1);
                });
    }

    /** {@inheritDoc} */
    @Override
    Shape matrixShape(long width) {
        if (isLowRank(width)) {
            int core = getOptions().getRank() + 1;
            return new Shape(core, core);
        }
        int blocks = getOptions().getBlocks(width);
        long size = width / blocks;
        return blocks == 1 ? new Shape(width, width) : new Shape(blocks, size, size);
    }

    /** {@inheritDoc} */
    @Override
    NDArray evaluationMatrix() {
        NDArray matrix = getMatrix().getArray().stopGradient();
        if (directions != null) {
            return Subspace.matrix(matrix, directions.getArray().stopGradient());
        }
        if (matrix.getShape().dimension() == 2) {
            return matrix;
        }
        long width = width();
        NDArray eye = identity(matrix.getManager(), new Shape(width, width), matrix.getDataType());
        return decorrelate(eye, matrix).transpose();
    }

    /** Whether the converter put this layer, in a sequence of two, in the place of a linear one. */
    boolean isInserted() {
        return inserted;
    }

    /** {@inheritDoc} */
    @Override
    public long getMultiplyAdds(long batchSize) {
        long width = width();
        long sample = getOptions().getSampleSize(batchSize) * positions();
        long update;
        if (isLowRank(width)) {
            update = Subspace.updateMultiplyAdds(sample, width, getOptions().getRank());
        } else {
            int blocks = getOptions().getBlocks(width);
            update = DecorrelationRule.multiplyAdds(sample, width / blocks) * blocks;
        }
        return 2 * getErrorMultiplyAdds(batchSize) + update / getOptions().getUpdateInterval();
    }

    /** {@inheritDoc} */
    @Override
    public long getErrorMultiplyAdds(long batchSize) {
        long width = width();
        long rows = batchSize * positions();
        return isLowRank(width)
                ? Subspace.multiplyAdds(rows, width, getOptions().getRank())
                : rows * width * (width / getOptions().getBlocks(width));
    }

    /**
     * Creates a builder.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** The builder of {@link Decorrelation}. */
    public static final class Builder {

        private DecorrelationOptions options = DecorrelationOptions.builder().build();
        private String name;
        private boolean inserted;

        private Builder() {}

        /**
         * Sets the settings of the rule.
         *
         * @param options the settings
         * @return this builder
         */
        public Builder optOptions(DecorrelationOptions options) {
            this.options = options;
            return this;
        }

        /**
         * Sets the name of the layer in messages; the type by default.
         *
         * @param name the name
         * @return this builder
         */
        public Builder optName(String name) {
            this.name = name;
            return this;
        }

        /** Marks a layer that forms a sequence with a linear one in that one's place. */
        Builder optInserted(boolean inserted) {
            this.inserted = inserted;
            return this;
        }

        /**
         * Builds the layer.
         *
         * @return the layer
         */
        public Decorrelation build() {
            return new Decorrelation(this);
        }
    }
}
