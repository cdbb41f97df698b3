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
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;

/** A loss of the user's own: cross-entropy with smoothed labels, after dropout. */
final class LabelSmoothing implements Program {

    private static final int CLASSES = 3;

    @Override
    public String title() {
        return "label smoothing";
    }

    @Override
    public void train(Run run) throws Exception {
        Block block =
                new SequentialBlock()
                        .add(Linear.builder().setUnits(16).build())
                        .add(Activation::relu)
                        .add(Dropout.builder().optRate(0.2f).build())
                        .add(Linear.builder().setUnits(CLASSES).build());
        Shape sample = new Shape(6);
        Trainer trainer =
                run.newTrainer(
                        block, run.config(new SmoothedLoss(), 0.1f), new Shape(1).addAll(sample));
        EasyTrain.fit(trainer, Run.STEPS, ToyData.classes(run.manager(), sample, CLASSES), null);
    }

    private static final class SmoothedLoss extends Loss {

        private static final float SMOOTHING = 0.1f;

        SmoothedLoss() {
            super("SmoothedLoss");
        }

        @Override
        public NDArray evaluate(NDList labels, NDList predictions) {
            NDArray target = labels.singletonOrThrow().oneHot(CLASSES, DataType.FLOAT32);
            NDArray smooth = target.mul(1 - SMOOTHING).add(SMOOTHING / CLASSES);
            NDArray scores = predictions.singletonOrThrow().logSoftmax(-1);
            return scores.mul(smooth).sum(new int[] {1}).mean().neg();
        }
    }
}
