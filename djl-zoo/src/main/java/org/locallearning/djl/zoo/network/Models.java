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
import ai.djl.nn.Parameter;
import ai.djl.nn.norm.Dropout;
import ai.djl.training.initializer.NormalInitializer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.locallearning.djl.creditassignment.pseudoconv.PerturbativeResNet;
import org.locallearning.djl.zoo.network.Architecture.Choices;
import org.locallearning.djl.zoo.task.Task;

/**
 * The networks of the experiments, by name: a new one is one entry in the table here. Classifiers
 * end in one logit per class, without softmax; the autoencoder in one per pixel and channel,
 * without sigmoid.
 *
 * <p>Where hidden sizes and activation can be chosen, the default activation is ReLU in the
 * networks of the predictive coding paper, tanh in {@code lillicrap-local}, else LeakyReLU with
 * slope 0.01. In convolutional networks, it follows each convolution.
 *
 * <ul>
 *   <li>{@code ahmad-conv} and {@code dense} are the networks of Ahmad, "Correlations Are Ruining
 *       Your Gradient Descent", table 1: stride 1 and no padding, as the table prints, so that the
 *       first dense layer has 1600 inputs for images of 32x32 pixels and 7744 for 56x56; {@code
 *       ahmad-conv-padded} and {@code dense-linear-top} are those of the paper's code (4096 and
 *       12544 inputs)
 *   <li>{@code mlp3}, {@code alonso-conv}, {@code alonso-conv-tiny} and {@code autoencoder} are
 *       those of Alonso, Krichmar and Neftci, "Understanding and Improving Optimization in
 *       Predictive Coding Networks"
 *   <li>{@code residual-mlp} is Algorithm 2 of Ororbia et al., arXiv:2002.03911; {@code pnn-resnet}
 *       has the stages of 64, 128, 256 and 512 filters of the ResNet-18 of the authors of the
 *       perturbative layer
 * </ul>
 */
public final class Models {

    private static final int[] DENSE_HIDDEN = {1000, 1000, 1000, 1000};
    private static final int[] RESIDUAL_HIDDEN = {256, 256, 256, 256, 256, 256};
    private static final int RESIDUAL_GAP = 2;
    private static final int RESNET_SMALLEST_SIDE = 8;

    private static final List<Architecture> ALL =
            List.of(
                    Architecture.dense(
                            "mlp",
                            "hidden dense layers of the sizes of --hidden, else 300 and 100",
                            perceptron(Activations.LEAKY_RELU, 256)),
                    Architecture.dense(
                            "dense",
                            "four hidden layers of 1000, the dense network of Ahmad 2024",
                            perceptron(Activations.LEAKY_RELU, DENSE_HIDDEN)),
                    Architecture.dense(
                            "dense-linear-top",
                            "the same without an activation behind the fourth, as in the paper's"
                                    + " code",
                            (options, sampleShape, classes) ->
                                    DenseNetworks.linearTop(
                                            options, DENSE_HIDDEN, sampleShape, classes)),
                    Architecture.convolutional(
                            "conv",
                            "a small LeNet: two 5x5 convolutions (8 and 16 channels) with average"
                                    + " pooling, a hidden layer of 128",
                            12,
                            Choices.LAYERS,
                            (options, sampleShape, classes) ->
                                    ConvolutionalNetworks.leNet(options, classes)),
                    Architecture.convolutional(
                            "ahmad-conv",
                            "twice two 3x3 convolutions (32 and 64 channels) and maximum pooling, a"
                                    + " hidden layer of 1000, padding 0, of Ahmad 2024",
                            16,
                            Choices.LAYERS,
                            (options, sampleShape, classes) ->
                                    ConvolutionalNetworks.ahmadConv(options, 0, classes)),
                    Architecture.convolutional(
                            "ahmad-conv-padded",
                            "the same with padding 1, as in the paper's code",
                            4,
                            Choices.LAYERS,
                            (options, sampleShape, classes) ->
                                    ConvolutionalNetworks.ahmadConv(options, 1, classes)),
                    Architecture.dense(
                            "mlp3",
                            "three hidden layers of 1024 with ReLU, of Alonso et al. 2023",
                            perceptron(Activations.RELU, 1024, 1024, 1024)),
                    Architecture.convolutional(
                            "alonso-conv",
                            "5x5-64, 5x5-128 and 3x3-256 convolutions of stride 2, of Alonso et al."
                                    + " 2023",
                            21,
                            Choices.LAYERS,
                            strided(64, 128, 256)),
                    Architecture.convolutional(
                            "alonso-conv-tiny",
                            "5x5-32, 5x5-64, 5x5-128 and 3x3-256, for images of 45 pixels and more",
                            45,
                            Choices.LAYERS,
                            strided(32, 64, 128, 256)),
                    new Architecture(
                            "autoencoder",
                            "hidden layers of 1024, 256, 20, 256 and 1024, learns to put out the"
                                    + " image, of Alonso et al. 2023",
                            Task.RECONSTRUCTION,
                            1,
                            Choices.LAYERS,
                            (options, sampleShape, classes) ->
                                    perceptron(Activations.RELU, 1024, 256, 20, 256, 1024)
                                            .create(
                                                    options,
                                                    sampleShape,
                                                    (int) sampleShape.size())),
                    new Architecture(
                            "residual-mlp",
                            "six hidden layers of 256 with a residual connection over every two, of"
                                    + " Ororbia et al. 2020",
                            Task.CLASSIFICATION,
                            1,
                            Choices.LAYERS_AND_GAP,
                            (options, sampleShape, classes) ->
                                    DenseNetworks.residualPerceptron(
                                            options,
                                            RESIDUAL_HIDDEN,
                                            RESIDUAL_GAP,
                                            sampleShape,
                                            classes)),
                    Architecture.convolutional(
                            "lillicrap-local",
                            "6 filters of local 6x6 receptive fields without shared weights, two"
                                    + " hidden layers of 1500 with tanh, of Lillicrap et al. 2016",
                            ConvolutionalNetworks.LOCAL_SIDE,
                            Choices.LAYERS,
                            (options, sampleShape, classes) ->
                                    ConvolutionalNetworks.local(options, classes)),
                    Architecture.convolutional(
                            "resnet20",
                            "DJL's residual network of 20 layers, the variant for small images",
                            RESNET_SMALLEST_SIDE,
                            Choices.NONE,
                            Models::resnet20),
                    Architecture.convolutional(
                            "pnn-resnet",
                            "a residual network of fixed noise maps in the place of kernels, of"
                                    + " Ororbia et al. 2020",
                            RESNET_SMALLEST_SIDE,
                            Choices.NONE,
                            perturbative(PerturbativeResNet.Layers.PSEUDO_CONVOLUTION)),
                    Architecture.convolutional(
                            "pnn-resnet-1x1",
                            "the same without noise: 1x1 convolutions alone",
                            RESNET_SMALLEST_SIDE,
                            Choices.NONE,
                            perturbative(PerturbativeResNet.Layers.POINTWISE_CONVOLUTION)),
                    Architecture.convolutional(
                            "pnn-resnet-plain",
                            "an ordinary residual network of most nearly as many parameters",
                            RESNET_SMALLEST_SIDE,
                            Choices.NONE,
                            perturbative(PerturbativeResNet.Layers.CONVOLUTION)));

    private Models() {}

    private static Architecture.Factory perceptron(String defaultActivation, int... hidden) {
        return (options, sampleShape, outputs) ->
                DenseNetworks.perceptron(options, defaultActivation, hidden, sampleShape, outputs);
    }

    private static Architecture.Factory strided(int... filters) {
        return (options, sampleShape, classes) ->
                ConvolutionalNetworks.strided(options, filters, classes);
    }

    private static Architecture.Factory perturbative(PerturbativeResNet.Layers layers) {
        return (options, sampleShape, classes) ->
                PerturbativeResNet.builder()
                        .setImageShape(sampleShape)
                        .setOutSize(classes)
                        .optLayers(layers)
                        .build();
    }

    private static Block resnet20(ModelOptions options, Shape sampleShape, int classes) {
        // DJL picks the variant for small images by a height of at most 28. The network has no
        // fixed input size, and 32-pixel images are what this variant was designed for.
        return ResNetV1.builder()
                .setImageShape(new Shape(sampleShape.get(0), 28, 28))
                .setNumLayers(20)
                .setOutSize(classes)
                .build();
    }

    /**
     * Returns the names that {@link #create} takes.
     *
     * @return the names
     */
    public static List<String> names() {
        return ALL.stream().map(Architecture::name).toList();
    }

    /**
     * Returns what every network is.
     *
     * @return a description of each name, in the order of the table
     */
    public static Map<String, String> descriptions() {
        Map<String, String> descriptions = new LinkedHashMap<>();
        ALL.forEach(model -> descriptions.put(model.name(), model.description()));
        return descriptions;
    }

    /**
     * Returns what a network learns.
     *
     * @param name one of {@link #names()}
     * @return its task
     * @throws IllegalArgumentException if there is no network of that name
     */
    public static Task task(String name) {
        return named(name).task();
    }

    /**
     * Creates a network, not yet initialized.
     *
     * @param name one of {@link #names()}
     * @param options what was chosen in place of the network's defaults
     * @param sampleShape the shape of one image, (channels, height, width)
     * @param classes the number of classes, which is the number of outputs of a classifier
     * @return a block from (N, channels, height, width) to (N, classes), or for the autoencoder to
     *     (N, channels · height · width)
     * @throws IllegalArgumentException if there is no network of that name, the network has no use
     *     for a chosen option, or the image or the number of classes is too small for it
     */
    public static Block create(String name, ModelOptions options, Shape sampleShape, int classes) {
        if (sampleShape.dimension() != 3) {
            throw new IllegalArgumentException(
                    "A model takes images of shape (channels, height, width), not "
                            + sampleShape
                            + ".");
        }
        if (classes < 2) {
            throw new IllegalArgumentException(
                    "A classifier has at least 2 classes, not " + classes + ".");
        }
        Block block = named(name).create(options, sampleShape, classes);
        if (options.getDropout() > 0 && !hasDropout(block)) {
            throw new IllegalArgumentException(
                    "The model " + name + " has no place for dropout: leave it out.");
        }
        switch (options.getInitialization()) {
            case FAN_IN_UNIFORM -> FanInUniformInitializer.setOn(block);
            case NORMAL ->
                    block.setInitializer(
                            new NormalInitializer(options.getDeviation()), Parameter.Type.WEIGHT);
            case DJL -> {
                // what blocks start with
            }
        }
        return block;
    }

    private static boolean hasDropout(Block block) {
        return block.getChildren().values().stream().anyMatch(Dropout.class::isInstance);
    }

    private static Architecture named(String name) {
        return ALL.stream()
                .filter(model -> model.name().equals(name))
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
