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
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.transformer.TransformerEncoderBlock;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import org.locallearning.djl.decorrelation.Decorrelate;

/**
 * A classifier of sequences with DJL's encoder of a transformer between its layers.
 *
 * @param decorrelated whether it has decorrelation layers
 */
record TransformerClassifier(boolean decorrelated) implements Program {

    @Override
    public String title() {
        return "sequences, TransformerEncoderBlock" + (decorrelated ? ", decorrelated" : "");
    }

    @Override
    public void train(Run run) throws Exception {
        Block block =
                new SequentialBlock()
                        .add(Linear.builder().setUnits(8).build())
                        .add(new TransformerEncoderBlock(8, 2, 10, 0.1f, Activation::gelu))
                        .addSingleton(states -> states.mean(new int[] {1}))
                        .add(Linear.builder().setUnits(3).build());
        Shape sequence = new Shape(5, 6);
        Trainer trainer =
                run.newTrainer(
                        decorrelated ? Decorrelate.model(block) : block,
                        run.config(Loss.softmaxCrossEntropyLoss(), 0.1f),
                        new Shape(Run.BATCH).addAll(sequence));
        EasyTrain.fit(trainer, Run.STEPS, ToyData.classes(run.manager(), sequence, 3), null);
    }
}
