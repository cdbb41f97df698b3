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

import ai.djl.modality.nlp.DefaultVocabulary;
import ai.djl.modality.nlp.embedding.TrainableWordEmbedding;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import java.util.List;

/** DJL's {@code TrainSentimentAnalysis}, its embedding trained: a bidirectional LSTM on words. */
final class SentimentAnalysis implements Program {

    private static final List<String> WORDS = List.of("a", "film", "good", "bad", "not", "very");

    private static final int LENGTH = 5;

    @Override
    public String title() {
        return "sentiment, embedding and LSTM";
    }

    @Override
    public void train(Run run) throws Exception {
        Block block =
                new SequentialBlock()
                        .add(new TrainableWordEmbedding(new DefaultVocabulary(WORDS), 7))
                        .add(
                                LSTM.builder()
                                        .setStateSize(6)
                                        .setNumLayers(2)
                                        .optBidirectional(true)
                                        // with biases DJL hands PyTorch the two directions' weights
                                        // mixed up
                                        .optHasBiases(false)
                                        .build())
                        .addSingleton(SentimentAnalysis::ends)
                        .add(Linear.builder().setUnits(2).build());
        Trainer trainer =
                run.newTrainer(
                        block,
                        run.config(Loss.softmaxCrossEntropyLoss(), 0.2f),
                        new Shape(Run.BATCH, LENGTH));
        NDArray words = ToyData.words(run.manager(), LENGTH, WORDS.size());
        NDArray liked = words.get(":, 0").eq(WORDS.indexOf("good"));
        EasyTrain.fit(
                trainer,
                Run.STEPS,
                ToyData.dataset(
                        new NDList(words), new NDList(liked.toType(DataType.FLOAT32, false))),
                null);
    }

    private static NDArray ends(NDArray states) {
        NDArray first = states.get(":, 0");
        return first.concat(states.get(":, -1"), 1);
    }
}
