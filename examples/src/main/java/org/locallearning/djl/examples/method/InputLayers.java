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
package org.locallearning.djl.examples.method;

import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.locallearning.djl.decorrelation.BatchWhitening;
import org.locallearning.djl.decorrelation.Decorrelate;
import org.locallearning.djl.decorrelation.DecorrelationOptions;
import org.locallearning.djl.decorrelation.RecurrentDecorrelation;
import org.locallearning.djl.zoo.network.JoinedGhostBatchNorm;

/**
 * What a method puts before the dense layers and convolutions of a model: decorrelation, or what
 * else is usual.
 */
public enum InputLayers {
    /** Nothing: the model is left as it is. */
    NONE("", "", "") {
        @Override
        Block prepare(Block plain, DecorrelationOptions options) {
            return plain;
        }
    },

    /** Decorrelation layers. */
    DECORRELATION(
            "+decor",
            " with decorrelation",
            " Before every dense layer and convolution, a decorrelation layer learns to remove the"
                    + " correlations of its inputs (Ahmad 2024).") {
        @Override
        boolean isDecorrelating() {
            return true;
        }

        @Override
        Block prepare(Block plain, DecorrelationOptions options) {
            return Decorrelate.builder().optOptions(options).build().convert(plain).block();
        }
    },

    /** Decorrelation by the lateral dynamics of the paper's appendix D, before dense layers. */
    RECURRENT_DECORRELATION(
            "+recurrent",
            " with recurrent decorrelation",
            " Before every dense layer, lateral connections that learn by what each unit sees settle"
                    + " to features without correlations, in 50 steps of time (Ahmad 2024, appendix"
                    + " D).") {
        @Override
        boolean isDecorrelating() {
            return true;
        }

        @Override
        Block prepare(Block plain, DecorrelationOptions options) {
            return new LayerInsertion((path, layer) -> recurrent(path, layer, options)).into(plain);
        }
    },

    /** Full whitening of each batch, of the features before a dense layer or of channels. */
    WHITENING(
            "+whitening",
            " with batch whitening",
            " Before every dense layer and convolution, the features or channels of each batch are"
                    + " whitened in full (Huang et al. 2019).") {
        @Override
        Block prepare(Block plain, DecorrelationOptions options) {
            return new LayerInsertion((path, layer) -> whitening(layer)).into(plain);
        }
    },

    /** Batch normalization. */
    BATCH_NORM(
            "+batchnorm",
            " with batch normalization",
            " Before every dense layer and convolution stands batch normalization.") {
        @Override
        Block prepare(Block plain, DecorrelationOptions options) {
            return new LayerInsertion((path, layer) -> BatchNorm.builder().build()).into(plain);
        }
    },

    /** Batch normalization by the statistics of at most 32 samples. */
    GHOST_BATCH_NORM(
            "+ghostnorm",
            " with ghost batch normalization",
            " Before every dense layer and convolution stands batch normalization by the statistics"
                    + " of parts of the batch of at most "
                    + InputLayers.GHOST_BATCH
                    + " samples (Hoffer et al. 2017).") {
        @Override
        Block prepare(Block plain, DecorrelationOptions options) {
            return new LayerInsertion((path, layer) -> JoinedGhostBatchNorm.of(GHOST_BATCH))
                    .into(plain);
        }
    };

    private static final int GHOST_BATCH = 32;

    private final String suffix;
    private final String title;
    private final String description;

    InputLayers(String suffix, String title, String description) {
        this.suffix = suffix;
        this.title = title;
        this.description = description;
    }

    private static Block recurrent(String path, Block weighted, DecorrelationOptions options) {
        if (weighted instanceof Conv2d) {
            throw new IllegalArgumentException(
                    "Recurrent decorrelation is for dense layers, and the model has a convolution;"
                            + " choose a model of dense layers, or "
                            + DECORRELATION.suffix
                            + ".");
        }
        return RecurrentDecorrelation.builder().optName(path).optOptions(options).build();
    }

    /** Convolutions have their features along the second axis, whitening along the last. */
    private static Block whitening(Block weighted) {
        BatchWhitening whitening = BatchWhitening.builder().build();
        return weighted instanceof Conv2d
                ? new SequentialBlock()
                        .addSingleton(images -> images.transpose(0, 2, 3, 1))
                        .add(whitening)
                        .addSingleton(images -> images.transpose(0, 3, 1, 2))
                : whitening;
    }

    /**
     * Prepares a model.
     *
     * @param plain the model, not yet initialized
     * @param options how decorrelation layers learn
     * @return the model with these layers
     */
    abstract Block prepare(Block plain, DecorrelationOptions options);

    /** Whether the layers learn at a rate of decorrelation. */
    boolean isDecorrelating() {
        return false;
    }

    /**
     * Returns what stands after the name of a method that puts these layers into its model.
     *
     * @return the suffix, such as {@code +decor}
     */
    public String suffix() {
        return suffix;
    }

    /** What stands after the title of such a method. */
    String title() {
        return title;
    }

    /** What stands after the description of such a method. */
    String description() {
        return description;
    }

    /** The layers that the name of a method ends with. */
    static InputLayers of(String name) {
        return Arrays.stream(values())
                .filter(layers -> layers != NONE && name.endsWith(layers.suffix))
                .findFirst()
                .orElse(NONE);
    }

    /** The suffixes but for that of decorrelation layers, for a message. */
    static String others() {
        return Arrays.stream(values())
                .filter(layers -> layers != NONE && layers != DECORRELATION)
                .map(InputLayers::suffix)
                .collect(Collectors.joining(", "));
    }
}
