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

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
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
import ai.djl.training.loss.IndexLoss;
import ai.djl.training.loss.Loss;
import ai.djl.training.loss.SimpleCompositeLoss;

/** DJL's {@code TrainCaptcha}: the outputs of a convolutional net split into the digits. */
class Captcha implements Program {

    /** The number of digits in an image. */
    static final int DIGITS = 6;

    /** The number of classes that a digit may be of. */
    static final int OPTIONS = 3;

    /** The shape of an image. */
    static final Shape IMAGE = new Shape(1, 6, 12);

    @Override
    public String title() {
        return "captcha, one output split in six";
    }

    Block block() {
        return trunk().add(Linear.builder().setUnits(DIGITS * OPTIONS).build()).add(Captcha::split);
    }

    /** What sees the image. */
    static SequentialBlock trunk() {
        return new SequentialBlock()
                .add(Conv2d.builder().setFilters(4).setKernelShape(new Shape(3, 3)).build())
                .add(BatchNorm.builder().build())
                .add(Activation::relu)
                .add(Blocks.batchFlattenBlock())
                .add(Linear.builder().setUnits(12).build())
                .add(Activation::relu);
    }

    private static NDList split(NDList outputs) {
        NDList digits = new NDList(DIGITS);
        NDArray all = outputs.singletonOrThrow().reshape(-1, DIGITS, OPTIONS);
        for (NDArray digit : all.split(DIGITS, 1)) {
            digits.add(digit.squeeze(1));
        }
        return digits;
    }

    @Override
    public void train(Run run) throws Exception {
        SimpleCompositeLoss loss = new SimpleCompositeLoss();
        NDList labels = new NDList(DIGITS);
        for (int i = 0; i < DIGITS; i++) {
            loss.addLoss(new IndexLoss(Loss.softmaxCrossEntropyLoss("loss_digit_" + i), i));
            labels.add(ToyData.labels(run.manager(), i % 2 + 2));
        }
        Trainer trainer =
                run.newTrainer(block(), run.config(loss, 0.02f), new Shape(1).addAll(IMAGE));
        NDArray images = ToyData.samples(run.manager(), IMAGE, 6);
        EasyTrain.fit(trainer, Run.STEPS, ToyData.dataset(new NDList(images), labels), null);
    }
}
