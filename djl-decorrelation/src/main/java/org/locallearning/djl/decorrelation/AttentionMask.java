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
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Locale;
import org.locallearning.djl.decorrelation.internal.HostNumber;

/**
 * Which tokens each token of a sequence may look at, in either of the forms that DJL's attention
 * takes.
 *
 * @param values 1 where a token may look and 0 where not, (batch, T, T); or what is added to the
 *     scores, 0 and a large negative number, (batch or 1, heads or 1, T or 1, T)
 */
record AttentionMask(NDArray values) {

    /** What DJL adds to the score of a token that may not be looked at. */
    private static final float SHUT_OUT = -100000f;

    /** No score is as large: an offset of this and below shuts a token out. */
    private static final double SHUT_OUT_FROM = -1000;

    private static final int[] HEADS_AND_LOOKING = {1, 2};

    /**
     * Looks at the mask of a batch.
     *
     * @param values the mask, in either form
     * @param tokens the shape of the tokens, (batch, T, E)
     * @throws IllegalArgumentException if the mask has another shape
     */
    static AttentionMask of(NDArray values, Shape tokens) {
        Shape shape = values.getShape();
        long batch = tokens.get(0);
        long length = tokens.get(1);
        boolean fits =
                shape.dimension() == 4
                        ? shape.get(3) == length
                        : shape.size() == batch * length * length;
        if (!fits) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "Decorrelated attention got tokens %s with a mask %s, which should be"
                                    + " (%d, %d, %d): 1 where a token may look and 0 where not; or"
                                    + " (batch or 1, heads or 1, T or 1, T) of what is added to the"
                                    + " scores. Repeat a mask of (batch, T) for each of the T tokens"
                                    + " that look.",
                            tokens,
                            shape,
                            batch,
                            length,
                            length));
        }
        return new AttentionMask(values);
    }

    /**
     * Returns the mask of sequences of which every token may look at every one but padding.
     *
     * @param tokens 1 for tokens and 0 for padding, (batch, T)
     * @return offsets of scores, (batch, 1, 1, T)
     */
    static AttentionMask ofTokens(NDArray tokens) {
        Shape shape = tokens.getShape();
        return new AttentionMask(offsetsOf(tokens.reshape(shape.get(0), 1, 1, shape.get(1))));
    }

    /** 0 where a mark is 1, a large negative number where it is 0. */
    private static NDArray offsetsOf(NDArray marks) {
        NDArray floats = marks.toType(DataType.FLOAT32, false);
        return HostNumber.mul(HostNumber.add(floats.neg(), 1), SHUT_OUT);
    }

    /** Returns whether these are offsets of the scores, not marks of 0 and 1. */
    private boolean isOffset() {
        return values.getShape().dimension() == 4;
    }

    /** Returns what is added to the scores, of a shape that broadcasts to (batch, heads, T, T). */
    NDArray offsets(long batch, long tokens) {
        if (isOffset()) {
            return values;
        }
        return offsetsOf(values.reshape(batch, 1, tokens, tokens));
    }

    /**
     * Returns which tokens are none of padding: those that at least one token may look at.
     *
     * @param batch the batch size
     * @param tokens the number of tokens T
     * @return true for tokens and false for padding, (batch, T)
     */
    NDArray tokens(long batch, long tokens) {
        NDArray open =
                isOffset()
                        ? HostNumber.with(values, SHUT_OUT_FROM, NDArray::gt)
                        : values.reshape(batch, 1, tokens, tokens).neq(0);
        NDArray looks = open.toType(DataType.FLOAT32, false).sum(HEADS_AND_LOOKING);
        return looks.broadcast(new Shape(batch, tokens)).toType(DataType.BOOLEAN, false);
    }
}
