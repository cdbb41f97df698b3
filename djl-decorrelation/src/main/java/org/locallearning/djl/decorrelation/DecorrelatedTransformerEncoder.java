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
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.transformer.TransformerEncoderBlock;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.List;
import java.util.function.Function;
import org.locallearning.djl.decorrelation.internal.PrivateFields;

/**
 * A transformer encoder layer with decorrelation before its linear layers: DJL's {@link
 * TransformerEncoderBlock} with {@link DecorrelatedAttention} and a {@link Decorrelation} before
 * each linear layer of its feed-forward part.
 *
 * <p>Statistics are over tokens. Tokens that a mask hides from every other one are padding and
 * count in no mean and no covariance of a decorrelation layer; DJL's batch normalization counts
 * them, as in DJL's block.
 *
 * <p>{@link Decorrelate} replaces DJL's block by this one, and {@link Decorrelate#fold} restores
 * DJL's, with the same parameters by name.
 *
 * <ul>
 *   <li>input: the tokens, (batch, T, E), or those and a mask, as for {@link DecorrelatedAttention}
 *   <li>output: (batch, T, E)
 * </ul>
 */
public final class DecorrelatedTransformerEncoder extends AbstractBlock
        implements DecorrelatedComposite {

    private static final byte VERSION = 1;

    /** The index of the feed-forward part among the children. */
    private static final int FEED_FORWARD = 2;

    private final Block attention;
    private final Block attentionNorm;
    private final SequentialBlock feedForward;
    private final Block outputNorm;
    private final Dropout attentionDropout;
    private final Dropout outputDropout;

    /**
     * Creates the decorrelated form of an encoder's layer, over its own normalizations.
     *
     * @param plain the layer of the encoder
     * @param parts its children, converted: attention, normalization, feed-forward part and another
     *     normalization
     */
    DecorrelatedTransformerEncoder(TransformerEncoderBlock plain, List<Block> parts) {
        // no children of DJL's block, and none here, or parameters would have other names
        this(
                parts,
                dropout(plain, "selfAttentionDropout"),
                dropout(plain, "fullyConnectedDropout"));
    }

    @SuppressWarnings("this-escape")
    private DecorrelatedTransformerEncoder(
            List<Block> parts, Dropout attentionDropout, Dropout outputDropout) {
        super(VERSION);
        attention = addChildBlock("selfAttention", parts.get(0));
        attentionNorm = addChildBlock("attentionNorm", parts.get(1));
        feedForward = addChildBlock("outputBlock", (SequentialBlock) parts.get(FEED_FORWARD));
        outputNorm = addChildBlock("outputNorm", parts.get(3));
        this.attentionDropout = attentionDropout;
        this.outputDropout = outputDropout;
    }

    private static Dropout dropout(TransformerEncoderBlock plain, String field) {
        return (Dropout) PrivateFields.read(TransformerEncoderBlock.class, plain, field);
    }

    /** {@inheritDoc} */
    @Override
    protected NDList forwardInternal(
            ParameterStore parameterStore,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        NDArray input = inputs.head();
        NDList looked = attention.forward(parameterStore, inputs, training, params);
        NDList kept = attentionDropout.forward(parameterStore, looked, training);
        NDList current =
                attentionNorm.forward(
                        parameterStore, new NDList(kept.singletonOrThrow().add(input)), training);
        NDArray counts = training ? counts(inputs) : null;
        for (Block block : feedForward.getChildren().values()) {
            if (counts != null && block instanceof FeatureDecorrelation) {
                current = new NDList(current.singletonOrThrow(), counts);
            }
            current = block.forward(parameterStore, current, training, params);
        }
        NDList output = outputDropout.forward(parameterStore, current, training);
        // DJL adds the input of the layer, not of the feed-forward part
        return outputNorm.forward(
                parameterStore, new NDList(output.singletonOrThrow().add(input)), training);
    }

    /** Which tokens are no padding, or null where there is no mask. */
    private static NDArray counts(NDList inputs) {
        Shape shape = inputs.head().getShape();
        return inputs.size() == 1
                ? null
                : AttentionMask.of(inputs.get(1), shape).tokens(shape.get(0), shape.get(1));
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
        attention.initialize(manager, dataType, inputShapes);
        attentionNorm.initialize(manager, dataType, inputShapes[0]);
        feedForward.initialize(manager, dataType, inputShapes[0]);
        outputNorm.initialize(manager, dataType, inputShapes[0]);
    }

    /** Returns this block over other children. */
    Block over(List<Block> parts) {
        return new DecorrelatedTransformerEncoder(parts, attentionDropout, outputDropout);
    }

    /** {@inheritDoc} */
    @Override
    @SuppressWarnings("unchecked") // the declared type of the field
    public TransformerEncoderBlock fold(Folding folding, String path) {
        List<Block> parts = folding.children(this, path);
        NDArray weight = firstWeight(parts.get(FEED_FORWARD)).getArray();
        long embedding = weight.getShape().get(1);
        TransformerEncoderBlock plain =
                new TransformerEncoderBlock(
                        Math.toIntExact(embedding),
                        DecorrelatedAttention.headCount(parts.get(0)),
                        Math.toIntExact(weight.getShape().get(0)),
                        DecorrelatedAttention.dropoutRate(attentionDropout),
                        (Function<NDList, NDList>)
                                PrivateFields.read(
                                        LambdaBlock.class,
                                        parts.get(FEED_FORWARD).getChildren().get(1).getValue(),
                                        "lambda"));
        return PlainBlocks.over(plain, parts, weight, new Shape(1, 1, embedding));
    }

    /** DJL does not tell the number of heads of its encoder layers. */
    static int headCount(Block encoder) {
        return DecorrelatedAttention.headCount(encoder.getChildren().get(0).getValue());
    }

    /** DJL does not tell the width of the hidden layer of its encoder layers. */
    static int hiddenSize(Block encoder) {
        Block feedForward = encoder.getChildren().get(FEED_FORWARD).getValue();
        return Math.toIntExact(firstWeight(feedForward).getShape().get(0));
    }

    /** The weight of the first of the linear layers, (hidden, E). */
    private static Parameter firstWeight(Block feedForward) {
        Block first = feedForward.getChildren().get(0).getValue();
        return first.getDirectParameters().get("weight");
    }

    /** Returns the attention and the feed-forward part. */
    @Override
    public String toString() {
        return "DecorrelatedTransformerEncoder(" + attention + ", " + feedForward + ')';
    }
}
