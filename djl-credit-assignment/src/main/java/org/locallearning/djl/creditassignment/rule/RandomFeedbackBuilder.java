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
package org.locallearning.djl.creditassignment.rule;

import java.util.Objects;
import org.locallearning.djl.creditassignment.CreditAssignment;

/**
 * The settings of rules with random feedback weights.
 *
 * @param <T> the type of the builder
 */
public abstract class RandomFeedbackBuilder<T extends RandomFeedbackBuilder<T>>
        extends CreditAssignment.Builder<T> {

    private long seed;
    private FeedbackDistribution distribution;

    /**
     * Creates a builder.
     *
     * @param distribution the distribution unless another is set
     */
    protected RandomFeedbackBuilder(FeedbackDistribution distribution) {
        this.distribution = distribution;
    }

    /**
     * Sets the seed of the feedback weights. Together with a layer's path and shape it determines
     * them.
     *
     * @param seed the seed; 0 by default
     * @return this builder
     */
    public T optSeed(long seed) {
        this.seed = seed;
        return self();
    }

    /**
     * Sets the distribution that feedback weights are drawn from.
     *
     * @param distribution the distribution
     * @return this builder
     */
    public T optDistribution(FeedbackDistribution distribution) {
        this.distribution = Objects.requireNonNull(distribution, "distribution");
        return self();
    }

    /**
     * Returns the seed.
     *
     * @return the seed of the feedback weights
     */
    protected final long seed() {
        return seed;
    }

    /**
     * Returns the distribution.
     *
     * @return the distribution of the feedback weights
     */
    protected final FeedbackDistribution distribution() {
        return distribution;
    }
}
