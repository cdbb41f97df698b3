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
package org.locallearning.djl.examples.models;

import ai.djl.basicmodelzoo.cv.classification.ResNetV1;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.pooling.Pool;
import java.util.List;
import java.util.Locale;
import org.locallearning.djl.creditassignment.convolutional.LocallyConnected2d;
import org.locallearning.djl.examples.task.Task;

/**
 * The networks of the experiments, by name. Classifiers end in one logit per class, without
 * softmax; the autoencoder in one per pixel and channel, without sigmoid.
 *
 * <ul>
 *   <li>{@code mlp}: a multilayer perceptron, one hidden layer of 256 units unless other sizes are
 *       chosen
 *   <li>{@code dense}: four hidden layers of 1000 units, the dense network of the decorrelation
 *       paper (3072-1000-1000-1000-1000-10 on CIFAR-10), with an activation behind all four
 *   <li>{@code dense-linear-top}: the same without an activation behind the fourth hidden layer, as
 *       in that paper's code
 *   <li>{@code conv}: a small LeNet: two 5x5 convolutions (8 and 16 channels), each followed by 2x2
 *       average pooling, then a hidden dense layer of 128 units
 *   <li>{@code ahmad-conv}: the convolutional network of the decorrelation paper (Ahmad,
 *       "Correlations Are Ruining Your Gradient Descent", table 1): two 3x3 convolutions of 32
 *       channels, 2x2 maximum pooling, two of 64 channels, pooling again, then a hidden dense layer
 *       of 1000 units; stride 1 and no padding, as the table prints, so that the dense layer has
 *       1600 inputs for images of 32x32 pixels and 7744 for 56x56
 *   <li>{@code ahmad-conv-padded}: the same with a padding of 1, as in the paper's code (4096 and
 *       12544 inputs)
 *   <li>{@code mlp3}: three hidden layers of 1024 units, the multilayer perceptron of the
 *       predictive coding paper (Alonso, Krichmar and Neftci, "Understanding and Improving
 *       Optimization in Predictive Coding Networks")
 *   <li>{@code alonso-conv}: its convolutional network: 5x5-64, 5x5-128 and 3x3-256, all with
 *       stride 2 and no padding in place of pooling, then the output layer
 *   <li>{@code alonso-conv-tiny}: the one for 64x64 pixels: 5x5-32, 5x5-64, 5x5-128 and 3x3-256
 *   <li>{@code autoencoder}: its autoencoder, with hidden layers of 1024, 256, 20, 256 and 1024
 *       units, which learns to {@linkplain Task#RECONSTRUCTION put out the image}
 *   <li>{@code lillicrap-local}: the network of the feedback alignment paper whose first layer has
 *       {@linkplain LocallyConnected2d local receptive fields}: 6 filters of 6x6 pixels without
 *       shared weights, then two hidden dense layers of 1500 units (784-3174-1500-1500-10 on MNIST)
 *   <li>{@code resnet20}: DJL's own {@link ResNetV1} with 20 layers, the variant for small images
 * </ul>
 *
 * <p>Hidden sizes and activation can be chosen for all but {@code resnet20}; the default activation
 * is ReLU in the networks of the predictive coding paper, tanh in {@code lillicrap-local}, else
 * LeakyReLU with slope 0.01. In the convolutional networks, it follows each convolution.
 */
public final class Models {

    private static final int[] MLP_HIDDEN = {256};
    private static final int[] DENSE_HIDDEN = {1000, 1000, 1000, 1000};
    private static final int[] CONV_HIDDEN = {128};
    private static final int[] CONV_FILTERS = {8, 16};
    private static final int CONV_SMALLEST_SIDE = 12;
    private static final int[] AHMAD_FILTERS = {32, 64};
    private static final int[] AHMAD_HIDDEN = {1000};
    private static final int AHMAD_SMALLEST_SIDE = 16;
    private static final int AHMAD_PADDED_SMALLEST_SIDE = 4;
    private static final int[] MLP3_HIDDEN = {1024, 1024, 1024};
    private static final int[] ALONSO_FILTERS = {64, 128, 256};
    private static final int[] ALONSO_TINY_FILTERS = {32, 64, 128, 256};
    private static final int ALONSO_SMALLEST_SIDE = 21;
    private static final int ALONSO_TINY_SMALLEST_SIDE = 45;
    private static final String AUTOENCODER = "autoencoder";
    private static final int[] AUTOENCODER_HIDDEN = {1024, 256, 20, 256, 1024};
    private static final int[] LOCAL_HIDDEN = {1500, 1500};
    private static final int LOCAL_FILTERS = 6;
    private static final int LOCAL_SIDE = 6;
    private static final int RESNET_SMALLEST_SIDE = 8;
    private static final String TANH = "tanh";
    private static final String LEAKY_RELU = "leaky-relu";
    private static final String RELU = "relu";

    private Models() {}

    /**
     * Returns the names that {@link #create} takes.
     *
     * @return the names
     */
    public static List<String> names() {
        return List.of(
                "mlp",
                "dense",
                "dense-linear-top",
                "conv",
                "ahmad-conv",
                "ahmad-conv-padded",
                "mlp3",
                "alonso-conv",
                "alonso-conv-tiny",
                AUTOENCODER,
                "lillicrap-local",
                "resnet20");
    }

    /**
     * Returns what a network learns.
     *
     * @param name one of {@link #names()}
     * @return its task
     */
    public static Task task(String name) {
        return name.equals(AUTOENCODER) ? Task.RECONSTRUCTION : Task.CLASSIFICATION;
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
        Block block =
                switch (name) {
                    case "mlp" -> perceptron(options, LEAKY_RELU, MLP_HIDDEN, sampleShape, classes);
                    case "dense" ->
                            perceptron(options, LEAKY_RELU, DENSE_HIDDEN, sampleShape, classes);
                    case "dense-linear-top" -> linearTop(options, sampleShape, classes);
                    case "conv" -> conv(options, sampleShape, classes);
                    case "ahmad-conv" -> {
                        checkSides(name, sampleShape, AHMAD_SMALLEST_SIDE);
                        yield ahmadConv(options, 0, classes);
                    }
                    case "ahmad-conv-padded" -> {
                        checkSides(name, sampleShape, AHMAD_PADDED_SMALLEST_SIDE);
                        yield ahmadConv(options, 1, classes);
                    }
                    case "mlp3" -> perceptron(options, RELU, MLP3_HIDDEN, sampleShape, classes);
                    case "alonso-conv" -> {
                        checkSides(name, sampleShape, ALONSO_SMALLEST_SIDE);
                        yield alonsoConv(options, ALONSO_FILTERS, classes);
                    }
                    case "alonso-conv-tiny" -> {
                        checkSides(name, sampleShape, ALONSO_TINY_SMALLEST_SIDE);
                        yield alonsoConv(options, ALONSO_TINY_FILTERS, classes);
                    }
                    case AUTOENCODER ->
                            perceptron(
                                    options,
                                    RELU,
                                    AUTOENCODER_HIDDEN,
                                    sampleShape,
                                    (int) sampleShape.size());
                    case "lillicrap-local" -> {
                        checkSides(name, sampleShape, LOCAL_SIDE);
                        yield local(options, classes);
                    }
                    case "resnet20" -> resnet20(options, sampleShape, classes);
                    default ->
                            throw new IllegalArgumentException(
                                    String.format(
                                            Locale.ROOT,
                                            "Unknown model \"%s\": choose one of %s.",
                                            name,
                                            String.join(", ", names())));
                };
        if (options.getDropout() > 0 && !hasDropout(block)) {
            throw new IllegalArgumentException(
                    "The model " + name + " has no place for dropout: leave it out.");
        }
        if (options.getInitialization() == ModelOptions.Initialization.FAN_IN_UNIFORM) {
            FanInUniformInitializer.setOn(block);
        }
        return block;
    }

    private static boolean hasDropout(Block block) {
        return block.getChildren().values().stream().anyMatch(Dropout.class::isInstance);
    }

    private static Block perceptron(
            ModelOptions options,
            String defaultActivation,
            int[] defaultHidden,
            Shape sampleShape,
            int outputs) {
        SequentialBlock block =
                new SequentialBlock().add(Blocks.batchFlattenBlock(sampleShape.size()));
        return addDense(block, options, defaultActivation, defaultHidden, outputs);
    }

    private static Block linearTop(ModelOptions options, Shape sampleShape, int classes) {
        SequentialBlock block =
                new SequentialBlock().add(Blocks.batchFlattenBlock(sampleShape.size()));
        int[] hidden = options.getHidden().orElse(DENSE_HIDDEN);
        for (int i = 0; i < hidden.length; ++i) {
            block.add(Linear.builder().setUnits(hidden[i]).build());
            if (i < hidden.length - 1) {
                block.add(activation(options, LEAKY_RELU));
            }
        }
        return block.add(Linear.builder().setUnits(classes).build());
    }

    private static Block conv(ModelOptions options, Shape sampleShape, int classes) {
        checkSides("conv", sampleShape, CONV_SMALLEST_SIDE);
        SequentialBlock block = new SequentialBlock();
        Shape padding = new Shape(2, 2);
        for (int filters : CONV_FILTERS) {
            block.add(
                            Conv2d.builder()
                                    .setKernelShape(new Shape(5, 5))
                                    .setFilters(filters)
                                    .optPadding(padding)
                                    .build())
                    .add(activation(options, LEAKY_RELU))
                    .add(Pool.avgPool2dBlock(new Shape(2, 2), new Shape(2, 2)));
            padding = new Shape(0, 0);
        }
        block.add(Blocks.batchFlattenBlock());
        return addDense(block, options, LEAKY_RELU, CONV_HIDDEN, classes);
    }

    private static Block ahmadConv(ModelOptions options, int padding, int classes) {
        SequentialBlock block = new SequentialBlock();
        for (int filters : AHMAD_FILTERS) {
            for (int layer = 0; layer < 2; layer++) {
                block.add(
                                Conv2d.builder()
                                        .setKernelShape(new Shape(3, 3))
                                        .setFilters(filters)
                                        .optPadding(new Shape(padding, padding))
                                        .build())
                        .add(activation(options, LEAKY_RELU));
            }
            block.add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)));
        }
        block.add(Blocks.batchFlattenBlock());
        return addDense(block, options, LEAKY_RELU, AHMAD_HIDDEN, classes);
    }

    private static Block alonsoConv(ModelOptions options, int[] filters, int classes) {
        SequentialBlock block = new SequentialBlock();
        for (int layer = 0; layer < filters.length; layer++) {
            int side = layer < filters.length - 1 ? 5 : 3;
            block.add(
                            Conv2d.builder()
                                    .setKernelShape(new Shape(side, side))
                                    .setFilters(filters[layer])
                                    .optStride(new Shape(2, 2))
                                    .build())
                    .add(activation(options, RELU));
        }
        block.add(Blocks.batchFlattenBlock());
        return addDense(block, options, RELU, new int[0], classes);
    }

    private static Block local(ModelOptions options, int classes) {
        SequentialBlock block =
                new SequentialBlock()
                        .add(
                                LocallyConnected2d.builder()
                                        .setFilters(LOCAL_FILTERS)
                                        .setKernelShape(new Shape(LOCAL_SIDE, LOCAL_SIDE))
                                        .build())
                        .add(activation(options, TANH))
                        .add(Blocks.batchFlattenBlock());
        return addDense(block, options, TANH, LOCAL_HIDDEN, classes);
    }

    private static Block resnet20(ModelOptions options, Shape sampleShape, int classes) {
        checkSides("resnet20", sampleShape, RESNET_SMALLEST_SIDE);
        if (options.getHidden().isPresent()
                || options.getActivation().isPresent()
                || options.getSlope().isPresent()) {
            throw new IllegalArgumentException(
                    "The model resnet20 has no choice of hidden sizes or activation: leave them"
                            + " out.");
        }
        // DJL picks the variant for small images by a height of at most 28. The network has no
        // fixed
        // input size, and 32-pixel images are what this variant was designed for.
        return ResNetV1.builder()
                .setImageShape(new Shape(sampleShape.get(0), 28, 28))
                .setNumLayers(20)
                .setOutSize(classes)
                .build();
    }

    private static SequentialBlock addDense(
            SequentialBlock block,
            ModelOptions options,
            String defaultActivation,
            int[] defaultHidden,
            int outputs) {
        for (int size : options.getHidden().orElse(defaultHidden)) {
            block.add(Linear.builder().setUnits(size).build())
                    .add(activation(options, defaultActivation));
            if (options.getDropout() > 0) {
                block.add(Dropout.builder().optRate(options.getDropout()).build());
            }
        }
        return block.add(Linear.builder().setUnits(outputs).build());
    }

    private static Block activation(ModelOptions options, String defaultActivation) {
        // whoever chooses a slope means the activation that has one
        String name =
                options.getActivation()
                        .orElse(options.getSlope().isPresent() ? LEAKY_RELU : defaultActivation);
        return switch (name) {
            case TANH -> Activation.tanhBlock();
            case RELU -> Activation.reluBlock();
            case LEAKY_RELU ->
                    Activation.leakyReluBlock(
                            options.getSlope().orElse(ModelOptions.DEFAULT_SLOPE));
            case "elu" -> Activation.eluBlock(1);
            case "logistic" -> Activation.sigmoidBlock();
            default -> throw new IllegalArgumentException("No activation is called " + name);
        };
    }

    private static void checkSides(String name, Shape sampleShape, int smallest) {
        if (sampleShape.get(1) < smallest || sampleShape.get(2) < smallest) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "The model %s takes images of at least %dx%d pixels, not %dx%d.",
                            name,
                            smallest,
                            smallest,
                            sampleShape.get(1),
                            sampleShape.get(2)));
        }
    }
}
