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
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;

/** One layer that stands in two places, as in a recurrent net unrolled by hand. */
final class SharedLayer implements Program {

    @Override
    public String title() {
        return "shared layer";
    }

    @Override
    public void train(Run run) throws Exception {
        Block shared = Linear.builder().setUnits(9).build();
        Block block =
                new SequentialBlock()
                        .add(Linear.builder().setUnits(9).build())
                        .add(Activation::tanh)
                        .add(shared)
                        .add(Activation::tanh)
                        .add(shared)
                        .add(Activation::tanh)
                        .add(Linear.builder().setUnits(3).build());
        Shape sample = new Shape(6);
        Trainer trainer =
                run.newTrainer(
                        block,
                        run.config(Loss.softmaxCrossEntropyLoss(), 0.1f),
                        new Shape(1).addAll(sample));
        EasyTrain.fit(trainer, Run.STEPS, ToyData.classes(run.manager(), sample, 3), null);
    }
}
