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
import ai.djl.ndarray.NDManager;
import ai.djl.util.Preconditions;
import java.io.IOException;
import java.util.Optional;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;

/**
 * The gradient of a machine written in centered units {@code v − μ} and {@code h − λ}, with the
 * data's running means μ and λ as offsets. The distribution is the same; the gradient no longer
 * depends on which state of a unit is called 0 and which 1.
 *
 * <p>Unlike {@link IncrementalWhitening} it does not normalize variances or decorrelate. It takes
 * no matrix product.
 *
 * <p>Montavon and Müller, "Deep Boltzmann machines and the centering trick", 2012; Melchior,
 * Fischer and Wiskott, "How to center deep Boltzmann machines", 2016.
 *
 * @param momentum the share of the new batch in the running means, in (0, 1]
 */
public record CentredGradient(double momentum) implements GradientDirection {

    /** Centres by running means that take a tenth of each new batch. */
    public CentredGradient() {
        this(0.1);
    }

    /**
     * Checks the share.
     *
     * @param momentum the share of the new batch in the running means, in (0, 1]; 1 less what DJL's
     *     {@code BatchNorm} calls so
     */
    public CentredGradient {
        Preconditions.checkArgument(
                momentum > 0 && momentum <= 1,
                "The share of the new batch in the offsets must be in (0, 1]: " + momentum);
    }

    /** {@inheritDoc} */
    @Override
    public Preconditioner start(NDManager manager) {
        return new Centring(manager);
    }

    /** The offsets of one trainer. */
    private final class Centring implements PartwisePreconditioner {

        private final PersistentArray visibleMean;
        private final PersistentArray hiddenMean;

        Centring(NDManager manager) {
            visibleMean = new PersistentArray(manager, "visibleMean");
            hiddenMean = new PersistentArray(manager, "hiddenMean");
        }

        /** {@inheritDoc} */
        @Override
        public SufficientStatistics direction(
                BoltzmannParameters parameters,
                Phase data,
                Phase model,
                SufficientStatistics gradient,
                LearningParts learning) {
            visibleMean.blend(data.visible().mean(new int[] {0}), momentum);
            hiddenMean.blend(data.hidden().mean(new int[] {0}), momentum);
            return coordinates().direction(gradient, learning);
        }

        private WhitenedCoordinates coordinates() {
            return new WhitenedCoordinates(null, null, visibleMean.get(), hiddenMean.get());
        }

        /** {@inheritDoc} */
        @Override
        public Optional<WhitenedCoordinates> getCoordinates() {
            return visibleMean.get() == null ? Optional.empty() : Optional.of(coordinates());
        }

        /** {@inheritDoc} */
        @Override
        public void saveState(StateWriter out) throws IOException {
            PersistentArray.save(out, visibleMean, hiddenMean);
        }

        /** {@inheritDoc} */
        @Override
        public Runnable loadState(StateReader in) throws IOException, MalformedModelException {
            return PersistentArray.load(in, visibleMean, hiddenMean);
        }
    }
}
