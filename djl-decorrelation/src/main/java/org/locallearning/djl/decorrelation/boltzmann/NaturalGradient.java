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
import ai.djl.ndarray.types.DataType;
import ai.djl.util.Preconditions;
import java.io.IOException;
import java.util.Set;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;

/**
 * The natural gradient {@code (G + ε I)⁻¹ ∇L}, with the exact Fisher matrix G of the joint
 * distribution.
 *
 * <p>Where parameters are frozen, G is that of the others alone. The inverse is renewed as soon as
 * others learn than before.
 *
 * <p>For machines small enough for {@link ExactDistribution#fisher}: with D parameters, renewing
 * the inverse costs about {@code D³} multiply-adds. The Fisher matrix changes slowly, so one
 * inverse can serve several batches.
 *
 * <p>Millea, sections 2 and 3.1, after Amari, "Natural gradient works efficiently in learning",
 * 1998. As in the paper, it is the Fisher matrix of the joint, not of {@code p(v)}.
 *
 * @param damping ε, at least 0, in squared units of the statistics; with 0, a machine with a unit
 *     that never changes fails with {@link IllegalStateException}
 * @param interval the number of batches that one inverse serves, at least 1
 */
public record NaturalGradient(double damping, int interval) implements GradientDirection {

    /** Damps by 0.01 and renews the inverse at every batch. */
    public NaturalGradient() {
        this(0.01, 1);
    }

    /**
     * Checks the numbers.
     *
     * @param damping ε, at least 0
     * @param interval the number of batches that one inverse serves, at least 1
     */
    public NaturalGradient {
        Preconditions.checkArgument(
                damping >= 0, "The damping of the Fisher matrix must be 0 or more: " + damping);
        Preconditions.checkArgument(
                interval >= 1,
                "An inverse Fisher matrix serves 1 or more batches, not " + interval);
    }

    /** {@inheritDoc} */
    @Override
    public Preconditioner start(NDManager manager) {
        return new Inverse(manager);
    }

    /** The inverse of one trainer. */
    private final class Inverse implements PartwisePreconditioner {

        private static final String BATCHES = "batches";
        private static final String PARTS = "parts";

        private final PersistentArray inverse;
        private String parts = LearningParts.all().toString();
        private long batches;

        Inverse(NDManager manager) {
            inverse = new PersistentArray(manager, "inverse");
        }

        /** {@inheritDoc} */
        @Override
        public SufficientStatistics direction(
                BoltzmannParameters parameters,
                Phase data,
                Phase model,
                SufficientStatistics gradient,
                LearningParts learning) {
            if (learning.isNone()) {
                return learning.keep(gradient);
            }
            int visible = parameters.visibleSize();
            int hidden = parameters.hiddenSize();
            if (batches % interval == 0 || !parts.equals(learning.toString())) {
                try (ExactDistribution enumeration = ExactDistribution.of(parameters)) {
                    NDArray rows = learning.select(enumeration.fisher(), 0, visible, hidden);
                    NDArray fisher = learning.select(rows, 1, visible, hidden);
                    inverse.set(ExactDistribution.dampedInverse(fisher, damping));
                }
                parts = learning.toString();
            }
            ++batches;
            NDArray vector = learning.select(gradient.toVector(), 0, visible, hidden);
            NDArray direction =
                    inverse.get()
                            .matMul(vector.toType(DataType.FLOAT64, false))
                            .toType(vector.getDataType(), false);
            return learning.spread(direction, gradient);
        }

        /** {@inheritDoc} */
        @Override
        public void saveState(StateWriter out) throws IOException {
            PersistentArray.save(out, inverse);
            out.putLong(BATCHES, batches);
            if (!parts.equals(LearningParts.all().toString())) {
                out.putText(PARTS, parts);
            }
        }

        /** {@inheritDoc} */
        @Override
        public Runnable loadState(StateReader in) throws IOException, MalformedModelException {
            long count = in.getLong(BATCHES);
            boolean partial = in.getNames().contains(PARTS);
            String savedParts = partial ? in.getText(PARTS) : LearningParts.all().toString();
            Set<String> others = partial ? Set.of(BATCHES, PARTS) : Set.of(BATCHES);
            Runnable matrix = PersistentArray.load(in, count != 0, others, inverse);
            return () -> {
                matrix.run();
                parts = savedParts;
                batches = count;
            };
        }
    }
}
