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
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.nn.transformer.BertBlock;
import ai.djl.nn.transformer.BertMaskedLanguageModelBlock;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.List;
import java.util.function.Function;
import org.locallearning.djl.decorrelation.internal.PrivateFields;

/**
 * BERT's prediction of masked words from decorrelated tokens: DJL's {@link
 * BertMaskedLanguageModelBlock} with a {@link Decorrelation} before its projection.
 *
 * <p>Each masked token is a row of the statistics. Positions that only pad the list of masked
 * tokens count too, since only the loss knows them.
 *
 * <ul>
 *   <li>input: encoded tokens, (batch, T, E); the positions of those masked, (batch, I); and the
 *       word embedding table, (words, E)
 *   <li>output: log probabilities, (batch · I, words)
 * </ul>
 */
public final class DecorrelatedMaskedLanguageModel extends AbstractBlock
        implements DecorrelatedComposite {

    private static final byte VERSION = 1;

    private final Block projection;
    private final Block norm;
    private final Parameter dictionaryBias;
    private final Function<NDArray, NDArray> activation;

    /**
     * Creates the decorrelated form of a masked language model, over its own bias.
     *
     * @param plain the block
     * @param parts its children, converted: projection and normalization
     */
    @SuppressWarnings("unchecked") // the declared type of the field
    DecorrelatedMaskedLanguageModel(BertMaskedLanguageModelBlock plain, List<Block> parts) {
        this(
                parts,
                plain.getDirectParameters().valueAt(0),
                (Function<NDArray, NDArray>)
                        PrivateFields.read(
                                BertMaskedLanguageModelBlock.class, plain, "hiddenActivation"));
    }

    @SuppressWarnings("this-escape")
    private DecorrelatedMaskedLanguageModel(
            List<Block> parts, Parameter dictionaryBias, Function<NDArray, NDArray> activation) {
        super(VERSION);
        projection = addChildBlock("sequenceProjection", parts.get(0));
        norm = addChildBlock("sequenceNorm", parts.get(1));
        this.dictionaryBias = addParameter(dictionaryBias);
        this.activation = activation;
    }

    /** {@inheritDoc} */
    @Override
    protected NDList forwardInternal(
            ParameterStore parameterStore,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        NDArray positions = inputs.get(1);
        NDArray table = inputs.get(2);
        NDArray masked =
                BertMaskedLanguageModelBlock.gatherFromIndices(inputs.head(), positions)
                        .reshape(positions.getShape().addAll(new Shape(table.getShape().get(1))));
        NDArray projected =
                activation.apply(
                        projection
                                .forward(parameterStore, new NDList(masked), training, params)
                                .singletonOrThrow()
                                .reshape(-1, table.getShape().get(1)));
        NDArray normalized =
                norm.forward(parameterStore, new NDList(projected), training).singletonOrThrow();
        NDArray bias = parameterStore.getValue(dictionaryBias, table.getDevice(), training);
        NDArray logits = Linear.linear(normalized, table, bias).singletonOrThrow();
        return new NDList(logits.logSoftmax(1));
    }

    /** {@inheritDoc} */
    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {new Shape(inputShapes[1].size(), inputShapes[2].get(0))};
    }

    /** {@inheritDoc} */
    @Override
    protected void initializeChildBlocks(
            NDManager manager, DataType dataType, Shape... inputShapes) {
        inputNames = List.of("sequence", "maskedIndices", "embeddingTable");
        long width = inputShapes[0].get(2);
        projection.initialize(manager, dataType, inputShapes[1].add(width));
        norm.initialize(manager, dataType, new Shape(-1, width));
    }

    /** Returns this block over other children. */
    Block over(List<Block> parts) {
        return new DecorrelatedMaskedLanguageModel(parts, dictionaryBias, activation);
    }

    /** {@inheritDoc} */
    @Override
    public BertMaskedLanguageModelBlock fold(Folding folding, String path) {
        List<Block> parts = folding.children(this, path);
        Shape words = dictionaryBias.getShape();
        Shape weight = parts.get(0).getDirectParameters().get("weight").getShape();
        // of which DJL's block takes the sizes alone
        BertBlock sizes =
                BertBlock.builder()
                        .setTokenDictionarySize(Math.toIntExact(words.get(0)))
                        .optEmbeddingSize(Math.toIntExact(weight.get(0)))
                        .optTransformerBlockCount(0)
                        .build();
        BertMaskedLanguageModelBlock plain = new BertMaskedLanguageModelBlock(sizes, activation);
        PlainBlocks.share(dictionaryBias, plain.getDirectParameters().valueAt(0));
        return PlainBlocks.over(plain, parts, dictionaryBias.getArray(), inputShapes);
    }

    /** Returns the projection. */
    @Override
    public String toString() {
        return "DecorrelatedMaskedLanguageModel(" + projection + ')';
    }
}
