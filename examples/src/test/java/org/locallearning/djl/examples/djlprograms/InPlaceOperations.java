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
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import java.util.List;

/** Lambdas that change what they are given, after a layer and where branches join. */
final class InPlaceOperations implements Program {

    @Override
    public String title() {
        return "in-place operations";
    }

    @Override
    public void train(Run run) throws Exception {
        Block branches =
                new ParallelBlock(
                        outputs -> {
                            NDArray sum = outputs.get(0).singletonOrThrow();
                            return new NDList(sum.addi(outputs.get(1).singletonOrThrow()));
                        },
                        List.of(Linear.builder().setUnits(10).build(), Blocks.identityBlock()));
        Block block =
                new SequentialBlock()
                        .add(Linear.builder().setUnits(10).build())
                        .addSingleton(hidden -> hidden.muli(hidden.onesLike().mul(2)))
                        .add(Activation::tanh)
                        .add(branches)
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
