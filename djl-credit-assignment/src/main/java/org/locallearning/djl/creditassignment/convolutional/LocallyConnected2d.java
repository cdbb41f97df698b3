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
package org.locallearning.djl.creditassignment.convolutional;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.LayoutType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.Locale;
import java.util.Objects;
import org.locallearning.djl.creditassignment.internal.Window;
import org.locallearning.djl.decorrelation.internal.MemoryNeed;
import org.locallearning.djl.decorrelation.internal.StoredParameters;

/**
 * A convolution without weight sharing: every unit sees a small window of the image and has its own
 * weights and bias.
 *
 * <p>For filter f at position p with the window {@code x_p} of the image: {@code h_fp = ⟨W_fp, x_p⟩
 * + b_fp}.
 *
 * <ul>
 *   <li>input: (N, channels, height, width)
 *   <li>output: (N, filters, outHeight, outWidth), sizes as for {@code Conv2d}
 *   <li>weight: (positions · filters, channels, kernelHeight, kernelWidth), one kernel per unit, as
 *       DJL's initializers expect it; units are ordered by position, row by row, then by filter
 *   <li>bias: (filters, outHeight, outWidth)
 * </ul>
 *
 * <p>Use it for images of one size whose parts differ in meaning, and for rules with random
 * feedback, which do better here than in a convolution. It has as many times the weights of a
 * convolution as there are positions: on small data sets and large images prefer a convolution.
 * Cost: the multiply-adds of the convolution, as one batched product of (filters, inputs of a
 * window) with (inputs of a window, N) per position.
 *
 * <p>Runs on the PyTorch engine. Images of another size than at initialization throw an {@code
 * IllegalArgumentException}.
 *
 * <p>Lillicrap, Cownden, Tweed and Akerman, "Random synaptic feedback weights support error
 * backpropagation for deep learning", Nature Communications 7 (2016), supplementary note 5: the
 * first layer of 784-3174-1500-1500-10 has 6 filters of 6 by 6 pixels at 23 by 23 positions.
 */
public final class LocallyConnected2d extends AbstractBlock {

    private static final byte VERSION = 1;

    private final Window window;
    private final int filters;
    private final Parameter weight;
    private final Parameter bias;

    private LocallyConnected2d(Builder builder) {
        super(VERSION);
        window = builder.window();
        filters = builder.filters;
        weight =
                addParameter(
                        Parameter.builder()
                                .setName("weight")
                                .setType(Parameter.Type.WEIGHT)
                                .build());
        bias =
                builder.bias
                        ? addParameter(
                                Parameter.builder()
                                        .setName("bias")
                                        .setType(Parameter.Type.BIAS)
                                        .build())
                        : null;
    }

    /**
     * Returns the step from window to window.
     *
     * @return (down, right)
     */
    public Shape getStride() {
        return window.stride();
    }

    /**
     * Returns how many zeros are around the image.
     *
     * @return (above and below, left and right)
     */
    public Shape getPadding() {
        return window.padding();
    }

    /**
     * Returns the step from pixel to pixel within a window.
     *
     * @return (down, right)
     */
    public Shape getDilation() {
        return window.dilation();
    }

    /**
     * Returns the number of filters, the units that share a window.
     *
     * @return the number of output channels
     */
    public int getFilters() {
        return filters;
    }

    /** {@inheritDoc} */
    @Override
    protected NDList forwardInternal(
            ParameterStore parameterStore,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        NDArray input = inputs.singletonOrThrow();
        checkImage(input.getShape());
        Device device = input.getDevice();
        NDArray weightArray = parameterStore.getValue(weight, device, training);
        NDArray biasArray = parameterStore.getValue(bias, device, training);
        return new NDList(
                locallyConnected2d(
                        input,
                        weightArray,
                        biasArray,
                        window.stride(),
                        window.padding(),
                        window.dilation()));
    }

    /** Images of another size may have as many positions, but at other places. */
    private void checkImage(Shape image) {
        if (inputShapes != null && !image.slice(1).equals(inputShapes[0].slice(1))) {
            throw new IllegalArgumentException(
                    String.format(
                            "A locally connected layer for images of shape %s (batch, channels,"
                                    + " height, width) got a batch of shape %s; scale the images to"
                                    + " that size, or build a new layer for this one.",
                            inputShapes[0], image));
        }
    }

    /**
     * Applies a locally connected layer.
     *
     * @param input the images, (N, channels, height, width)
     * @param weight the weights, (positions · filters, channels, kernelHeight, kernelWidth)
     * @param bias the biases, (filters, outHeight, outWidth), or null
     * @param stride the step from window to window, (down, right)
     * @param padding the number of zeros around the image, (above and below, left and right)
     * @param dilation the step from pixel to pixel within a window, (down, right)
     * @return (N, filters, outHeight, outWidth)
     * @throws IllegalArgumentException if the weights are for images of another size
     */
    public static NDArray locallyConnected2d(
            NDArray input,
            NDArray weight,
            NDArray bias,
            Shape stride,
            Shape padding,
            Shape dilation) {
        Window window = new Window(weight.getShape().slice(2), stride, padding, dilation);
        Shape image = input.getShape();
        Shape positions = window.positions(image);
        long fields = positions.size();
        Shape kernels = weight.getShape();
        Shape output = new Shape(kernels.get(0) / fields).addAll(positions);
        boolean fits =
                kernels.get(0) % fields == 0
                        && kernels.get(1) == image.get(1)
                        && (bias == null || bias.getShape().equals(output));
        if (!fits) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "Weights of shape %s, (positions · filters, channels, kernel...), do"
                                    + " not fit images of shape %s, which have %d positions; give"
                                    + " images of the size that the layer was made for.",
                            kernels,
                            image,
                            fields));
        }
        long size = kernels.slice(1).size();
        NDArray patches = window.patches(input).swapAxes(0, 1);
        NDArray units = units(weight, new Shape(fields, output.get(0), size), input);
        NDArray sums =
                units.batchMatMul(patches)
                        .transpose(2, 1, 0)
                        .reshape(new Shape(image.get(0)).addAll(output));
        return bias == null ? sums : sums.add(bias);
    }

    /**
     * Returns the error at the input of a locally connected layer: the adjoint of the layer,
     * applied to the error at its output.
     *
     * @param delta the error at the output, (N, filters, outHeight, outWidth)
     * @param image the shape of the input, (N, channels, height, width)
     * @param weight the weights, (positions · filters, channels, kernelHeight, kernelWidth)
     * @param stride the step from window to window, (down, right)
     * @param padding the number of zeros around the image, (above and below, left and right)
     * @param dilation the step from pixel to pixel within a window, (down, right)
     * @return the error at the input, of its shape
     */
    public static NDArray inputError(
            NDArray delta,
            Shape image,
            NDArray weight,
            Shape stride,
            Shape padding,
            Shape dilation) {
        Window window = new Window(weight.getShape().slice(2), stride, padding, dilation);
        long fields = window.positions(image).size();
        Shape kernels = weight.getShape();
        long filters = kernels.get(0) / fields;
        NDArray errors = delta.reshape(image.get(0), filters, fields).transpose(2, 1, 0);
        NDArray units = units(weight, new Shape(fields, filters, kernels.slice(1).size()), delta);
        NDArray patches = units.swapAxes(1, 2).batchMatMul(errors).swapAxes(0, 1);
        return window.sumOfPatches(patches, image);
    }

    /** Returns a view of the weights that lives no longer than the batch, unlike the weights. */
    private static NDArray units(NDArray weight, Shape shape, NDArray batch) {
        NDArray units = weight.reshape(shape);
        units.attach(batch.getManager());
        return units;
    }

    /** {@inheritDoc} */
    @Override
    protected void beforeInitialize(Shape... inputShapes) {
        if (weight.isInitialized()) {
            checkImage(inputShapes[0]);
        }
        super.beforeInitialize(inputShapes);
        Block.validateLayout(
                new LayoutType[] {
                    LayoutType.BATCH, LayoutType.CHANNEL, LayoutType.HEIGHT, LayoutType.WIDTH
                },
                inputShapes[0].getLayout());
    }

    /** {@inheritDoc} */
    @Override
    protected void prepare(Shape[] inputShapes) {
        Shape kernels = weightShape(inputShapes[0]);
        MemoryNeed.check(
                "A locally connected layer",
                kernels,
                DataType.FLOAT32,
                1,
                "take fewer filters or a bigger stride, or scale the images down");
        weight.setShape(kernels);
        if (bias != null) {
            bias.setShape(biasShape(inputShapes[0]));
        }
    }

    private Shape weightShape(Shape input) {
        return new Shape(window.positions(input).size() * filters, input.get(1))
                .addAll(window.kernel());
    }

    private Shape biasShape(Shape input) {
        return new Shape(filters).addAll(window.positions(input));
    }

    /** {@inheritDoc} */
    @Override
    protected void loadMetadata(byte loadVersion, DataInputStream is)
            throws IOException, MalformedModelException {
        super.loadMetadata(
                loadVersion, loadVersion == VERSION ? StoredParameters.inputShape(is) : is);
    }

    /**
     * {@inheritDoc}
     *
     * @throws MalformedModelException if the file is damaged or holds weights of another shape
     */
    @Override
    public void loadParameters(NDManager manager, DataInputStream is)
            throws IOException, MalformedModelException {
        StoredParameters.read("a locally connected layer", () -> readParameters(manager, is));
    }

    private void readParameters(NDManager manager, DataInputStream is)
            throws IOException, MalformedModelException {
        loadMetadata(is.readByte(), is);
        StoredParameters.load(getDirectParameters().values(), manager, is);
        Shape input = inputShapes[0];
        if (input.dimension() != 4) {
            throw new MalformedModelException(
                    "The file holds a locally connected layer for inputs of shape "
                            + input
                            + ", which are no images; copy it again.");
        }
        StoredParameters.checkShape("a locally connected layer", weight, weightShape(input));
        if (bias != null) {
            StoredParameters.checkShape("a locally connected layer", bias, biasShape(input));
        }
    }

    /** {@inheritDoc} */
    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {
            new Shape(inputShapes[0].get(0), filters).addAll(window.positions(inputShapes[0]))
        };
    }

    /** Returns the layer and every setting. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "LocallyConnected2d(%d filters, %s%s)",
                filters,
                window,
                bias == null ? ", no bias" : "");
    }

    /**
     * Creates a builder.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link LocallyConnected2d}. */
    public static final class Builder {

        private Shape kernel;
        private Shape stride = new Shape(1, 1);
        private Shape padding = new Shape(0, 0);
        private Shape dilation = new Shape(1, 1);
        private int filters;
        private boolean bias = true;

        private Builder() {}

        /**
         * Sets the size of the windows.
         *
         * @param kernelShape (height, width)
         * @return this builder
         */
        public Builder setKernelShape(Shape kernelShape) {
            kernel = Objects.requireNonNull(kernelShape, "kernelShape");
            return this;
        }

        /**
         * Sets the number of filters.
         *
         * @param filters the number, at least 1
         * @return this builder
         */
        public Builder setFilters(int filters) {
            this.filters = filters;
            return this;
        }

        /**
         * Sets the step from window to window.
         *
         * @param stride (down, right); (1, 1) by default
         * @return this builder
         */
        public Builder optStride(Shape stride) {
            this.stride = Objects.requireNonNull(stride, "stride");
            return this;
        }

        /**
         * Sets how many zeros are around the image.
         *
         * @param padding (above and below, left and right); (0, 0) by default
         * @return this builder
         */
        public Builder optPadding(Shape padding) {
            this.padding = Objects.requireNonNull(padding, "padding");
            return this;
        }

        /**
         * Sets the step from pixel to pixel within a window.
         *
         * @param dilation (down, right); (1, 1) by default
         * @return this builder
         */
        public Builder optDilation(Shape dilation) {
            this.dilation = Objects.requireNonNull(dilation, "dilation");
            return this;
        }

        /**
         * Sets whether units have a bias.
         *
         * @param includeBias true by default
         * @return this builder
         */
        public Builder optBias(boolean includeBias) {
            bias = includeBias;
            return this;
        }

        private Window window() {
            return new Window(kernel, stride, padding, dilation);
        }

        /**
         * Builds the layer.
         *
         * @return the layer
         * @throws IllegalArgumentException if the kernel or the number of filters is not set, or a
         *     size is out of its range
         */
        public LocallyConnected2d build() {
            if (kernel == null || filters < 1) {
                throw new IllegalArgumentException(
                        "A locally connected layer needs its kernel and at least 1 filter: call"
                                + " setKernelShape and setFilters.");
            }
            return new LocallyConnected2d(this);
        }
    }
}
