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
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.transformer.BertBlock;
import ai.djl.nn.transformer.IdEmbedding;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * BERT with decorrelation before its linear layers: DJL's {@link BertBlock} with {@link
 * DecorrelatedTransformerEncoder}s as encoder layers and a {@link Decorrelation} before the
 * projection of the pooled token.
 *
 * <p>Embeddings do not change: the first encoder layer decorrelates their normalized sum. Tokens
 * whose mask is 0 are padding and count in no mean and no covariance of the encoder layers. The
 * pooled token is one row per sequence.
 *
 * <p>{@link Decorrelate} replaces DJL's block by this one, with the same embeddings, and {@link
 * Decorrelate#fold} restores DJL's, with the same parameters by name.
 *
 * <ul>
 *   <li>input: token ids, (batch, T); type ids, (batch, T); and the mask, (batch, T), 1 for tokens
 *       and 0 for padding. T is the block's maximum sequence length, since DJL adds the embeddings
 *       of all its positions
 *   <li>output: the encoded tokens, (batch, T, E), and the pooled token, (batch, E), where DJL's
 *       returns (E) for a batch of one. DJL pools the second token of each sequence
 * </ul>
 *
 * <p>Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers for Language
 * Understanding", 2019.
 */
public final class DecorrelatedBert extends AbstractBlock implements DecorrelatedComposite {

    private static final byte VERSION = 1;

    /** After two embeddings, a normalization and dropout. */
    private static final int FIRST_ENCODER = 4;

    private final IdEmbedding tokenEmbedding;
    private final IdEmbedding typeEmbedding;
    private final Parameter positionEmbedding;
    private final Block embeddingNorm;
    private final Dropout embeddingDropout;
    private final List<Block> encoders;
    private final Block pooling;

    /**
     * Creates the decorrelated form of a BERT block, over its own embeddings.
     *
     * @param plain the block
     * @param parts its children, converted
     */
    DecorrelatedBert(BertBlock plain, List<Block> parts) {
        this(plain.getDirectParameters().valueAt(0), plain.getChildren().keys(), parts);
    }

    @SuppressWarnings("this-escape")
    private DecorrelatedBert(Parameter positions, List<String> names, List<Block> parts) {
        super(VERSION);
        positionEmbedding = addParameter(positions);
        for (int i = 0; i < names.size(); ++i) {
            addChildBlock(Composites.nameOf(names.get(i)), parts.get(i));
        }
        int last = parts.size() - 1;
        tokenEmbedding = (IdEmbedding) parts.get(0);
        typeEmbedding = (IdEmbedding) parts.get(1);
        embeddingNorm = parts.get(2);
        embeddingDropout = (Dropout) parts.get(3);
        encoders = List.copyOf(parts.subList(FIRST_ENCODER, last));
        pooling = parts.get(last);
    }

    /**
     * Returns the embedding of tokens, whose table some heads use once more.
     *
     * @return the embedding
     */
    public IdEmbedding getTokenEmbedding() {
        return tokenEmbedding;
    }

    /** {@inheritDoc} */
    @Override
    protected NDList forwardInternal(
            ParameterStore parameterStore,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        checkInputs(inputs.getShapes());
        NDArray tokens = inputs.get(0);
        NDArray words = embed(tokenEmbedding, parameterStore, tokens, training);
        NDArray types = embed(typeEmbedding, parameterStore, inputs.get(1), training);
        NDArray positions =
                parameterStore.getValue(positionEmbedding, tokens.getDevice(), training);
        NDList embedded = new NDList(words.add(types).add(positions));
        NDList normalized = embeddingNorm.forward(parameterStore, embedded, training);
        NDArray current =
                embeddingDropout.forward(parameterStore, normalized, training).singletonOrThrow();
        NDArray offsets = AttentionMask.ofTokens(inputs.get(2)).values();
        for (Block encoder : encoders) {
            NDList seen = new NDList(current, offsets);
            current = encoder.forward(parameterStore, seen, training, params).singletonOrThrow();
        }
        NDList pooled = new NDList(current.get(new NDIndex(":,1,:")));
        NDArray projected =
                pooling.forward(parameterStore, pooled, training, params).singletonOrThrow();
        return new NDList(current, projected.tanh());
    }

    private static NDArray embed(
            IdEmbedding embedding, ParameterStore store, NDArray ids, boolean training) {
        return embedding.forward(store, new NDList(ids), training).singletonOrThrow();
    }

    private void checkInputs(Shape... shapes) {
        Shape tokens = shapes[0];
        long length = positionEmbedding.getShape().get(0);
        boolean fits =
                shapes.length == 3
                        && tokens.dimension() == 2
                        && tokens.equals(shapes[1])
                        && tokens.equals(shapes[2])
                        && tokens.get(1) == length
                        && length > 1;
        if (!fits) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "Decorrelated BERT takes ids of tokens, ids of types and a mask, each"
                                    + " (batch, %d) by its maximum sequence length, but got %s; fill"
                                    + " sequences up to that length with a mask of 0, or build the"
                                    + " BertBlock with another one, of 2 tokens at the least.",
                            length,
                            Arrays.toString(shapes)));
        }
    }

    /** {@inheritDoc} */
    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        Shape tokens = inputShapes[0];
        long width = positionEmbedding.getShape().get(1);
        return new Shape[] {tokens.add(width), new Shape(tokens.get(0), width)};
    }

    /** {@inheritDoc} */
    @Override
    protected void initializeChildBlocks(
            NDManager manager, DataType dataType, Shape... inputShapes) {
        checkInputs(inputShapes);
        inputNames = List.of("tokenIds", "typeIds", "masks");
        tokenEmbedding.initialize(manager, dataType, inputShapes[0]);
        typeEmbedding.initialize(manager, dataType, inputShapes[1]);
        Shape[] outputs = getOutputShapes(inputShapes);
        embeddingNorm.initialize(manager, dataType, outputs[0]);
        embeddingDropout.initialize(manager, dataType, outputs[0]);
        for (Block encoder : encoders) {
            encoder.initialize(manager, dataType, outputs[0]);
        }
        pooling.initialize(manager, dataType, outputs[1]);
    }

    /** Returns this block over other children. */
    Block over(List<Block> parts) {
        return new DecorrelatedBert(positionEmbedding, getChildren().keys(), parts);
    }

    /** {@inheritDoc} */
    @Override
    public BertBlock fold(Folding folding, String path) {
        List<Block> parts = folding.children(this, path);
        BertBlock plain = builder(positionEmbedding, parts).build();
        PlainBlocks.share(positionEmbedding, plain.getDirectParameters().valueAt(0));
        return PlainBlocks.over(plain, parts, positionEmbedding.getArray(), inputShapes);
    }

    /**
     * Returns what builds DJL's block with the sizes of one.
     *
     * @param positions the embeddings of positions
     * @param parts the children of DJL's block
     */
    static BertBlock.Builder builder(Parameter positions, List<Block> parts) {
        int encoders = parts.size() - FIRST_ENCODER - 1;
        BertBlock.Builder builder =
                BertBlock.builder()
                        .setTokenDictionarySize(size(table(parts.get(0)), 0))
                        .optTypeDictionarySize(size(table(parts.get(1)), 0))
                        .optEmbeddingSize(size(positions, 1))
                        .optMaxSequenceLength(size(positions, 0))
                        .optHiddenDropoutProbability(
                                DecorrelatedAttention.dropoutRate((Dropout) parts.get(3)))
                        .optTransformerBlockCount(encoders);
        if (encoders > 0) {
            // all alike
            Block encoder = parts.get(FIRST_ENCODER);
            builder.optAttentionHeadCount(DecorrelatedTransformerEncoder.headCount(encoder))
                    .optHiddenSize(DecorrelatedTransformerEncoder.hiddenSize(encoder));
        }
        return builder;
    }

    /** The table of an embedding, (ids, E). */
    static Parameter table(Block embedding) {
        return embedding.getDirectParameters().valueAt(0);
    }

    private static int size(Parameter parameter, int axis) {
        return Math.toIntExact(parameter.getShape().get(axis));
    }

    /** Returns the number of encoder layers, and one of them. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "DecorrelatedBert(%d tokens of %s, %s)",
                positionEmbedding.getShape().get(0),
                encoders,
                pooling);
    }
}
