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
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.transformer.BertBlock;
import ai.djl.nn.transformer.BertPretrainingBlock;
import ai.djl.nn.transformer.BertPretrainingLoss;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.initializer.TruncatedNormalInitializer;
import org.locallearning.djl.decorrelation.Decorrelate;
import org.locallearning.djl.decorrelation.Gain;

/**
 * DJL's {@code TrainBertOnCode}: words that were masked, and whether sentences follow.
 *
 * @param decorrelated whether decorrelation layers are put into it
 */
record BertPretraining(boolean decorrelated) implements Program {

    private static final int WORDS = 20;
    private static final int LENGTH = 6;
    private static final int MASKED = 2;

    @Override
    public String title() {
        return "BERT pretraining" + (decorrelated ? ", decorrelated" : "");
    }

    @Override
    public void train(Run run) throws Exception {
        BertPretrainingBlock block =
                new BertPretrainingBlock(
                        BertBlock.builder()
                                .setTokenDictionarySize(WORDS)
                                .optTypeDictionarySize(2)
                                .optEmbeddingSize(8)
                                .optTransformerBlockCount(1)
                                .optAttentionHeadCount(2)
                                .optHiddenSize(12)
                                .optHiddenDropoutProbability(0.1f)
                                .optMaxSequenceLength(LENGTH));
        block.setInitializer(new TruncatedNormalInitializer(0.5f), Parameter.Type.WEIGHT);
        Shape input = new Shape(Run.BATCH, LENGTH);
        Trainer trainer =
                run.newTrainer(
                        decorrelated ? decorrelated(block) : block,
                        run.config(new BertPretrainingLoss(), 0.05f),
                        input,
                        input,
                        input,
                        new Shape(Run.BATCH, MASKED));
        NDManager manager = run.manager();
        NDArray tokens = ToyData.words(manager, LENGTH, WORDS);
        NDArray types = manager.arange(LENGTH).gte(LENGTH / 2).toType(DataType.INT64, false);
        NDList data =
                new NDList(
                        tokens,
                        types.reshape(1, LENGTH).repeat(0, Run.BATCH),
                        tokens.onesLike(),
                        manager.create(new long[] {1, 4}).reshape(1, MASKED).repeat(0, Run.BATCH));
        NDArray masked = ToyData.words(manager, MASKED, WORDS);
        NDList labels = new NDList(ToyData.labels(manager, 2), masked, masked.onesLike());
        EasyTrain.fit(trainer, Run.STEPS, ToyData.dataset(data, labels), null);
    }

    /** Without a gain, whose rounding of each entry of M is as large as a step. */
    private static Block decorrelated(Block block) {
        return Decorrelate.builder().optGain(Gain.NONE).build().convert(block).block();
    }
}
