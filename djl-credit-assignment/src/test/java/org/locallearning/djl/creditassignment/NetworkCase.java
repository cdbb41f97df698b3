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
package org.locallearning.djl.creditassignment;

import ai.djl.basicmodelzoo.basic.Mlp;
import ai.djl.basicmodelzoo.cv.classification.AlexNet;
import ai.djl.basicmodelzoo.cv.classification.GoogLeNet;
import ai.djl.basicmodelzoo.cv.classification.LeNet;
import ai.djl.basicmodelzoo.cv.classification.MobileNetV1;
import ai.djl.basicmodelzoo.cv.classification.MobileNetV2;
import ai.djl.basicmodelzoo.cv.classification.NiN;
import ai.djl.basicmodelzoo.cv.classification.ResNetV1;
import ai.djl.basicmodelzoo.cv.classification.SqueezeNet;
import ai.djl.basicmodelzoo.cv.classification.VGG;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv1d;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.nn.pooling.Pool;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.locallearning.djl.creditassignment.convolutional.LocallyConnected2d;
import org.locallearning.djl.creditassignment.pseudoconv.PerturbativeResNet;
import org.locallearning.djl.creditassignment.pseudoconv.PseudoConv2d;
import org.locallearning.djl.decorrelation.Cost;
import org.locallearning.djl.decorrelation.Decorrelate;
import org.locallearning.djl.decorrelation.DecorrelationOptions;

/**
 * A network to test rules on, as data: a new one is a line in the list.
 *
 * @param name the name, for the test's title
 * @param block makes the block
 * @param input the shape of a batch
 * @param classes the number of classes it tells apart
 */
public record NetworkCase(String name, Supplier<Block> block, Shape input, int classes) {

    /** Small networks that between them hold every kind of block that the tape walks. */
    public static List<NetworkCase> small() {
        return List.of(
                new NetworkCase("one hidden layer", () -> mlp(4, 12), new Shape(6, 9), 4),
                new NetworkCase("mlp", () -> mlp(4, 12, 11, 10), new Shape(6, 9), 4),
                new NetworkCase(
                        "convolutions", NetworkCase::convolutions, new Shape(3, 2, 13, 12), 5),
                new NetworkCase(
                        "sequence of vectors", NetworkCase::sequences, new Shape(4, 5, 6), 3),
                new NetworkCase("conv1d", NetworkCase::conv1d, new Shape(4, 2, 17), 3),
                new NetworkCase(
                        "locally connected",
                        NetworkCase::locallyConnected,
                        new Shape(3, 2, 7, 8),
                        4),
                new NetworkCase("residual", NetworkCase::residual, new Shape(4, 3, 8, 8), 3),
                new NetworkCase(
                        "pseudo-convolutions",
                        NetworkCase::pseudoConvolutions,
                        new Shape(4, 3, 8, 6),
                        3),
                new NetworkCase("nested", NetworkCase::nested, new Shape(5, 7), 3),
                new NetworkCase("dropout", NetworkCase::dropout, new Shape(8, 9), 3),
                new NetworkCase("all outputs", NetworkCase::allOutputs, new Shape(5, 7), 3),
                new NetworkCase(
                        "flattened join", NetworkCase::flattenedJoin, new Shape(4, 2, 3, 3), 5),
                activatedOutput());
    }

    /** A network whose activations grow with its weights. */
    public static NetworkCase rectified() {
        return new NetworkCase(
                "rectified",
                () ->
                        new SequentialBlock()
                                .add(linear(12))
                                .add(Activation.reluBlock())
                                .add(linear(11))
                                .add(Activation.reluBlock())
                                .add(linear(4)),
                new Shape(6, 9),
                4);
    }

    /** The small networks that decorrelation layers go into, with a rate that shows in one step. */
    public static List<NetworkCase> decorrelated() {
        return small().stream()
                .filter(network -> !network.name().equals("conv1d"))
                .map(
                        network ->
                                new NetworkCase(
                                        "decorrelated " + network.name(),
                                        () -> decorrelate(network.block().get()),
                                        network.input(),
                                        network.classes()))
                .collect(Collectors.toList());
    }

    private static Block decorrelate(Block block) {
        DecorrelationOptions options =
                DecorrelationOptions.builder()
                        .optRate(0.05f)
                        .optCost(Cost.full().withSampleFraction(1))
                        .build();
        return Decorrelate.builder().optOptions(options).build().convert(block).block();
    }

    /** The classifiers of DJL's own model zoo, and this library's own in its manner. */
    public static List<NetworkCase> zoo() {
        return List.of(
                new NetworkCase(
                        "Mlp", () -> new Mlp(49, 5, new int[] {20, 10}), new Shape(4, 49), 5),
                new NetworkCase(
                        "LeNet", () -> LeNet.builder().build(), new Shape(2, 1, 28, 28), 10),
                new NetworkCase(
                        "PerturbativeResNet",
                        NetworkCase::perturbativeResNet,
                        new Shape(4, 3, 16, 16),
                        5),
                new NetworkCase("ResNetV1", NetworkCase::resNet, new Shape(4, 3, 16, 16), 5),
                new NetworkCase(
                        "AlexNet", () -> AlexNet.builder().build(), new Shape(2, 1, 224, 224), 10),
                new NetworkCase(
                        "GoogLeNet",
                        () -> GoogLeNet.builder().build(),
                        new Shape(2, 1, 64, 64),
                        10),
                new NetworkCase(
                        "MobileNetV1",
                        () -> MobileNetV1.builder().setOutSize(6).build(),
                        new Shape(2, 3, 32, 32),
                        6),
                new NetworkCase(
                        "MobileNetV2",
                        () -> MobileNetV2.builder().setOutSize(6).build(),
                        new Shape(2, 3, 32, 32),
                        6),
                new NetworkCase("NiN", () -> NiN.builder().build(), new Shape(2, 1, 224, 224), 10),
                new NetworkCase(
                        "SqueezeNet", () -> SqueezeNet.squeezenet(6), new Shape(2, 3, 64, 64), 6),
                new NetworkCase("VGG", () -> VGG.builder().build(), new Shape(2, 1, 32, 32), 10));
    }

    /** A small net of two hidden layers, where one network is enough. */
    public static NetworkCase twoHiddenLayers() {
        return new NetworkCase("two hidden layers", () -> mlp(4, 12, 11), new Shape(6, 9), 4);
    }

    /** One hidden layer, and a block after the output layer: predictions that are not logits. */
    public static NetworkCase activatedOutput() {
        return new NetworkCase(
                "activated output", () -> mlp(4, 12).add(Activation::tanh), new Shape(6, 9), 4);
    }

    /** A net of tanh layers; the last number of units is the first argument. */
    public static SequentialBlock mlp(int outputs, int... hidden) {
        SequentialBlock block = new SequentialBlock();
        for (int units : hidden) {
            block.add(linear(units)).add(Activation::tanh);
        }
        return block.add(linear(outputs));
    }

    public static Block linear(int units) {
        return Linear.builder().setUnits(units).build();
    }

    private static Block convolutions() {
        return new SequentialBlock()
                .add(
                        Conv2d.builder()
                                .setFilters(6)
                                .setKernelShape(new Shape(3, 2))
                                .optPadding(new Shape(1, 2))
                                .build())
                .add(Activation.leakyReluBlock(0.01f))
                .add(
                        Conv2d.builder()
                                .setFilters(9)
                                .setKernelShape(new Shape(3, 3))
                                .optStride(new Shape(2, 3))
                                .optPadding(new Shape(1, 1))
                                .optGroups(3)
                                .build())
                .add(Activation::tanh)
                .add(
                        Conv2d.builder()
                                .setFilters(4)
                                .setKernelShape(new Shape(2, 3))
                                .optDilation(new Shape(2, 1))
                                .optBias(false)
                                .build())
                .add(Activation::sigmoid)
                .add(Blocks.batchFlattenBlock())
                .add(linear(5));
    }

    private static Block sequences() {
        return new SequentialBlock()
                .add(linear(7))
                .add(LayerNorm.builder().build())
                .add(Activation::relu)
                .add(linear(4))
                .add(Activation::tanh)
                .add(Blocks.batchFlattenBlock())
                .add(linear(3));
    }

    private static Block conv1d() {
        return new SequentialBlock()
                .add(Conv1d.builder().setFilters(4).setKernelShape(new Shape(3)).build())
                .add(Activation::tanh)
                .add(
                        Conv1d.builder()
                                .setFilters(3)
                                .setKernelShape(new Shape(3))
                                .optStride(new Shape(2))
                                .build())
                .add(Blocks.batchFlattenBlock())
                .add(linear(3));
    }

    private static Block locallyConnected() {
        return new SequentialBlock()
                .add(
                        LocallyConnected2d.builder()
                                .setFilters(3)
                                .setKernelShape(new Shape(3, 2))
                                .optPadding(new Shape(1, 0))
                                .optStride(new Shape(2, 1))
                                .build())
                .add(Activation::tanh)
                .add(
                        LocallyConnected2d.builder()
                                .setFilters(2)
                                .setKernelShape(new Shape(2, 3))
                                .optDilation(new Shape(1, 2))
                                .optBias(false)
                                .build())
                .add(Activation::tanh)
                .add(Blocks.batchFlattenBlock())
                .add(linear(4));
    }

    private static Block residual() {
        return new SequentialBlock()
                .add(conv(4, 3, 1))
                .add(residualBlock(conv(4, 1, 1)))
                .add(residualBlock(Blocks.identityBlock()))
                .add(Pool.globalAvgPool2dBlock())
                .add(Blocks.batchFlattenBlock())
                .add(linear(3));
    }

    private static Block pseudoConvolutions() {
        return new SequentialBlock()
                .add(conv(4, 3, 1))
                .add(Activation::tanh)
                .add(
                        PseudoConv2d.builder()
                                .setFilters(5)
                                .optLevel(0.5f)
                                .optMasksPerChannel(2)
                                .build())
                .add(Activation::tanh)
                .add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
                .add(PseudoConv2d.builder().setFilters(6).optNormalization(true).build())
                .add(BatchNorm.builder().build())
                .add(Activation::relu)
                .add(Pool.globalAvgPool2dBlock())
                .add(Blocks.batchFlattenBlock())
                .add(linear(3));
    }

    private static Block residualBlock(Block shortcut) {
        Block main =
                new SequentialBlock()
                        .add(conv(4, 3, 1))
                        .add(BatchNorm.builder().build())
                        .add(Activation::relu)
                        .add(conv(4, 3, 1))
                        .add(BatchNorm.builder().build());
        return new SequentialBlock()
                .add(
                        new ParallelBlock(
                                list ->
                                        new NDList(
                                                list.get(0)
                                                        .singletonOrThrow()
                                                        .add(list.get(1).singletonOrThrow())),
                                List.of(main, shortcut)))
                .add(Activation::relu);
    }

    private static Block conv(int filters, int kernel, int stride) {
        return Conv2d.builder()
                .setFilters(filters)
                .setKernelShape(new Shape(kernel, kernel))
                .optStride(new Shape(stride, stride))
                .optPadding(new Shape(kernel / 2, kernel / 2))
                .build();
    }

    private static Block nested() {
        Block left = new SequentialBlock().add(linear(4)).add(Activation::tanh);
        Block right = linear(5);
        return new SequentialBlock()
                .add(
                        new SequentialBlock()
                                .add(linear(8))
                                .add(new SequentialBlock().add(Activation::tanh)))
                .add(
                        new ParallelBlock(
                                list ->
                                        new NDList(
                                                list.get(0)
                                                        .singletonOrThrow()
                                                        .concat(list.get(1).singletonOrThrow(), 1)),
                                List.of(left, right)))
                .add(linear(3));
    }

    private static Block dropout() {
        return new SequentialBlock()
                .add(linear(20))
                .add(Activation::tanh)
                .add(Dropout.builder().optRate(0.5f).build())
                .add(linear(12))
                .add(BatchNorm.builder().build())
                .add(Activation::relu)
                .add(linear(3));
    }

    /** What arrives at both branches shares its memory, being a view of what was sent. */
    private static Block flattenedJoin() {
        return new SequentialBlock()
                .add(conv(2, 3, 1))
                .add(Activation::tanh)
                .add(
                        new ParallelBlock(
                                list -> {
                                    NDArray left = list.get(0).singletonOrThrow();
                                    NDArray right = list.get(1).singletonOrThrow();
                                    long samples = left.getShape().get(0);
                                    return new NDList(
                                            left.reshape(samples, -1)
                                                    .add(right.reshape(samples, -1)));
                                },
                                List.of(conv(2, 3, 1), conv(2, 1, 1))))
                .add(linear(5));
    }

    private static Block allOutputs() {
        SequentialBlock inner =
                new SequentialBlock()
                        .add(linear(4))
                        .add(Activation::tanh)
                        .add(linear(4))
                        .setReturnIntermediate(true);
        return new SequentialBlock()
                .add(linear(6))
                .add(Activation::tanh)
                .add(inner)
                .add(list -> new NDList(list.get(0).add(list.get(1)).add(list.get(2))))
                .add(linear(3));
    }

    private static Block perturbativeResNet() {
        return PerturbativeResNet.builder()
                .setImageShape(new Shape(3, 16, 16))
                .setOutSize(5)
                .optFilters(4)
                .optBlocks(1, 2, 1)
                .build();
    }

    private static Block resNet() {
        return ResNetV1.builder()
                .setImageShape(new Shape(3, 16, 16))
                .setNumLayers(20)
                .setOutSize(5)
                .build();
    }

    /** The same network on batches of another size. */
    public NetworkCase withBatch(long size) {
        return new NetworkCase(name, block, new Shape(size).addAll(input.slice(1)), classes);
    }

    @Override
    public String toString() {
        return name;
    }
}
