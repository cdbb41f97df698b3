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
package org.locallearning.djl.creditassignment.transform;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.Transform;
import java.util.Locale;
import java.util.Optional;

/**
 * Global contrast normalization: gives every image mean zero and the same contrast.
 *
 * <pre>
 * x̃ = x − mean(x)                       the mean of each channel, or of the image
 * x' = s x̃ / max(ε, √(λ + mean(x̃²)))    the contrast of the image over all channels
 * </pre>
 *
 * <ul>
 *   <li>input: (C, H, W) or a batch (N, C, H, W), floating point
 *   <li>output: the same shape and type; 16-bit types are computed in float32
 * </ul>
 *
 * <p>Use it as the last transform before {@link ZcaWhitening}, as for CIFAR-10 in Ororbia, Mali,
 * Kifer and Giles, arXiv:2002.03911, section 4, where "each color channel's pixel mean was
 * subtracted from itself". The formula with λ and ε is from Goodfellow, Bengio and Courville, "Deep
 * Learning", 2016, equation 12.3.
 */
public final class GlobalContrastNormalization implements Transform {

    /** The name of the model's property that {@link #saveTo} sets. */
    public static final String PROPERTY = "globalContrastNormalization";

    private final double scale;
    private final double regularization;
    private final double smallestContrast;
    private final boolean channelMeans;

    private GlobalContrastNormalization(Builder builder) {
        scale = builder.scale;
        regularization = builder.regularization;
        smallestContrast = builder.smallestContrast;
        channelMeans = builder.channelMeans;
    }

    /** {@inheritDoc} */
    @Override
    public NDArray transform(NDArray array) {
        Shape shape = array.getShape();
        int dimensions = shape.dimension();
        if (dimensions != 3 && dimensions != 4) {
            throw new IllegalArgumentException(
                    "Global contrast normalization takes images of shape (channels, height, width)"
                            + " or a batch of them, not "
                            + shape
                            + "; put ToTensor before it.");
        }
        int[] positions = {dimensions - 2, dimensions - 1};
        int[] all = {dimensions - 3, dimensions - 2, dimensions - 1};
        int[] averaged = channelMeans ? positions : all;
        long perChannel = shape.get(dimensions - 2) * shape.get(dimensions - 1);
        long perImage = perChannel * shape.get(dimensions - 3);
        DataType type = array.getDataType();
        // squares of pixels overflow in 16 bits, and a small ε vanishes
        boolean isHalf = type == DataType.FLOAT16 || type == DataType.BFLOAT16;
        NDArray exact = isHalf ? array.toType(DataType.FLOAT32, false) : array;
        long pixels = channelMeans ? perChannel : perImage;
        NDArray nearly = exact.sub(exact.sum(averaged, true).div(pixels));
        // what rounding leaves of an image of one colour would be taken for its contrast
        NDArray centred = nearly.sub(nearly.sum(averaged, true).div(pixels));
        NDArray contrast =
                centred.square()
                        .sum(all, true)
                        .div(perImage)
                        .add(regularization)
                        .sqrt()
                        .maximum(smallestContrast);
        NDArray normalized = centred.div(contrast).mul(scale);
        return isHalf ? normalized.toType(type, false) : normalized;
    }

    /**
     * Writes the settings into a model's properties, which {@code Model.save} saves.
     *
     * @param model the model
     */
    public void saveTo(Model model) {
        model.setProperty(
                PROPERTY,
                String.format(
                        Locale.ROOT,
                        "%s %s %s %s",
                        scale,
                        regularization,
                        smallestContrast,
                        channelMeans));
    }

    /**
     * Reads the settings from a model's properties.
     *
     * @param model the model
     * @return the transform, or empty if the model has no such property
     * @throws MalformedModelException if the property cannot be read
     */
    public static Optional<GlobalContrastNormalization> loadFrom(Model model)
            throws MalformedModelException {
        String property = model.getProperty(PROPERTY);
        if (property == null) {
            return Optional.empty();
        }
        String[] values = property.split(" ");
        try {
            return Optional.of(
                    builder()
                            .optScale(Double.parseDouble(values[0]))
                            .optRegularization(Double.parseDouble(values[1]))
                            .optSmallestContrast(Double.parseDouble(values[2]))
                            .optChannelMeans(Boolean.parseBoolean(values[3]))
                            .build());
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw new MalformedModelException(
                    String.format(
                            "The model's property %s is '%s', which are no such settings.",
                            PROPERTY, property),
                    e);
        }
    }

    /** Returns every setting. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "GlobalContrastNormalization(scale %s, regularization %s, smallest contrast %s,"
                        + " mean of each %s)",
                scale,
                regularization,
                smallestContrast,
                channelMeans ? "channel" : "image");
    }

    /**
     * Creates a builder.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link GlobalContrastNormalization}. */
    public static final class Builder {

        private double scale = 1;
        private double regularization;
        private double smallestContrast = 1e-8;
        private boolean channelMeans = true;

        private Builder() {}

        /**
         * Sets the contrast of the results.
         *
         * @param scale s, above 0; 1 by default
         * @return this builder
         */
        public Builder optScale(double scale) {
            this.scale = check("scale", scale, scale > 0, "above 0");
            return this;
        }

        /**
         * Sets what is added to the variance, so that images of little contrast are not blown up.
         *
         * @param regularization λ, at least 0; 0 by default
         * @return this builder
         */
        public Builder optRegularization(double regularization) {
            this.regularization =
                    check("regularization", regularization, regularization >= 0, "at least 0");
            return this;
        }

        /**
         * Sets the least number to divide by; images of one colour stay at 0.
         *
         * @param smallestContrast ε, above 0; 1e-8 by default
         * @return this builder
         */
        public Builder optSmallestContrast(double smallestContrast) {
            this.smallestContrast =
                    check("smallest contrast", smallestContrast, smallestContrast > 0, "above 0");
            return this;
        }

        /**
         * Sets whether the mean of each channel is removed, or that of the image.
         *
         * @param channelMeans true, the default, for each channel its own
         * @return this builder
         */
        public Builder optChannelMeans(boolean channelMeans) {
            this.channelMeans = channelMeans;
            return this;
        }

        private static double check(String what, double value, boolean right, String range) {
            if (!right || Double.isInfinite(value)) {
                throw new IllegalArgumentException(
                        String.format("The %s is %s and finite, not %s.", what, range, value));
            }
            return value;
        }

        /**
         * Builds the transform.
         *
         * @return the transform
         */
        public GlobalContrastNormalization build() {
            return new GlobalContrastNormalization(this);
        }
    }
}
