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
package org.locallearning.djl.decorrelation;

import ai.djl.Model;
import ai.djl.basicmodelzoo.basic.Mlp;
import ai.djl.basicmodelzoo.cv.classification.LeNet;
import ai.djl.basicmodelzoo.cv.classification.ResNetV1;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** A program that loads a model and predicts, and that knows DJL alone. */
final class PlainLoader {

    private PlainLoader() {}

    /** The architectures, as their users wrote them before any decorrelation. */
    static Block architecture(String name) {
        switch (name) {
            case "mlp":
                return new SequentialBlock()
                        .add(Blocks.batchFlattenBlock())
                        .add(Linear.builder().setUnits(16).build())
                        .add(Activation::relu)
                        .add(Linear.builder().setUnits(10).build());
            case "lenet":
                return LeNet.builder().build();
            case "zoo-mlp":
                return new Mlp(784, 10, new int[] {16, 12});
            case "shared":
                Linear twice = Linear.builder().setUnits(16).build();
                return new SequentialBlock()
                        .add(Blocks.batchFlattenBlock())
                        .add(Linear.builder().setUnits(16).build())
                        .add(Activation::relu)
                        .add(twice)
                        .add(Activation::relu)
                        .add(twice)
                        .add(Linear.builder().setUnits(10).build());
            case "padded":
                return new SequentialBlock()
                        .add(
                                Conv2d.builder()
                                        .setKernelShape(new Shape(3, 3))
                                        .optPadding(new Shape(1, 1))
                                        .setFilters(4)
                                        .build())
                        .add(Activation::relu)
                        .add(Blocks.batchFlattenBlock())
                        .add(Linear.builder().setUnits(10).build());
            case "resnet":
                return ResNetV1.builder()
                        .setImageShape(new Shape(1, 28, 28))
                        .setNumLayers(8)
                        .setOutSize(10)
                        .build();
            default:
                throw new IllegalArgumentException(name);
        }
    }

    /** What the fold makes of a padded convolution whose mean was removed, written in plain DJL. */
    static Block shiftedConvolution() {
        return new SequentialBlock()
                .add(
                        new SequentialBlock()
                                .add(
                                        Conv2d.builder()
                                                .setKernelShape(new Shape(1, 1))
                                                .setFilters(1)
                                                .build())
                                .add(
                                        Conv2d.builder()
                                                .setKernelShape(new Shape(3, 3))
                                                .optPadding(new Shape(1, 1))
                                                .setFilters(4)
                                                .build()))
                .add(Activation::relu)
                .add(Blocks.batchFlattenBlock())
                .add(Linear.builder().setUnits(10).build());
    }

    /**
     * Loads a model and writes its predictions.
     *
     * @param args the architecture, the folder of the model, the file of the inputs, and the file
     *     for the predictions
     */
    public static void main(String[] args) throws Exception {
        try {
            Class.forName("org.locallearning.djl.decorrelation.Decorrelate");
            throw new IllegalStateException("The plugin is on the class path");
        } catch (ClassNotFoundException expected) {
            // the point of this program
        }
        try (Model model = Model.newInstance("folded");
                NDManager manager = NDManager.newBaseManager()) {
            model.setBlock(
                    args[0].equals("shifted") ? shiftedConvolution() : architecture(args[0]));
            model.load(Path.of(args[1]), "folded");
            NDList inputs = NDList.decode(manager, Files.readAllBytes(Path.of(args[2])));
            ParameterStore store = new ParameterStore(manager, false);
            NDList outputs = model.getBlock().forward(store, inputs, false);
            Files.write(Path.of(args[3]), outputs.encode());
        }
    }
}
