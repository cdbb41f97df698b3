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
package org.locallearning.djl.examples.reproduce.lillicrap;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.function.ToDoubleFunction;
import org.locallearning.djl.creditassignment.alignment.Angles;
import org.locallearning.djl.creditassignment.internal.TorchScript;

/**
 * The linear network {@code y = W A x} under the deterministic dynamics of feedback alignment, for
 * inputs whose patterns are as many as they have components and orthonormal, so that the error is
 * the matrix {@code E = T − W A}.
 *
 * <p>Lillicrap et al. (2016), supplementary notes 11 to 14.
 */
final class LinearNet {

    private final NDArray target;
    private final NDArray feedback;
    private final NDArray first;
    private final NDArray second;

    /**
     * Draws a network.
     *
     * @param manager the manager of its matrices
     * @param in the number of inputs
     * @param hidden the number of hidden neurons
     * @param out the number of outputs
     * @param bound weights are uniform within this bound; zero at 0
     */
    LinearNet(NDManager manager, int in, int hidden, int out, double bound) {
        double unit = 1 / Math.sqrt(in);
        target = uniform(manager, unit, out, in);
        feedback = uniform(manager, 0.5, hidden, out);
        first = uniform(manager, bound, hidden, in);
        second = uniform(manager, bound, out, hidden);
    }

    private static NDArray uniform(NDManager manager, double bound, long rows, long columns) {
        return manager.randomUniform(-1, 1, new Shape(rows, columns), DataType.FLOAT64).mul(bound);
    }

    /** Takes a step, {@code ΔA = η B E} and {@code ΔW = η E Aᵀ}, in what learns. */
    void step(double rate, boolean firstLearns, boolean secondLearns) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray error = error();
            NDArray below = feedback.matMul(error).mul(rate);
            if (secondLearns) {
                second.addi(error.matMul(first.transpose()).mul(rate));
            }
            if (firstLearns) {
                first.addi(below);
            }
        }
    }

    private NDArray error() {
        return target.sub(second.matMul(first));
    }

    private double measure(ToDoubleFunction<NDArray> quantity) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            return quantity.applyAsDouble(error());
        }
    }

    /** Returns the error as a share of what it would be for an output of zero, squared. */
    double normalizedSquaredError() {
        return measure(error -> square(error) / square(target));
    }

    /** Returns {@code tr(B W)}, the alignment of B with W. */
    double traceOfFeedbackAndWeights() {
        return measure(error -> feedback.mul(second.transpose()).sum().getDouble());
    }

    /** Returns {@code tr(Aᵀ B E)}, the alignment of A with what arrives through B. */
    double traceOfWeightsAndFeedbackError() {
        return measure(error -> first.mul(feedback.matMul(error)).sum().getDouble());
    }

    /** Returns the norm of {@code C = B W + Wᵀ Bᵀ − A Aᵀ}, which small steps leave as it is. */
    double normOfInvariant() {
        return measure(
                error -> {
                    NDArray aligned = feedback.matMul(second);
                    return Math.sqrt(
                            square(
                                    aligned.add(aligned.transpose())
                                            .sub(first.matMul(first.transpose()))));
                });
    }

    /** Returns {@code V = tr(B E Eᵀ Bᵀ)}, which falls in the proof of note 11. */
    double lyapunov() {
        return measure(error -> square(feedback.matMul(error)));
    }

    /** Returns the angle in degrees between {@code B E} and backpropagation's {@code Wᵀ E}. */
    double angleToBackpropagation() {
        return measure(
                error -> Angles.degrees(feedback.matMul(error), second.transpose().matMul(error)));
    }

    /** Returns the angle in degrees between {@code B E} and pseudobackprop's {@code W⁺ E}. */
    double angleToPseudobackpropagation() {
        return measure(
                error ->
                        Angles.degrees(
                                feedback.matMul(error),
                                TorchScript.pseudoinverse(second).matMul(error)));
    }

    private static double square(NDArray array) {
        return array.square().sum().getDouble();
    }
}
