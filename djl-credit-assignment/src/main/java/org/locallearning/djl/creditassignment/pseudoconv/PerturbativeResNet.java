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

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.initializer.Initializer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * A residual network with pseudo-convolutions instead of 3 × 3 convolutions, and three networks to
 * compare it with.
 *
 * <p>It has a stem of one convolution (3 × 3; for images higher than 32 pixels 7 × 7 with stride 2,
 * and pooling), stages of residual blocks, global average pooling and a dense layer. The first
 * stage has as many filters as the stem; each further one has twice as many at half the side (at
 * the same side if it is odd). A block is
 *
 * <pre>
 * ReLU( BN(P(ReLU(BN(pool(P(x)))))) + shortcut(x) )
 * </pre>
 *
 * <p>with P a {@link PseudoConv2d} with batch normalization and bias, pooling where the side is
 * halved, and a normalized 1 × 1 convolution as shortcut where the shape changes. {@link Layers}
 * replaces P for the controls, which measure the effect of the noise and of the missing
 * neighborhood, the latter at equal parameters and at equal filters.
 *
 * <ul>
 *   <li>input: (N, C, H, W), the size given to the builder
 *   <li>output: (N, classes), logits
 * </ul>
 *
 * <p>Juefei-Xu, Boddeti and Savvides, "Perturbative Neural Networks", CVPR 2018, with the stem of
 * their later correction, as used by Ororbia, Mali, Kifer and Giles, arXiv:2002.03911. The accuracy
 * in the first paper was smoothed over batches; the authors' corrected run on CIFAR-10 reached 90.4
 * %, and an independent one found less than 1 % between noise and no noise.
 */
public final class PerturbativeResNet {

    private PerturbativeResNet() {}

    /** The layers of a residual block. */
    public enum Layers {
        /** Pseudo-convolutions: fixed noise maps and learned weights. */
        PSEUDO_CONVOLUTION,
        /** The same network without noise: 1 × 1 convolutions of the rectified image. */
        POINTWISE_CONVOLUTION,
        /**
         * An ordinary residual network of 3 × 3 convolutions, with as many filters as bring its
         * number of learned parameters nearest to that of the network with pseudo-convolutions.
         */
        CONVOLUTION,
        /**
         * An ordinary residual network of 3 × 3 convolutions with the same filters, which has
         * nearly nine times as many learned parameters.
         */
        WIDE_CONVOLUTION;

        private boolean isOrdinary() {
            return this == CONVOLUTION || this == WIDE_CONVOLUTION;
        }
    }

    /**
     * Builds a residual block.
     *
     * @param layers what stands in it
     * @param filters the number of output channels
     * @param stride 2 to halve the side, or 1
     * @param sameShape whether the input has the output's shape and the shortcut is the identity
     * @param convolution the pseudo-convolutions of the block, which get their number of filters
     *     here; not used by ordinary residual networks
     * @return the block
     */
    private static SequentialBlock residualBlock(
            Layers layers,
            int filters,
            int stride,
            boolean sameShape,
            List<PseudoConv2d.Builder> convolution) {
        SequentialBlock main = new SequentialBlock();
        if (layers.isOrdinary()) {
            main.add(convolution(filters, 3, stride))
                    .add(BatchNorm.builder().build())
                    .add(Activation.reluBlock())
                    .add(convolution(filters, 3, 1));
        } else {
            main.add(convolution.get(0).setFilters(filters).build());
            if (stride > 1) {
                main.add(Pool.maxPool2dBlock(new Shape(stride, stride), new Shape(stride, stride)));
            }
            main.add(BatchNorm.builder().build())
                    .add(Activation.reluBlock())
                    .add(convolution.get(1).setFilters(filters).build());
        }
        main.add(BatchNorm.builder().build());
        Block shortcut =
                sameShape
                        ? Blocks.identityBlock()
                        : new SequentialBlock()
                                .add(convolution(filters, 1, stride))
                                .add(BatchNorm.builder().build());
        return new SequentialBlock()
                .add(
                        new ParallelBlock(
                                branches ->
                                        new NDList(
                                                branches.get(0)
                                                        .singletonOrThrow()
                                                        .add(branches.get(1).singletonOrThrow())),
                                List.of(main, shortcut)))
                .add(Activation.reluBlock());
    }

    private static Conv2d convolution(int filters, int kernel, int stride) {
        return Conv2d.builder()
                .setKernelShape(new Shape(kernel, kernel))
                .setFilters(filters)
                .optStride(new Shape(stride, stride))
                .optPadding(new Shape(kernel / 2, kernel / 2))
                .optBias(false)
                .build();
    }

    /**
     * Creates a builder.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds perturbative residual networks. */
    public static final class Builder {

        private static final int SMALL = 32;

        private Shape imageShape;
        private long outSize;
        private int filters = 64;
        private int[] blocks = {2, 2, 2, 2};
        private Layers layers = Layers.PSEUDO_CONVOLUTION;
        private NoiseDistribution distribution = NoiseDistribution.UNIFORM;
        private float level = 0.1f;
        private int masks = 1;
        private Long seed;
        private boolean mapsSaved = true;
        private long drawn;

        private Builder() {}

        /**
         * Sets the shape of the images.
         *
         * @param imageShape (channels, height, width)
         * @return this builder
         */
        public Builder setImageShape(Shape imageShape) {
            this.imageShape = imageShape;
            return this;
        }

        /**
         * Sets the number of classes.
         *
         * @param outSize the number of outputs
         * @return this builder
         */
        public Builder setOutSize(long outSize) {
            this.outSize = outSize;
            return this;
        }

        /**
         * Sets the number of filters of the first stage; each further stage has twice as many.
         *
         * @param filters the number, at least 1; 64 by default
         * @return this builder
         */
        public Builder optFilters(int filters) {
            this.filters = filters;
            return this;
        }

        /**
         * Sets the number of residual blocks in each stage.
         *
         * @param blocks the numbers, at least 1 each; 2, 2, 2, 2 by default
         * @return this builder
         */
        public Builder optBlocks(int... blocks) {
            this.blocks = blocks.clone();
            return this;
        }

        /**
         * Sets the layers of the residual blocks.
         *
         * @param layers the layers; {@link Layers#PSEUDO_CONVOLUTION} by default
         * @return this builder
         */
        public Builder optLayers(Layers layers) {
            this.layers = Objects.requireNonNull(layers, "layers");
            return this;
        }

        /**
         * Sets how strong the noise is.
         *
         * @param level as in {@link NoiseMaps.Builder#optLevel}; 0.1 by default
         * @return this builder
         */
        public Builder optLevel(float level) {
            this.level = level;
            return this;
        }

        /**
         * Sets the distribution of the noise.
         *
         * @param distribution the distribution; {@link NoiseDistribution#UNIFORM} by default, as in
         *     the authors' code
         * @return this builder
         */
        public Builder optDistribution(NoiseDistribution distribution) {
            this.distribution = distribution;
            return this;
        }

        /**
         * Sets the number of noise maps for each channel.
         *
         * @param masks M, at least 1; 1 by default
         * @return this builder
         */
        public Builder optMasksPerChannel(int masks) {
            this.masks = masks;
            return this;
        }

        /**
         * Makes all noise maps functions of a seed; no two layers get the same.
         *
         * @param seed the seed
         * @return this builder
         */
        public Builder optSeed(long seed) {
            this.seed = seed;
            return this;
        }

        /**
         * Sets whether noise maps are saved with the model, or drawn again from the seed.
         *
         * @param saved true by default; false takes {@link #optSeed}
         * @return this builder
         */
        public Builder optMapsSaved(boolean saved) {
            mapsSaved = saved;
            return this;
        }

        /**
         * Builds the network.
         *
         * @return the network
         * @throws IllegalArgumentException if a required setting is missing or one is out of range
         */
        public SequentialBlock build() {
            check();
            return layers == Layers.CONVOLUTION
                    ? network(layers, matchingFilters())
                    : network(layers, filters);
        }

        private void check() {
            if (imageShape == null || imageShape.dimension() != 3) {
                throw new IllegalArgumentException(
                        "The network takes images of shape (channels, height, width), not "
                                + imageShape
                                + "; set it with setImageShape.");
            }
            if (outSize < 1) {
                throw new IllegalArgumentException(
                        "The network has at least 1 output, not "
                                + outSize
                                + "; set the number with setOutSize.");
            }
            if (filters < 1 || blocks.length < 1 || Arrays.stream(blocks).anyMatch(n -> n < 1)) {
                throw new IllegalArgumentException(
                        String.format(
                                Locale.ROOT,
                                "There is at least 1 filter, 1 stage and 1 block in each stage, but"
                                        + " filters are %d and blocks %s.",
                                filters,
                                Arrays.toString(blocks)));
            }
            if (imageShape.get(1) < 1 || imageShape.get(2) < 1) {
                throw new IllegalArgumentException(
                        "Images have at least 1 pixel, but their shape is " + imageShape + ".");
            }
        }

        private long sideBehindStem(int axis) {
            long side = imageShape.get(axis);
            // stride 2, then pooling with stride 2, both padded
            return isSmall() ? side : (side + 3) / 4;
        }

        private boolean isSmall() {
            return imageShape.get(1) <= SMALL;
        }

        /** The width whose ordinary network has most nearly as many learned parameters. */
        private int matchingFilters() {
            long wanted = parameters(network(Layers.PSEUDO_CONVOLUTION, filters));
            int low = 1;
            int high = Math.multiplyExact(filters, Math.max(1, masks));
            while (high - low > 1) {
                int middle = (low + high) >>> 1;
                if (parameters(network(Layers.CONVOLUTION, middle)) <= wanted) {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            long below = Math.abs(wanted - parameters(network(Layers.CONVOLUTION, low)));
            long above = Math.abs(wanted - parameters(network(Layers.CONVOLUTION, high)));
            return below <= above ? low : high;
        }

        private long parameters(Block block) {
            try (NDManager manager = NDManager.newBaseManager()) {
                // nothing random: counting must not move the engine's generator on
                block.setInitializer(Initializer.ZEROS, parameter -> true);
                block.initialize(manager, DataType.FLOAT32, new Shape(1).addAll(imageShape));
                return block.getParameters().values().stream()
                        .filter(Parameter::requiresGradient)
                        .mapToLong(parameter -> parameter.getArray().size())
                        .sum();
            }
        }

        private SequentialBlock network(Layers kind, int width) {
            drawn = 0;
            SequentialBlock network = new SequentialBlock();
            if (isSmall()) {
                network.add(convolution(width, 3, 1))
                        .add(BatchNorm.builder().build())
                        .add(Activation.reluBlock());
            } else {
                network.add(convolution(width, 7, 2))
                        .add(BatchNorm.builder().build())
                        .add(Activation.reluBlock())
                        .add(
                                Pool.maxPool2dBlock(
                                        new Shape(3, 3), new Shape(2, 2), new Shape(1, 1)));
            }
            long height = sideBehindStem(1);
            long side = sideBehindStem(2);
            for (int stage = 0; stage < blocks.length; stage++) {
                int stageWidth = width << stage;
                for (int block = 0; block < blocks[stage]; block++) {
                    boolean first = stage > 0 && block == 0;
                    boolean halving = first && height % 2 == 0 && side % 2 == 0;
                    if (halving) {
                        height /= 2;
                        side /= 2;
                    }
                    network.add(
                            residualBlock(
                                    kind,
                                    stageWidth,
                                    halving ? 2 : 1,
                                    !first,
                                    List.of(pseudoConvolution(kind), pseudoConvolution(kind))));
                }
            }
            return network.add(Pool.globalAvgPool2dBlock())
                    .add(Blocks.batchFlattenBlock())
                    .add(Linear.builder().setUnits(outSize).build());
        }

        private PseudoConv2d.Builder pseudoConvolution(Layers kind) {
            PseudoConv2d.Builder builder =
                    PseudoConv2d.builder().optBias(true).optNormalization(true);
            if (kind == Layers.POINTWISE_CONVOLUTION) {
                return builder.optLevel(0);
            }
            builder.optLevel(level)
                    .optDistribution(distribution)
                    .optMasksPerChannel(masks)
                    .optMapsSaved(mapsSaved);
            if (seed != null) {
                builder.optSeed(seed + drawn++);
            }
            return builder;
        }
    }
}
