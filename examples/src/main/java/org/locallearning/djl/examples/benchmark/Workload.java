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
package org.locallearning.djl.examples.benchmark;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import java.util.List;
import java.util.function.Supplier;
import org.locallearning.djl.creditassignment.convolutional.LocallyConnected2d;
import org.locallearning.djl.zoo.network.NetworkOptions;
import org.locallearning.djl.zoo.network.Networks;

/**
 * A model and the shape of the batches it is timed on.
 *
 * @param name the name on the command line
 * @param description what it is, in a few words
 * @param sample the shape of one sample
 * @param batch the number of samples in a batch, unless another is chosen
 * @param block creates the model
 */
record Workload(String name, String description, Shape sample, int batch, Supplier<Block> block) {

    static final int CLASSES = 10;

    private static final Shape GREY = new Shape(1, 28, 28);
    private static final Shape COLOUR = new Shape(3, 32, 32);
    private static final int FILTERS = 64;
    private static final float SLOPE = 0.01f;

    private static final List<Workload> ALL =
            List.of(
                    known(
                            "dense-1000",
                            "dense 1000-4x1000-10",
                            "dense",
                            new Shape(1, 1, 1000),
                            256),
                    new Workload(
                            "hand-written",
                            "dense-1000 inside a hand-written block, which is one piece",
                            new Shape(1, 1, 1000),
                            256,
                            () -> new OnePiece(named("dense-1000").block().get())),
                    known("dense-3072", "dense 3072-4x1000-10", "dense", COLOUR, 256),
                    new Workload(
                            "alonso-dense",
                            "dense 3072-4x1024-10 with ReLU",
                            COLOUR,
                            64,
                            () ->
                                    Networks.named("mlp3")
                                            .create(
                                                    NetworkOptions.builder()
                                                            .optHidden(1024, 1024, 1024, 1024)
                                                            .build(),
                                                    COLOUR,
                                                    CLASSES)),
                    known(
                            "alonso-conv",
                            "3 convolutions of stride 2 and a dense layer, on 32x32",
                            "alonso-conv",
                            COLOUR,
                            64),
                    new Workload(
                            "conv-stride1",
                            "3x3 convolution 64 to 64 on 32x32, stride 1",
                            COLOUR,
                            32,
                            () -> convolution(1)),
                    new Workload(
                            "conv-stride2",
                            "3x3 convolution 64 to 64 on 32x32, stride 2",
                            COLOUR,
                            32,
                            () -> convolution(2)),
                    known(
                            "ahmad-conv",
                            "4 convolutions and 2 dense layers, padding 0, on 32x32",
                            "ahmad-conv",
                            COLOUR,
                            256),
                    known(
                            "ahmad-conv-padded",
                            "the same with padding 1, on 32x32",
                            "ahmad-conv-padded",
                            COLOUR,
                            256),
                    known("mlp", "mlp on 28x28", "mlp", GREY, 64),
                    known("conv", "small LeNet on 28x28", "conv", GREY, 64),
                    known(
                            "lillicrap-local",
                            "6 local 6x6 receptive fields, 2 dense layers, on 28x28",
                            "lillicrap-local",
                            GREY,
                            100),
                    new Workload(
                            "local",
                            "local 5x5 receptive fields, 8 to 16 channels, on 28x28",
                            GREY,
                            64,
                            Workload::local),
                    known("resnet20", "ResNet-20 on 32x32", "resnet20", COLOUR, 64));

    /** Returns the names of all workloads. */
    static List<String> names() {
        return ALL.stream().map(Workload::name).toList();
    }

    /** Finds a workload by its name. */
    static Workload named(String name) {
        return ALL.stream()
                .filter(workload -> workload.name.equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "Unknown model '"
                                                + name
                                                + "': choose from "
                                                + String.join(", ", names())
                                                + "."));
    }

    /** Dense layers, for methods that train no others, and so few weights that none are seen. */
    static Workload tiny() {
        return new Workload(
                "tiny",
                "dense 16-16-16-10",
                new Shape(1, 1, 16),
                2,
                () ->
                        Networks.named("mlp3")
                                .create(
                                        NetworkOptions.builder().optHidden(16, 16).build(),
                                        new Shape(1, 1, 16),
                                        CLASSES));
    }

    private static Workload known(
            String name, String description, String model, Shape sample, int batch) {
        return new Workload(
                name,
                description,
                sample,
                batch,
                () ->
                        Networks.named(model)
                                .create(NetworkOptions.builder().build(), sample, CLASSES));
    }

    /** One locally connected layer, with a cheap convolution below it for the error to reach. */
    private static Block local() {
        return new SequentialBlock()
                .add(Conv2d.builder().setKernelShape(new Shape(1, 1)).setFilters(8).build())
                .add(Activation.leakyReluBlock(SLOPE))
                .add(
                        LocallyConnected2d.builder()
                                .setKernelShape(new Shape(5, 5))
                                .setFilters(16)
                                .build())
                .add(Activation.leakyReluBlock(SLOPE))
                .add(Pool.globalAvgPool2dBlock())
                .add(Blocks.batchFlattenBlock())
                .add(Linear.builder().setUnits(CLASSES).build());
    }

    /**
     * One 3x3 convolution with a cheap 1x1 convolution below it, so that the error has to pass
     * through the one that is measured.
     */
    private static Block convolution(int stride) {
        return new SequentialBlock()
                .add(Conv2d.builder().setKernelShape(new Shape(1, 1)).setFilters(FILTERS).build())
                .add(Activation.leakyReluBlock(SLOPE))
                .add(
                        Conv2d.builder()
                                .setKernelShape(new Shape(3, 3))
                                .setFilters(FILTERS)
                                .optPadding(new Shape(1, 1))
                                .optStride(new Shape(stride, stride))
                                .build())
                .add(Activation.leakyReluBlock(SLOPE))
                .add(Pool.globalAvgPool2dBlock())
                .add(Blocks.batchFlattenBlock())
                .add(Linear.builder().setUnits(CLASSES).build());
    }
}
