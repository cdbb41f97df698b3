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
import ai.djl.ndarray.NDScope;
import ai.djl.util.Preconditions;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.locallearning.djl.decorrelation.BatchWhitening;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;

/**
 * The gradient in {@link WhitenedCoordinates} whose matrices U and V are inverse square roots of
 * running covariances of the negative phase, decomposed every so many batches as in natural neural
 * networks. A baseline for {@link IncrementalWhitening}.
 *
 * <p>{@code U = (cov(v) + ε I)^(-1/2)}, by the Newton iteration of {@link
 * BatchWhitening#inverseSquareRoot} instead of an eigendecomposition; the two differ by a rotation
 * that leaves the direction unchanged.
 *
 * <p>Cost: {@code K visible² + K hidden²} multiply-adds per batch for K rows, {@code 3 T (visible³
 * + hidden³)} per decomposition for T iterations, and those of {@link
 * WhitenedCoordinates#direction}.
 *
 * <p>Desjardins, Simonyan, Pascanu and Kavukcuoglu, "Natural neural networks", 2015.
 */
public final class PeriodicWhitening implements GradientDirection {

    private final int interval;
    private final double damping;
    private final double momentum;
    private final int iterations;

    private PeriodicWhitening(Builder builder) {
        interval = builder.interval;
        damping = builder.damping;
        momentum = builder.momentum;
        iterations = builder.iterations;
    }

    /** {@inheritDoc} */
    @Override
    public Preconditioner start(NDManager manager) {
        return new Whitening(manager);
    }

    /** {@inheritDoc} */
    @Override
    public String toString() {
        return "PeriodicWhitening[interval="
                + interval
                + ", damping="
                + damping
                + ", momentum="
                + momentum
                + ", iterations="
                + iterations
                + "]";
    }

    /**
     * Creates a builder.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** The builder of {@link PeriodicWhitening}. */
    public static final class Builder {

        private int interval = 100;
        private double damping = 0.1;
        private double momentum = 0.05;
        private int iterations = 20;

        private Builder() {}

        /**
         * Sets after how many batches the covariances are decomposed again; 100 by default. They
         * are decomposed at the first batch as well.
         *
         * @param interval the number of batches, at least 1
         * @return this builder
         */
        public Builder optInterval(int interval) {
            Preconditions.checkArgument(
                    interval >= 1, "Whitening matrices serve 1 or more batches, not " + interval);
            this.interval = interval;
            return this;
        }

        /**
         * Sets the ε that is added to the variances; 0.1 by default.
         *
         * @param damping the addition, above 0, in squared units of the visible and hidden units
         * @return this builder
         */
        public Builder optDamping(double damping) {
            Preconditions.checkArgument(
                    damping > 0, "The damping of whitening must be above 0: " + damping);
            this.damping = damping;
            return this;
        }

        /**
         * Sets the share of the new batch in the running means and covariances; 0.05 by default.
         *
         * @param momentum the share, in (0, 1]; 1 less what DJL's {@code BatchNorm} calls so
         * @return this builder
         */
        public Builder optMomentum(double momentum) {
            Preconditions.checkArgument(
                    momentum > 0 && momentum <= 1,
                    "The share of the new batch in the covariances must be in (0, 1]: " + momentum);
            this.momentum = momentum;
            return this;
        }

        /**
         * Sets the number of Newton iterations; 20 by default. Directions whose variance is a
         * fraction f of the sum of all need about {@code 2 + log(1 / f) / log(2.25)} of them.
         *
         * @param iterations the number, at least 1
         * @return this builder
         */
        public Builder optIterations(int iterations) {
            Preconditions.checkArgument(
                    iterations >= 1, "Newton's method takes 1 or more iterations: " + iterations);
            this.iterations = iterations;
            return this;
        }

        /**
         * Builds the direction.
         *
         * @return the direction
         */
        public PeriodicWhitening build() {
            return new PeriodicWhitening(this);
        }
    }

    /** One layer's covariance and its root. */
    private final class Layer {

        private final PersistentArray mean;
        private final PersistentArray covariance;
        private final PersistentArray matrix;

        Layer(NDManager manager, String name) {
            mean = new PersistentArray(manager, name + "Mean");
            covariance = new PersistentArray(manager, name + "Covariance");
            matrix = new PersistentArray(manager, name + "Whitening");
        }

        void observe(NDArray states) {
            mean.blend(states.mean(new int[] {0}), momentum);
            NDArray centred = states.sub(mean.get());
            long rows = states.getShape().get(0);
            covariance.blend(centred.transpose().matMul(centred).divi(rows), momentum);
        }

        void decompose() {
            NDArray present = covariance.get();
            int size = (int) present.getShape().get(0);
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                NDArray eye = present.getManager().eye(size, size, 0, present.getDataType());
                matrix.set(
                        BatchWhitening.inverseSquareRoot(
                                present.add(eye.muli(damping)), iterations));
            }
        }
    }

    /** The matrices of one trainer. */
    private final class Whitening implements PartwisePreconditioner {

        private static final String BATCHES = "batches";

        private final Layer visible;
        private final Layer hidden;
        private long batches;

        Whitening(NDManager manager) {
            visible = new Layer(manager, "visible");
            hidden = new Layer(manager, "hidden");
        }

        /** {@inheritDoc} */
        @Override
        public SufficientStatistics direction(
                BoltzmannParameters parameters,
                Phase data,
                Phase model,
                SufficientStatistics gradient,
                LearningParts learning) {
            visible.observe(model.visible());
            hidden.observe(parameters.sampleHidden(model.hidden()));
            if (batches % interval == 0) {
                visible.decompose();
                hidden.decompose();
            }
            ++batches;
            return coordinates().direction(gradient, learning);
        }

        private WhitenedCoordinates coordinates() {
            return new WhitenedCoordinates(
                    visible.matrix.get(),
                    hidden.matrix.get(),
                    visible.mean.get(),
                    hidden.mean.get());
        }

        private PersistentArray[] parts() {
            return new PersistentArray[] {
                visible.mean,
                visible.covariance,
                visible.matrix,
                hidden.mean,
                hidden.covariance,
                hidden.matrix
            };
        }

        /** {@inheritDoc} */
        @Override
        public Optional<WhitenedCoordinates> getCoordinates() {
            return visible.matrix.get() == null ? Optional.empty() : Optional.of(coordinates());
        }

        /** {@inheritDoc} */
        @Override
        public void saveState(StateWriter out) throws IOException {
            PersistentArray.save(out, parts());
            out.putLong(BATCHES, batches);
        }

        /** {@inheritDoc} */
        @Override
        public Runnable loadState(StateReader in) throws IOException, MalformedModelException {
            long count = in.getLong(BATCHES);
            Runnable statistics = PersistentArray.load(in, count != 0, Set.of(BATCHES), parts());
            return () -> {
                statistics.run();
                batches = count;
            };
        }
    }
}
