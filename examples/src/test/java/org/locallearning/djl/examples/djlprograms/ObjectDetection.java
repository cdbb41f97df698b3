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
package org.locallearning.djl.examples.djlprograms;

import ai.djl.basicmodelzoo.cv.object_detection.ssd.SingleShotDetection;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.loss.IndexLoss;
import ai.djl.training.loss.Loss;
import ai.djl.training.loss.SimpleCompositeLoss;
import java.util.List;

/**
 * DJL's {@code TrainPikachu}: the model zoo's detector. The classes and boxes of its anchors are
 * given, since the PyTorch engine lacks {@code multiBoxTarget}, which DJL's own loss needs.
 */
final class ObjectDetection implements Program {

    private static final int CLASSES = 1;
    private static final int ANCHORS = 3 * (4 * 4 + 2 * 2);

    @Override
    public String title() {
        return "detection, SSD";
    }

    @Override
    public void train(Run run) throws Exception {
        Block block =
                SingleShotDetection.builder()
                        .setNumClasses(CLASSES)
                        .optFeatures(List.of(features(4), features(6)))
                        .optGlobalPool(false)
                        .setRatios(List.of(List.of(1f, 2f), List.of(1f, 2f)))
                        .setSizes(List.of(List.of(0.2f, 0.3f), List.of(0.6f, 0.7f)))
                        .build();
        Loss loss =
                new SimpleCompositeLoss()
                        .addLoss(new IndexLoss(Loss.softmaxCrossEntropyLoss("class"), 1, 0))
                        .addLoss(new IndexLoss(Loss.l1Loss("box"), 2, 1));
        Shape image = new Shape(3, 8, 8);
        Trainer trainer =
                run.newTrainer(block, run.config(loss, 0.01f), new Shape(Run.BATCH).addAll(image));
        NDManager manager = run.manager();
        NDArray images = ToyData.samples(manager, image, 2);
        NDArray classes =
                manager.randomInteger(
                        0, CLASSES + 1, new Shape(Run.BATCH, ANCHORS, 1), DataType.INT64);
        NDArray boxes =
                manager.randomNormal(0, 1, new Shape(Run.BATCH, ANCHORS * 4), DataType.FLOAT32);
        EasyTrain.fit(
                trainer,
                Run.STEPS,
                ToyData.dataset(
                        new NDList(images),
                        new NDList(classes.toType(DataType.FLOAT32, false), boxes)),
                null);
    }

    private static Block features(int filters) {
        return new SequentialBlock()
                .add(
                        Conv2d.builder()
                                .setFilters(filters)
                                .setKernelShape(new Shape(3, 3))
                                .optPadding(new Shape(1, 1))
                                .build())
                .add(BatchNorm.builder().build())
                .add(Activation::relu)
                .add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)));
    }
}
