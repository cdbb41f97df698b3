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
 * The settings of rules with feedback weights of their own.
 *
 * @param <T> the type of the builder
 */
public abstract class FeedbackBuilder<T extends FeedbackBuilder<T>>
        extends CreditAssignment.Builder<T> {

    private FeedbackSource feedback;
    private boolean seeded;

    /**
     * Creates a builder.
     *
     * @param feedback where feedback weights come from unless something else is set
     */
    protected FeedbackBuilder(FeedbackSource feedback) {
        this.feedback = Objects.requireNonNull(feedback, "feedback");
    }

    /**
     * Sets where feedback weights come from, the initial ones where they learn: drawn, as in {@code
     * optFeedback(FeedbackDistribution.kaimingUniform().seeded(7))}, or given, as in {@code
     * optFeedback(FeedbackSource.of(weights))}.
     *
     * @param feedback the source of the weights
     * @return this builder
     * @throws IllegalStateException if {@code optSeed} was called before, whose seed would be lost
     */
    public T optFeedback(FeedbackSource feedback) {
        if (seeded) {
            throw new IllegalStateException(
                    "optFeedback would lose the seed that was set before; call optSeed after it.");
        }
        this.feedback = Objects.requireNonNull(feedback, "feedback");
        return self();
    }

    /**
     * Draws feedback weights from the same distribution with another seed, as {@code
     * optFeedback(distribution.seeded(seed))} does.
     *
     * @param seed the seed; 0 by default
     * @return this builder
     * @throws IllegalStateException if feedback weights were given, which no seed draws
     */
    public T optSeed(long seed) {
        if (!(feedback instanceof SeededFeedback)) {
            throw new IllegalStateException(
                    "Feedback weights that were given have no seed; leave out optSeed.");
        }
        feedback = ((SeededFeedback) feedback).distribution().seeded(seed);
        seeded = true;
        return self();
    }

    /**
     * Returns where feedback weights come from.
     *
     * @return the source of the weights
     */
    public final FeedbackSource getFeedback() {
        return feedback;
    }
}
