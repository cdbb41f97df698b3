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
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.EasyTrain;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.util.PairList;

/** What most users write: a block of their own that calls its layers in code. */
final class HandWrittenBlock implements Program {

    @Override
    public String title() {
        return "hand-written block";
    }

    @Override
    public void train(Run run) throws Exception {
        Shape sample = new Shape(7);
        Trainer trainer =
                run.newTrainer(
                        new Net(),
                        run.config(Loss.softmaxCrossEntropyLoss(), 0.1f),
                        new Shape(Run.BATCH).addAll(sample));
        EasyTrain.fit(trainer, Run.STEPS, ToyData.classes(run.manager(), sample, 3), null);
    }

    private static final class Net extends AbstractBlock {

        private static final byte VERSION = 1;

        private final Block first;
        private final Block norm;
        private final Block second;
        private final Block third;

        Net() {
            super(VERSION);
            first = addChildBlock("first", Linear.builder().setUnits(12).build());
            norm = addChildBlock("norm", BatchNorm.builder().build());
            second = addChildBlock("second", Linear.builder().setUnits(12).build());
            third = addChildBlock("third", Linear.builder().setUnits(3).build());
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store,
                NDList inputs,
                boolean training,
                PairList<String, Object> params) {
            NDList hidden = norm.forward(store, first.forward(store, inputs, training), training);
            NDArray lower = Activation.relu(hidden.singletonOrThrow());
            NDArray upper =
                    second.forward(store, new NDList(lower), training).singletonOrThrow().tanh();
            return third.forward(store, new NDList(upper.add(lower)), training);
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return new Shape[] {new Shape(inputShapes[0].get(0), 3)};
        }

        @Override
        protected void initializeChildBlocks(
                NDManager manager, DataType dataType, Shape... inputShapes) {
            first.initialize(manager, dataType, inputShapes);
            Shape hidden = new Shape(inputShapes[0].get(0), 12);
            norm.initialize(manager, dataType, hidden);
            second.initialize(manager, dataType, hidden);
            third.initialize(manager, dataType, hidden);
        }
    }
}
