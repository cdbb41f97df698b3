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
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.Consumer;
import org.locallearning.djl.decorrelation.internal.PendingChecks;

/**
 * Decorrelates the features of its input, {@code y = M (x − μ)}, with a matrix M that the layer
 * learns itself. Put it before a {@link Linear} layer, or any other.
 *
 * <p>Correlated inputs bend gradient descent away from the direction of steepest descent. With
 * decorrelated inputs backpropagation converges in fewer steps, and approximations of it, such as
 * feedback alignment, reach higher accuracy. Use it where inputs are dense and correlated. It costs
 * {@code n²} multiply-adds per sample forward and again backward; set {@link Cost#rank} or {@link
 * Cost#blocks} if the input is much wider than the layer after it.
 *
 * <p>M starts as the identity. Each training forward updates it by {@link DecorrelationRule#update}
 * after computing the output with the old M. Gradients flow through M and the batch mean: for an
 * error G at the output the input gets {@code G M} minus its mean over the batch. In evaluation the
 * layer is linear, and {@link #fold()} or {@link Decorrelate#fold} replaces it by a plain one.
 *
 * <ul>
 *   <li>input: (batch, *, n), every position of * is a row. In training an optional second input
 *       (batch, *) is 0 for rows that are padding; these are decorrelated too, but count in no mean
 *       and no covariance.
 *   <li>output: the same shape
 *   <li>{@code decorrelation}: M, (n, n), or (blocks, n / blocks, n / blocks) if block-diagonal;
 *       with low rank r its core (r + 1, r + 1): A, and γ as the last diagonal entry
 *   <li>{@code directions}: V, (n, r), with low rank only; 0 until the first update
 *   <li>{@code runningMean}: μ, (n)
 * </ul>
 *
 * <p>A training forward throws {@link IllegalArgumentException} for an input of another width, for
 * a single row with {@link MeanRemoval#BATCH} and for NaN in what the layer learns from (the batch
 * whose mean it takes, or else the sample of an update), and {@link IllegalStateException} if M has
 * diverged. On a GPU, NaN and divergence are reported by the next training forward, unless {@link
 * Cost#withCheckInterval} or the trainer sets another interval, and always before the layer is
 * saved or folded; the layer is then unusable.
 *
 * <p>Ahmad, "Correlations Are Ruining Your Gradient Descent", appendix E. The authors' code
 * multiplies the covariance from the wrong side in dense layers; this follows the paper.
 */
public final class Decorrelation extends FeatureDecorrelation {

    static final String MATRIX = "decorrelation";

    private final Set<Block> pairs = Collections.newSetFromMap(new IdentityHashMap<>());

    private Decorrelation(Builder builder, DecorrelationOptions options) {
        super(MATRIX, builder.name, options, options.getCost()::form, builder.pending);
    }

    /**
     * Multiplies the last axis by M: {@code x̄ = M x} for each row x.
     *
     * @param input the rows with their mean removed, (batch, *, n)
     * @param matrix the matrix M, (n, n), or the diagonal blocks of M, (blocks, n / blocks, n /
     *     blocks)
     * @return the decorrelated rows, (batch, *, n)
     */
    public static NDArray decorrelate(NDArray input, NDArray matrix) {
        DecorrelationMatrix form =
                matrix.getShape().dimension() == 2
                        ? new FullMatrix(matrix)
                        : new BlockDiagonalMatrix(matrix);
        return form.multiply(input);
    }

    /** Returns a sequence of this layer and a linear one, which takes that one's place. */
    SequentialBlock pairWith(Block linear) {
        SequentialBlock pair = new SequentialBlock().add(this).add(linear);
        pairs.add(pair);
        return pair;
    }

    /** Returns whether {@link #pairWith} made a sequence, to which nothing was added since. */
    boolean isPair(SequentialBlock sequence) {
        return pairs.contains(sequence) && sequence.getChildren().size() == 2;
    }

    /** Returns the name and every setting. */
    @Override
    public String toString() {
        return "Decorrelation(" + getName() + ", " + getOptions() + ")";
    }

    /**
     * Creates a builder.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** The builder of {@link Decorrelation}. */
    public static final class Builder implements DecorrelationBuilder<Builder> {

        private final DecorrelationOptions.Builder options = DecorrelationOptions.builder();
        private String name;
        private PendingChecks pending = new PendingChecks();

        private Builder() {}

        /** {@inheritDoc} */
        @Override
        public Builder optOptions(Consumer<DecorrelationOptions.Builder> change) {
            change.accept(options);
            return this;
        }

        /**
         * Sets the name of the layer in messages; the type by default.
         *
         * @param name the name
         * @return this builder
         */
        public Builder optName(String name) {
            this.name = name;
            return this;
        }

        /** Sets what runs the checks of this layer together with those of others. */
        Builder optPending(PendingChecks pending) {
            this.pending = pending;
            return this;
        }

        /**
         * Builds the layer.
         *
         * @return the layer
         * @throws IllegalArgumentException if settings exclude each other
         */
        public Decorrelation build() {
            return new Decorrelation(this, options.build());
        }
    }
}
