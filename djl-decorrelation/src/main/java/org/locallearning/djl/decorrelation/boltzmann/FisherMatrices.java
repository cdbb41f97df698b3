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
package org.locallearning.djl.decorrelation.boltzmann;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Locale;

/**
 * The matrices of size (D, D), with {@code D = visible + hidden + visible · hidden}, of a machine
 * whose hidden states are enumerated: rows and columns are those of {@code g = (v, h, vec(v hᵀ))}.
 */
final class FisherMatrices {

    /** The most parameters of a Fisher matrix, which is worked on in a few copies. */
    static final int MOST_PARAMETERS = 10_000;

    private final NDManager manager;
    private final BoltzmannParameters parameters;
    private final int visibleSize;
    private final int hiddenSize;
    private final double[] probabilities;
    private final double logPartition;
    private final SufficientStatistics means;

    /**
     * Creates the matrices of a machine.
     *
     * @param manager the manager of the arrays
     * @param parameters the machine, float64
     * @param probabilities of every hidden state
     * @param logPartition log Z
     * @param means {@code E[g]}
     */
    FisherMatrices(
            NDManager manager,
            BoltzmannParameters parameters,
            double[] probabilities,
            double logPartition,
            SufficientStatistics means) {
        this.manager = manager;
        this.parameters = parameters;
        this.probabilities = probabilities;
        this.logPartition = logPartition;
        this.means = means;
        visibleSize = parameters.visibleSize();
        hiddenSize = parameters.hiddenSize();
    }

    /** Returns {@code cov(g, g)}. */
    NDArray joint() {
        return moments(true);
    }

    /** Returns {@code E[g gᵀ]}. */
    NDArray secondMoments() {
        return moments(false);
    }

    /** Returns {@code cov(E[g | v], E[g | v])}, by all states of binary visible units. */
    NDArray marginal() {
        long size = checkedParameters();
        NDArray result = manager.zeros(new Shape(size, size), DataType.FLOAT64);
        NDArray mean = means.toVector();
        states(visibleSize)
                .forEachRun(
                        null,
                        (visible, none) -> {
                            NDArray share =
                                    parameters
                                            .freeEnergy(visible)
                                            .add(logPartition)
                                            .neg()
                                            .exp()
                                            .reshape(-1, 1);
                            NDArray hidden = parameters.hiddenProbabilities(visible);
                            NDArray centred = statistics(visible, hidden).sub(mean);
                            result.addi(centred.mul(share).transpose().matMul(centred));
                        });
        mean.close();
        return result;
    }

    private BinaryStates states(int units) {
        return new BinaryStates(manager, units, visibleSize + hiddenSize);
    }

    /** Returns {@code (v, h, vec(v hᵀ))} of each row. */
    private NDArray statistics(NDArray visible, NDArray hidden) {
        long rows = visible.getShape().get(0);
        NDArray product =
                visible.reshape(rows, visibleSize, 1)
                        .mul(hidden.reshape(rows, 1, hiddenSize))
                        .reshape(rows, -1);
        return NDArrays.concat(new NDList(visible, hidden, product), 1);
    }

    private long checkedParameters() {
        long size = visibleSize + hiddenSize + (long) visibleSize * hiddenSize;
        if (size > MOST_PARAMETERS) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "The Fisher matrix of %d visible and %d hidden units has %d rows and"
                                    + " takes %.1f GiB; %d rows are the most. Use fewer units, or"
                                    + " a direction that needs no Fisher matrix.",
                            visibleSize,
                            hiddenSize,
                            size,
                            8.0 * size * size / (1L << 30),
                            MOST_PARAMETERS));
        }
        return size;
    }

    private NDArray moments(boolean centred) {
        long size = checkedParameters();
        NDArray result = manager.zeros(new Shape(size, size), DataType.FLOAT64);
        long pairsOfHidden = (hiddenSize + 1L) * (hiddenSize + 1L);
        NDArray inside = manager.zeros(new Shape(visibleSize, pairsOfHidden), DataType.FLOAT64);
        NDArray mean = means.toVector();
        states(hiddenSize)
                .forEachRun(
                        probabilities,
                        (states, share) -> {
                            NDArray visible = parameters.visibleMeans(states);
                            long rows = states.getShape().get(0);
                            NDArray conditional = statistics(visible, states);
                            if (centred) {
                                conditional = conditional.sub(mean);
                            }
                            NDArray weighted = conditional.mul(share);
                            result.addi(weighted.transpose().matMul(conditional));
                            NDArray extended =
                                    NDArrays.concat(new NDList(share.onesLike(), states), 1)
                                            .reshape(rows, hiddenSize + 1, 1);
                            NDArray pairs =
                                    extended.mul(extended.reshape(rows, 1, hiddenSize + 1))
                                            .reshape(rows, -1);
                            NDArray variance = parameters.units().variance(visible).mul(share);
                            inside.addi(variance.transpose().matMul(pairs));
                        });
        addWithinUnits(result, inside.reshape(visibleSize, hiddenSize + 1, hiddenSize + 1));
        inside.close();
        mean.close();
        return result;
    }

    /**
     * Adds {@code E[cov(g | h)]}: given h, visible units vary on their own, so only what belongs to
     * one visible unit covaries.
     */
    private void addWithinUnits(NDArray matrix, NDArray inside) {
        for (int i = 0; i < visibleSize; ++i) {
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                long first = visibleSize + hiddenSize + (long) i * hiddenSize;
                NDIndex products = slice(first, first + hiddenSize, first, first + hiddenSize);
                matrix.get(slice(i, i + 1, i, i + 1)).addi(inside.get(i).get(slice(0, 1, 0, 1)));
                matrix.get(slice(i, i + 1, first, first + hiddenSize))
                        .addi(inside.get(i).get(slice(0, 1, 1, hiddenSize + 1)));
                matrix.get(slice(first, first + hiddenSize, i, i + 1))
                        .addi(inside.get(i).get(slice(1, hiddenSize + 1, 0, 1)));
                matrix.get(products)
                        .addi(inside.get(i).get(slice(1, hiddenSize + 1, 1, hiddenSize + 1)));
            }
        }
    }

    private static NDIndex slice(long top, long bottom, long left, long right) {
        return new NDIndex().addSliceDim(top, bottom).addSliceDim(left, right);
    }
}
