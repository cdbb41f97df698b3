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
import ai.djl.ndarray.NDManager;
import org.locallearning.djl.decorrelation.internal.DeviceArrays;

/**
 * The model's exact expectation, by {@link ExactDistribution} at every batch: learning then follows
 * the gradient of the log-likelihood itself.
 *
 * <p>For machines of few hidden units: it costs {@code 2^hidden} rows of a batch. The states of the
 * phase, which only whitening uses, are drawn exactly from the model.
 */
public record ExactExpectation() implements NegativePhase {

    /** {@inheritDoc} */
    @Override
    public Sampler start(NDManager manager) {
        return ExactExpectation::sample;
    }

    /** {@inheritDoc} */
    @Override
    public boolean startsAtData() {
        return false;
    }

    private static Phase sample(BoltzmannParameters parameters, Phase data) {
        NDArray like = data.visible();
        try (ExactDistribution enumeration = ExactDistribution.of(parameters)) {
            int rows = (int) like.getShape().get(0);
            NDArray visible = as(like, enumeration.sample(rows));
            SufficientStatistics means = enumeration.means();
            return Phase.of(visible, parameters.hiddenProbabilities(visible), as(like, means));
        }
    }

    /** A copy in the precision of other arrays and in their manager. */
    static SufficientStatistics as(NDArray like, SufficientStatistics exact) {
        return new SufficientStatistics(
                as(like, exact.visible()), as(like, exact.hidden()), as(like, exact.product()));
    }

    private static NDArray as(NDArray like, NDArray exact) {
        NDArray copy = DeviceArrays.copy(exact, like.getDataType());
        copy.attach(like.getManager());
        return copy;
    }
}
