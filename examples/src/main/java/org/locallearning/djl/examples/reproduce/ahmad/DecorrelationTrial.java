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
package org.locallearning.djl.examples.reproduce.ahmad;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.locallearning.djl.decorrelation.CorrelationStatistics;
import org.locallearning.djl.decorrelation.DecorrelationOptions;
import org.locallearning.djl.decorrelation.DecorrelationRule;
import org.locallearning.djl.decorrelation.Gain;
import org.locallearning.djl.decorrelation.LateralRule;

/**
 * Decorrelates one set of correlated inputs, all samples at every step, by the paper's rule or by
 * Földiák's.
 */
final class DecorrelationTrial {

    static final int FEATURES = 6;
    static final int SAMPLES = 1000;

    /** The rate, as a share of 1 over the greatest eigenvalue of the inputs' covariance. */
    static final double RATE_SHARE = 0.05;

    /** The gain that keeps the Frobenius norm, which the main text of the paper asks for. */
    private static final DecorrelationOptions OPTIONS =
            DecorrelationOptions.builder().optGain(Gain.SCALAR).build();

    private final NDArray inputs;
    private final double rate;

    DecorrelationTrial(NDManager manager, long seed) {
        Random random = new Random(seed);
        NDArray mixing = normal(manager, random, FEATURES, FEATURES);
        NDArray rows = normal(manager, random, SAMPLES, FEATURES).matMul(mixing);
        inputs = rows.sub(rows.mean(new int[] {0}, true));
        rate = RATE_SHARE / CorrelationStatistics.largestSecondMoment(inputs);
    }

    /** One of the two rules. */
    enum Rule {

        /** {@code M ← g (M − η ⟨x̄ x̄ᵀ⟩ M)}. */
        PAPER("The paper's rule") {
            @Override
            NDArray start(NDArray identity, double scale) {
                return identity.mul(scale);
            }

            @Override
            NDArray outputs(NDArray inputs, NDArray matrix) {
                return inputs.matMul(matrix.transpose());
            }

            @Override
            void learn(NDArray matrix, NDArray inputs, NDArray outputs, double rate) {
                DecorrelationRule.update(matrix, inputs, outputs, rate, OPTIONS);
            }
        },

        /** {@code R_ij ← R_ij + η ⟨x̄_i x̄_j⟩} for {@code i ≠ j}, with {@code x̄ = R⁻¹ x}. */
        FOLDIAK("Földiák's rule") {
            @Override
            NDArray start(NDArray identity, double scale) {
                return identity.div(scale);
            }

            @Override
            NDArray outputs(NDArray inputs, NDArray matrix) {
                return inputs.matMul(matrix.inverse().transpose());
            }

            @Override
            void learn(NDArray matrix, NDArray inputs, NDArray outputs, double rate) {
                LateralRule.FOLDIAK.update(matrix, inputs, outputs, rate, OPTIONS);
            }
        };

        private final String title;

        Rule(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }

        /** Returns what makes the outputs the inputs times a scale. */
        abstract NDArray start(NDArray identity, double scale);

        abstract NDArray outputs(NDArray inputs, NDArray matrix);

        abstract void learn(NDArray matrix, NDArray inputs, NDArray outputs, double rate);
    }

    /**
     * What the outputs are like after a step.
     *
     * @param loss the mean squared correlation of two different outputs
     * @param activity the outputs' mean square over that of the inputs
     */
    record State(double loss, double activity) {}

    /**
     * Runs a rule.
     *
     * @param scale the scale of M at the start
     * @return the state after 0, 1, 2 ... steps; fewer than asked for where the outputs, or the
     *     matrix that makes them, stop being finite
     */
    List<State> run(Rule rule, double scale, int steps) {
        List<State> states = new ArrayList<>();
        try (NDManager scope = inputs.getManager().newSubManager()) {
            NDArray identity = scope.eye(FEATURES, FEATURES, 0, DataType.FLOAT64);
            NDArray matrix = rule.start(identity, scale);
            double energy = inputs.square().sum().getDouble();
            for (int i = 0; i <= steps; ++i) {
                NDArray outputs = rule.outputs(inputs, matrix);
                State state =
                        new State(
                                CorrelationStatistics.decorrelationLoss(outputs),
                                outputs.square().sum().getDouble() / energy);
                if (!Double.isFinite(state.activity)) {
                    break;
                }
                states.add(state);
                rule.learn(matrix, inputs, outputs, rate);
            }
        } catch (EngineException e) {
            // lateral connections that became singular have no outputs
            return states;
        }
        return states;
    }

    private static NDArray normal(NDManager manager, Random random, int rows, int columns) {
        double[] values = new double[rows * columns];
        for (int i = 0; i < values.length; ++i) {
            values[i] = random.nextGaussian();
        }
        return manager.create(values, new Shape(rows, columns));
    }
}
