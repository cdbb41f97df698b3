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
package org.locallearning.djl.decorrelation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.transformer.BertPretrainingBlock;
import ai.djl.nn.transformer.IdEmbedding;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.Arrays;
import java.util.List;

/**
 * The two pretraining tasks of BERT with decorrelation before every linear layer: DJL's {@link
 * BertPretrainingBlock} with a {@link DecorrelatedBert}, a {@link DecorrelatedMaskedLanguageModel}
 * and a {@link DecorrelatedNextSentence}.
 *
 * <p>{@link Decorrelate} replaces DJL's block by this one, and {@link Decorrelate#fold} restores
 * DJL's, with the same parameters by name. The outputs fit DJL's losses.
 *
 * <ul>
 *   <li>input: the three of {@link DecorrelatedBert}, (batch, T) each, and the positions of the
 *       masked tokens, (batch, I)
 *   <li>output: the log probabilities of the second sentence being the next, (batch, 2), and of
 *       each word for each masked token, (batch · I, words)
 * </ul>
 */
public final class DecorrelatedBertPretraining extends AbstractBlock
        implements DecorrelatedComposite {

    private static final byte VERSION = 1;

    private final Block bert;
    private final Block maskedLanguageModel;
    private final Block nextSentence;
    private final IdEmbedding tokenEmbedding;

    /**
     * Creates the decorrelated form of a pretraining block.
     *
     * @param parts its children, converted: BERT, masked language model and next sentence
     */
    @SuppressWarnings("this-escape")
    DecorrelatedBertPretraining(List<Block> parts) {
        super(VERSION);
        bert = addChildBlock("Bert", parts.get(0));
        maskedLanguageModel = addChildBlock("BertMaskedLanguageModelBlock", parts.get(1));
        nextSentence = addChildBlock("BertNextSentenceBlock", parts.get(2));
        tokenEmbedding = (IdEmbedding) bert.getChildren().get(0).getValue();
    }

    /** {@inheritDoc} */
    @Override
    protected NDList forwardInternal(
            ParameterStore parameterStore,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        checkInputs(inputs.getShapes());
        NDList encoded = bert.forward(parameterStore, inputs.subNDList(0, 3), training, params);
        // DJL's block drops the axis of a batch of one
        NDArray pooled = encoded.get(1).reshape(inputs.head().getShape().get(0), -1);
        NDList next = nextSentence.forward(parameterStore, new NDList(pooled), training, params);
        NDArray table =
                tokenEmbedding.getValue(parameterStore, inputs.head().getDevice(), training);
        NDList words =
                maskedLanguageModel.forward(
                        parameterStore,
                        new NDList(encoded.get(0), inputs.get(3), table),
                        training,
                        params);
        return new NDList(next.singletonOrThrow(), words.singletonOrThrow());
    }

    private static void checkInputs(Shape... shapes) {
        if (shapes.length != 4) {
            throw new IllegalArgumentException(
                    "Decorrelated BERT pretraining takes ids of tokens, ids of types, a mask and the"
                            + " positions of masked tokens, but got "
                            + Arrays.toString(shapes));
        }
    }

    /** {@inheritDoc} */
    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        long batch = inputShapes[0].get(0);
        long words = DecorrelatedBert.table(tokenEmbedding).getShape().get(0);
        return new Shape[] {new Shape(batch, 2), new Shape(batch * inputShapes[3].get(1), words)};
    }

    /** {@inheritDoc} */
    @Override
    protected void initializeChildBlocks(
            NDManager manager, DataType dataType, Shape... inputShapes) {
        checkInputs(inputShapes);
        inputNames = List.of("tokenIds", "typeIds", "sequenceMasks", "maskedIndices");
        Shape[] sequences = Arrays.copyOf(inputShapes, 3);
        bert.initialize(manager, dataType, sequences);
        Shape[] encoded = bert.getOutputShapes(sequences);
        Shape table = DecorrelatedBert.table(tokenEmbedding).getShape();
        maskedLanguageModel.initialize(manager, dataType, encoded[0], inputShapes[3], table);
        nextSentence.initialize(manager, dataType, encoded[1]);
    }

    /** {@inheritDoc} */
    @Override
    public BertPretrainingBlock fold(Folding folding, String path) {
        List<Block> parts = folding.children(this, path);
        Block plainBert = parts.get(0);
        BertPretrainingBlock plain =
                new BertPretrainingBlock(
                        DecorrelatedBert.builder(
                                plainBert.getDirectParameters().valueAt(0),
                                plainBert.getChildren().values()));
        NDArray table = DecorrelatedBert.table(tokenEmbedding).getArray();
        return PlainBlocks.over(plain, parts, table, inputShapes);
    }

    /** Returns its three parts. */
    @Override
    public String toString() {
        return String.format(
                "DecorrelatedBertPretraining(%s, %s, %s)", bert, maskedLanguageModel, nextSentence);
    }
}
