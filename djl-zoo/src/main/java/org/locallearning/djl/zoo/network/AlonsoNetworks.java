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
 * The networks of Alonso, Krichmar and Neftci, "Understanding and Improving Optimization in
 * Predictive Coding Networks" (2023), with ReLU after each hidden layer.
 */
public final class AlonsoNetworks {

    /** Three hidden layers of 1024 units (figure 6, table 2). */
    public static final Architecture DENSE =
            Architecture.dense(
                    "mlp3",
                    "three hidden layers of 1024 with ReLU, of Alonso et al. 2023",
                    Choices.LAYERS,
                    DenseNetworks.perceptron(Activations.RELU, 1024, 1024, 1024));

    /**
     * Convolutions of stride 2 and no padding, 5x5 of 64 and of 128 channels and 3x3 of 256, and an
     * output layer.
     */
    public static final Architecture CONVOLUTIONAL =
            Architecture.convolutional(
                    "alonso-conv",
                    "5x5-64, 5x5-128 and 3x3-256 convolutions of stride 2, of Alonso et al. 2023",
                    21,
                    Choices.LAYERS,
                    ConvolutionalNetworks.strided(64, 128, 256));

    /**
     * The same for Tiny ImageNet: 5x5 convolutions of 32, 64 and 128 channels and 3x3 of 256, for
     * images of 45 pixels and more.
     */
    public static final Architecture CONVOLUTIONAL_TINY =
            Architecture.convolutional(
                    "alonso-conv-tiny",
                    "5x5-32, 5x5-64, 5x5-128 and 3x3-256, for images of 45 pixels and more",
                    45,
                    Choices.LAYERS,
                    ConvolutionalNetworks.strided(32, 64, 128, 256));

    /** Hidden layers of 1024, 256, 20, 256 and 1024 units; the outputs are logits of pixels. */
    public static final Architecture AUTOENCODER =
            Architecture.autoencoder(
                    "autoencoder",
                    "hidden layers of 1024, 256, 20, 256 and 1024, learns to put out the image, of"
                            + " Alonso et al. 2023",
                    DenseNetworks.perceptron(Activations.RELU, 1024, 256, 20, 256, 1024));

    private AlonsoNetworks() {}
}
