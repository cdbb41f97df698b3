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

import ai.djl.basicmodelzoo.nlp.SimpleTextEncoder;
import ai.djl.modality.nlp.Decoder;
import ai.djl.modality.nlp.DefaultVocabulary;
import ai.djl.modality.nlp.EncoderDecoder;
import ai.djl.modality.nlp.embedding.TrainableTextEmbedding;
import ai.djl.modality.nlp.embedding.TrainableWordEmbedding;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.training.EasyTrain;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.util.PairList;
import java.util.List;

/**
 * DJL's {@code TrainSeq2Seq}: an encoder and a decoder that begins with its states, which the block
 * appends to the labels.
 */
final class Translation implements Program {

    private static final List<String> WORDS = List.of("<unk>", "one", "two", "three", "four");
    private static final int LENGTH = 4;
    private static final int STATES = 6;

    @Override
    public String title() {
        return "translation, encoder and decoder";
    }

    @Override
    public void train(Run run) throws Exception {
        Block block =
                new EncoderDecoder(
                        new SimpleTextEncoder(embedding(), lstm()), new StatefulDecoder());
        Shape sentence = new Shape(Run.BATCH, LENGTH);
        Trainer trainer =
                run.newTrainer(block, run.config(new MaskedLoss(), 0.2f), sentence, sentence);
        NDManager manager = run.manager();
        NDArray source = ToyData.words(manager, LENGTH, WORDS.size());
        NDArray lengths = ToyData.labels(manager, 3).add(LENGTH - 2);
        EasyTrain.fit(
                trainer,
                Run.STEPS,
                ToyData.dataset(new NDList(source), new NDList(source.flip(1), lengths)),
                null);
    }

    private static TrainableTextEmbedding embedding() {
        return new TrainableTextEmbedding(
                new TrainableWordEmbedding(new DefaultVocabulary(WORDS), 5));
    }

    private static LSTM lstm() {
        return LSTM.builder().setStateSize(STATES).setNumLayers(1).optReturnState(true).build();
    }

    /** A decoder that begins where the encoder ended. DJL's own forgets the states on the way. */
    private static final class StatefulDecoder extends Decoder {

        private static final byte VERSION = 1;

        private final Block embedding;
        private final Block recurrent;
        private final Block output;

        StatefulDecoder() {
            this(embedding(), lstm(), Linear.builder().setUnits(WORDS.size()).build());
        }

        private StatefulDecoder(Block embedding, Block recurrent, Block output) {
            super(
                    VERSION,
                    new SequentialBlock()
                            .add(embedding)
                            .add(recurrent)
                            .add(states -> new NDList(states.head()))
                            .add(output));
            this.embedding = embedding;
            this.recurrent = recurrent;
            this.output = output;
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store,
                NDList inputs,
                boolean training,
                PairList<String, Object> params) {
            int states = inputs.size() - 2;
            NDList sequence = embedding.forward(store, new NDList(inputs.head()), training, params);
            sequence.addAll(inputs.subNDList(states));
            NDList decoded = recurrent.forward(store, sequence, training, params);
            return output.forward(store, new NDList(decoded.head()), training, params);
        }
    }

    /** DJL's {@code MaskedSoftmaxCrossEntropyLoss}, whose mask the PyTorch engine cannot make. */
    private static final class MaskedLoss extends Loss {

        MaskedLoss() {
            super("MaskedLoss");
        }

        @Override
        public NDArray evaluate(NDList labels, NDList predictions) {
            NDArray words = labels.head();
            NDArray scores = predictions.singletonOrThrow().logSoftmax(-1);
            NDArray picked =
                    scores.get(new NDIndex().addAllDim(2).addPickDim(words.expandDims(-1)))
                            .squeeze(-1)
                            .neg();
            NDArray positions = words.getManager().arange(0, LENGTH, 1, DataType.FLOAT32);
            NDArray mask = positions.reshape(1, LENGTH).lt(labels.get(1).reshape(-1, 1));
            return picked.mul(mask.toType(DataType.FLOAT32, false)).mean();
        }
    }
}
