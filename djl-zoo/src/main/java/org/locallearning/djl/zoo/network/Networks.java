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

import ai.djl.basicmodelzoo.cv.classification.ResNetV1;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import java.util.List;
import java.util.Locale;
import org.locallearning.djl.zoo.network.Architecture.Choices;

/**
 * Every network by name, those of the papers and some common ones.
 *
 * <p>Where hidden sizes and activation can be chosen, the activation is LeakyReLU with slope 0.01
 * unless a network says otherwise. In convolutional networks it follows each convolution.
 */
public final class Networks {

    static final int RESNET_SMALLEST_SIDE = 8;

    /** One hidden layer of 256 units, unless other {@linkplain NetworkOptions sizes} are chosen. */
    public static final Architecture PERCEPTRON =
            Architecture.dense(
                    "mlp",
                    "dense hidden layers of chosen sizes",
                    Choices.LAYERS,
                    DenseNetworks.perceptron(Activations.LEAKY_RELU, 256));

    /** A small LeNet: 5x5 convolutions of 8 and 16 channels, average pooling, 128 hidden units. */
    public static final Architecture LENET =
            Architecture.convolutional(
                    "conv",
                    "a small LeNet: two 5x5 convolutions (8 and 16 channels) with average pooling,"
                            + " a hidden layer of 128",
                    12,
                    Choices.LAYERS,
                    (options, imageShape, classes) ->
                            ConvolutionalNetworks.leNet(options, classes));

    /** DJL's residual network of 20 layers, the variant for small images. */
    public static final Architecture RESNET20 =
            Architecture.convolutional(
                    "resnet20",
                    "DJL's residual network of 20 layers, the variant for small images",
                    RESNET_SMALLEST_SIDE,
                    Choices.NONE,
                    Networks::resnet20);

    /** Every network. */
    public static final List<Architecture> ALL =
            List.of(
                    PERCEPTRON,
                    AhmadNetworks.DENSE,
                    AhmadNetworks.DENSE_LINEAR_TOP,
                    LENET,
                    AhmadNetworks.CONVOLUTIONAL,
                    AhmadNetworks.CONVOLUTIONAL_PADDED,
                    AlonsoNetworks.DENSE,
                    AlonsoNetworks.CONVOLUTIONAL,
                    AlonsoNetworks.CONVOLUTIONAL_TINY,
                    AlonsoNetworks.AUTOENCODER,
                    OrorbiaNetworks.RESIDUAL,
                    LillicrapNetworks.LOCAL,
                    LillicrapNetworks.LOCAL_WIDE,
                    RESNET20,
                    VisionTransformer.SMALL,
                    OrorbiaNetworks.PERTURBATIVE,
                    OrorbiaNetworks.PERTURBATIVE_SMALL,
                    OrorbiaNetworks.POINTWISE,
                    OrorbiaNetworks.PLAIN,
                    OrorbiaNetworks.WIDE,
                    OrorbiaNetworks.POINTWISE_SMALL,
                    OrorbiaNetworks.PLAIN_SMALL,
                    OrorbiaNetworks.WIDE_SMALL);

    private Networks() {}

    private static Block resnet20(NetworkOptions options, Shape imageShape, int classes) {
        // DJL picks the variant for small images by a height of at most 28. The network has no
        // fixed input size, and 32-pixel images are what this variant was designed for.
        return ResNetV1.builder()
                .setImageShape(new Shape(imageShape.get(0), 28, 28))
                .setNumLayers(20)
                .setOutSize(classes)
                .build();
    }

    /**
     * Returns the names that {@link #named} takes.
     *
     * @return the names
     */
    public static List<String> names() {
        return ALL.stream().map(Architecture::getName).toList();
    }

    /**
     * Finds a network.
     *
     * @param name one of {@link #names()}
     * @return the network
     * @throws IllegalArgumentException if there is no network of that name; the message lists the
     *     names
     */
    public static Architecture named(String name) {
        return ALL.stream()
                .filter(network -> network.getName().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        String.format(
                                                Locale.ROOT,
                                                "Unknown model \"%s\": choose one of %s.",
                                                name,
                                                String.join(", ", names()))));
    }
}
