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
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.transformer.ScaledDotProductAttentionBlock;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import ai.djl.util.Preconditions;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.locallearning.djl.decorrelation.internal.BlockPath;
import org.locallearning.djl.decorrelation.internal.PrivateFields;

/**
 * Self-attention over decorrelated tokens: DJL's {@link ScaledDotProductAttentionBlock} with a
 * {@link Decorrelation} before its linear layers.
 *
 * <p>One matrix decorrelates the tokens for keys, queries and values; another one precedes the
 * projection of the result. Each token of each sequence is a row of the statistics. A token that
 * the mask hides from every other one is padding and counts in no mean and no covariance.
 *
 * <p>{@link Decorrelate} replaces DJL's block by this one, with the same projections, and {@link
 * Decorrelate#fold} restores DJL's: {@code W M} and {@code b − W M μ} for each projection.
 * Attention to other tokens than its own is rejected.
 *
 * <ul>
 *   <li>input: the tokens, (batch, T, E); or those and a mask, (batch, T, T), 1 where a token may
 *       look and 0 where not, or (batch, 1, T, T), added to the scores
 *   <li>output: (batch, T, E)
 * </ul>
 *
 * <p>A training step costs {@code 2 E²} multiply-adds per token and matrix, plus the learning
 * ({@link Decorrelation}); the projections cost {@code 12 E²}.
 *
 * <p>Vaswani et al., "Attention Is All You Need", 2017.
 */
public final class DecorrelatedAttention extends AbstractBlock implements DecorrelatedComposite {

    private static final byte VERSION = 1;

    private final Linear keyProjection;
    private final Linear queryProjection;
    private final Linear valueProjection;
    private final Linear resultProjection;
    private final Dropout probabilityDropout;
    private final Decorrelation tokens;
    private final Decorrelation results;
    private final int headCount;

    /**
     * Creates the decorrelated form of an attention block, over its own projections.
     *
     * @param plain the attention block
     * @param tokens decorrelates the tokens, or null for none
     * @param results decorrelates the input of the projection of the result, or null for none
     */
    DecorrelatedAttention(
            ScaledDotProductAttentionBlock plain, Decorrelation tokens, Decorrelation results) {
        this(plain.getChildren().values(), headCount(plain), tokens, results);
    }

    @SuppressWarnings("this-escape")
    private DecorrelatedAttention(
            List<Block> parts, int headCount, Decorrelation tokens, Decorrelation results) {
        super(VERSION);
        keyProjection = addChildBlock("keyProjection", (Linear) parts.get(0));
        queryProjection = addChildBlock("queryProjection", (Linear) parts.get(1));
        valueProjection = addChildBlock("valueProjection", (Linear) parts.get(2));
        resultProjection = addChildBlock("resultProjection", (Linear) parts.get(3));
        probabilityDropout = addChildBlock("probabilityDropout", (Dropout) parts.get(4));
        this.tokens = tokens;
        this.results = results;
        if (tokens != null) {
            addChildBlock("tokenDecorrelation", tokens);
        }
        if (results != null) {
            addChildBlock("resultDecorrelation", results);
        }
        this.headCount = headCount;
    }

    /** Returns this block with other decorrelation layers, null for none. */
    DecorrelatedAttention with(Decorrelation tokens, Decorrelation results) {
        return new DecorrelatedAttention(children.values(), headCount, tokens, results);
    }

    /** Returns what decorrelates the input of a projection, or null. */
    Decorrelation before(Block projection) {
        return projection == resultProjection ? results : tokens;
    }

    /** Returns what decorrelates the tokens, or null. */
    Decorrelation tokens() {
        return tokens;
    }

    /** Returns the layer that decorrelates the input of the projection of the result, or null. */
    Decorrelation results() {
        return results;
    }

    /** DJL has no getter for the number of heads. */
    static int headCount(Block block) {
        return (int) PrivateFields.read(ScaledDotProductAttentionBlock.class, block, "headCount");
    }

    /** DJL has no getter for the rate of a dropout. */
    static float dropoutRate(Dropout dropout) {
        return (float) PrivateFields.read(Dropout.class, dropout, "rate");
    }

    /** {@inheritDoc} */
    @Override
    protected NDList forwardInternal(
            ParameterStore parameterStore,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        checkInputs(inputs.getShapes());
        NDArray input = inputs.head();
        long batch = input.getShape().get(0);
        long length = input.getShape().get(1);
        AttentionMask mask =
                inputs.size() == 1 ? null : AttentionMask.of(inputs.get(1), input.getShape());
        NDArray counts = mask == null || !training ? null : mask.tokens(batch, length);

        NDList decorrelated =
                new NDList(decorrelate(tokens, parameterStore, input, counts, training, params));
        NDArray keys = heads(keyProjection.forward(parameterStore, decorrelated, training));
        NDArray queries = heads(queryProjection.forward(parameterStore, decorrelated, training));
        NDArray values = heads(valueProjection.forward(parameterStore, decorrelated, training));

        NDArray products = queries.matMul(keys.transpose(0, 1, 3, 2));
        // the number as DJL rounds it
        float scale = 1f / (float) Math.sqrt(keys.getShape().get(3));
        NDArray scores = products.mul(products.getManager().create(scale));
        if (mask != null) {
            scores = scores.add(mask.offsets(batch, length));
        }
        // offsets are wider than half precision, which cannot hold them
        NDArray shares = scores.softmax(3).toType(values.getDataType(), false);
        NDArray probabilities =
                probabilityDropout
                        .forward(parameterStore, new NDList(shares), training)
                        .singletonOrThrow();
        NDArray looked = probabilities.matMul(values).transpose(0, 2, 1, 3);
        NDArray result = looked.reshape(input.getShape());
        return resultProjection.forward(
                parameterStore,
                new NDList(decorrelate(results, parameterStore, result, counts, training, params)),
                training);
    }

    /** Decorrelates the tokens that count, if there is a layer for that. */
    private static NDArray decorrelate(
            Decorrelation layer,
            ParameterStore store,
            NDArray input,
            NDArray counts,
            boolean training,
            PairList<String, Object> params) {
        if (layer == null) {
            return input;
        }
        NDList inputs = counts == null ? new NDList(input) : new NDList(input, counts);
        return layer.forward(store, inputs, training, params).singletonOrThrow();
    }

    /** Cuts tokens, (batch, T, E), into heads, (batch, heads, T, E / heads). */
    private NDArray heads(NDList projected) {
        NDArray array = projected.singletonOrThrow();
        Shape shape = array.getShape();
        return array.reshape(shape.get(0), shape.get(1), headCount, shape.get(2) / headCount)
                .transpose(0, 2, 1, 3);
    }

    private static void checkInputs(Shape... shapes) {
        Preconditions.checkArgument(
                shapes.length == 1 || shapes.length == 2,
                "Decorrelated attention takes tokens (batch, T, E), or those and a mask, but got "
                        + Arrays.toString(shapes)
                        + "; leave attention to other tokens than its own out of the conversion by"
                        + " Decorrelate's optExclude.");
        Preconditions.checkArgument(
                shapes[0].dimension() == 3,
                "Decorrelated attention takes tokens (batch, T, E), but got " + shapes[0]);
    }

    /** {@inheritDoc} */
    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {inputShapes[0]};
    }

    /** {@inheritDoc} */
    @Override
    protected void initializeChildBlocks(
            NDManager manager, DataType dataType, Shape... inputShapes) {
        checkInputs(inputShapes);
        for (Block child : children.values()) {
            child.initialize(manager, dataType, inputShapes[0]);
        }
    }

    /** {@inheritDoc} */
    @Override
    public ScaledDotProductAttentionBlock fold(Folding folding, String path) {
        NDArray weight = resultProjection.getDirectParameters().get("weight").getArray();
        long embedding = weight.getShape().get(0);
        ScaledDotProductAttentionBlock plain =
                ScaledDotProductAttentionBlock.builder()
                        .setEmbeddingSize(Math.toIntExact(embedding))
                        .setHeadCount(headCount)
                        .optAttentionProbsDropoutProb(dropoutRate(probabilityDropout))
                        .build();
        Linear[] projections = {keyProjection, queryProjection, valueProjection, resultProjection};
        Linear[] targets = {
            plain.getKeyProjection(),
            plain.getQueryProjection(),
            plain.getValueProjection(),
            plain.getResultProjection()
        };
        for (int i = 0; i < projections.length; ++i) {
            String place = BlockPath.join(path, children.get(i).getKey());
            Linear folded = folding.linear(projections[i], before(projections[i]), place);
            PlainBlocks.share(folded, targets[i]);
        }
        plain.initialize(weight.getManager(), weight.getDataType(), new Shape(1, 1, embedding));
        return plain;
    }

    /** Returns the number of heads, and which layers it has. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "DecorrelatedAttention(%d heads, before keys, queries and values: %s, before the"
                        + " result: %s)",
                headCount,
                tokens,
                results);
    }
}
