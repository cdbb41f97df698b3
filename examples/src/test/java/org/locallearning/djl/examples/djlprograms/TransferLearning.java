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

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;

/** DJL's {@code TransferFreshFruit} with a head of two layers: a base that is frozen. */
final class TransferLearning implements Program {

    @Override
    public String title() {
        return "transfer learning, frozen base";
    }

    @Override
    public void train(Run run) throws Exception {
        Block base =
                new SequentialBlock()
                        .add(Conv2d.builder().setFilters(4).setKernelShape(new Shape(3, 3)).build())
                        .add(BatchNorm.builder().build())
                        .add(Activation::relu)
                        .add(Conv2d.builder().setFilters(5).setKernelShape(new Shape(3, 3)).build())
                        .add(Activation::relu);
        base.freezeParameters(true);
        Block block =
                new SequentialBlock()
                        .add(base)
                        .add(Blocks.batchFlattenBlock())
                        .add(Linear.builder().setUnits(9).build())
                        .add(Activation::relu)
                        .add(Linear.builder().setUnits(3).build());
        Shape image = new Shape(2, 7, 7);
        Trainer trainer =
                run.newTrainer(
                        block,
                        run.config(Loss.softmaxCrossEntropyLoss(), 0.05f),
                        new Shape(1).addAll(image));
        EasyTrain.fit(trainer, Run.STEPS, ToyData.classes(run.manager(), image, 3), null);
    }
}
