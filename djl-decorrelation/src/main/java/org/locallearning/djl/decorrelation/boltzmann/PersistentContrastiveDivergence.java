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

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.util.Preconditions;
import java.io.IOException;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;

/**
 * Persistent contrastive divergence: chains continue from batch to batch and never return to the
 * data, so they come closer to the model's distribution than with {@link ContrastiveDivergence}.
 *
 * <p>Chains start at hidden units that are on or off with equal chance. Use a small learning rate,
 * so that they can follow the changing model.
 *
 * <p>Cost: {@code 2 k + 1} products of (chains, visible, hidden).
 *
 * <p>Tieleman, "Training restricted Boltzmann machines using approximations to the likelihood
 * gradient", 2008.
 *
 * @param steps Gibbs steps for each batch, at least 1
 * @param chains the number of chains, at least 1
 */
public record PersistentContrastiveDivergence(int steps, int chains) implements NegativePhase {

    /**
     * Checks the numbers.
     *
     * @param steps Gibbs steps for each batch, at least 1
     * @param chains the number of chains, at least 1
     */
    public PersistentContrastiveDivergence {
        Preconditions.checkArgument(
                steps >= 1, "Persistent contrastive divergence takes 1 or more steps: " + steps);
        Preconditions.checkArgument(
                chains >= 1, "Persistent contrastive divergence takes 1 or more chains: " + chains);
    }

    /** {@inheritDoc} */
    @Override
    public Sampler start(NDManager manager) {
        return new Chains(manager);
    }

    /** {@inheritDoc} */
    @Override
    public boolean startsAtData() {
        return false;
    }

    /** The chains of one trainer. */
    private final class Chains implements Sampler {

        private final PersistentArray visible;

        Chains(NDManager manager) {
            visible = new PersistentArray(manager, "chains");
        }

        /** {@inheritDoc} */
        @Override
        public Phase sample(BoltzmannParameters parameters, Phase data) {
            NDArray probabilities;
            if (visible.get() == null) {
                Shape shape = new Shape(chains, parameters.hiddenSize());
                NDArray hidden = data.hidden();
                probabilities =
                        hidden.getManager()
                                .full(shape, 0.5f, hidden.getDataType(), hidden.getDevice());
            } else {
                probabilities = parameters.hiddenProbabilities(visible.get());
            }
            Phase phase = ContrastiveDivergence.run(parameters, probabilities, steps);
            visible.set(phase.visible());
            return phase;
        }

        /** {@inheritDoc} */
        @Override
        public void saveState(StateWriter out) throws IOException {
            PersistentArray.save(out, visible);
        }

        /** {@inheritDoc} */
        @Override
        public Runnable loadState(StateReader in) throws IOException, MalformedModelException {
            return PersistentArray.load(in, visible);
        }
    }
}
