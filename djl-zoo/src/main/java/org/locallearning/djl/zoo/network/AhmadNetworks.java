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

import org.locallearning.djl.zoo.network.Architecture.Choices;

/**
 * The networks of Ahmad, "Correlations Are Ruining Your Gradient Descent" (2024), table 1, and of
 * the paper's code where that differs.
 */
public final class AhmadNetworks {

    private static final int[] HIDDEN = {1000, 1000, 1000, 1000};

    /** Four hidden layers of 1000 units, each followed by LeakyReLU with slope 0.01 (table 1). */
    public static final Architecture DENSE =
            Architecture.dense(
                    "dense",
                    "four hidden layers of 1000, the dense network of Ahmad 2024",
                    Choices.LAYERS,
                    DenseNetworks.perceptron(Activations.LEAKY_RELU, HIDDEN));

    /** The same, but its fourth hidden layer is linear, as in the paper's code. */
    public static final Architecture DENSE_LINEAR_TOP =
            Architecture.dense(
                    "dense-linear-top",
                    "the same without an activation after the fourth, as in the paper's code",
                    Choices.LAYERS,
                    (options, imageShape, classes) ->
                            DenseNetworks.linearTop(options, HIDDEN, imageShape, classes));

    /**
     * Two 3x3 convolutions of 32 channels, 2x2 maximum pooling, two of 64 channels, pooling, and a
     * hidden layer of 1000 units, LeakyReLU with slope 0.01 after each; stride 1 and no padding, as
     * table 1 prints. The hidden layer has 1600 inputs for images of 32x32 pixels, 7744 for 56x56.
     */
    public static final Architecture CONVOLUTIONAL =
            Architecture.convolutional(
                    "ahmad-conv",
                    "twice two 3x3 convolutions (32 and 64 channels) and maximum pooling, a hidden"
                            + " layer of 1000, padding 0, of Ahmad 2024",
                    16,
                    Choices.LAYERS,
                    (options, imageShape, classes) ->
                            ConvolutionalNetworks.ahmadConv(options, 0, classes));

    /**
     * The same with a padding of 1, as in the paper's code: the hidden layer has 4096 inputs for
     * images of 32x32 pixels, 12544 for 56x56.
     */
    public static final Architecture CONVOLUTIONAL_PADDED =
            Architecture.convolutional(
                    "ahmad-conv-padded",
                    "the same with padding 1, as in the paper's code",
                    4,
                    Choices.LAYERS,
                    (options, imageShape, classes) ->
                            ConvolutionalNetworks.ahmadConv(options, 1, classes));

    private AhmadNetworks() {}
}
