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
import ai.djl.ndarray.types.LayoutType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.convolutional.Convolution;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import ai.djl.util.Preconditions;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Locale;
import java.util.function.Consumer;
import org.locallearning.djl.decorrelation.internal.PendingChecks;
import org.locallearning.djl.decorrelation.internal.StoredParameters;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;

/**
 * A two-dimensional convolution over decorrelated patches: {@code y = W M (p − μ) + b} for each
 * patch p of the image, with kernel W and bias b of an ordinary {@link Conv2d}, and a matrix M that
 * the layer learns itself.
 *
 * <p>It replaces {@link Conv2d} as {@link Decorrelation} precedes a dense layer. The decorrelated
 * patches are never formed for the whole batch: one ordinary convolution runs with the folded
 * kernel {@code W M}, with exact gradients for W and the input. Only a sample of patches is
 * decorrelated, to update M by {@link DecorrelationRule#update} in each training forward.
 *
 * <p>The mean is removed per channel before the image is padded, so padding equals the mean;
 * without padding, the bias {@code b − W M μ} removes it. Statistics come from the first samples of
 * the batch, at evenly strided positions if they have more patches than {@link
 * Cost#withMaxPatches}.
 *
 * <ul>
 *   <li>input: (batch, C, H, W)
 *   <li>output: (batch, filters, H', W'), as for {@link Conv2d}
 *   <li>{@code weight}: W, (filters, C / groups, kH, kW)
 *   <li>{@code bias}: b, (filters)
 *   <li>{@code decorrelation}: M, (d, d) for {@code d = C / groups · kH · kW}; with more than one
 *       group (groups, d, d)
 *   <li>{@code runningMean}: μ, (C)
 * </ul>
 *
 * <p>Beyond the convolution, a step costs {@code 2 · filters · d²} multiply-adds for the folded
 * kernel, and {@code 2 K d² + d³} for K sampled patches. Errors are those of {@link Decorrelation}.
 *
 * <p>Ahmad, "Correlations Are Ruining Your Gradient Descent", appendix F. The authors' code
 * convolves with M and then with W as a 1 × 1 convolution, which is the same function.
 */
public final class DecorrelatedConv2d extends Convolution implements Decorrelating {

    private static final LayoutType[] EXPECTED_LAYOUT = {
        LayoutType.BATCH, LayoutType.CHANNEL, LayoutType.HEIGHT, LayoutType.WIDTH
    };

    private static final int[] POSITIONS = {2, 3};

    private final String name;
    private final ImagePatches patches;
    private final Decorrelator decorrelator;

    @SuppressWarnings("this-escape")
    private DecorrelatedConv2d(Builder builder, DecorrelationOptions options) {
        super(builder);
        version = Decorrelator.VERSION;
        name = builder.name == null ? getClass().getSimpleName() : builder.name;
        patches = new ImagePatches(options.getCost(), kernelShape, stride, padding, dilation);
        decorrelator =
                new Decorrelator(
                        this,
                        Decorrelation.MATRIX,
                        options,
                        patches,
                        width -> BlockDiagonalMatrix.form(width, groups),
                        builder.pending,
                        this::addParameter);
    }

    /**
     * Creates the decorrelated form of a convolution; if that is initialized, over its own kernel
     * and bias arrays.
     */
    static DecorrelatedConv2d of(
            Conv2d plain, DecorrelationOptions options, String name, PendingChecks pending) {
        DecorrelatedConv2d layer =
                builder()
                        .setKernelShape(plain.getKernelShape())
                        .setFilters(plain.getFilters())
                        .optStride(plain.getStride())
                        .optPadding(plain.getPadding())
                        .optDilation(plain.getDilation())
                        .optGroups(plain.getGroups())
                        .optBias(plain.isIncludeBias())
                        .optOptions(options)
                        .optCost(options.getCost().withFullMatrix())
                        .optName(name)
                        .optPending(pending)
                        .build();
        PlainBlocks.share(plain, layer);
        return layer;
    }

    /** {@inheritDoc} */
    @Override
    protected NDList forwardInternal(
            ParameterStore parameterStore,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        NDArray input = inputs.singletonOrThrow();
        NDArray weightValue = parameterStore.getValue(weight, input.getDevice(), training);
        NDArray biasValue = parameterStore.getValue(bias, input.getDevice(), training);
        return new NDList(
                decorrelator.forward(
                        parameterStore,
                        new NDList(input),
                        training,
                        params,
                        weightValue,
                        (centred, matrix, values) -> {
                            NDArray kernel = foldedKernel(weightValue, values);
                            return isMeanFoldable() && centred.mean() != null
                                    ? convolve(
                                            centred.input(),
                                            kernel,
                                            foldedBias(biasValue, kernel, centred.mean()))
                                    : convolve(centred.values(), kernel, biasValue);
                        }));
    }

    private NDArray convolve(NDArray images, NDArray kernel, NDArray offset) {
        return Conv2d.conv2d(images, kernel, offset, stride, padding, dilation, groups)
                .singletonOrThrow();
    }

    /** Whether every output sees the mean by all weights of its filter: padding has none. */
    private boolean isMeanFoldable() {
        return padding.get(0) == 0 && padding.get(1) == 0;
    }

    /** The bias that removes the mean: {@code b − W M μ}, (filters). */
    private NDArray foldedBias(NDArray plainBias, NDArray kernel, NDArray mean) {
        NDArray channels = kernel.sum(POSITIONS).reshape(groups, filters / groups, -1);
        NDArray response = channels.batchMatMul(mean.reshape(groups, -1, 1)).reshape(filters);
        return plainBias == null ? response.neg() : plainBias.sub(response);
    }

    /** {@inheritDoc} */
    @Override
    public void learn(ParameterStore parameterStore, NDList inputs) {
        decorrelator.learn(parameterStore, new NDList(inputs.singletonOrThrow()));
    }

    /**
     * Folds the decorrelation of patches into a kernel: {@code W M}.
     *
     * <p>The error of the layer's input under other weights B than W, as in feedback alignment, is
     * the transposed convolution of the output's error with {@code foldedKernel(B, M)}, minus its
     * channel means if the batch mean is removed.
     *
     * @param weight the kernel W, (filters, C / groups, kH, kW)
     * @param matrix the matrix M, (d, d) for {@code d = C / groups · kH · kW}, or (groups, d, d)
     * @return the folded kernel, of the shape of W; it belongs to the manager of W
     */
    public static NDArray foldedKernel(NDArray weight, NDArray matrix) {
        return ArrayScope.returning(
                () -> {
                    Shape shape = weight.getShape();
                    Shape m = matrix.getShape();
                    if (m.dimension() == 2) {
                        return weight.reshape(shape.get(0), m.get(0)).matMul(matrix).reshape(shape);
                    }
                    return weight.reshape(m.get(0), shape.get(0) / m.get(0), m.get(1))
                            .batchMatMul(matrix)
                            .reshape(shape);
                });
    }

    /** {@inheritDoc} */
    @Override
    protected LayoutType[] getExpectedLayout() {
        return EXPECTED_LAYOUT.clone();
    }

    /** {@inheritDoc} */
    @Override
    protected String getStringLayout() {
        return "NCHW";
    }

    /** {@inheritDoc} */
    @Override
    protected int numDimensions() {
        return EXPECTED_LAYOUT.length;
    }

    /** {@inheritDoc} */
    @Override
    public void initialize(NDManager manager, DataType dataType, Shape... inputShapes) {
        decorrelator.beforeNewArrays();
        super.initialize(manager, dataType, inputShapes);
        decorrelator.afterNewArrays();
    }

    /** {@inheritDoc} */
    @Override
    protected void prepare(Shape[] inputs) {
        long channels = inputs[0].get(1);
        Preconditions.checkArgument(
                channels > 0 && channels % groups == 0,
                "Decorrelation layer '"
                        + name
                        + "' cannot cut the channels of its input "
                        + inputs[0]
                        + " into "
                        + groups
                        + " groups");
        Shape kernel = new Shape(filters, channels / groups).addAll(kernelShape);
        if (!weight.isInitialized()) {
            weight.setShape(kernel);
        }
        if (bias != null && !bias.isInitialized()) {
            bias.setShape(new Shape(filters));
        }
        decorrelator.prepare(channels, patchSize(inputs[0]));
    }

    /** The number of values in a patch of all channels. */
    private long patchSize(Shape input) {
        return input.get(1) * kernelShape.size();
    }

    /** {@inheritDoc} */
    @Override
    protected void saveMetadata(DataOutputStream os) throws IOException {
        saveInputShapes(os);
        decorrelator.save(os);
    }

    /** {@inheritDoc} */
    @Override
    public void loadMetadata(byte loadVersion, DataInputStream is)
            throws IOException, MalformedModelException {
        decorrelator.checkVersion(loadVersion);
        readInputShapes(StoredParameters.inputShape(is));
        if (inputShapes[0].dimension() != 4) {
            throw new MalformedModelException(
                    "The file holds decorrelation layer '"
                            + name
                            + "' for inputs of shape "
                            + inputShapes[0]
                            + ", which are no images; load it into the model that it was saved"
                            + " from.");
        }
        decorrelator.load(loadVersion, is, patchSize(inputShapes[0]));
    }

    /** {@inheritDoc} */
    @Override
    public void loadParameters(NDManager manager, DataInputStream is)
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
        long channels = inputShapes[0].get(1);
        decorrelator.checkLoaded(channels);
        Shape kernel = new Shape(filters, channels / groups).addAll(kernelShape);
        if (weight.isInitialized() && !weight.getShape().equals(kernel)) {
            throw new MalformedModelException(
                    "The file holds a kernel "
                            + weight.getShape()
                            + " for decorrelation layer '"
                            + name
                            + "', which needs "
                            + kernel
                            + "; load it into the model that it was saved from.");
        }
    }

    /** {@inheritDoc} */
    @Override
    public void saveState(StateWriter out) throws IOException {
        decorrelator.saveState(out);
    }

    /** {@inheritDoc} */
    @Override
    public Runnable loadState(StateReader in) throws MalformedModelException {
        return decorrelator.loadState(in);
    }

    /** {@inheritDoc} */
    @Override
    public Block fold() {
        decorrelator.checkLearned();
        return PlainBlocks.convolution(this);
    }

    /** {@inheritDoc} */
    @Override
    public String getName() {
        return name;
    }

    /** {@inheritDoc} */
    @Override
    public DecorrelationOptions getOptions() {
        return decorrelator.getOptions();
    }

    /**
     * Returns the kernel W, which acts on decorrelated patches.
     *
     * @return the kernel
     */
    public Parameter getWeight() {
        return weight;
    }

    /**
     * Returns the bias.
     *
     * @return the bias, or null if the layer has none
     */
    public Parameter getBias() {
        return bias;
    }

    /** {@inheritDoc} */
    @Override
    public Parameter getMatrix() {
        return decorrelator.getMatrix();
    }

    /** {@inheritDoc} */
    @Override
    public Parameter getRunningMean() {
        return decorrelator.getRunningMean();
    }

    /** {@inheritDoc} */
    @Override
    public double getLastGain() {
        return decorrelator.getLastGain();
    }

    /** {@inheritDoc} */
    @Override
    public void addObserver(DecorrelationObserver observer) {
        decorrelator.addObserver(observer);
    }

    /** {@inheritDoc} */
    @Override
    public void removeObserver(DecorrelationObserver observer) {
        decorrelator.removeObserver(observer);
    }

    /** {@inheritDoc} */
    @Override
    public long getMultiplyAdds(long batchSize) {
        DecorrelationMatrix matrix = decorrelator.matrix();
        Shape input = getInputShapes()[0];
        Shape batch = new Shape(batchSize).addAll(input.slice(1));
        long rows = patches.sampledRows(getOutputShapes(new Shape[] {batch})[0]);
        long folding = 2 * matrix.multiplyAdds(filters / groups);
        long update = matrix.multiplyAdds(rows) + matrix.learningMultiplyAdds(rows, getOptions());
        return folding + update / getOptions().getCost().stepsPerUpdate(batchSize);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Here none: the error passes through the convolution with the folded kernel alone.
     */
    @Override
    public long getErrorMultiplyAdds(long batchSize) {
        return 0;
    }

    /** Returns the name and every setting. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "DecorrelatedConv2d(%s, kernel %s, %d filters, stride %s, padding %s, dilation %s,"
                        + " groups %d%s, %s)",
                name,
                kernelShape,
                filters,
                stride,
                padding,
                dilation,
                groups,
                includeBias ? "" : ", no bias",
                getOptions());
    }

    /**
     * Creates a builder.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** The builder of {@link DecorrelatedConv2d}. */
    public static final class Builder extends ConvolutionBuilder<Builder>
            implements DecorrelationBuilder<Builder> {

        private final DecorrelationOptions.Builder options = DecorrelationOptions.builder();
        private String name;
        private PendingChecks pending = new PendingChecks();

        private Builder() {
            stride = new Shape(1, 1);
            padding = new Shape(0, 0);
            dilation = new Shape(1, 1);
        }

        /** {@inheritDoc} */
        @Override
        public Builder optOptions(Consumer<DecorrelationOptions.Builder> change) {
            change.accept(options);
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

        /** Sets what runs the checks of this layer together with those of others. */
        Builder optPending(PendingChecks pending) {
            this.pending = pending;
            return this;
        }

        /** {@inheritDoc} */
        @Override
        protected Builder self() {
            return this;
        }

        /**
         * Builds the layer.
         *
         * @return the layer
         * @throws IllegalArgumentException if settings exclude each other
         */
        public DecorrelatedConv2d build() {
            validate();
            DecorrelationOptions settings = options.build();
            Preconditions.checkArgument(
                    settings.getCost().isFull(),
                    "The patches of a convolution are decorrelated by a full matrix; leave blocks"
                            + " and rank out of "
                            + settings);
            return new DecorrelatedConv2d(this, settings);
        }
    }
}
