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
import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import ai.djl.util.Preconditions;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;

/**
 * What the layers share that decorrelate the last axis of their input: the matrix and the running
 * mean as saved state, the mean removal, and the checks.
 */
abstract class FeatureDecorrelation extends AbstractBlock implements Decorrelating {

    private static final byte VERSION = 1;

    /** The encoding of a matrix of low rank, which has a parameter more. */
    private static final byte LOW_RANK_VERSION = 2;

    final DecorrelationState state;
    private final String name;
    private final Parameter matrix;
    private final Parameter runningMean;

    @SuppressWarnings("this-escape")
    FeatureDecorrelation(
            String matrixName, String name, DecorrelationOptions options, MatrixUpdate update) {
        super(VERSION);
        this.name = name == null ? getClass().getSimpleName() : name;
        state = new DecorrelationState(options, update);
        // the only type that stays untrainable when a trainer is created for a loaded model
        matrix =
                addParameter(
                        Parameter.builder()
                                .setName(matrixName)
                                .setType(Parameter.Type.RUNNING_MEAN)
                                .optInitializer(FeatureDecorrelation::identity)
                                .optRequiresGrad(false)
                                .build());
        runningMean =
                addParameter(
                        Parameter.builder()
                                .setName("runningMean")
                                .setType(Parameter.Type.RUNNING_MEAN)
                                .optRequiresGrad(false)
                                .build());
    }

    /**
     * Returns the matrix for one forward.
     *
     * @param centred the input with the mean removed, (N, *, n)
     * @param matrixValue the learned matrix on the input's device
     * @param training whether this is a training forward
     * @return the matrix that {@link #apply} is to use
     */
    NDArray matrixFor(NDArray centred, NDArray matrixValue, boolean training) {
        return matrixValue;
    }

    /**
     * Makes ready for learning, before the output of a batch that is learned from is computed.
     *
     * @param centred the input with the mean removed, (N, *, n)
     * @param fixed what {@link #fixedValue} returned
     */
    void prepareLearning(NDArray centred, NDArray fixed) {}

    /**
     * Returns what a layer keeps beside the matrix and does not learn step by step.
     *
     * @return the array on a device, or null if there is nothing
     */
    NDArray fixedValue(ParameterStore parameterStore, Device device, boolean training) {
        return null;
    }

    /** Returns whether the matrix is of low rank for an input of a given width. */
    boolean isLowRank(long width) {
        return false;
    }

    /** Adds the parameters of a matrix of low rank, unless they are there. */
    void addParametersFor(long width) {}

    /**
     * Applies a matrix.
     *
     * @param centred the input with the mean removed, (N, *, n)
     * @param used the matrix from {@link #matrixFor}
     * @param fixed what {@link #fixedValue} returned
     * @return the output, (N, *, n)
     */
    abstract NDArray apply(NDArray centred, NDArray used, NDArray fixed);

    /**
     * Changes the learned matrix from a sample, all of it outside the gradient's graph.
     *
     * @param matrixValue the learned matrix, to be changed in place
     * @param used the matrix that the outputs were computed with
     * @param fixed what {@link #fixedValue} returned
     * @param raw the inputs, (K, n)
     * @param centred the inputs with the mean removed, (K, n)
     * @param outputs the outputs, (K, n)
     */
    abstract void update(
            NDArray matrixValue,
            NDArray used,
            NDArray fixed,
            NDArray raw,
            NDArray centred,
            NDArray outputs);

    /** Returns the matrix that the layer multiplies its input by in evaluation, (n, n). */
    abstract NDArray evaluationMatrix();

    /** Returns the shape of the matrix for an input of a given width. */
    Shape matrixShape(long width) {
        return new Shape(width, width);
    }

    /** {@inheritDoc} */
    @Override
    protected final NDList forwardInternal(
            ParameterStore parameterStore,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        NDArray input = inputs.singletonOrThrow();
        checkInput(input.getShape());
        Device device = input.getDevice();
        NDArray matrixValue = parameterStore.getValue(matrix, device, training);
        NDArray meanValue = parameterStore.getValue(runningMean, device, training);
        NDArray fixed = fixedValue(parameterStore, device, training);
        boolean learning = DecorrelationState.learns(training, params);
        NDArray output =
                ArrayScope.returning(
                        () -> forward(input, matrixValue, meanValue, fixed, training, learning));
        if (learning) {
            state.countStep(device);
        }
        return new NDList(output);
    }

    private NDArray forward(
            NDArray input,
            NDArray matrixValue,
            NDArray meanValue,
            NDArray fixed,
            boolean training,
            boolean learning) {
        NDArray batchMean = training ? batchMean(input) : null;
        NDArray centred = centred(input, batchMean, meanValue);
        boolean due = learning && state.isUpdateDue(input.getDevice());
        if (learning) {
            state.checkMean(this, batchMean, due);
        }
        if (due) {
            prepareLearning(centred.stopGradient(), fixed);
        }
        NDArray used = matrixFor(centred, matrixValue, training);
        NDArray output = apply(centred, used, fixed);
        if (due) {
            NDArray rows = sampleRows(centred);
            NDArray raw = state.getOptions().isRawInputNorm() ? sampleRows(input) : rows;
            // backward needs the old matrix, so another takes its place
            boolean kept = GradientGraph.contains(centred);
            NDArray next = kept ? matrixValue.duplicate() : matrixValue;
            update(next, used.stopGradient(), fixed, raw, rows, sampleRows(output));
            if (kept) {
                matrixValue.intern(next);
            }
        }
        if (learning && batchMean != null) {
            state.blend(meanValue, batchMean);
        }
        return output;
    }

    /** {@inheritDoc} */
    @Override
    public final void learn(ParameterStore parameterStore, NDList inputs) {
        NDArray input = inputs.singletonOrThrow();
        checkInput(input.getShape());
        Device device = input.getDevice();
        NDArray matrixValue = parameterStore.getValue(matrix, device, true);
        NDArray meanValue = parameterStore.getValue(runningMean, device, true);
        NDArray fixed = fixedValue(parameterStore, device, true);
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray detached = input.stopGradient();
            NDArray batchMean = batchMean(detached);
            boolean due = state.isUpdateDue(device);
            state.checkMean(this, batchMean, due);
            if (due) {
                NDArray centredBatch = centred(detached, batchMean, meanValue);
                prepareLearning(centredBatch, fixed);
                NDArray rows = sampleRows(detached);
                NDArray centred = sampleRows(centredBatch);
                NDArray used = matrixFor(centred, matrixValue, true);
                NDArray outputs = apply(centred, used, fixed);
                update(matrixValue, used, fixed, rows, centred, outputs);
            }
            if (batchMean != null) {
                state.blend(meanValue, batchMean);
            }
        }
        state.countStep(device);
    }

    /** The input with the mean removed that the settings name; null stands for evaluation. */
    private NDArray centred(NDArray input, NDArray batchMean, NDArray meanValue) {
        switch (state.getOptions().getMeanRemoval()) {
            case NONE:
                return input;
            case BATCH:
                return batchMean == null
                        ? input.sub(meanValue)
                        : BatchMean.remove(input, batchMean);
            default:
                return input.sub(meanValue);
        }
    }

    /** The mean over all rows, (n), or null where no mean is removed. */
    private NDArray batchMean(NDArray input) {
        MeanRemoval removal = state.getOptions().getMeanRemoval();
        if (removal == MeanRemoval.NONE) {
            return null;
        }
        NDArray rows = rows(input);
        if (removal == MeanRemoval.BATCH && rows.getShape().get(0) < 2) {
            throw new IllegalArgumentException(
                    "Decorrelation layer '"
                            + name
                            + "' got a training batch of one sample, whose mean removed leaves"
                            + " nothing; use batches of two or more (drop a last batch of one), or"
                            + " MeanRemoval.RUNNING.");
        }
        return BatchMean.of(rows, new int[] {0}, false);
    }

    private void checkInput(Shape shape) {
        long width = runningMean.getArray().getShape().get(0);
        if (shape.dimension() < 2 || shape.get(shape.dimension() - 1) != width) {
            throw new IllegalArgumentException(
                    "Decorrelation layer '"
                            + name
                            + "' was made for inputs of shape (batch, *, "
                            + width
                            + "), but got "
                            + shape
                            + ".");
        }
    }

    /** The first samples of a batch as rows, outside the gradient's graph. */
    private NDArray sampleRows(NDArray array) {
        long samples = state.getOptions().getSampleSize(array.getShape().get(0));
        return rows(array.stopGradient().get(new NDIndex().addSliceDim(0, samples)));
    }

    private static NDArray rows(NDArray array) {
        Shape shape = array.getShape();
        int last = shape.dimension() - 1;
        return last == 1 ? array : array.reshape(-1, shape.get(last));
    }

    /** {@inheritDoc} */
    @Override
    public final Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {inputShapes[0]};
    }

    /** {@inheritDoc} */
    @Override
    protected final void beforeInitialize(Shape... inputShapes) {
        super.beforeInitialize(inputShapes);
        Preconditions.checkArgument(
                inputShapes.length == 1 && inputShapes[0].dimension() >= 2,
                "Decorrelation layer '"
                        + name
                        + "' takes one input of shape (batch, *, features), but got "
                        + Arrays.toString(inputShapes));
    }

    /** {@inheritDoc} */
    @Override
    protected final void prepare(Shape[] inputShapes) {
        Shape input = inputShapes[0];
        long features = input.get(input.dimension() - 1);
        Preconditions.checkArgument(
                features > 0,
                "The number of features before decorrelation layer '"
                        + name
                        + "' must be known, but the input shape is "
                        + input);
        matrix.setShape(matrixShape(features));
        runningMean.setShape(new Shape(features));
        prepareFor(features);
    }

    /** {@inheritDoc} */
    @Override
    protected final void saveMetadata(DataOutputStream os) throws IOException {
        saveInputShapes(os);
        os.writeLong(state.getSteps());
        if (version == LOW_RANK_VERSION) {
            os.writeInt(getOptions().getRank());
        }
    }

    /** {@inheritDoc} */
    @Override
    protected final void loadMetadata(byte loadVersion, DataInputStream is)
            throws IOException, MalformedModelException {
        if (loadVersion != LOW_RANK_VERSION) {
            DecorrelationState.checkVersion(name, loadVersion, VERSION);
        }
        readInputShapes(is);
        state.restoreSteps(is.readLong());
        int saved = loadVersion == LOW_RANK_VERSION ? is.readInt() : 0;
        prepareFor(inputWidth());
        int needed = version == LOW_RANK_VERSION ? getOptions().getRank() : 0;
        if (saved != needed) {
            throw new MalformedModelException(
                    "The file holds "
                            + ofRank(saved)
                            + " for decorrelation layer '"
                            + name
                            + "', which needs "
                            + ofRank(needed)
                            + "; set optRank to what it was saved with.");
        }
    }

    private static String ofRank(int rank) {
        return rank == 0 ? "a full matrix" : "a matrix of rank " + rank;
    }

    /** Chooses the form of the matrix for an input of a given width. */
    private void prepareFor(long width) {
        if (isLowRank(width)) {
            version = LOW_RANK_VERSION;
            addParametersFor(width);
        }
    }

    private long inputWidth() {
        Shape input = inputShapes[0];
        return input.get(input.dimension() - 1);
    }

    /** {@inheritDoc} */
    @Override
    public final void loadParameters(NDManager manager, DataInputStream is)
            throws IOException, MalformedModelException {
        super.loadParameters(manager, is);
        if (!matrix.isInitialized() || !runningMean.isInitialized()) {
            return;
        }
        long width = inputWidth();
        Shape expected = matrixShape(width);
        if (!matrix.getShape().equals(expected)
                || !runningMean.getShape().equals(new Shape(width))) {
            throw new MalformedModelException(
                    "The file holds a matrix "
                            + matrix.getShape()
                            + " for decorrelation layer '"
                            + name
                            + "', which needs "
                            + expected
                            + "; load it into the model and block size that it was saved from.");
        }
    }

    /** {@inheritDoc} */
    @Override
    public final Block fold() {
        return PlainBlocks.linear(this);
    }

    /** {@inheritDoc} */
    @Override
    public final String getName() {
        return name;
    }

    /**
     * Returns the settings of this layer.
     *
     * @return the settings
     */
    public final DecorrelationOptions getOptions() {
        return state.getOptions();
    }

    /** {@inheritDoc} */
    @Override
    public final Parameter getMatrix() {
        return matrix;
    }

    /** {@inheritDoc} */
    @Override
    public final Parameter getRunningMean() {
        return runningMean;
    }

    /** {@inheritDoc} */
    @Override
    public final double getLastGain() {
        return state.getLastGain();
    }

    /** {@inheritDoc} */
    @Override
    public final void setObserver(DecorrelationObserver observer) {
        state.setObserver(observer);
    }

    /** The width of the input. */
    final long width() {
        if (!isInitialized()) {
            throw new IllegalStateException(
                    "Decorrelation layer '" + name + "' is not initialized yet.");
        }
        return runningMean.getArray().getShape().get(0);
    }

    /** The number of positions in one sample at which the layer is applied. */
    final long positions() {
        Shape input = getInputShapes()[0];
        return input.slice(1, input.dimension() - 1).size();
    }

    /** The identity, or a stack of identities. */
    static NDArray identity(NDManager manager, Shape shape, DataType type) {
        int size = (int) shape.get(shape.dimension() - 1);
        if (shape.dimension() == 2) {
            return manager.eye(size, size, 0, type);
        }
        try (NDArray eye = manager.eye(size, size, 0, type)) {
            NDList copies = new NDList();
            for (long i = 0; i < shape.get(0); ++i) {
                copies.add(eye);
            }
            return NDArrays.stack(copies);
        }
    }
}
