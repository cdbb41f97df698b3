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

import ai.djl.ndarray.NDManager;
import ai.djl.util.Preconditions;

/**
 * The penalty {@code R = ‖cov(x, y)‖²} on a block of the model's covariance of visible and hidden
 * units, with its exact gradient, {@link ExactDistribution#covarianceNormGradient}.
 *
 * <p>Unlike {@link CovariancePenalty}, it descends the objective stated in the paper, for biases
 * and weights. For machines of few hidden units: it costs {@code 2^hidden} rows of a batch, three
 * times over.
 *
 * <p>Millea, section 4.1, the unnumbered objective before equation 4, for {@code cov(v, h)}; "the
 * calculations for the other terms are similar".
 *
 * @param weight γ, the share of the penalty, in [0, 1]
 * @param block the block of the covariance
 */
public record ExactCovariancePenalty(double weight, CovarianceBlock block) implements Penalty {

    /**
     * Creates the penalty of {@code cov(v, h)}.
     *
     * @param weight γ, in [0, 1]
     */
    public ExactCovariancePenalty(double weight) {
        this(weight, CovarianceBlock.VISIBLE_HIDDEN);
    }

    /**
     * Checks the weight.
     *
     * @param weight γ, in [0, 1]
     * @param block the block of the covariance
     */
    public ExactCovariancePenalty {
        Preconditions.checkArgument(
                weight >= 0 && weight <= 1,
                "The weight of the covariance penalty must be in [0, 1]: " + weight);
    }

    /** {@inheritDoc} */
    @Override
    public Term start(NDManager manager) {
        return new Exact();
    }

    /** The term; it remembers nothing. */
    private final class Exact implements Term {

        /** {@inheritDoc} */
        @Override
        public SufficientStatistics join(
                BoltzmannParameters parameters, Phase model, SufficientStatistics gradient) {
            try (ExactDistribution enumeration = ExactDistribution.of(parameters)) {
                SufficientStatistics penalty =
                        ExactExpectation.as(
                                gradient.product(), enumeration.covarianceNormGradient(block));
                return gradient.times(1 - weight).minus(penalty.times(weight));
            }
        }

        /** {@inheritDoc} */
        @Override
        public double getWeight() {
            return weight;
        }
    }
}
