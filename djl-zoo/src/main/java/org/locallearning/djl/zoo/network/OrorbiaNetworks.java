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
package org.locallearning.djl.zoo.network;

import ai.djl.ndarray.types.Shape;
import org.locallearning.djl.creditassignment.pseudoconv.PerturbativeResNet;
import org.locallearning.djl.creditassignment.pseudoconv.PerturbativeResNet.Layers;
import org.locallearning.djl.zoo.network.Architecture.Choices;

/**
 * The networks of Ororbia, Mali, Kifer and Giles, "Reducing the Computational Burden of Deep
 * Learning with Recursive Local Representation Alignment", arXiv:2002.03911 (2020).
 */
public final class OrorbiaNetworks {

    private static final int[] HIDDEN = {256, 256, 256, 256, 256, 256};
    private static final int GAP = 2;

    /** Six hidden layers of 256 units with a residual connection over every two (algorithm 2). */
    public static final Architecture RESIDUAL =
            Architecture.dense(
                    "residual-mlp",
                    "six hidden layers of 256 with a residual connection over every two, of Ororbia"
                            + " et al. 2020",
                    Choices.LAYERS_AND_GAP,
                    (options, imageShape, classes) ->
                            DenseNetworks.residualPerceptron(
                                    options, HIDDEN, GAP, imageShape, classes));

    /**
     * A residual network with stages of 64, 128, 256 and 512 filters, fixed noise maps and learned
     * 1x1 weights in the place of kernels: {@link PerturbativeResNet}.
     */
    public static final Architecture PERTURBATIVE =
            perturbative(
                    "pnn-resnet",
                    "a residual network of fixed noise maps in the place of kernels, of Ororbia et"
                            + " al. 2020",
                    Layers.PSEUDO_CONVOLUTION);

    /** The same with stages of 16, 32 and 64 filters and one block each, for small machines. */
    public static final Architecture PERTURBATIVE_SMALL =
            small(
                    "pnn-resnet-small",
                    "the same with stages of 16, 32 and 64 filters and one block each",
                    Layers.PSEUDO_CONVOLUTION);

    /** The same without noise maps: 1x1 convolutions alone. */
    public static final Architecture POINTWISE =
            perturbative(
                    "pnn-resnet-1x1",
                    "pnn-resnet without noise: 1x1 convolutions alone",
                    Layers.POINTWISE_CONVOLUTION);

    /** An ordinary residual network of most nearly as many parameters. */
    public static final Architecture PLAIN =
            perturbative(
                    "pnn-resnet-plain",
                    "an ordinary residual network of most nearly as many parameters",
                    Layers.CONVOLUTION);

    /** An ordinary residual network of the same filters. */
    public static final Architecture WIDE =
            perturbative(
                    "pnn-resnet-wide",
                    "an ordinary residual network of the same filters, with nine times the weights",
                    Layers.WIDE_CONVOLUTION);

    /** {@link #PERTURBATIVE_SMALL} without noise maps: 1x1 convolutions alone. */
    public static final Architecture POINTWISE_SMALL =
            small(
                    "pnn-resnet-small-1x1",
                    "pnn-resnet-small without noise: 1x1 convolutions alone",
                    Layers.POINTWISE_CONVOLUTION);

    /** An ordinary residual network of most nearly as many parameters as the small one. */
    public static final Architecture PLAIN_SMALL =
            small(
                    "pnn-resnet-small-plain",
                    "an ordinary residual network of most nearly as many parameters as"
                            + " pnn-resnet-small",
                    Layers.CONVOLUTION);

    /** An ordinary residual network of the filters of the small one. */
    public static final Architecture WIDE_SMALL =
            small(
                    "pnn-resnet-small-wide",
                    "an ordinary residual network of the filters of pnn-resnet-small",
                    Layers.WIDE_CONVOLUTION);

    private static Architecture small(String name, String description, Layers layers) {
        return Architecture.convolutional(
                name,
                description,
                Networks.RESNET_SMALLEST_SIDE,
                Choices.NONE,
                (options, imageShape, classes) ->
                        residual(imageShape, classes)
                                .optFilters(16)
                                .optBlocks(1, 1, 1)
                                .optLayers(layers)
                                .build());
    }

    private static Architecture perturbative(String name, String description, Layers layers) {
        return Architecture.convolutional(
                name,
                description,
                Networks.RESNET_SMALLEST_SIDE,
                Choices.NONE,
                (options, imageShape, classes) ->
                        residual(imageShape, classes).optLayers(layers).build());
    }

    private static PerturbativeResNet.Builder residual(Shape imageShape, int classes) {
        return PerturbativeResNet.builder().setImageShape(imageShape).setOutSize(classes);
    }

    private OrorbiaNetworks() {}
}
