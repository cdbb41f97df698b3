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

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
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
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.locallearning.djl.decorrelation.internal.PendingChecks;
import org.locallearning.djl.decorrelation.internal.StoredParameters;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;

/** A layer that multiplies the last axis of its input by a matrix that it learns. */
abstract class FeatureDecorrelation extends AbstractBlock implements Decorrelating {

    private final String name;
    private final FeatureRows rows;
    private final Decorrelator decorrelator;
    private Consumer<NDArray> inputWatcher;

    /**
     * Creates a layer.
     *
     * @param matrixName the name of the parameter that is the learned matrix
     * @param name the name in messages; null for the type
     * @param options the settings
     * @param forms the form of the matrix for inputs of a given width
     * @param pending what runs the checks of this layer together with those of others
     */
    @SuppressWarnings("this-escape")
    FeatureDecorrelation(
            String matrixName,
            String name,
            DecorrelationOptions options,
            LongFunction<MatrixForm> forms,
            PendingChecks pending) {
        super(Decorrelator.VERSION);
        this.name = name == null ? getClass().getSimpleName() : name;
        rows = new FeatureRows(options.getCost());
        decorrelator =
                new Decorrelator(
                        this, matrixName, options, rows, forms, pending, this::addParameter);
    }

    /** {@inheritDoc} */
    @Override
    protected final NDList forwardInternal(
            ParameterStore parameterStore,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        if (inputWatcher != null) {
            inputWatcher.accept(rows.rows(checked(inputs).head()));
        }
        return new NDList(
                decorrelator.forward(
                        parameterStore,
                        checked(inputs),
                        training,
                        params,
                        inputs.head(),
                        (input, matrix, values) -> matrix.multiply(input.values())));
    }

    /** {@inheritDoc} */
    @Override
    public final void learn(ParameterStore parameterStore, NDList inputs) {
        decorrelator.learn(parameterStore, checked(inputs));
    }

    /** Sets who sees the rows of each input, (K, n), in training and evaluation. */
    final void setInputWatcher(Consumer<NDArray> watcher) {
        inputWatcher = watcher;
    }

    private NDList checked(NDList inputs) {
        if (inputs.size() != 1 && inputs.size() != 2) {
            throw wrongInputs(inputs.getShapes());
        }
        return inputs;
    }

    private IllegalArgumentException wrongInputs(Shape... shapes) {
        return new IllegalArgumentException(
                "Decorrelation layer '"
                        + name
                        + "' takes one input of shape (batch, *, features), or that and a mask of"
                        + " shape (batch, *), but got "
                        + Arrays.toString(shapes));
    }

    /** {@inheritDoc} */
    @Override
    public final Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {inputShapes[0]};
    }

    /** {@inheritDoc} */
    @Override
    public final void initialize(NDManager manager, DataType dataType, Shape... inputShapes) {
        decorrelator.beforeNewArrays();
        super.initialize(manager, dataType, inputShapes);
        decorrelator.afterNewArrays();
    }

    /** {@inheritDoc} */
    @Override
    protected final void beforeInitialize(Shape... inputShapes) {
        if (inputShapes.length < 1 || inputShapes.length > 2 || inputShapes[0].dimension() < 2) {
            throw wrongInputs(inputShapes);
        }
        // a mask changes nothing about the layer
        super.beforeInitialize(inputShapes[0]);
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
        decorrelator.prepare(features, features);
        version = decorrelator.version();
    }

    /** {@inheritDoc} */
    @Override
    protected final void saveMetadata(DataOutputStream os) throws IOException {
        saveInputShapes(os);
        decorrelator.save(os);
    }

    /** {@inheritDoc} */
    @Override
    protected final void loadMetadata(byte loadVersion, DataInputStream is)
            throws IOException, MalformedModelException {
        decorrelator.checkVersion(loadVersion);
        readInputShapes(StoredParameters.inputShape(is));
        decorrelator.load(loadVersion, is, inputWidth());
        version = decorrelator.version();
    }

    /** {@inheritDoc} */
    @Override
    public final void loadParameters(NDManager manager, DataInputStream is)
            throws IOException, MalformedModelException {
        StoredParameters.read(
                "decorrelation layer '" + name + "'", () -> readParameters(manager, is));
    }

    private void readParameters(NDManager manager, DataInputStream is)
            throws IOException, MalformedModelException {
        decorrelator.beforeNewArrays();
        loadMetadata(is.readByte(), is);
        StoredParameters.load(getDirectParameters().values(), manager, is);
        decorrelator.afterNewArrays();
        decorrelator.checkLoaded(inputWidth());
    }

    private long inputWidth() {
        Shape input = inputShapes[0];
        return input.get(input.dimension() - 1);
    }

    /** {@inheritDoc} */
    @Override
    public final void saveState(StateWriter out) throws IOException {
        decorrelator.saveState(out);
    }

    /** {@inheritDoc} */
    @Override
    public final Runnable loadState(StateReader in) throws MalformedModelException {
        return decorrelator.loadState(in);
    }

    /** {@inheritDoc} */
    @Override
    public final Block fold() {
        decorrelator.checkLearned();
        return PlainBlocks.linear(this);
    }

    /** {@inheritDoc} */
    @Override
    public final String getName() {
        return name;
    }

    /** {@inheritDoc} */
    @Override
    public final DecorrelationOptions getOptions() {
        return decorrelator.getOptions();
    }

    /** {@inheritDoc} */
    @Override
    public final Parameter getMatrix() {
        return decorrelator.getMatrix();
    }

    /** {@inheritDoc} */
    @Override
    public final Parameter getRunningMean() {
        return decorrelator.getRunningMean();
    }

    /** {@inheritDoc} */
    @Override
    public final double getLastGain() {
        return decorrelator.getLastGain();
    }

    /** {@inheritDoc} */
    @Override
    public final void addObserver(DecorrelationObserver observer) {
        decorrelator.addObserver(observer);
    }

    /** {@inheritDoc} */
    @Override
    public final void removeObserver(DecorrelationObserver observer) {
        decorrelator.removeObserver(observer);
    }

    /** {@inheritDoc} */
    @Override
    public final long getMultiplyAdds(long batchSize) {
        DecorrelationMatrix matrix = decorrelator.matrix();
        Cost cost = getOptions().getCost();
        long rows = batchSize * positions();
        long learning =
                matrix.learningMultiplyAdds(
                        cost.updateSampleSize(batchSize) * positions(), getOptions());
        return matrix.multiplyAdds(rows)
                + matrix.errorMultiplyAdds(rows)
                + learning / cost.stepsPerUpdate(batchSize);
    }

    /** {@inheritDoc} */
    @Override
    public final long getErrorMultiplyAdds(long batchSize) {
        return decorrelator.matrix().errorMultiplyAdds(batchSize * positions());
    }

    /** The number of positions in one sample at which the matrix is applied. */
    private long positions() {
        Shape input = getInputShapes()[0];
        return input.slice(1, input.dimension() - 1).size();
    }

    Decorrelator decorrelator() {
        return decorrelator;
    }
}
