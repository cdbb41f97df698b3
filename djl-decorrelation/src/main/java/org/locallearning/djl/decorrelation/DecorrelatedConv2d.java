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
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
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

/**
 * A two-dimensional convolution over decorrelated patches: {@code y = W M (p − μ) + b} for each
 * patch p of the image, with the kernel W and the bias b of an ordinary {@link Conv2d}, and a
 * matrix M that the layer learns itself.
 *
 * <p>Use it in the place of {@link Conv2d} where {@link Decorrelation} would stand before a dense
 * layer. The decorrelated patches are never formed for the whole batch: one ordinary convolution
 * runs on the folded kernel {@code W M}, whose gradients with respect to W and the input are the
 * exact ones. Only a sample of patches is decorrelated, for learning M by {@link
 * DecorrelationRule#update} from the old M, in each training forward.
 *
 * <p>The mean is removed by channel before the image is padded, so that the padding equals the
 * mean. Statistics come from the first samples of the batch, at evenly strided positions where they
 * have more patches than {@link DecorrelationOptions.Builder#optMaxPatches}.
 *
 * <ul>
 *   <li>input: (batch, C, H, W)
 *   <li>output: (batch, filters, H', W'), as of {@link Conv2d}
 *   <li>{@code weight}: W, (filters, C / groups, kH, kW)
 *   <li>{@code bias}: b, (filters)
 *   <li>{@code decorrelation}: M, (d, d) for {@code d = C / groups · kH · kW}; with more than one
 *       group (groups, d, d)
 *   <li>{@code runningMean}: μ, (C)
 * </ul>
 *
 * <p>A step costs {@code 2 · filters · d²} multiply-adds for the folded kernel beyond those of the
 * convolution, and {@code 2 K d² + d³} for K sampled patches. Errors are those of {@link
 * Decorrelation}.
 *
 * <p>Ahmad, "Correlations Are Ruining Your Gradient Descent", appendix F. The authors' code forms
 * the decorrelated patches by a convolution with M and applies W as a 1 × 1 convolution; the
 * function is the same.
 */
public final class DecorrelatedConv2d extends Convolution implements Decorrelating {

    private static final byte VERSION = 1;

    private static final LayoutType[] EXPECTED_LAYOUT = {
        LayoutType.BATCH, LayoutType.CHANNEL, LayoutType.HEIGHT, LayoutType.WIDTH
    };

    private final String name;
    private final DecorrelationState state;
    private final Parameter matrix;
    private final Parameter runningMean;

    @SuppressWarnings("this-escape")
    private DecorrelatedConv2d(Builder builder) {
        super(builder);
        version = VERSION;
        name = builder.name == null ? getClass().getSimpleName() : builder.name;
        state = new DecorrelationState(builder.options, DecorrelationRule::update);
        // the only type that stays untrainable when a trainer is created for a loaded model
        matrix =
                addParameter(
                        Parameter.builder()
                                .setName("decorrelation")
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
     * Creates the decorrelated form of a convolution; if that is initialized, over its own kernel
     * and bias arrays.
     */
    static DecorrelatedConv2d of(Conv2d plain, DecorrelationOptions options, String name) {
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
                        .optName(name)
                        .build();
        for (String parameter : plain.getDirectParameters().keys()) {
            Parameter from = plain.getDirectParameters().get(parameter);
            Parameter to = layer.getDirectParameters().get(parameter);
            to.setInitializer(from.getInitializer());
            if (from.isInitialized()) {
                to.setArray(from.getArray());
            }
            to.freeze(!from.requiresGradient());
        }
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
        checkInput(input.getShape());
        Device device = input.getDevice();
        NDArray weightValue = parameterStore.getValue(weight, device, training);
        NDArray biasValue = parameterStore.getValue(bias, device, training);
        NDArray matrixValue = parameterStore.getValue(matrix, device, training);
        NDArray meanValue = parameterStore.getValue(runningMean, device, training);
        boolean learning = DecorrelationState.learns(training, params);
        NDArray output =
                ArrayScope.returning(
                        () -> {
                            NDArray batchMean = training ? batchMean(input) : null;
                            NDArray centred = centred(input, batchMean, meanValue);
                            NDArray result =
                                    forward(
                                            input,
                                            centred,
                                            batchMean,
                                            weightValue,
                                            biasValue,
                                            matrixValue,
                                            learning);
                            if (learning && batchMean != null) {
                                state.blend(meanValue, batchMean);
                            }
                            return result;
                        });
        if (learning) {
            state.countStep(device);
        }
        return new NDList(output);
    }

    private NDArray forward(
            NDArray input,
            NDArray centred,
            NDArray batchMean,
            NDArray weightValue,
            NDArray biasValue,
            NDArray matrixValue,
            boolean learning) {
        boolean due = learning && state.isUpdateDue(input.getDevice());
        if (learning) {
            state.checkMean(this, batchMean, due);
        }
        // backward needs the old M after the update below has overwritten it
        NDArray folded = foldedKernel(weightValue, due ? matrixValue.duplicate() : matrixValue);
        NDArray output =
                Conv2d.conv2d(centred, folded, biasValue, stride, padding, dilation, groups)
                        .singletonOrThrow();
        if (due) {
            update(matrixValue, sample(input), sample(centred));
        }
        return output;
    }

    /** {@inheritDoc} */
    @Override
    public void learn(ParameterStore parameterStore, NDList inputs) {
        NDArray input = inputs.singletonOrThrow();
        checkInput(input.getShape());
        Device device = input.getDevice();
        NDArray matrixValue = parameterStore.getValue(matrix, device, true);
        NDArray meanValue = parameterStore.getValue(runningMean, device, true);
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray batchMean = batchMean(input.stopGradient());
            boolean due = state.isUpdateDue(device);
            state.checkMean(this, batchMean, due);
            if (due) {
                NDArray images = sample(input);
                update(matrixValue, images, centred(images, batchMean, meanValue));
            }
            if (batchMean != null) {
                state.blend(meanValue, batchMean);
            }
        }
        state.countStep(device);
    }

    /** Updates M from sampled images, raw and with the mean removed. */
    private void update(NDArray matrixValue, NDArray raw, NDArray centred) {
        NDArray patches = patches(centred);
        NDArray rawPatches = state.getOptions().isRawInputNorm() ? patches(raw) : patches;
        for (int group = 0; group < groups; ++group) {
            NDArray rows = patches.get(":, {}", group);
            NDArray m = groups == 1 ? matrixValue : matrixValue.get(group);
            NDArray decorrelated = Decorrelation.decorrelate(rows, m);
            state.learn(this, group, m, rawPatches.get(":, {}", group), rows, decorrelated);
        }
    }

    /** The mean of each channel, (1, C, 1, 1), or null where no mean is removed. */
    private NDArray batchMean(NDArray input) {
        MeanRemoval removal = state.getOptions().getMeanRemoval();
        if (removal == MeanRemoval.NONE) {
            return null;
        }
        long count = input.size() / input.getShape().get(1);
        if (removal == MeanRemoval.BATCH && count < 2) {
            throw new IllegalArgumentException(
                    "Decorrelation layer '"
                            + name
                            + "' got a training batch of one pixel, whose mean removed leaves"
                            + " nothing; use batches of two or more (drop a last batch of one), or"
                            + " MeanRemoval.RUNNING.");
        }
        return BatchMean.of(input, new int[] {0, 2, 3}, true);
    }

    private NDArray centred(NDArray input, NDArray batchMean, NDArray meanValue) {
        switch (state.getOptions().getMeanRemoval()) {
            case NONE:
                return input;
            case BATCH:
                return batchMean == null
                        ? input.sub(perChannel(meanValue))
                        : BatchMean.remove(input, batchMean);
            default:
                return input.sub(perChannel(meanValue));
        }
    }

    private static NDArray perChannel(NDArray mean) {
        return mean.reshape(1, -1, 1, 1);
    }

    private void checkInput(Shape shape) {
        long channels = runningMean.getArray().getShape().get(0);
        if (shape.dimension() != 4 || shape.get(1) != channels) {
            throw new IllegalArgumentException(
                    "Decorrelation layer '"
                            + name
                            + "' was made for images of shape (batch, "
                            + channels
                            + ", height, width), but got "
                            + shape
                            + ".");
        }
    }

    /** The first images of a batch, outside the gradient's graph. */
    private NDArray sample(NDArray images) {
        long samples = state.getOptions().getSampleSize(images.getShape().get(0));
        return images.stopGradient()
                .get("0:" + Math.min(state.getOptions().getMaxPatches(), samples));
    }

    /** The patches of sampled images, (rows, groups, d). */
    private NDArray patches(NDArray sample) {
        long limit = state.getOptions().getMaxPatches() / sample.getShape().get(0);
        NDArray patches =
                ImagePatches.extract(sample, kernelShape, stride, padding, dilation, (int) limit);
        return patches.reshape(patches.getShape().get(0), groups, -1);
    }

    /**
     * Folds the decorrelation of patches into a kernel: {@code W M}.
     *
     * <p>The error of the layer's input under other weights B than W, as in feedback alignment, is
     * the transposed convolution of the output's error with {@code foldedKernel(B, M)}, less its
     * mean by channel where the batch mean is removed.
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
        matrix.setShape(matrixShape(kernel));
        runningMean.setShape(new Shape(channels));
    }

    private Shape matrixShape(Shape kernel) {
        long patch = kernel.slice(1).size();
        return groups == 1 ? new Shape(patch, patch) : new Shape(groups, patch, patch);
    }

    /** {@inheritDoc} */
    @Override
    protected void saveMetadata(DataOutputStream os) throws IOException {
        saveInputShapes(os);
        os.writeLong(state.getSteps());
    }

    /** {@inheritDoc} */
    @Override
    public void loadMetadata(byte loadVersion, DataInputStream is)
            throws IOException, MalformedModelException {
        DecorrelationState.checkVersion(name, loadVersion, VERSION);
        readInputShapes(is);
        state.restoreSteps(is.readLong());
    }

    /** {@inheritDoc} */
    @Override
    public void loadParameters(NDManager manager, DataInputStream is)
            throws IOException, MalformedModelException {
        super.loadParameters(manager, is);
        if (!weight.isInitialized() || !matrix.isInitialized()) {
            return;
        }
        long channels = inputShapes[0].get(1);
        Shape kernel = new Shape(filters, channels / groups).addAll(kernelShape);
        if (!weight.getShape().equals(kernel) || !matrix.getShape().equals(matrixShape(kernel))) {
            throw new MalformedModelException(
                    "The file holds a kernel "
                            + weight.getShape()
                            + " and a matrix "
                            + matrix.getShape()
                            + " for decorrelation layer '"
                            + name
                            + "', which needs "
                            + kernel
                            + " and "
                            + matrixShape(kernel)
                            + "; load it into the model that it was saved from.");
        }
    }

    /** {@inheritDoc} */
    @Override
    public Block fold() {
        return PlainBlocks.convolution(this);
    }

    /** {@inheritDoc} */
    @Override
    public String getName() {
        return name;
    }

    /**
     * Returns the settings of this layer.
     *
     * @return the settings
     */
    public DecorrelationOptions getOptions() {
        return state.getOptions();
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
        return matrix;
    }

    /** {@inheritDoc} */
    @Override
    public Parameter getRunningMean() {
        return runningMean;
    }

    /** {@inheritDoc} */
    @Override
    public double getLastGain() {
        return state.getLastGain();
    }

    /** {@inheritDoc} */
    @Override
    public void setObserver(DecorrelationObserver observer) {
        state.setObserver(observer);
    }

    /** {@inheritDoc} */
    @Override
    public long getMultiplyAdds(long batchSize) {
        if (!isInitialized()) {
            throw new IllegalStateException(
                    "Decorrelation layer '" + name + "' is not initialized yet.");
        }
        long patch = weight.getShape().slice(1).size();
        Shape output = getOutputShapes(getInputShapes())[0];
        long samples =
                Math.min(getOptions().getMaxPatches(), getOptions().getSampleSize(batchSize));
        int limit = (int) (getOptions().getMaxPatches() / samples);
        long rows = samples * ImagePatches.positions(output.get(2), output.get(3), limit);
        long folding = 2 * filters * patch * patch;
        long update = rows * patch * patch + DecorrelationRule.multiplyAdds(rows, patch);
        return folding + groups * update / getOptions().getUpdateInterval();
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

    /**
     * Creates a builder.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** The builder of {@link DecorrelatedConv2d}. */
    public static final class Builder extends ConvolutionBuilder<Builder> {

        private DecorrelationOptions options = DecorrelationOptions.builder().build();
        private String name;

        private Builder() {
            stride = new Shape(1, 1);
            padding = new Shape(0, 0);
            dilation = new Shape(1, 1);
        }

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

        /** {@inheritDoc} */
        @Override
        protected Builder self() {
            return this;
        }

        /**
         * Builds the layer.
         *
         * @return the layer
         */
        public DecorrelatedConv2d build() {
            validate();
            return new DecorrelatedConv2d(this);
        }
    }
}
