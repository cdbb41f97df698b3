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
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.transformer.BertBlock;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import org.locallearning.djl.decorrelation.Decorrelate;

/**
 * Sentences of unequal length, classified by two linear layers on BERT's pooled token.
 *
 * @param decorrelated whether decorrelation layers are put into it
 */
record BertClassifier(boolean decorrelated) implements Program {

    private static final int WORDS = 20;
    private static final int LENGTH = 6;

    @Override
    public String title() {
        return "BERT classifier" + (decorrelated ? ", decorrelated" : "");
    }

    @Override
    public void train(Run run) throws Exception {
        Block block =
                new SequentialBlock()
                        .add(
                                BertBlock.builder()
                                        .setTokenDictionarySize(WORDS)
                                        .optTypeDictionarySize(2)
                                        .optEmbeddingSize(8)
                                        .optTransformerBlockCount(1)
                                        .optAttentionHeadCount(2)
                                        .optHiddenSize(12)
                                        .optHiddenDropoutProbability(0.1f)
                                        .optMaxSequenceLength(LENGTH)
                                        .build())
                        .add(outputs -> new NDList(outputs.get(1)))
                        .add(Linear.builder().setUnits(10).build())
                        .add(Activation::tanh)
                        .add(Linear.builder().setUnits(3).build());
        Shape input = new Shape(Run.BATCH, LENGTH);
        Trainer trainer =
                run.newTrainer(
                        decorrelated ? Decorrelate.model(block) : block,
                        run.config(Loss.softmaxCrossEntropyLoss(), 0.1f),
                        input,
                        input,
                        input);
        NDManager manager = run.manager();
        NDArray tokens = ToyData.words(manager, LENGTH, WORDS);
        NDArray types = manager.arange(LENGTH).gte(LENGTH / 2).toType(DataType.INT64, false);
        NDArray mask = tokens.onesLike();
        mask.set(new NDIndex(":3,4:"), 0);
        NDList data = new NDList(tokens, types.reshape(1, LENGTH).repeat(0, Run.BATCH), mask);
        NDList labels = new NDList(ToyData.labels(manager, 3));
        EasyTrain.fit(trainer, Run.STEPS, ToyData.dataset(data, labels), null);
    }
}
