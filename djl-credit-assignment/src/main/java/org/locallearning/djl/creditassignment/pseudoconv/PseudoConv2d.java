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
package org.locallearning.djl.creditassignment.pseudoconv;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;

/**
 * A pseudo-convolution, or perturbative layer: fixed noise maps replace learned kernels, and only
 * the weights that combine the maps learn.
 *
 * <pre>
 * z^c = Σ_m w^(cm) ReLU(x^m + n^m) [+ b^c]
 * </pre>
 *
 * <p>It is a {@link SequentialBlock} of {@link NoiseMaps} and a 1 × 1 {@link Conv2d}, so every
 * rule, decorrelation and folding handle it without special cases. It has no stride; add a pooling
 * block to shrink images.
 *
 * <ul>
 *   <li>input: (N, C, H, W)
 *   <li>output: (N, filters, H, W)
 *   <li>weight: w, (filters, C · M, 1, 1) for M masks per channel
 *   <li>bias, if there is one: b, (filters)
 * </ul>
 *
 * <p>Use it for image networks with few parameters: {@code C · M · filters} weights instead of
 * {@code k² · C · filters} for a convolution. An output position sees one position of the input;
 * neighbors have to come in through pooling or a convolution elsewhere. Whether the noise helps is
 * not settled: compare with level 0, a 1 × 1 convolution of a rectified image.
 *
 * <p>Ororbia, Mali, Kifer and Giles, arXiv:2002.03911 (2020), section 3.3, after Juefei-Xu, Boddeti
 * and Savvides, "Perturbative Neural Networks", CVPR 2018. Departure: weights are indexed by output
 * channel, without which (as printed) all output channels would be equal. The defaults follow the
 * paper: Gaussian noise of standard deviation 0.1, no bias, no normalization. The authors' code has
 * uniform noise, batch normalization after the rectifier, and a bias.
 */
public final class PseudoConv2d {

    private PseudoConv2d() {}

    /**
     * Applies a pseudo-convolution.
     *
     * @param images the images, (N, C, H, W)
     * @param maps the noise maps, (C, M, H, W)
     * @param weight the weights, (filters, C · M, 1, 1)
     * @param bias the biases, (filters), or null
     * @return (N, filters, H, W)
     */
    public static NDArray pseudoConv2d(NDArray images, NDArray maps, NDArray weight, NDArray bias) {
        NDArray perturbed = NoiseMaps.perturb(images, maps);
        return Conv2d.conv2d(perturbed, weight, bias).singletonOrThrow();
    }

    /**
     * Creates a builder.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds pseudo-convolutions. */
    public static final class Builder {

        private final NoiseMaps.Builder maps = NoiseMaps.builder();
        private int filters;
        private float level = 0.1f;
        private int masks = 1;
        private boolean bias;
        private boolean normalization;

        private Builder() {}

        /**
         * Sets the number of output channels.
         *
         * @param filters the number, at least 1
         * @return this builder
         */
        public Builder setFilters(int filters) {
            this.filters = filters;
            return this;
        }

        /**
         * Sets how strong the noise is, in the units of the images.
         *
         * @param level the standard deviation of Gaussian or the bound of uniform noise, at least 0
         *     and finite; 0.1 by default. At 0 there are no maps, and the rectifier stays
         * @return this builder
         */
        public Builder optLevel(float level) {
            if (!(level >= 0 && level < Float.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "The noise level is at least 0 and finite, not " + level + ".");
            }
            this.level = level;
            return this;
        }

        /**
         * Sets the distribution of the noise.
         *
         * @param distribution the distribution; {@link NoiseDistribution#GAUSSIAN} by default
         * @return this builder
         */
        public Builder optDistribution(NoiseDistribution distribution) {
            maps.optDistribution(distribution);
            return this;
        }

        /**
         * Sets the number of noise maps for each input channel.
         *
         * @param masks M, at least 1; 1 by default
         * @return this builder
         */
        public Builder optMasksPerChannel(int masks) {
            maps.optMasksPerChannel(masks);
            this.masks = masks;
            return this;
        }

        /**
         * Sets whether there is a bias for each output channel.
         *
         * @param bias false by default
         * @return this builder
         */
        public Builder optBias(boolean bias) {
            this.bias = bias;
            return this;
        }

        /**
         * Sets whether there is batch normalization between the rectifier and the weights.
         *
         * @param normalization false by default
         * @return this builder
         */
        public Builder optNormalization(boolean normalization) {
            this.normalization = normalization;
            return this;
        }

        /**
         * Makes the noise maps a function of a seed and their shape; otherwise the engine's own
         * random numbers decide.
         *
         * @param seed the seed
         * @return this builder
         */
        public Builder optSeed(long seed) {
            maps.optSeed(seed);
            return this;
        }

        /**
         * Sets whether the noise maps are saved with the model, or drawn again from the seed.
         *
         * @param saved true by default; false takes {@link #optSeed}
         * @return this builder
         */
        public Builder optMapsSaved(boolean saved) {
            maps.optSaved(saved);
            return this;
        }

        /**
         * Builds the pseudo-convolution.
         *
         * @return its blocks in a sequence
         * @throws IllegalArgumentException if the number of filters is not set, if there are
         *     several maps per channel but no noise to distinguish them, or if maps are neither
         *     saved nor have a seed
         */
        public SequentialBlock build() {
            if (filters < 1) {
                throw new IllegalArgumentException(
                        "A pseudo-convolution has at least 1 filter, not "
                                + filters
                                + "; set the number with setFilters.");
            }
            SequentialBlock block = new SequentialBlock();
            if (level > 0) {
                block.add(maps.optLevel(level).build());
            } else if (masks == 1) {
                block.add(Activation.reluBlock());
            } else {
                throw new IllegalArgumentException(
                        "Without noise the "
                                + masks
                                + " maps of a channel would all be the same; take one, or a noise"
                                + " level above 0.");
            }
            if (normalization) {
                block.add(BatchNorm.builder().build());
            }
            return block.add(
                    Conv2d.builder()
                            .setKernelShape(new Shape(1, 1))
                            .setFilters(filters)
                            .optBias(bias)
                            .build());
        }
    }
}
