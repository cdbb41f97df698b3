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
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;

/** DJL's {@code TrainMnistWithLSTM}: the rows of a digit as a sequence. */
final class LstmDigits implements Program {

    @Override
    public String title() {
        return "MNIST, LSTM";
    }

    @Override
    public void train(Run run) throws Exception {
        Block block =
                new SequentialBlock()
                        .addSingleton(image -> image.reshape(-1, 8, 8))
                        .add(LSTM.builder().setStateSize(10).setNumLayers(1).build())
                        .add(BatchNorm.builder().build())
                        .add(Blocks.batchFlattenBlock())
                        .add(Linear.builder().setUnits(4).build());
        Shape image = new Shape(1, 8, 8);
        Trainer trainer =
                run.newTrainer(
                        block,
                        run.config(Loss.softmaxCrossEntropyLoss(), 0.05f),
                        new Shape(Run.BATCH).addAll(image));
        EasyTrain.fit(trainer, Run.STEPS, ToyData.classes(run.manager(), image, 4), null);
    }
}
