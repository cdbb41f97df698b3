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
package org.locallearning.djl.examples.method;

import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.util.Locale;

/** An optimizer of DJL with the settings that the papers' experiments share. */
public enum OptimizerKind {

    /** Stochastic gradient descent with momentum 0.9. */
    SGD("SGD, momentum 0.9") {
        @Override
        public Optimizer create(float learningRate) {
            return Optimizer.sgd()
                    .setLearningRateTracker(Tracker.fixed(learningRate))
                    .optMomentum(0.9f)
                    .build();
        }
    },

    /** Adam with decay rates 0.9 and 0.999. */
    ADAM("Adam, decay 0.9 and 0.999") {
        @Override
        public Optimizer create(float learningRate) {
            return Optimizer.adam()
                    .optLearningRateTracker(Tracker.fixed(learningRate))
                    .optBeta1(0.9f)
                    .optBeta2(0.999f)
                    .build();
        }
    };

    private final String title;

    OptimizerKind(String title) {
        this.title = title;
    }

    /**
     * Returns a new optimizer without weight decay and without clipping.
     *
     * @param learningRate the learning rate, the same at every step
     * @return the optimizer
     */
    public abstract Optimizer create(float learningRate);

    /**
     * Returns what a report calls the optimizer.
     *
     * @return name and settings
     */
    public String title() {
        return title;
    }

    /** Returns the name on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
