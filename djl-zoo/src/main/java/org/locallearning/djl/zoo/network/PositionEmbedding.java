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
package org.locallearning.djl.zoo.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.NormalInitializer;
import ai.djl.util.PairList;
import ai.djl.util.Preconditions;

/**
 * Adds a learned vector to the token at each position, {@code y_t = x_t + p_t}, so that attention
 * can tell the order of tokens.
 *
 * <ul>
 *   <li>input: the tokens, (batch, T, E)
 *   <li>output: the same shape
 *   <li>{@code position}: p, (T, E), initially normal with a standard deviation of 0.02
 * </ul>
 */
public final class PositionEmbedding extends AbstractBlock {

    private static final byte VERSION = 1;
    private static final float DEVIATION = 0.02f;

    private final Parameter position;

    /** Creates a block, for as many positions as its first input has. */
    @SuppressWarnings("this-escape")
    public PositionEmbedding() {
        super(VERSION);
        position =
                addParameter(
                        Parameter.builder()
                                .setName("position")
                                // no weight: it multiplies nothing, and has no fan-in
                                .setType(Parameter.Type.OTHER)
                                .optInitializer(new NormalInitializer(DEVIATION))
                                .build());
    }

    /** {@inheritDoc} */
    @Override
    protected NDList forwardInternal(
            ParameterStore parameterStore,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        NDArray tokens = inputs.singletonOrThrow();
        NDArray positions = parameterStore.getValue(position, tokens.getDevice(), training);
        check(tokens.getShape(), positions.getShape());
        return new NDList(tokens.add(positions));
    }

    private static void check(Shape tokens, Shape positions) {
        Preconditions.checkArgument(
                tokens.dimension() == 3 && tokens.slice(1).equals(positions),
                "The position embedding has vectors for tokens of shape (batch, "
                        + positions.get(0)
                        + ", "
                        + positions.get(1)
                        + "), but got "
                        + tokens
                        + "; use inputs of the size that the model was made for.");
    }

    /** {@inheritDoc} */
    @Override
    protected void prepare(Shape[] inputShapes) {
        Preconditions.checkArgument(
                inputShapes.length == 1 && inputShapes[0].dimension() == 3,
                "A position embedding takes tokens of shape (batch, T, E), but got "
                        + inputShapes[0]);
        position.setShape(inputShapes[0].slice(1));
    }

    /** {@inheritDoc} */
    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {inputShapes[0]};
    }
}
